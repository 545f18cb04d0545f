// A compiled statement, its parameters and its current row; knows no table.

import CSQLite

final class SQLiteStatement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    private let sql: String

    init(_ handle: OpaquePointer, connection: OpaquePointer, sql: String) {
        self.handle = handle
        self.connection = connection
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    var isBusy: Bool { sqlite3_stmt_busy(handle) != 0 }
    var row: SQLRow { .sqlite(SQLiteRow(handle)) }

    func bind(_ values: [SQLValue]) throws(SQLiteError) {
        for (index, value) in values.enumerated() {
            let position = Int32(index + 1)
            let result =
                switch value {
                case .null: sqlite3_bind_null(handle, position)
                case .integer(let number): sqlite3_bind_int64(handle, position, number)
                case .text(let text): malote_bind_text(handle, position, text, Int32(text.utf8.count))
                case .blob(let bytes):
                    bytes.withUnsafeBytes { malote_bind_blob(handle, position, $0.baseAddress, UInt64($0.count)) }
                }
            guard result == SQLITE_OK else { throw error(result) }
        }
    }

    /// - Returns: true when there is a row.
    func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let result: throw error(result)
        }
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    private func error(_ result: Int32) -> SQLiteError {
        let code = sqlite3_extended_errcode(connection)
        return SQLiteError(
            code: code == SQLITE_OK ? result : code, message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }
}

/// The current row of a statement.
struct SQLiteRow {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// Whatever the column has, as text.
    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(handle, column) else { return "" }
        let length = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
    }

    func withBlob<T>(_ column: Int32, _ use: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        // The pointer first: asking for the size afterwards converts nothing any more.
        let start = sqlite3_column_blob(handle, column)
        let size = start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))
        return try use(UnsafeRawBufferPointer(start: start, count: size))
    }
}
