// What Swift may see of libcurl: the header, and typed wrappers for what Swift cannot call.
#pragma once
#include <curl/curl.h>
