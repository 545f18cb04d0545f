// Nodes, shares and their leases in PostgreSQL, a transaction a verb; knows no rule of sharing.

import Foundation
import MaloteCore

/// On one connection of its own. Whoever changes who holds what does it alone (an advisory lock), so that changes become
/// visible in the order of their numbers; renewals wait for nobody.
struct NodeTables {
    let connection: PostgresConnection

    static let now = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
    static let readCommitted = "BEGIN ISOLATION LEVEL READ COMMITTED"
    private static let lease = ClusterTerms.lease.milliseconds
    private static let nextChange = "nextval('share_changes')"
    /// The shares of a JSON list.
    private static let listed = "SELECT json_array_elements_text(CAST(? AS JSON))"

    /// Runs alone among all that change who holds what.
    private func alone<T>(_ body: () throws -> T) throws -> T {
        try connection.transaction(Self.readCommitted) {
            try connection.execute("SELECT pg_advisory_xact_lock(\(PostgresSchema.Lock.shares.rawValue))")
            return try body()
        }
    }

    /// The same, for a node whose life is not over.
    private func alone<T>(_ life: NodeLife, _ body: () throws -> T) throws -> T {
        try alone {
            try checkAlive(life)
            return try body()
        }
    }

    private static func list(_ shares: [Share]) throws -> SQLValue {
        .text(try JSONColumn.encode(shares.map(\.description)))
    }

    // MARK: - Lives

    /// - Parameter keys: ids of the keys that the node can open secrets with.
    func join(_ node: NodeIntroduction, keys: [String]) throws -> Membership {
        try alone {
            let known = try connection.first(
                "SELECT token, home, lease_ends > \(Self.now) FROM nodes WHERE name = ?", .text(node.name)
            ) { (token: $0.id(0, NodeToken.self), home: $0.text(1), isGood: $0.flag(2)) }
            if let known, known.isGood, known.home != node.home { throw Self.taken(node.name) }
            let former = try connection.first("SELECT abs(token) FROM fences WHERE node = ?", .text(node.name)) {
                $0.id(0, NodeToken.self)
            }
            let token = try begin(node, keys)
            let inherited = try known.map { try inherit(from: $0.token, to: token, node.name) } ?? []
            try connection.run(
                """
                INSERT INTO shares (share, since, wanted, generation) VALUES (?, \(Self.now), 1, \(Self.nextChange))
                ON CONFLICT (share) DO NOTHING
                """, .text(Share.chores.description))
            return Membership(token: token, former: former, inherited: inherited)
        }
    }

    private static func taken(_ name: String) -> Failure {
        Failure(
            .operatorNeeded, .lease, "A node named \(name) is at work on another machine, or in another folder.",
            remedy: "Give each node a name of its own: cluster: {name: ...} in malote.yaml.")
    }

    private func begin(_ node: NodeIntroduction, _ keys: [String]) throws -> NodeToken {
        let token = try connection.first(
            """
            INSERT INTO fences (node, token, commits) VALUES (?, nextval('tokens_of_nodes'), 0)
            ON CONFLICT (node) DO UPDATE SET token = excluded.token, commits = 0 RETURNING token
            """, .text(node.name)
        ) { $0.id(0, NodeToken.self) }
        guard let token else { throw Failure(.transient, .defect, "There is no token for node \(node.name).") }
        try connection.run("DELETE FROM nodes WHERE name = ?", .text(node.name))
        try connection.run(
            """
            INSERT INTO nodes
                (token, name, home, version, schema, address, state, joined, renewed, lease_ends, waiting, keys)
            VALUES (?, ?, ?, ?, ?, ?, 'active', \(Self.now), \(Self.now), \(Self.now) + \(Self.lease), '[]', ?)
            """, .init(token), .text(node.name), .text(node.home), .text(node.version), .init(node.schema),
            .text(node.address), .text(try JSONColumn.encode(keys)))
        return token
    }

    private func inherit(from former: NodeToken, to token: NodeToken, _ name: String) throws -> [Share] {
        try endSpans(of: former, .inherited)
        return try connection.rows(
            """
            WITH moved AS (
                UPDATE shares SET owner = ?, since = \(Self.now), generation = \(Self.nextChange) WHERE owner = ?
                RETURNING share), spans AS (
                INSERT INTO lease_spans (share, node, token, began) SELECT share, ?, ?, \(Self.now) FROM moved)
            SELECT share FROM moved
            """, .init(token), .init(former), .text(name), .init(token), map: Self.share)
    }

