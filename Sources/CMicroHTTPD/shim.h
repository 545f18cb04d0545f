// What Swift may see of libmicrohttpd: the header, and typed wrappers for what Swift cannot call.
#pragma once
#include <microhttpd.h>
