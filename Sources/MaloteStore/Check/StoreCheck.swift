// Verifies a store, beside a running daemon or as a file: what it must hold, and whether it does; changes nothing.

import Foundation
import MaloteCore

/// Reads one snapshot from its beginning to its end, row by row, with the memory of one mail's piece. Blocking: for
/// command-line tools.
package struct StoreCheck: Sendable {
    private let path: String
    private let mode: SQLiteConnection.Mode
    private let vault: Vault?

    /// - Parameters:
    ///   - path: a database file. Links on the way are followed: systemd puts one in the place of a dynamic user's state.
    ///   - isLive: a daemon may be writing it; otherwise nothing is made beside it, and what a log holds does not count.
    ///   - vault: the keys at hand; `nil` opens no secret.
    package init(_ path: String, isLive: Bool, vault: Vault?) {
        self.path = StateFolder.real(path) ?? path
        mode = isLive ? .readOnly : .still
        self.vault = vault
    }

    /// - Throws: `Failure(.operatorNeeded, .storage)` when the file cannot be read at all.
    package func run() throws(Failure) -> CheckReport {
        do {
            guard access(path, R_OK) == 0 else { throw Self.unreadable(path) }
            let connection = try SQLiteConnection(path: path, mode: mode)
            return try run(connection)
        } catch { throw Failure(sql: error) }
    }

    private func run(_ connection: SQLiteConnection) throws -> CheckReport {
        let check = CheckRun(connection, CheckReport(file: path, schema: 0))
        var isCurrent = false
        try check.rule("file") { check in
            try connection.execute("BEGIN")
            isCurrent = try head(check)
        }
        guard check.report.isSound else { return check.report }
        try check.rule("pages") { check in
            check.looked(at: try check.count("PRAGMA page_count"))
            try connection.each("PRAGMA integrity_check(\(CheckReport.most))") { row in
                if row.text(0) != "ok" { check.complain("the file", row.text(0)) }
            }
        }
        guard isCurrent else { return check.report }
        try check.rows(vault)
        return check.report
    }

    /// - Returns: whether its schema is the one that the rules are about.
    private func head(_ check: CheckRun) throws -> Bool {
        check.looked()
        let schema = try check.count("PRAGMA user_version")
        check.isAbout(schema)
        guard try check.count("PRAGMA application_id") == Migrations.applicationID else {
            check.complain("the file", "it is not a Malote database")
            return false
        }
        guard schema <= Migrations.steps.count else {
            check.complain("the file", "it has schema \(schema), this version knows \(Migrations.steps.count)")
            return false
        }
        guard schema < Migrations.steps.count else { return true }
        check.note(
            "It has schema \(schema), of an earlier version. A start brings it to \(Migrations.steps.count); its rows can "
                + "be checked then.")
        return false
    }

    private static func unreadable(_ path: String) -> Failure {
        Failure(
            .operatorNeeded, .storage, "\(path) cannot be read: \(String(cString: strerror(errno))).",
            remedy: "Name a database file, as its owner or as root.")
    }
}
