// What the server says of itself, in one look; judges nothing.

import MaloteCore

extension PostgresStore {
    package func database() async throws(Failure) -> DatabaseFacts? {
        do { return try await inside(read: { try DatabaseFacts($0.connection) }) } catch { throw Failure(sql: error) }
    }
}

extension DatabaseFacts {
    /// Nothing here takes more rights than every role has.
    fileprivate init(_ connection: any SQLConnection) throws {
        let settings = try Settings(connection)
        let found = try connection.first(
            """
            SELECT \(NodeTables.now), pg_database_size(current_database()), pg_is_in_recovery(),
                (SELECT count(*) FROM nodes), (SELECT count(*) FROM pg_stat_replication),
                (SELECT count(*) FROM pg_stat_activity
                    WHERE datid IS NOT NULL AND usename IS NOT NULL
                        AND NOT (usename = current_user AND application_name LIKE 'maloted %')
                        AND pid NOT IN (SELECT pid FROM pg_stat_replication)),
                (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user),
                (SELECT datconnlimit FROM pg_database WHERE datname = current_database())
            """
        ) { row in
            var facts = DatabaseFacts(
                version: settings.number("server_version_num"), time: row.time(0), octets: row.integer(1),
                predicateLocks: settings.number("max_pred_locks_per_transaction"),
                connections: settings.connections(role: row.count(6), database: row.count(7)), nodes: row.count(3))
            (facts.isReadOnly, facts.standbys, facts.strangers) = (row.flag(2), row.count(4), row.count(5))
            return facts
        }
        guard var facts = found else { throw Failure(.transient, .defect, "The database says nothing of itself.") }
        facts.isReadOnly = facts.isReadOnly || settings.isOn("default_transaction_read_only")
        facts.syncs = settings.isOn("fsync")
        facts.writesFullPages = settings.isOn("full_page_writes")
        facts.cleansUp = settings.isOn("autovacuum")
        facts.synchronousCommit = settings.values["synchronous_commit"] ?? ""
        facts.synchronousCommitElsewhere = settings.defaults["synchronous_commit"] ?? ""
        facts.waitsForStandbys = settings.values["synchronous_standby_names"]?.isEmpty == false
        self = facts
    }
}

/// As they are for this connection, and as they would be without what it has set itself.
private struct Settings {
    private(set) var values: [String: String] = [:]
    private(set) var defaults: [String: String] = [:]

    init(_ connection: any SQLConnection) throws {
        let rows = try connection.rows(
            """
            SELECT name, setting, reset_val FROM pg_settings WHERE name IN (
                'server_version_num', 'fsync', 'full_page_writes', 'autovacuum', 'synchronous_commit',
                'synchronous_standby_names', 'default_transaction_read_only', 'max_pred_locks_per_transaction',
                'max_connections', 'superuser_reserved_connections', 'reserved_connections')
            """
        ) { (name: $0.text(0), value: $0.text(1), usual: $0.text(2)) }
        for row in rows { (values[row.name], defaults[row.name]) = (row.value, row.usual) }
    }

    func number(_ name: String) -> Int { values[name].flatMap(Int.init) ?? 0 }
    func isOn(_ name: String) -> Bool { values[name] == "on" }

    /// - Parameters: limits of their own; negative for none.
    func connections(role: Int, database: Int) -> [DatabaseFacts.Connections] {
        let reserved = number("superuser_reserved_connections") + number("reserved_connections")
        var all = [DatabaseFacts.Connections("max_connections", number("max_connections") - reserved)]
        if role >= 0 { all.append(.init("the role's CONNECTION LIMIT", role)) }
        if database >= 0 { all.append(.init("the database's CONNECTION LIMIT", database)) }
        return all
    }
}
