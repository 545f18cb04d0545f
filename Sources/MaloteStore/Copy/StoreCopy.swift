// Brings a whole store from one engine to the other and proves that nothing differs; knows no daemon.

import Foundation
import MaloteCore

/// What a copy did, table by table.
package struct CopyReport: Sendable {
    package struct Table: Sendable, Hashable {
        package var name: String
        package var rows: Int
        /// Over all values of all rows in order: the same on both sides.
        package var sha256: Digest
    }

    package var tables: [Table] = []
    package var rows: Int { tables.reduce(0) { $0 + $1.rows } }
}

/// In one transaction: all of it, or nothing. Blocking: for a command-line tool, with no daemon on either side.
package struct StoreCopy: Sendable {
    private let folder: StateFolder
    private let settings: PostgresSettings
    /// Told of each table when it is copied and when it is proved.
    private let progress: @Sendable (String) -> Void

    /// - Parameter folder: holds the SQLite file; locked, so no daemon is at work on it.
    package init(
        _ folder: StateFolder, _ settings: PostgresSettings, progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.folder = folder
        self.settings = settings
        self.progress = progress
    }

    private var file: String { folder.path + "/malote.db" }

    /// From the file into an empty schema. The file stays as it is.
    /// - Throws: `Failure(.operatorNeeded, .storage)` if the schema is not empty or a row differs afterwards;
    ///   `(.transient, .storage)` if a node is at work.
    package func toPostgres() throws(Failure) -> CopyReport {
        do {
            guard access(file, F_OK) == 0 else { throw Self.refusal("There is no database \(file) to copy.") }
            let source = try SQLiteConnection(path: file, mode: .readWrite)
            try Migrator.migrate(source)
            let target = try migrated(connected())
            return try alone(target) {
                try refuseRows(target)
                return try source.transaction("BEGIN") {
                    let report = try copy(source, target, shapes: TableShape.all(source))
                    try giveNumbers(source, target)
                    return report
                }
            }
        } catch { throw Failure(sql: error) }
    }

    /// From the schema into a new file. The schema stays as it is.
    /// - Throws: `Failure(.operatorNeeded, .storage)` if there is a file already, nothing to copy, or if a row differs;
    ///   `(.transient, .storage)` if a node is at work.
    package func toSQLite() throws(Failure) -> CopyReport {
        do {
            guard access(file, F_OK) != 0 else {
                throw Self.refusal("There is a database \(file) already.", "Move it away first.")
            }
            let draft = file + ".copy"
            for name in [draft, draft + "-wal", draft + "-shm", draft + "-journal"] { unlink(name) }
            let source = try migrated(refuseNothing(connected()))
            let report = try alone(source) {
                try refuseLivingNodes(source)
                return try fill(draft, from: source)
            }
            guard rename(draft, file) == 0, StateFolder.sync(folder.path) else {
                throw StateFolder.failure("cannot be written", folder.path)
            }
            return report
        } catch { throw Failure(sql: error) }
    }

    private func fill(_ draft: String, from source: PostgresConnection) throws -> CopyReport {
        let target = try SQLiteConnection(path: draft, mode: .readWrite)
        chmod(draft, 0o600)
        try target.execute("PRAGMA auto_vacuum = INCREMENTAL")
        try target.execute("PRAGMA synchronous = FULL")
        try Migrator.migrate(target)
        return try target.transaction("BEGIN IMMEDIATE") {
            let report = try copy(source, target, shapes: TableShape.all(target))
            try keepNumbers(source, target)
            return report
        }
    }

    // MARK: - The database's side

    private func connected() throws -> PostgresConnection {
        let connection = try PostgresConnection(settings, purpose: "copy")
        try connection.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        return connection
    }

    private func migrated(_ connection: PostgresConnection) throws -> PostgresConnection {
        _ = try PostgresSchema.migrate(connection, schema: settings.schema)
        return connection
    }

    /// A schema that is not there would be made, and its emptiness copied.
    private func refuseNothing(_ source: PostgresConnection) throws -> PostgresConnection {
        guard try PostgresSchema.isThere(source, settings.schema) else { throw PostgresSchema.nothing(settings.schema) }
        return source
    }

    /// Nobody else copies or joins meanwhile.
    private func alone<T>(_ connection: PostgresConnection, _ body: () throws -> T) throws -> T {
        try connection.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ") {
            try connection.execute("SELECT pg_advisory_xact_lock(\(PostgresSchema.Lock.shares.rawValue))")
            return try body()
        }
    }

    private func refuseRows(_ target: PostgresConnection) throws {
        try refuseLivingNodes(target)
        for table in ["registry", "messages", "events", "notifications", "settings", "counters"] {
            let found = try target.first("SELECT 1 FROM \(table) LIMIT 1") { _ in true }
            guard found == nil else {
                throw Self.refusal(
                    "The schema \(settings.schema) of the database is not empty: \(table) has rows.",
                    "Copy into a fresh database, or drop the schema: DROP SCHEMA \(settings.schema) CASCADE")
            }
        }
    }

    private func refuseLivingNodes(_ connection: PostgresConnection) throws {
        let living = try connection.rows("SELECT name FROM nodes ORDER BY name") { $0.text(0) }
        guard living.isEmpty else {
            throw Failure(
                .transient, .storage,
                "Nodes are at work on the database, or ended without a word: \(living.joined(separator: ", ")).",
                remedy: "Stop maloted on all of them. One that is gone for good: DELETE FROM \(settings.schema).nodes")
        }
    }

    private static func refusal(_ detail: String, _ remedy: String = "Check `state` and `database` in malote.yaml.")
        -> Failure
    {
        Failure(.operatorNeeded, .storage, detail, remedy: remedy)
    }

    // MARK: - Copying

    private func copy(
        _ source: any SQLConnection, _ target: any SQLConnection, shapes: [TableShape]
    ) throws -> CopyReport {
        var report = CopyReport()
        for shape in shapes {
            let given = try digest(shape, source) { try shape.insert($0, into: target) }
            progress("\(shape.name): \(given.rows) rows copied")
            report.tables.append(given)
        }
        // After everything is there: what has been overwritten or changed on its way shows.
        for given in report.tables {
            guard let shape = shapes.first(where: { $0.name == given.name }) else { continue }
            let kept = try digest(shape, target)
            guard kept == given else {
                throw Failure(
                    .operatorNeeded, .storage,
                    "The copy of \(shape.name) differs: \(kept.rows) rows for \(given.rows), and not the same octets.",
                    remedy: "Nothing was changed. Tell Malote's makers: this must not happen.")
            }
            progress("\(shape.name): the same on both sides")
        }
        return report
    }

    private func digest(
        _ shape: TableShape, _ connection: any SQLConnection, _ each: ([SQLValue]) throws -> Void = { _ in }
    ) throws -> CopyReport.Table {
        let digest = OpenSSLHashing().sha256()
        var rows = 0
        try shape.rows(connection) { values in
            rows += 1
            for value in values { value.feed(digest) }
            try each(values)
        }
        return CopyReport.Table(name: shape.name, rows: rows, sha256: digest.finish())
    }

    // MARK: - Series of numbers

    /// Numbers that were given are never given again.
    private func giveNumbers(_ source: SQLiteConnection, _ target: PostgresConnection) throws {
        for series in PostgresSchema.series {
            let last = try source.first("SELECT \(CheckRule.last(series, .sqlite))") { $0.integer(0) } ?? 0
            guard last > 0 else { continue }
            _ = try target.first("SELECT setval('\(PostgresSchema.sequence(series))', ?)", .integer(last)) { _ in true }
        }
        _ = try target.first(
            "SELECT setval(pg_get_serial_sequence('ledger', 'id'), MAX(id)) FROM ledger HAVING MAX(id) IS NOT NULL"
        ) { _ in true }
    }

    private func keepNumbers(_ source: PostgresConnection, _ target: SQLiteConnection) throws {
        for series in PostgresSchema.series {
            let last = try source.first("SELECT \(CheckRule.last(series, .postgres))") { $0.integer(0) } ?? 0
            guard last > 0 else { continue }
            try target.run(
                "INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [.text(series), .integer(last)])
        }
    }
}

extension SQLValue {
    /// With its kind and its length, so that no two rows look alike.
    fileprivate func feed(_ digest: any RunningDigest) {
        func add(_ kind: UInt8, _ bytes: [UInt8]) {
            let head = [kind] + withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { Array($0) }
            head.withUnsafeBytes { digest.update($0) }
            bytes.withUnsafeBytes { digest.update($0) }
        }
        switch self {
        case .null: add(0, [])
        case .integer(let number): add(1, withUnsafeBytes(of: number.bigEndian) { Array($0) })
        case .text(let text): add(2, Array(text.utf8))
        case .blob(let bytes): add(3, bytes)
        }
    }
}
