// What Swift may see of libxml2: the header, and typed wrappers for what Swift cannot call.
#pragma once
#include <libxml/HTMLparser.h>
