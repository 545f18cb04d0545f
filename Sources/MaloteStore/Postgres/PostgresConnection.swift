// One connection to a PostgreSQL server, with its prepared statements; knows no table.

import CPQ
import Glibc
import MaloteCore

/// Blocking, and used by one thread at a time. Once it is lost it stays so: its owner makes another.
final class PostgresConnection: SQLConnection {
    let engine = SQLEngine.postgres
    private let handle: OpaquePointer
    private let pipeline: PostgresPipeline
    private var cursors = 0
    /// Rows that a scan has in memory at a time.
    private static let scanSize = 200
    /// Seconds that the server bears with a transaction in which nothing happens: a process that was stopped must not hold up
    /// others for longer.
    private static let idleLimit = 10

    /// - Parameter purpose: told to the server, for `pg_stat_activity`.
    init(_ settings: PostgresSettings, purpose: String) throws {
        let options = settings.options(purpose: purpose)
        let made = Self.withCStrings(options.map(\.0)) { keys in
            Self.withCStrings(options.map(\.1)) { values in PQconnectdbParams(keys, values, 1) }
        }
        guard let made else { throw PostgresError.lost("out of memory") }
        handle = made
        pipeline = PostgresPipeline(made)
        // libpq would print what the server remarks; what matters comes as an error.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        guard PQstatus(handle) == CONNECTION_OK else {
            // Finished by `deinit`, as after every init that throws once all is set.
            throw PostgresError.refused(String(cString: PQerrorMessage(handle)))
        }
        settings.hosts.reached(host)
        try settle(settings)
    }

    private var host: PostgresHosts.Host {
        let parts = [PQhost(handle), PQhostaddr(handle), PQport(handle)].map { $0.map { String(cString: $0) } ?? "" }
        return .init(name: parts[0], address: parts[1], port: parts[2])
    }

    deinit { PQfinish(handle) }

    private func settle(_ settings: PostgresSettings) throws {
        let schema = PostgresSettings.quoted(settings.schema)
        try execute(
            """
            SET search_path = \(schema);
            SET client_min_messages = warning;
            SET default_transaction_isolation = 'serializable';
            SET statement_timeout = '60s';
            SET lock_timeout = '10s';
            SET idle_in_transaction_session_timeout = '\(Self.idleLimit)s';
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
            SELECT set_config(name, '0', false)
            FROM (VALUES ('idle_session_timeout'), ('transaction_timeout')) AS limits (name)
            WHERE current_setting(name, true) <> '0';
            """)
    }

    var isLost: Bool { pipeline.isLost }
    /// To wait for what the server tells by itself.
    var socket: Int32 { PQsocket(handle) }

    // MARK: - Statements

    func execute(_ sql: String) throws {
        // How that went which is undone now is nobody's business any more.
        if sql.hasPrefix("ROLLBACK") { try? flush() } else { try flush() }
        let result = try PostgresError.check(PQexec(handle, sql), of: sql, on: handle)
        defer { PQclear(result) }
        // In a transaction in which anything has failed, COMMIT does the contrary, and says so only by the way.
        guard sql != "COMMIT" || String(cString: PQcmdStatus(result)) == "COMMIT" else {
            throw PostgresError(state: "25P02", message: "the transaction had failed before its end", sql: sql)
        }
    }

    func run(_ sql: String, _ parameters: [SQLValue]) throws {
        try pipeline.send(sql, parameters)
        if pipeline.isLong { try flush() }
    }

    func flush() throws { for result in try pipeline.collect(0) { PQclear(result) } }

    func changed(_ sql: String, _ parameters: [SQLValue]) throws -> Int {
        let result = try result(sql, parameters)
        defer { PQclear(result) }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    func query(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Bool) throws {
        let result = try result(sql, parameters)
        defer { PQclear(result) }
        for row in 0..<PQntuples(result) where try !body(.postgres(PostgresRow(result, row))) { return }
    }

    func queries(_ sql: String, for sets: [[SQLValue]], _ body: (Int, SQLRow) throws -> Void) throws {
        for start in stride(from: 0, to: sets.count, by: PostgresPipeline.longest) {
            let some = sets[start..<min(start + PostgresPipeline.longest, sets.count)]
            for parameters in some { try pipeline.send(sql, parameters) }
            let results = try pipeline.collect(some.count)
            defer { for result in results { PQclear(result) } }
            for (place, result) in zip(some.indices, results) {
                for row in 0..<PQntuples(result) { try body(place, .postgres(PostgresRow(result, row))) }
            }
        }
    }

    func scan(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        cursors += 1
        let cursor = "scan_\(cursors)"
        let declaration = "DECLARE \(cursor) BINARY NO SCROLL CURSOR FOR " + PostgresText.numbered(sql)
        PQclear(try single(declaration, parameters))
        defer { try? execute("CLOSE \(cursor)") }
        while true {
            let result = try single("FETCH \(Self.scanSize) FROM \(cursor)", [])
            defer { PQclear(result) }
            let count = PQntuples(result)
            for row in 0..<count { try body(.postgres(PostgresRow(result, row))) }
            guard count == Self.scanSize else { return }
        }
    }

    private func result(_ sql: String, _ values: [SQLValue]) throws -> OpaquePointer {
        try pipeline.send(sql, values)
        return try pipeline.collect(1)[0]
    }

    /// Runs a statement that is not worth preparing.
    private func single(_ sql: String, _ values: [SQLValue]) throws -> OpaquePointer {
        try flush()
        let parameters = PostgresParameters(values)
        let result = parameters.withPointers { values, lengths, formats in
            PQexecParams(handle, sql, Int32(values.count), parameters.types, values, lengths, formats, 1)
        }
        return try PostgresError.check(result, of: sql, on: handle)
    }

    // MARK: - Notices between connections

    /// What was told on the channels listened to since the last look. Does not wait.
    func heard() throws -> [String] {
        guard PQconsumeInput(handle) == 1 else { throw PostgresError.lost(String(cString: PQerrorMessage(handle))) }
        var heard: [String] = []
        while let notice = PQnotifies(handle) {
            heard.append(String(cString: notice.pointee.extra))
            PQfreemem(notice)
        }
        return heard
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies.map { $0.map { UnsafePointer($0) } } + [nil])
    }
}

extension PostgresText {
    /// `?` outside of quotes become `$1`, `$2`, ...
    static func numbered(_ sql: String) -> String {
        var (text, number, isQuoted) = ("", 0, false)
        for character in sql {
            if character == "'" { isQuoted.toggle() }
            if character == "?", !isQuoted {
                number += 1
                text += "$\(number)"
            } else {
                text.append(character)
            }
        }
        return text
    }
}
