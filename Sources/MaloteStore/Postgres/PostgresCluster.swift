// The ClusterStore port on PostgreSQL: a connection of its own, so that a lease waits for no mail; knows no rule of sharing.

import MaloteCore

/// This node's seat. Its life began when the store was opened.
package actor PostgresCluster: ClusterStore {
    private let executor = BlockingExecutor(label: "malote.store.lease")
    private let settings: PostgresSettings
    private let life: NodeLife
    private let membership: Membership
    private let speaker: NewsSpeaker
    private var connection: PostgresConnection?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ settings: PostgresSettings, _ life: NodeLife, _ membership: Membership, _ speaker: NewsSpeaker) {
        self.settings = settings
        self.life = life
        self.membership = membership
        self.speaker = speaker
    }

    /// Over the connection as it is, or over a new one if that one was found broken: a lease has no time for more tries.
    private func tables<T>(_ body: (NodeTables) throws -> T) throws(Failure) -> T {
        do {
            if let connection, !connection.isLost {
                do { return try body(NodeTables(connection: connection)) } catch let error as PostgresError
                    where error.isLoss
                {
                    self.connection = nil
                }
            }
            let fresh = try PostgresConnection(settings, purpose: "\(life.node): lease")
            try fresh.execute("SET statement_timeout = '8s'; SET lock_timeout = '6s'")
            connection = fresh
            return try body(NodeTables(connection: fresh))
        } catch { throw Failure(sql: error) }
    }

    package func join(_ node: NodeIntroduction) throws(Failure) -> Membership { membership }

    package func renew(after generation: Int64, waiting: [String]) throws(Failure) -> ClusterView {
        try tables { try $0.renew(life, after: generation, waiting: waiting) }
    }

    package func claim(_ shares: [Share]) throws(Failure) -> [ClaimedShare] {
        let claimed = try tables { try $0.claim(shares, life) }
        if !claimed.isEmpty { speaker.tell([.shares]) }
        return claimed
    }

    package func release(_ shares: [Share]) throws(Failure) {
        try tables { try $0.release(shares, life) }
        speaker.tell([.shares])
    }

    package func expel(_ nodes: [NodeToken]) throws(Failure) -> [NodeToken] {
        let gone = try tables { try $0.expel(nodes) }
        if !gone.isEmpty { speaker.tell([.shares]) }
        return gone
    }

    package func want(adding: [Share], dropping: [Share]) throws(Failure) {
        try tables { try $0.want(adding: adding, dropping: dropping, life) }
        speaker.tell([.shares])
    }

    package func setState(_ state: ClusterNode.State, of name: String) throws(Failure) -> Bool {
        let isKnown = try tables { try $0.setState(state, of: name) }
        speaker.tell([.shares])
        return isKnown
    }

    package func leave() throws(Failure) {
        try tables { try $0.leave(life) }
        speaker.tell([.shares])
    }

    package func wish(_ wish: Wish) throws(Failure) {
        try tables { try $0.wish(wish) }
        speaker.tell([.wishes])
    }

    package func takeWishes() throws(Failure) -> [Wish] { try tables { try $0.takeWishes(life) } }

    package func history(_ filter: LeaseHistoryFilter) throws(Failure) -> [LeaseSpan] {
        try tables { try $0.history(filter) }
    }
}
