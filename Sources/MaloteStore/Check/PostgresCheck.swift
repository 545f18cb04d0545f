// Verifies a store in PostgreSQL beside the nodes that write it; changes nothing.

import MaloteCore

/// Reads one snapshot from its beginning to its end. The server's own files are its own to check (`amcheck`,
/// `pg_checksums`). Blocking: for command-line tools.
package struct PostgresCheck {
    private let settings: PostgresSettings
    private let vault: Vault?

    /// - Parameter vault: the keys at hand; `nil` opens no secret.
    package init(_ settings: PostgresSettings, vault: Vault?) {
        self.settings = settings
        self.vault = vault
    }

    /// - Throws: when the database is not reached or holds nothing of Malote's.
    package func run() throws(Failure) -> CheckReport {
        do {
            let connection = try PostgresConnection(settings, purpose: "check")
            try connection.execute("SET statement_timeout = 0")
            return try connection.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") {
                try run(connection)
            }
        } catch { throw Failure(sql: error) }
    }

    private func run(_ connection: PostgresConnection) throws -> CheckReport {
        guard try PostgresSchema.isThere(connection, settings.schema) else {
            throw PostgresSchema.nothing(settings.schema)
        }
        let check = CheckRun(connection, CheckReport(file: settings.description, schema: 0))
        let schema = try check.count("SELECT MAX(step) FROM schema_version")
        check.isAbout(schema)
        guard schema == Migrations.steps.count else {
            check.note(
                "It has schema \(schema), this version knows \(Migrations.steps.count): its rows are not checked.")
            return check.report
        }
        try check.rows(vault)
        return check.report
    }
}
