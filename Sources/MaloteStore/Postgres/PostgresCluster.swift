// The ClusterStore port on PostgreSQL: a connection of its own, so that a lease waits for no mail; knows no rule of sharing.

import MaloteCore

/// This node's seat. Its life begins with `join`: before, its store writes nothing.
package actor PostgresCluster: ClusterStore {
    private let executor = BlockingExecutor(label: "malote.store.lease")
    private let seat: NodeLife.Seat
    private let speaker: NewsSpeaker
    private let vault: Vault
    private let line: PostgresLine

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ settings: PostgresSettings, _ seat: NodeLife.Seat, _ speaker: NewsSpeaker, _ vault: Vault) {
        self.seat = seat
        self.speaker = speaker
        self.vault = vault
        line = PostgresLine(
            settings, purpose: "lease", greeting: "SET statement_timeout = '8s'; SET lock_timeout = '6s'")
    }

    /// Over the connection as it is, or over a new one if that one was found broken: a lease has no time for more tries.
    private func tables<T>(_ body: (NodeTables) throws -> T) throws(Failure) -> T {
        do {
            if line.isOpen {
                do { return try body(NodeTables(connection: line.connection())) } catch let error as PostgresError
                    where error.isLoss
                {
                    line.hangUp()
                }
            }
            return try body(NodeTables(connection: line.connection()))
        } catch { throw Failure(sql: error) }
    }

    package func join(_ node: NodeIntroduction) throws(Failure) -> Membership {
        let membership = try tables { try $0.join(node, keys: ([vault.current] + vault.old).map(\.id)) }
        seat.take(NodeLife(node: node.name, token: membership.token))
        speaker.tell([.shares])
        return membership
    }

    package func renew(after generation: Int64, waiting: [String]) throws(Failure) -> ClusterView {
        try tables { try $0.renew(seat.current(), after: generation, waiting: waiting) }
    }

    package func claim(_ shares: [Share]) throws(Failure) -> [ClaimedShare] {
        let claimed = try tables { try $0.claim(shares, seat.current()).sorted { $0.share < $1.share } }
        if !claimed.isEmpty { speaker.tell([.shares]) }
        return claimed
    }

    package func release(_ shares: [Share]) throws(Failure) {
        try tables { try $0.release(shares, seat.current()) }
        speaker.tell([.shares])
    }

    package func expel(_ nodes: [NodeToken]) throws(Failure) -> [NodeToken] {
        let gone = try tables { try $0.expel(nodes, seat.current()) }
        if !gone.isEmpty { speaker.tell([.shares]) }
        return gone
    }

    package func want(adding: [Share], dropping: [Share]) throws(Failure) {
        try tables { try $0.want(adding: adding, dropping: dropping, seat.current()) }
        speaker.tell([.shares])
    }

    package func setState(_ state: ClusterNode.State, of name: String) throws(Failure) -> Bool {
        let isKnown = try tables { try $0.setState(state, of: name, seat.current()) }
        speaker.tell([.shares])
        return isKnown
    }

    package func leave() throws(Failure) {
        try tables { try $0.leave(seat.current()) }
        speaker.tell([.shares])
    }

    package func wish(_ wish: Wish) throws(Failure) {
        try tables { try $0.wish(wish, seat.current()) }
        speaker.tell([.wishes])
    }

    package func takeWishes() throws(Failure) -> [Wish] { try tables { try $0.takeWishes(seat.current()) } }

    package func note(_ notes: [MailboxNote]) throws(Failure) { try tables { try $0.note(notes, seat.current()) } }

    package func notes() throws(Failure) -> [NodeToken: [MailboxNote]] { try tables { try $0.notes() } }

    package func history(_ filter: LeaseHistoryFilter) throws(Failure) -> [LeaseSpan] {
        try tables { try $0.history(filter) }
    }
}