    func expel(_ tokens: [NodeToken], _ life: NodeLife) throws -> [NodeToken] {
        try alone(life) {
            return try tokens.filter { token in
                let name = try connection.first(
                    "DELETE FROM nodes WHERE token = ? AND lease_ends < \(Self.now) RETURNING name", .init(token)
                ) { $0.text(0) }
                guard let name else { return false }
                // Waits for a commit of the node's that is under way; it has none after this.
                try fenceOff(name, token)
                try endSpans(of: token, .expelled)
                try connection.run(
                    """
                    UPDATE shares SET owner = NULL, lost_by = owner, since = \(Self.now), generation = \(Self.nextChange)
                    WHERE owner = ?
                    """, .init(token))
                return true
            }
        }
    }

    func leave(_ life: NodeLife) throws {
        try alone(life) {
            try connection.run("DELETE FROM nodes WHERE token = ?", .init(life.token))
            try fenceOff(life.node, life.token)
            try endSpans(of: life.token, .released)
            try connection.run(
                """
                UPDATE shares SET owner = NULL, lost_by = NULL, since = \(Self.now), generation = \(Self.nextChange)
                WHERE owner = ?
                """, .init(life.token))
        }
    }

    private func fenceOff(_ name: String, _ token: NodeToken) throws {
        // What life it was stays known: its flight journal may still tell. A negative token is nobody's.
        try connection.run("UPDATE fences SET token = -token WHERE node = ? AND token = ?", .text(name), .init(token))
    }

    private func endSpans(of token: NodeToken, _ end: LeaseSpan.End) throws {
        try connection.run(
            "UPDATE lease_spans SET ended = \(Self.now), how = ? WHERE token = ? AND ended IS NULL",
            .text(end.rawValue), .init(token))
    }

    func setState(_ state: ClusterNode.State, of name: String, _ life: NodeLife) throws -> Bool {
        try connection.transaction(Self.readCommitted) {
            try checkAlive(life)
            return try connection.changed(
                "UPDATE nodes SET state = ? WHERE name = ?", .text(state.rawValue), .text(name))
                > 0
        }
    }

    // MARK: - The lease

    func renew(_ life: NodeLife, after generation: Int64, waiting: [String]) throws -> ClusterView {
        try connection.transaction(Self.readCommitted) {
            let time = try connection.first(
                """
                UPDATE nodes SET renewed = \(Self.now), lease_ends = \(Self.now) + \(Self.lease), waiting = ?
                WHERE token = ? RETURNING renewed
                """, .text(try JSONColumn.encode(waiting)), .init(life.token)
            ) { $0.time(0) }
            guard let time else { throw life.over }
            let nodes = try connection.rows(
                """
                SELECT name, token, version, schema, address, state, joined, renewed, lease_ends, waiting FROM nodes
                ORDER BY name
                """, map: Self.node)
            var last = generation
            let changes = try connection.rows(
                "SELECT share, owner, since, wanted, generation FROM shares WHERE generation > ? ORDER BY generation",
                .integer(generation)
            ) { row in
                last = max(last, row.integer(4))
                return HeldShare(
                    share: try Self.share(row), owner: row.optionalID(1), since: row.time(2), isWanted: row.flag(3))
            }
            return ClusterView(time: time, nodes: nodes, changes: changes, generation: last)
        }
    }

    private static func node(_ row: SQLRow) throws -> ClusterNode {
        ClusterNode(
            name: row.text(0), token: row.id(1), version: row.text(2), schema: row.count(3), address: row.text(4),
            state: try row.word(5), joined: row.time(6), renewed: row.time(7), leaseEnds: row.time(8),
            waiting: try JSONColumn.decode(row.text(9)))
    }

    private static func share(_ row: SQLRow) throws -> Share {
        guard let share = Share(row.text(0)) else {
            throw Failure(.operatorNeeded, .storage, "The database holds a share \"\(row.text(0))\", unknown here.")
        }
        return share
    }

    // MARK: - Shares

