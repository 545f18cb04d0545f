// What PostgreSQL refused, and what that means for the rest of the house; knows no table.

import CPQ
import MaloteCore

/// An error of the server, or of the way to it.
package struct PostgresError: SQLFault, Hashable {
    /// SQLSTATE (PostgreSQL 15, appendix A); class 08 where the connection is at fault.
    package var state: String
    package var message: String
    package var sql: String
    /// Why there is no connection; `nil` of what was refused over one.
    package var refusal: PostgresRefusal?

    /// - Parameter words: libpq's, of a connection that did not come to be.
    static func refused(_ words: String) -> PostgresError {
        let lines = words.split(whereSeparator: \.isNewline).map { String($0).onOneLine.trimmed }
        let message = lines.map { $0.last == "." || $0.last == "?" ? $0 : $0 + "." }.joined(separator: " ")
        let refusal = PostgresRefusal(words)
        return PostgresError(state: refusal.state, message: message, sql: "", refusal: refusal)
    }

    static func lost(_ message: String, _ sql: String = "") -> PostgresError {
        PostgresError(state: "08006", message: message.trimmed, sql: sql)
    }

    /// Two transactions would have stood in each other's way: the same again may well succeed.
    var isConflict: Bool { ["40001", "40P01", Self.failedBefore].contains(state) }

    /// What another transaction has just written may be in the way: this is told before the conflict that it is.
    var isDuplicate: Bool { state == "23505" }

    /// A body has passed over an error: what that was, the same again will show.
    static let failedBefore = "25P02"

    /// Nothing can be said over this connection any more: it failed, was ended by the server, or never came to be.
    var isLoss: Bool {
        state.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05", "25P03", "53300"].contains(state)
    }

    /// The server takes no writes: a standby, or one that is being made one.
    var isReadOnly: Bool { state == "25006" }

    var failure: Failure {
        if let refusal { return refusal.failure(message) }
        let detail = "PostgreSQL refused: \(message) (SQLSTATE \(state))."
        switch state {
        case "53100":
            return Failure(.operatorNeeded, .diskFull, detail, remedy: "Free space on the database server's disk.")
        case "25006":
            return Failure(
                .transient, .storage, detail,
                remedy: "The server is a standby: name all servers in database.url, and the primary is found.")
        case "42501", "3F000":
            return Failure(
                .operatorNeeded, .storage, detail,
                remedy: "Let Malote's role own its database: ALTER DATABASE ... OWNER TO ...")
        default: break
        }
        switch state.prefix(2) {
        case "08": return Failure(.transient, .storage, "The database is not reached: \(message)")
        case "22", "23", "42": return Failure(.transient, .defect, detail)
        case "XX", "F0", "58":
            return Failure(.operatorNeeded, .storage, detail, remedy: "Look into the database server's log.")
        default: return Failure(.transient, .storage, detail)
        }
    }
}

extension PostgresError {
    /// - Returns: a result that is good.
    /// - Throws: what it says instead; it is cleared then.
    static func check(
        _ result: OpaquePointer?, of sql: String, on handle: OpaquePointer
    ) throws(PostgresError) -> OpaquePointer {
        guard let result else { throw lost(String(cString: PQerrorMessage(handle)), sql) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return result
        default: break
        }
        defer { PQclear(result) }
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        let text = PQresultErrorField(result, Int32(UInt8(ascii: "M"))) ?? PQresultErrorMessage(result)
        let message = (text.map { String(cString: $0) } ?? "no reason given").onOneLine.trimmed
        let isLost = PQstatus(handle) != CONNECTION_OK
        guard let state, !isLost || state.hasPrefix("57") else { throw lost(message, sql) }
        throw PostgresError(state: state, message: message, sql: sql)
    }
}
