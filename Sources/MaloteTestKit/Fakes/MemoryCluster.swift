// A cluster in memory: one state, a seat for each node, and lines that can be cut; knows no rule of sharing.

import MaloteCore
import Synchronization

/// What the database would keep. Its clock is the test's.
package final class MemoryCluster: Sendable {
    package struct Row: Sendable {
        package var share: Share
        package var owner: NodeToken?
        package var since: Timestamp
        package var isWanted = true
        /// Who was expelled while it held it, until somebody else has held it.
        var lostBy: NodeToken?
        var changed: Int64
    }

    package struct State: Sendable {
        package var nodes: [NodeToken: ClusterNode] = [:]
        package var rows: [Share: Row] = [:]
        package var history: [LeaseSpan] = []
        package var wishes: [Wish] = []
        package var notes: [NodeToken: [MailboxNote]] = [:]
        var homes: [NodeToken: String] = [:]
        /// The last life of each name.
        var lives: [String: NodeToken] = [:]
        var lastToken: Int64 = 0
        var generation: Int64 = 0
        /// Nodes by name that cannot reach the database, and those whose next changes are made but not answered.
        var cut: Set<String> = []
        var mute: [String: Int] = [:]
    }

    let state = Mutex(State())
    let clock: FakeClock

    package init(clock: FakeClock) { self.clock = clock }

    package var now: State { state.withLock { $0 } }
    package func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    package func seat() -> MemorySeat { MemorySeat(self) }

    /// From now on the node cannot reach the database, or can again.
    package func cut(_ name: String, _ isCut: Bool = true) {
        state.withLock { if isCut { $0.cut.insert(name) } else { $0.cut.remove(name) } }
    }

    /// What the node asks for after so many other things is done, and it does not hear of it.
    package func loseAnswer(to name: String, after calls: Int = 0) { state.withLock { $0.mute[name] = calls } }

    package func isCut(_ name: String) -> Bool { state.withLock { $0.cut.contains(name) } }

    /// Whether a node with this token may write: what a store checks in every transaction.
    package func isAlive(_ token: NodeToken) -> Bool { state.withLock { $0.nodes[token] != nil } }
}

extension MemoryCluster.State {
    mutating func give(_ share: Share, to owner: NodeToken?, _ end: LeaseSpan.End?, at now: Timestamp) {
        guard var row = rows[share], row.owner != owner else { return }
        if let former = row.owner,
            let open = history.lastIndex(where: { $0.share == share.description && $0.until == nil })
        {
            history[open].until = now
            history[open].end = end
            row.lostBy = end == .expelled ? former : nil
        }
        if let owner {
            let node = nodes[owner]?.name ?? ""
            let id = LeaseSpanID(rawValue: Int64(history.count + 1))
            history.append(LeaseSpan(id: id, share: share.description, node: node, token: owner, from: now))
            row.lostBy = nil
        }
        (row.owner, row.since, row.changed) = (owner, now, next())
        rows[share] = row
    }

    /// Whether the answer to this node is lost.
    mutating func loses(_ name: String) -> Bool {
        guard let calls = mute[name] else { return false }
        mute[name] = calls > 0 ? calls - 1 : nil
        return calls == 0
    }

    mutating func next() -> Int64 {
        generation += 1
        return generation
    }

    mutating func end(_ token: NodeToken, _ end: LeaseSpan.End, at now: Timestamp) {
        for share in rows.values.filter({ $0.owner == token }).map(\.share).sorted() {
            give(share, to: nil, end, at: now)
        }
        (nodes[token], notes[token]) = (nil, nil)
    }
}

