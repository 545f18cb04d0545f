// Brings a database file to the present schema, or refuses it; knows no table's meaning.

import MaloteCore

enum Migrator {
    /// - Returns: whether the file was empty before.
    /// - Throws: a `Failure` when the file is not ours or was written by a newer version.
    @discardableResult
    static func migrate(_ connection: SQLiteConnection) throws -> Bool {
        let version = try pragma("user_version", connection)
        let owner = try pragma("application_id", connection)
        let tables = try connection.first("SELECT count(*) FROM sqlite_master") { $0.count(0) } ?? 0
        let isEmpty = version == 0 && owner == 0 && tables == 0
        guard isEmpty || owner == Migrations.applicationID else {
            throw Failure(
                .operatorNeeded, .storage, "The file malote.db is not a Malote database.",
                remedy: "Point `state` in malote.yaml to Malote's own directory.")
        }
        guard version <= Migrations.steps.count else {
            throw newer(version)
        }
        for step in version..<Migrations.steps.count { try run(step, connection) }
        return isEmpty
    }

    static func newer(_ version: Int) -> Failure {
        Failure(
            .operatorNeeded, .storage,
            "The database has schema \(version), this version knows \(Migrations.steps.count).",
            remedy: "Install the version of Malote that wrote it, or a later one.")
    }

    private static func run(_ step: Int, _ connection: SQLiteConnection) throws {
        try connection.transaction("BEGIN IMMEDIATE") {
            try connection.execute(Migrations.steps[step].common)
            try connection.execute("PRAGMA user_version = \(step + 1)")
            try connection.execute("PRAGMA application_id = \(Migrations.applicationID)")
        }
    }

    private static func pragma(_ name: String, _ connection: SQLiteConnection) throws -> Int {
        try connection.first("PRAGMA \(name)") { $0.count(0) } ?? 0
    }
}
