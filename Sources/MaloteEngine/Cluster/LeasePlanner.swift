// Decides what a node takes, gives back, and whom it expels; a pure value: no clock, no network, no store.

import MaloteCore

/// Every node reckons with the same map and comes to the same shares for all, so nobody need be asked.
///
/// Inboxes, outboxes and endpoints are spread evenly, each for themselves, over the nodes that are active. Whoever has
/// enough takes no more, whoever has too much gives back its surplus, idle shares first and few at a time, and a cluster
/// in which nothing changes is left as it is. Places at crowded hosts go to the nodes by what their mailboxes need.
package struct LeasePlanner: Sendable {
    /// A share that this node holds.
    package struct Mine: Sendable, Hashable {
        /// It is to be given back.
        package var isLeaving: Bool
        /// Work on it is under way.
        package var isBusy: Bool

        package init(isLeaving: Bool = false, isBusy: Bool = false) {
            self.isLeaving = isLeaving
            self.isBusy = isBusy
        }
    }

    /// What to do next.
    package struct Turn: Sendable, Equatable {
        /// To be tried: others may be quicker.
        package var claims: [Share] = []
        /// To be given back once the work on them has ended.
        package var callsBack: [Share] = []
        package var expels: [NodeToken] = []
        package var adds: [Share] = []
        package var drops: [Share] = []

        package init() {}

        package var isNothing: Bool { self == Turn() }
    }

    /// How many shares are claimed by one statement.
    static let mostClaims = 2000
    /// How long a place is kept at least where there are fewer than nodes that need one.
    static let placeTurn = Duration.seconds(10)

    let map: ClusterMap
    let me: NodeToken
    let wish: ShareWish
    let mine: [Share: Mine]
    let gaveUp: [String: Timestamp]
    private let active: [NodeToken]

    /// - Parameters:
    ///   - mine: what this node holds as it knows itself; the map may be a moment older.
    ///   - gaveUp: when this node last gave up its place at a host for others.
    package init(
        _ map: ClusterMap, me: NodeToken, wish: ShareWish, mine: [Share: Mine], gaveUp: [String: Timestamp] = [:]
    ) {
        self.map = map
        self.me = me
        self.wish = wish
        self.mine = mine
        self.gaveUp = gaveUp
        active = map.active
    }

    package func turn() -> Turn {
        var turn = Turn()
        turn.expels = map.silent.filter { $0 != me }
        guard active.contains(me) else {
            turn.callsBack = kept(mine.keys).sorted()
            return turn
        }
        // What is wanted no more, or is another's by the map, can only be let go.
        turn.callsBack = kept(mine.keys).filter { !(map.shares[$0]?.isWanted ?? true) }.sorted()
        if holds(.chores) { settleWants(&turn) }
        for group in groups() { spread(group, &turn) }
        for (host, places) in places().sorted(by: { $0.key < $1.key }) { sharePlaces(host, places.sorted(), &turn) }
        turn.claims = Array(turn.claims.prefix(Self.mostClaims))
        return turn
    }

    private func holds(_ share: Share) -> Bool { mine[share].map { !$0.isLeaving } ?? false }
    private func kept(_ shares: some Sequence<Share>) -> [Share] { shares.filter(holds) }
    private func isFree(_ share: Share) -> Bool { map.shares[share]?.owner == nil && mine[share] == nil }

    /// Whose it is, as far as this node knows best.
    private func owner(_ share: Share) -> NodeToken? {
        if let held = mine[share] { return held.isLeaving ? nil : me }
        let owner = map.shares[share]?.owner
        return owner == me ? nil : owner
    }

    // MARK: - What is wanted

    /// One node adds and drops shares for all.
    private func settleWants(_ turn: inout Turn) {
        let wanted = Set(map.shares.values.filter(\.isWanted).map(\.share))
        let wish = wish.shares
        turn.adds = wish.subtracting(wanted).sorted()
        turn.drops = wanted.subtracting(wish).sorted()
    }

    // MARK: - Spreading

    /// Wanted shares that are spread by themselves, each in order.
    private func groups() -> [[Share]] {
        let outboxes = Set(wish.outboxes)
        var groups: [[Share]] = [[], [], [], []]
        for held in map.shares.values where held.isWanted {
            switch held.share {
            case .chores: groups[0].append(held.share)
            case .mailbox: groups[outboxes.contains(held.share) ? 1 : 2].append(held.share)
            case .endpoint: groups[3].append(held.share)
            case .place: continue
            }
        }
        return groups.map { $0.sorted() }
    }

    private func spread(_ group: [Share], _ turn: inout Turn) {
        let (least, over) = group.count.quotientAndRemainder(dividingBy: active.count)
        let most = least + (over > 0 ? 1 : 0)
        var counts = Dictionary(active.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
        for share in group {
            if let owner = owner(share), counts[owner] != nil { counts[owner, default: 0] += 1 }
        }
        let (count, free) = (counts[me] ?? 0, group.filter(isFree))
        var surplus = max(0, count - most)
        if surplus == 0, count > least, free.isEmpty, counts.values.contains(where: { $0 < least }) {
            // Some node has too few, so more nodes than need be have one more: the last of these gives it away.
            let upper = active.filter { (counts[$0] ?? 0) >= most }
            if (upper.firstIndex(of: me) ?? 0) >= over { surplus = 1 }
        }
        if surplus > 0 {
            turn.callsBack += leaving(surplus, of: group)
        } else {
            let upper = active.count { $0 != me && (counts[$0] ?? 0) > least }
            let room = count < least ? least - count : count == least && upper < over ? 1 : 0
            turn.claims += picked(room, of: free)
        }
    }

    /// Idle ones first, and only a tenth at a time: nobody's work is to stop as a whole because a node joins.
    private func leaving(_ surplus: Int, of group: [Share]) -> [Share] {
        let held = group.filter { mine[$0] != nil }
        let already = held.count { mine[$0]?.isLeaving ?? false }
        let atOnce = max(0, min(surplus, max(2, held.count / 10) - already))
        let (idle, busy) = (held.filter { mine[$0]?.isBusy == false }, held.filter { mine[$0]?.isBusy == true })
        return Array((idle + busy).filter(holds).prefix(atOnce))
    }

    /// Each node begins elsewhere, so that they seldom reach for the same.
    private func picked(_ room: Int, of free: [Share]) -> [Share] {
        guard room > 0, !free.isEmpty else { return [] }
        let start = (active.firstIndex(of: me) ?? 0) * free.count / active.count
        return Array((free[start...] + free[..<start]).prefix(room))
    }

    // MARK: - Places

    /// Wanted ones of all hosts that have places in the map, or of which this node holds some.
    private func places() -> [String: [Share]] {
        var places: [String: [Share]] = [:]
        for held in map.shares.values {
            guard let host = held.share.host else { continue }
            places[host, default: []] += held.isWanted ? [held.share] : []
        }
        for host in mine.keys.compactMap(\.host) where places[host] == nil { places[host] = [] }
        return places
    }

    private func sharePlaces(_ host: String, _ places: [Share], _ turn: inout Turn) {
        let held = places.filter(holds)
        let needs = placeNeeds(host)
        guard let need = needs[me], need > 0 else {
            turn.callsBack += held
            return
        }
        guard places.count >= needs.count else { return takeTurns(places, held, host, needs, &turn) }
        let goal = Self.goals(places.count, needs)[me] ?? 0
        if held.count > goal { turn.callsBack += held.suffix(held.count - goal) }
        if held.count < goal { turn.claims += places.filter(isFree).prefix(goal - held.count) }
    }

    /// Connections that each active node's mailboxes at the host may need.
    private func placeNeeds(_ host: String) -> [NodeToken: Int] {
        var needs: [NodeToken: Int] = [:]
        for (id, need) in wish.hosts[host]?.needs ?? [:] {
            guard let owner = owner(.mailbox(id)), active.contains(owner) else { continue }
            needs[owner, default: 0] += need
        }
        return needs
    }

    /// Everybody as much as it needs, as long as there is enough; then all that need more the same.
    static func goals(_ places: Int, _ needs: [NodeToken: Int]) -> [NodeToken: Int] {
        var (left, goals) = (places, [NodeToken: Int]())
        for (rank, entry) in needs.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }).enumerated() {
            let goal = min(entry.value, left / (needs.count - rank))
            goals[entry.key] = goal
            left -= goal
        }
        return goals
    }

    /// There are fewer places than nodes that need one: whoever has none and waits gets one that was held long enough.
    private func takeTurns(
        _ places: [Share], _ held: [Share], _ host: String, _ needs: [NodeToken: Int], _ turn: inout Turn
    ) {
        let without = map.nodes.filter { node in
            node.token != me && needs[node.token] != nil && node.waiting.contains(host)
                && !places.contains { owner($0) == node.token }
        }
        let free = places.filter(isFree)
        // Whoever gave it up for others leaves them the time to take it.
        let isPolite = gaveUp[host].map { map.time - $0 < Self.placeTurn } ?? false
        if held.isEmpty, without.isEmpty || !isPolite { turn.claims += free.prefix(1) }
        turn.callsBack += held.dropFirst()
        guard let first = held.first, let since = map.shares[first]?.since, without.count > free.count else { return }
        if map.time - since >= Self.placeTurn { turn.callsBack.append(first) }
    }
}