/// One node's line to it.
package final class MemorySeat: ClusterStore {
    private let cluster: MemoryCluster
    private let me = Mutex((token: NodeToken.unsaved, name: ""))

    init(_ cluster: MemoryCluster) { self.cluster = cluster }

    package var token: NodeToken { me.withLock { $0.token } }

    private static let cutOff = Failure(.transient, .storage, "The database cannot be reached.")

    private func reach<Value: Sendable>(
        _ body: (inout MemoryCluster.State, Timestamp) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let (me, now) = (me.withLock { $0 }, cluster.clock.now())
        let result: Result<Value, Failure> = cluster.state.withLock { state in
            guard !state.cut.contains(me.name) else { return .failure(Self.cutOff) }
            guard state.nodes[me.token] != nil else {
                return .failure(Failure(.transient, .lease, "The node was expelled."))
            }
            do throws(Failure) {
                let value = try body(&state, now)
                return state.loses(me.name) ? .failure(Self.cutOff) : .success(value)
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    package func join(_ node: NodeIntroduction) async throws(Failure) -> Membership {
        let now = cluster.clock.now()
        let result: Result<Membership, Failure> = cluster.state.withLock { state in
            guard !state.cut.contains(node.name) else { return .failure(Self.cutOff) }
            let former = state.lives[node.name]
            if let former, let known = state.nodes[former], state.homes[former] != node.home, known.leaseEnds > now {
                return .failure(
                    Failure(.operatorNeeded, .lease, "Another node of this name is at work at \(known.address)."))
            }
            state.lastToken += 1
            let token = NodeToken(rawValue: state.lastToken)
            state.nodes[token] = ClusterNode(
                name: node.name, token: token, version: node.version, schema: node.schema, address: node.address,
                joined: now, renewed: now, leaseEnds: now + ClusterTerms.lease)
            let inherited = state.rows.values.filter { $0.owner == former && former != nil }.map(\.share).sorted()
            for share in inherited { state.give(share, to: token, .inherited, at: now) }
            if let former { (state.nodes[former], state.notes[former]) = (nil, nil) }
            state.homes[token] = node.home
            state.lives[node.name] = token
            if state.rows[.chores] == nil {
                state.rows[.chores] = .init(share: .chores, owner: nil, since: now, changed: state.next())
            }
            return .success(Membership(token: token, former: former, inherited: inherited))
        }
        let membership = try result.get()
        me.withLock { $0 = (membership.token, node.name) }
        return membership
    }

    package func renew(after generation: Int64, waiting: [String]) async throws(Failure) -> ClusterView {
        let token = token
        return try reach { state, now in
            state.nodes[token]?.renewed = now
            state.nodes[token]?.leaseEnds = now + ClusterTerms.lease
            state.nodes[token]?.waiting = waiting
            let changes = state.rows.values.filter { $0.changed > generation }.sorted { $0.changed < $1.changed }
            return ClusterView(
                time: now, nodes: Array(state.nodes.values),
                changes: changes.map {
                    HeldShare(share: $0.share, owner: $0.owner, since: $0.since, isWanted: $0.isWanted)
                }, generation: state.generation)
        }
    }

    package func claim(_ shares: [Share]) async throws(Failure) -> [ClaimedShare] {
        let token = token
        return try reach { state, now in
            var claimed: [ClaimedShare] = []
            for share in shares {
                guard let row = state.rows[share], row.isWanted, row.owner == nil else { continue }
                claimed.append(ClaimedShare(share: share, lostBy: row.lostBy))
                state.give(share, to: token, nil, at: now)
            }
            return claimed
        }
    }

    package func release(_ shares: [Share]) async throws(Failure) {
        let token = token
        try reach { state, now in
            for share in shares where state.rows[share]?.owner == token {
                state.give(share, to: nil, .released, at: now)
            }
        }
    }

    package func expel(_ nodes: [NodeToken]) async throws(Failure) -> [NodeToken] {
        try reach { state, now in
            let over = nodes.filter { token in state.nodes[token].map { $0.leaseEnds <= now } ?? false }
            for token in over { state.end(token, .expelled, at: now) }
            return over
        }
    }

    package func want(adding: [Share], dropping: [Share]) async throws(Failure) {
        try reach { state, now in
            for share in adding where state.rows[share]?.isWanted != true {
                var row = state.rows[share] ?? .init(share: share, owner: nil, since: now, changed: 0)
                (row.isWanted, row.changed) = (true, state.next())
                state.rows[share] = row
            }
            for share in dropping where state.rows[share]?.isWanted == true {
                let change = state.next()
                state.rows[share]?.isWanted = false
                state.rows[share]?.changed = change
            }
        }
    }

    package func setState(_ new: ClusterNode.State, of name: String) async throws(Failure) -> Bool {
        try reach { state, _ in
            guard let token = state.lives[name], state.nodes[token] != nil else { return false }
            state.nodes[token]?.state = new
            return true
        }
    }

    package func leave() async throws(Failure) {
        let token = token
        try reach { state, now in state.end(token, .released, at: now) }
    }

    package func wish(_ wish: Wish) async throws(Failure) {
        try reach { state, _ in if !state.wishes.contains(wish) { state.wishes.append(wish) } }
    }

    package func takeWishes() async throws(Failure) -> [Wish] {
        let token = token
        return try reach { state, _ in
            let mine = state.wishes.filter { state.rows[$0.share]?.owner == token }
            state.wishes.removeAll { mine.contains($0) }
            return mine
        }
    }

    package func note(_ notes: [MailboxNote]) async throws(Failure) {
        let token = token
        try reach { state, _ in state.notes[token] = notes }
    }

    package func notes() async throws(Failure) -> [NodeToken: [MailboxNote]] {
        guard !cluster.isCut(me.withLock({ $0.name })) else { throw Self.cutOff }
        return cluster.now.notes
    }

    package func history(_ filter: LeaseHistoryFilter) async throws(Failure) -> [LeaseSpan] {
        let spans = cluster.now.history.reversed().filter { span in
            (filter.share.map { $0.description == span.share } ?? true) && (filter.node.map { $0 == span.node } ?? true)
                && (filter.before.map { span.id < $0 } ?? true)
        }
        return Array(spans.prefix(filter.limit))
    }
}