    func claim(_ shares: [Share], _ life: NodeLife) throws -> [ClaimedShare] {
        try alone(life) {
            return try connection.rows(
                """
                WITH free AS (
                    SELECT share, lost_by FROM shares
                    WHERE share IN (\(Self.listed)) AND owner IS NULL AND wanted = 1
                    FOR UPDATE SKIP LOCKED),
                taken AS (
                    UPDATE shares SET owner = ?, since = \(Self.now), lost_by = NULL, generation = \(Self.nextChange)
                    FROM free WHERE shares.share = free.share RETURNING shares.share),
                spans AS (
                    INSERT INTO lease_spans (share, node, token, began) SELECT share, ?, ?, \(Self.now) FROM taken)
                SELECT free.share, free.lost_by FROM free ORDER BY free.share
                """, try Self.list(shares), .init(life.token), .text(life.node), .init(life.token)
            ) { ClaimedShare(share: try Self.share($0), lostBy: $0.optionalID(1)) }
        }
    }

    func release(_ shares: [Share], _ life: NodeLife) throws {
        try alone(life) {
            let list = try Self.list(shares)
            try connection.run(
                """
                UPDATE lease_spans SET ended = \(Self.now), how = 'released'
                WHERE token = ? AND ended IS NULL AND share IN (\(Self.listed))
                """, .init(life.token), list)
            try connection.run(
                """
                UPDATE shares SET owner = NULL, lost_by = NULL, since = \(Self.now), generation = \(Self.nextChange)
                WHERE owner = ? AND share IN (\(Self.listed))
                """, .init(life.token), list)
        }
    }

    /// What nobody wants stays to be seen by all for a while; what was held is told for a week.
    func want(adding: [Share], dropping: [Share], _ life: NodeLife) throws {
        try alone(life) {
            try connection.run(
                """
                INSERT INTO shares (share, since, wanted, generation)
                SELECT added, \(Self.now), 1, \(Self.nextChange) FROM json_array_elements_text(CAST(? AS JSON)) AS added
                ON CONFLICT (share) DO UPDATE SET wanted = 1, generation = excluded.generation WHERE shares.wanted = 0
                """, try Self.list(adding))
            let dropped = try Self.list(dropping)
            try connection.run(
                "UPDATE shares SET wanted = 0, generation = \(Self.nextChange) WHERE wanted = 1 AND share IN (\(Self.listed))",
                dropped)
            try connection.run("DELETE FROM wishes WHERE share IN (\(Self.listed))", dropped)
            try connection.run(
                "DELETE FROM shares WHERE wanted = 0 AND owner IS NULL AND since < \(Self.now) - 3600000")
            try connection.run("DELETE FROM lease_spans WHERE ended < \(Self.now) - 604800000")
        }
    }

    func checkAlive(_ life: NodeLife) throws {
        let isAlive = try connection.first("SELECT 1 FROM nodes WHERE token = ?", .init(life.token)) { _ in true }
        guard isAlive == true else { throw life.over }
    }

    // MARK: - Wishes and history

    func wish(_ wish: Wish, _ life: NodeLife) throws {
        try connection.transaction(Self.readCommitted) {
            try checkAlive(life)
            try connection.run(
                "INSERT INTO wishes (share, act) VALUES (?, ?) ON CONFLICT (share, act) DO NOTHING",
                .text(wish.share.description), .text(wish.act.rawValue))
        }
    }

    func takeWishes(_ life: NodeLife) throws -> [Wish] {
        try connection.transaction(Self.readCommitted) {
            try checkAlive(life)
            return try connection.rows(
                """
                DELETE FROM wishes WHERE share IN (SELECT share FROM shares WHERE owner = ?) RETURNING share, act
                """, .init(life.token)
            ) { row in Wish(try row.word(1), try Self.share(row)) }
        }
    }

    func history(_ filter: LeaseHistoryFilter) throws -> [LeaseSpan] {
        let (clause, values) = StoreTransaction.clause([
            ("share = ?", filter.share.map { .text($0.description) }), ("node = ?", filter.node.map { .text($0) }),
            ("id < ?", filter.before.map { .init($0) }),
        ])
        return try connection.transaction(Self.readCommitted) {
            try connection.rows(
                "SELECT id, share, node, token, began, ended, how FROM lease_spans " + clause
                    + "ORDER BY id DESC LIMIT ?",
                values + [.init(filter.limit)]
            ) { row in
                LeaseSpan(
                    id: row.id(0), share: row.text(1), node: row.text(2), token: row.id(3), from: row.time(4),
                    until: row.optionalTime(5), end: row.isNull(6) ? nil : try row.word(6))
            }
        }
    }
}
