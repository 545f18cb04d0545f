// What SQLite refused, and what that means for the rest of the house; knows no table.

import CSQLite
import MaloteCore

/// An error of the SQLite library: extended result code, its message, and the statement.
package struct SQLiteError: SQLFault, Sendable, Hashable {
    package var code: Int32
    package var message: String
    package var sql: String

    /// The code without its extension.
    package var primaryCode: Int32 { code & 0xFF }

    var failure: Failure { Failure(self) }
}

extension Failure {
    init(_ error: SQLiteError) {
        let detail = "The database refused: \(error.message) (SQLite code \(error.code))."
        switch error.primaryCode {
        case SQLITE_FULL:
            self.init(
                .operatorNeeded, .diskFull, detail, remedy: "Free space on the file system of the state directory.")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self.init(
                .operatorNeeded, .storage, detail, remedy: "The database is damaged: restore it from a backup.")
        case SQLITE_IOERR, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
            self.init(
                .operatorNeeded, .storage, detail,
                remedy: "Check the disk and the permissions of the state directory, then restart maloted.")
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE, SQLITE_MISUSE, SQLITE_ERROR:
            self.init(.transient, .defect, detail)
        default:
            self.init(.transient, .storage, detail)
        }
    }
}
