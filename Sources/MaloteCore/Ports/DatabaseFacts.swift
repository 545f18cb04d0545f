// What a database server says of itself, as far as it matters to what is kept in it; knows no rule.

/// Of the connections that the daemon has, where a setting can be a connection's own.
package struct DatabaseFacts: Sendable, Hashable {
    /// As `server_version_num` has it: 150010 is 15.10.
    package var version: Int
    /// The server's clock.
    package var time: Timestamp
    package var octets: Int64
    /// A standby, or a server, database or role that is set to take no writes.
    package var isReadOnly = false
    /// `fsync`, `full_page_writes`, `autovacuum`.
    package var syncs = true
    package var writesFullPages = true
    package var cleansUp = true
    /// `synchronous_commit` of the daemon's connections, and of others.
    package var synchronousCommit = "on"
    package var synchronousCommitElsewhere = "on"
    package var predicateLocks: Int
    /// Connections that Malote may have, by what allows them: the server, the role, the database.
    package var connections: [Connections]
    /// Connections of others.
    package var strangers = 0
    /// Nodes whose lives have not ended.
    package var nodes: Int
    /// Who takes the server's log: standbys, and copies under way.
    package var standbys = 0
    /// Whether commits wait for one of them (`synchronous_standby_names`).
    package var waitsForStandbys = false

    package struct Connections: Sendable, Hashable {
        /// Such as `max_connections`, as it stands in a sentence.
        package var setting: String
        package var count: Int

        package init(_ setting: String, _ count: Int) {
            self.setting = setting
            self.count = count
        }
    }

    package init(
        version: Int, time: Timestamp, octets: Int64, predicateLocks: Int, connections: [Connections], nodes: Int
    ) {
        self.version = version
        self.time = time
        self.octets = octets
        self.predicateLocks = predicateLocks
        self.connections = connections
        self.nodes = nodes
    }
}
