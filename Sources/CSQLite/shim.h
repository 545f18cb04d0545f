// What Swift may see of libsqlite3: the header, and typed wrappers for what Swift cannot call.
#pragma once
#include <sqlite3.h>
