// What Swift may see of libxml2 (its table of HTML's character names) and of the C library's charset conversion.
#pragma once
#include <iconv.h>
#include <libxml/HTMLparser.h>
