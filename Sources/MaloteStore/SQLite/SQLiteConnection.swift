// One connection to one SQLite file, with its cached statements; knows no table.

import CSQLite
import MaloteCore

/// Used by one thread at a time: whoever owns it says which (a store's serial queue). Not `Sendable` on purpose.
final class SQLiteConnection: SQLConnection {
    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    /// Pages in the write-ahead log after this connection's last commit; 0 unless `countLog` was called.
    private(set) var logPages = 0

    enum Mode {
        case readWrite, readOnly
        /// A file that nobody writes: nothing is made beside it, and no log is looked for.
        case still
    }

    init(path: String, mode: Mode) throws(SQLiteError) {
        var opened: OpaquePointer?
        // NOMUTEX: the owner serialises; NOFOLLOW: the path is ours, a link in its place is somebody's trick.
        let flags =
            (mode == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY)
            | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | (mode == .still ? SQLITE_OPEN_URI : 0)
        let result = sqlite3_open_v2(mode == .still ? Self.still(path) : path, &opened, flags, nil)
        guard result == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw SQLiteError(code: result, message: "cannot open \(path): \(message)", sql: "")
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5000)
    }

    private static func still(_ path: String) -> String {
        "file:"
            + path.utf8.map { byte in
                switch byte {
                case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x30...0x39,
                    0x41...0x5A,
                    0x61...0x7A:
                    String(UnicodeScalar(byte))
                default: "%" + Hexadecimal.encode([byte])
                }
            }.joined() + "?immutable=1"
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Counts the log instead of bringing it into the file whenever it is long: that is now the owner's to do.
    func countLog() {
        // Unretained: the handle is closed with this object, and calls nothing after that.
        let this = Unmanaged.passUnretained(self).toOpaque()
        let count: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32 = {
            this, _, _, pages in
            if let this { Unmanaged<SQLiteConnection>.fromOpaque(this).takeUnretainedValue().logPages = Int(pages) }
            return SQLITE_OK
        }
        _ = sqlite3_wal_hook(handle, count, this)
    }

    let engine = SQLEngine.sqlite

    func execute(_ sql: String) throws(SQLiteError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw lastError(sql) }
    }

    func run(_ sql: String, _ parameters: [SQLValue]) throws(SQLiteError) { _ = try changed(sql, parameters) }
    func flush() {}

    func changed(_ sql: String, _ parameters: [SQLValue]) throws(SQLiteError) -> Int {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(parameters)
        while try statement.step() {}
        return Int(sqlite3_changes(handle))
    }

    func query(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Bool) throws {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(parameters)
        while try statement.step(), try body(statement.row) {}
    }

    func queries(_ sql: String, for sets: [[SQLValue]], _ body: (Int, SQLRow) throws -> Void) throws {
        for (place, parameters) in sets.enumerated() { try scan(sql, parameters) { try body(place, $0) } }
    }

    func scan(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        try query(sql, parameters) { row in
            try body(row)
            return true
        }
    }

    func lastError(_ sql: String) -> SQLiteError {
        SQLiteError(
            code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)), sql: sql)
    }

    private func prepared(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        // A statement in use belongs to an outer loop over the same query: then this call gets one of its own.
        if let cached = statements[sql], !cached.isBusy { return cached }
        var compiled: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil) == SQLITE_OK,
            let compiled
        else { throw lastError(sql) }
        let statement = SQLiteStatement(compiled, connection: handle, sql: sql)
        statements[sql] = statement
        return statement
    }
}
