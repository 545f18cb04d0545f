// What Swift may see of libsqlite3: the header, and typed wrappers for the macros that Swift cannot call.
#pragma once
#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast pointer: SQLite copies the bytes before the call returns.
static inline int malote_bind_text(sqlite3_stmt *statement, int index, const char *text, int length) {
    return sqlite3_bind_text(statement, index, text, length, SQLITE_TRANSIENT);
}

static inline int malote_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 length) {
    return sqlite3_bind_blob64(statement, index, length ? bytes : "", length, SQLITE_TRANSIENT);
}
