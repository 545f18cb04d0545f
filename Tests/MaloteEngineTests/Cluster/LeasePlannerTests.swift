// What a node takes and gives back, by what it knows: cases as data, no node at work.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct LeasePlannerTests {
    private static let now = Timestamp(seconds: 5000)

    /// Nodes 1, 2, ... hold so many inboxes each; the rest is nobody's.
    struct Case: Sendable {
        var held: [Int]
        var free = 0
        var draining: Set<Int> = []
        var silent: Set<Int> = []
        /// What each node claims and gives back.
        var claims: [Int]
        var callsBack: [Int]

        init(
            _ held: [Int], free: Int = 0, draining: Set<Int> = [], silent: Set<Int> = [], claims: [Int],
            callsBack: [Int]
        ) {
            (self.held, self.free, self.draining, self.silent) = (held, free, draining, silent)
            (self.claims, self.callsBack) = (claims, callsBack)
        }
    }

    static let cases = [
        Case([0], free: 5, claims: [5], callsBack: [0]),
        Case([0, 0], free: 5, claims: [2, 2], callsBack: [0, 0]),
        Case([2, 2], free: 1, claims: [1, 1], callsBack: [0, 0]),
        Case([3, 2], claims: [0, 0], callsBack: [0, 0]),
        Case([2, 3], claims: [0, 0], callsBack: [0, 0]),
        // A node has joined: the others give up what is too much, few at a time.
        Case([5, 0], claims: [0, 0], callsBack: [2, 0]),
        Case([100, 0], claims: [0, 0], callsBack: [10, 0]),
        Case([4, 4, 2], claims: [0, 0, 0], callsBack: [0, 1, 0]),
        Case([4, 3, 3], claims: [0, 0, 0], callsBack: [0, 0, 0]),
        Case([4, 4, 1], free: 1, claims: [0, 0, 1], callsBack: [0, 0, 0]),
        Case([1, 0, 0], claims: [0, 0, 0], callsBack: [0, 0, 0]),
        // One drains, and the others take what they can.
        Case([3, 3], draining: [1], claims: [0, 0], callsBack: [3, 0]),
        Case([2, 3], free: 1, draining: [1], claims: [0, 1], callsBack: [2, 0]),
        // One is silent: it is expelled before anything of it is taken.
        Case([3, 3], silent: [2], claims: [0, 0], callsBack: [0, 3]),
        Case([3, 0], free: 3, silent: [2], claims: [3, 0], callsBack: [0, 0]),
        Case([], claims: [], callsBack: []),
    ]

    @Test(arguments: cases)
    func spreads(entry: Case) {
        var plans: [LeasePlanner.Turn] = []
        for me in entry.held.indices { plans.append(plan(entry, me: me + 1)) }
        #expect(plans.map(\.claims.count) == entry.claims)
        #expect(plans.map(\.callsBack.count) == entry.callsBack)
        let claimed = plans.flatMap(\.claims)
        // Nodes begin in different places.
        if entry.free >= claimed.count { #expect(Set(claimed).count == claimed.count || entry.free == 1) }
        for (place, plan) in plans.enumerated() {
            let others = entry.silent.subtracting([place + 1]).sorted().map { NodeToken(rawValue: Int64($0)) }
            #expect(plan.expels == others)
        }
    }

    private func plan(_ entry: Case, me: Int) -> LeasePlanner.Turn {
        var (map, mine, number) = (ClusterMap(), [Share: LeasePlanner.Mine](), Int64(0))
        var shares: [HeldShare] = []
        for (place, count) in (entry.held + [entry.free]).enumerated() {
            let owner = place < entry.held.count ? NodeToken(rawValue: Int64(place + 1)) : nil
            for _ in 0..<count {
                number += 1
                let share = Share.mailbox(MailboxID(rawValue: number))
                shares.append(HeldShare(share: share, owner: owner, since: Self.now, isWanted: true))
                if place + 1 == me { mine[share] = .init() }
            }
        }
        let nodes = entry.held.indices.map {
            Self.node($0 + 1, isDraining: entry.draining.contains($0 + 1), isSilent: entry.silent.contains($0 + 1))
        }
        let view = ClusterView(time: Self.now, nodes: nodes, changes: shares, generation: 1)
        map.add(view, at: .zero)
        map.add(view, at: .seconds(12))
        return LeasePlanner(map, me: NodeToken(rawValue: Int64(me)), wish: ShareWish(), mine: mine).turn()
    }

    private static func node(
        _ number: Int, isDraining: Bool = false, isSilent: Bool = false, waiting: [String] = []
    ) -> ClusterNode {
        ClusterNode(
            name: "n\(number)", token: NodeToken(rawValue: Int64(number)), version: "1", schema: 1, address: "",
            state: isDraining ? .draining : .active, joined: now, renewed: now,
            leaseEnds: isSilent ? now : now + .seconds(10), waiting: waiting)
    }

    /// A standby whose clock is ahead has become the primary: by it every lease is over but that of who asks first.
    @Test func aClockThatJumpsExpelsNobody() {
        var map = ClusterMap()
        func see(_ seconds: Int64, by database: Int64, renewed: Int64) -> [NodeToken] {
            var other = Self.node(2)
            (other.renewed, other.leaseEnds) = (Self.now + .seconds(renewed), Self.now + .seconds(renewed + 15))
            let view = ClusterView(
                time: Self.now + .seconds(database), nodes: [Self.node(1), other], changes: [], generation: 1)
            map.add(view, at: .seconds(seconds))
            return LeasePlanner(map, me: NodeToken(rawValue: 1), wish: ShareWish(), mine: [:]).turn().expels
        }
        #expect(see(100, by: 0, renewed: 0).isEmpty)
        #expect(see(103, by: 33, renewed: 0).isEmpty)
        // It has renewed, by the new clock; and then no more.
        #expect(see(106, by: 36, renewed: 34).isEmpty)
        #expect(see(117, by: 47, renewed: 34).isEmpty)
        #expect(see(118, by: 48, renewed: 34).isEmpty)
        #expect(see(121, by: 51, renewed: 34) == [NodeToken(rawValue: 2)])
        // Another jump: this is not known to be over.
        #expect(see(124, by: 99, renewed: 52).isEmpty)
        #expect(see(135, by: 110, renewed: 52).isEmpty)
        #expect(see(136, by: 111, renewed: 52) == [NodeToken(rawValue: 2)])
    }

    @Test func whatRestsGoesFirst() {
        var (map, mine) = (ClusterMap(), [Share: LeasePlanner.Mine]())
        var shares: [HeldShare] = []
        for number in Int64(1)...4 {
            shares.append(
                HeldShare(share: .inbox(number), owner: NodeToken(rawValue: 1), since: Self.now, isWanted: true))
            mine[.inbox(number)] = .init(isBusy: number < 4)
        }
        map.add(
            ClusterView(time: Self.now, nodes: [Self.node(1), Self.node(2)], changes: shares, generation: 1), at: .zero)
        let plan = LeasePlanner(map, me: NodeToken(rawValue: 1), wish: ShareWish(), mine: mine).turn()
        #expect(plan.callsBack == [.inbox(4), .inbox(1)])
        // What is leaving counts: not more at once.
        mine[.inbox(4)]?.isLeaving = true
        mine[.inbox(1)]?.isLeaving = true
        #expect(LeasePlanner(map, me: NodeToken(rawValue: 1), wish: ShareWish(), mine: mine).turn().isNothing)
    }

    @Test func whoDoesTheChoresSaysWhatIsWanted() {
        let registry = deskRegistry(1...2)
        let wish = ShareWish(registry, perHost: 10)
        var map = ClusterMap()
        let chores = HeldShare(share: .chores, owner: NodeToken(rawValue: 1), since: Self.now, isWanted: true)
        let old = HeldShare(share: .inbox(7), owner: nil, since: Self.now, isWanted: true)
        map.add(
            ClusterView(time: Self.now, nodes: [Self.node(1), Self.node(2)], changes: [chores, old], generation: 1),
            at: .zero)
        let plan = LeasePlanner(map, me: NodeToken(rawValue: 1), wish: wish, mine: [.chores: .init()]).turn()
        #expect(plan.adds == [.inbox(1), .outbox(1), .inbox(2), .outbox(2)].sorted())
        #expect(plan.drops == [.inbox(7)])
        let other = LeasePlanner(map, me: NodeToken(rawValue: 2), wish: wish, mine: [:]).turn()
        #expect(other.adds.isEmpty && other.drops.isEmpty)
    }

    // MARK: - Places

    @Test(
        arguments: [
            ([1: 5, 2: 5], 20, [1: 5, 2: 5]), ([1: 50, 2: 50], 20, [1: 10, 2: 10]),
            ([1: 50, 2: 3], 20, [1: 17, 2: 3]),
            ([1: 50, 2: 50, 3: 50], 20, [1: 6, 2: 7, 3: 7]), ([1: 1, 2: 1, 3: 1], 3, [1: 1, 2: 1, 3: 1]),
        ] as [([Int64: Int], Int, [Int64: Int])])
    func placesGoWhereTheyAreNeeded(needs: [Int64: Int], places: Int, goals: [Int64: Int]) {
        func tokens(_ counts: [Int64: Int]) -> [NodeToken: Int] {
            Dictionary(uniqueKeysWithValues: counts.map { (NodeToken(rawValue: $0.key), $0.value) })
        }
        #expect(LeasePlanner.goals(places, tokens(needs)) == tokens(goals))
    }

    @Test func roomForAllNeedsNoPlaces() {
        func registry(_ inboxes: Int64) -> Registry {
            deskRegistry(1...inboxes) { registry in
                for place in registry.mailboxes.indices { registry.mailboxes[place].server = "Mail.example" }
            }
        }
        let roomy = ShareWish(registry(3), perHost: 20)
        // Three inboxes, three outboxes with a lane each: 18, and what is left goes to outboxes.
        #expect(roomy.hosts["mail.example"]?.places == 0)
        #expect(roomy.hosts["mail.example"]?.needs.values.sorted() == [1, 1, 1, 5, 6, 6])
        let crowded = ShareWish(registry(4), perHost: 20)
        #expect(crowded.hosts["mail.example"]?.places == 20)
        #expect(crowded.shares.count(where: { $0.host == "mail.example" }) == 20)
        #expect(crowded.shares.count == 29)
    }

    struct Turns: Sendable {
        var held: Bool
        var since: Int64
        var otherWaits: Bool
        var gaveUp: Int64?
        var claims: Int
        var callsBack: Int
    }

    /// One place, two nodes: it goes round.
    @Test(arguments: [
        Turns(held: true, since: 60, otherWaits: false, claims: 0, callsBack: 0),
        Turns(held: true, since: 9, otherWaits: true, claims: 0, callsBack: 0),
        Turns(held: true, since: 10, otherWaits: true, claims: 0, callsBack: 1),
        Turns(held: false, since: 1, otherWaits: false, gaveUp: 1, claims: 1, callsBack: 0),
        Turns(held: false, since: 1, otherWaits: true, gaveUp: 1, claims: 0, callsBack: 0),
        Turns(held: false, since: 11, otherWaits: true, gaveUp: 11, claims: 1, callsBack: 0),
        Turns(held: false, since: 1, otherWaits: true, claims: 1, callsBack: 0),
    ])
    func theOnlyPlaceGoesRound(entry: Turns) {
        let host = "one.example"
        let registry = deskRegistry(1...2) { registry in
            for place in registry.mailboxes.indices { registry.mailboxes[place].server = host }
        }
        let place = Share.place(host: host, number: 1)
        let (me, other) = (NodeToken(rawValue: 1), NodeToken(rawValue: 2))
        let owners: [(Share, NodeToken?)] = [
            (.inbox(1), me), (.outbox(1), me), (.inbox(2), other), (.outbox(2), other), (.chores, other),
            (place, entry.held ? me : nil),
        ]
        var map = ClusterMap()
        map.add(
            ClusterView(
                time: Self.now, nodes: [Self.node(1), Self.node(2, waiting: entry.otherWaits ? [host] : [])],
                changes: owners.map {
                    HeldShare(share: $0.0, owner: $0.1, since: Self.now + .seconds(-entry.since), isWanted: true)
                }, generation: 1), at: .zero)
        let mine = owners.filter { $0.1 == me }.map { ($0.0, LeasePlanner.Mine()) }
        let plan = LeasePlanner(
            map, me: me, wish: ShareWish(registry, perHost: 1), mine: Dictionary(uniqueKeysWithValues: mine),
            gaveUp: entry.gaveUp.map { [host: Self.now + .seconds(-$0)] } ?? [:]
        ).turn()
        #expect(plan.claims == (entry.claims > 0 ? [place] : []))
        #expect(plan.callsBack == (entry.callsBack > 0 ? [place] : []))
    }
}
