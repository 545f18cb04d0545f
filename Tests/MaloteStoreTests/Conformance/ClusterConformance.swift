// What every cluster store promises: one holder for each share, and nothing from a life that is over.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

/// A cluster store to be tried, whose clock the test can let run.
protocol ClusterRig: Sendable {
    /// A node's way to the cluster, not joined yet.
    func seat() -> any ClusterStore
    func pass(_ duration: Duration) async throws
}

struct MemoryClusterRig: ClusterRig {
    private let clock = FakeClock(now: Timestamp(seconds: 1_800_000_000))
    private let cluster: MemoryCluster

    init() { cluster = MemoryCluster(clock: clock) }

    func seat() -> any ClusterStore { cluster.seat() }
    func pass(_ duration: Duration) async throws { clock.move(to: clock.now() + duration) }
}

/// Its clock is the server's, which cannot be moved: what is kept becomes older instead.
struct PostgresClusterRig: ClusterRig {
    private let schema = SharedPostgres.freshSchema()
    private let settings: PostgresSettings

    init() throws {
        settings = try SharedPostgres.settings(schema: schema)
        _ = try PostgresStore(settings, vault: Vault(key: [UInt8](repeating: 7, count: 32)))
    }

    func seat() -> any ClusterStore {
        let seat = NodeLife.Seat()
        return PostgresCluster(
            settings, seat, NewsSpeaker(settings, seat), Vault(key: [UInt8](repeating: 7, count: 32)))
    }

    func pass(_ duration: Duration) async throws {
        let time = duration.milliseconds
        try RealPostgres.shared.get().sql(
            """
            SET search_path = \(schema);
            UPDATE nodes SET joined = joined - \(time), renewed = renewed - \(time), lease_ends = lease_ends - \(time);
            UPDATE shares SET since = since - \(time);
            UPDATE lease_spans SET began = began - \(time), ended = ended - \(time);
            """)
    }
}

enum ClusterKind: Sendable, CaseIterable {
    case memory, postgres

    func fresh() async throws -> any ClusterRig {
        switch self {
        case .memory: MemoryClusterRig()
        case .postgres: try PostgresClusterRig()
        }
    }
}

@Suite struct ClusterConformance {
    private static let inbox = Share.mailbox(MailboxID(rawValue: 1))
    private static let outbox = Share.mailbox(MailboxID(rawValue: 2))
    private static let place = Share.place(host: "mail.example", number: 1)

    private static func node(_ name: String, home: String? = nil) -> NodeIntroduction {
        NodeIntroduction(name: name, home: home ?? name, version: "1", schema: 7, address: "\(name).example:8480")
    }

    /// Two nodes and some shares that nobody holds.
    private func pair(_ kind: ClusterKind) async throws -> (any ClusterRig, any ClusterStore, any ClusterStore) {
        let rig = try await kind.fresh()
        let (one, two) = (rig.seat(), rig.seat())
        _ = try await one.join(Self.node("one"))
        _ = try await two.join(Self.node("two"))
        try await one.want(adding: [Self.inbox, Self.outbox, Self.place], dropping: [])
        return (rig, one, two)
    }

    private func expectOver(_ seat: any ClusterStore, _ place: SourceLocation = #_sourceLocation) async {
        let acts: [@Sendable () async throws -> Void] = [
            { _ = try await seat.renew(after: 0, waiting: []) },
            { _ = try await seat.claim([Self.inbox]) },
            { try await seat.release([Self.inbox]) },
            { _ = try await seat.expel([]) },
            { try await seat.want(adding: [Self.inbox], dropping: []) },
            { _ = try await seat.setState(.active, of: "one") },
            { try await seat.wish(Wish(.poll, Self.inbox)) },
            { _ = try await seat.takeWishes() },
            { try await seat.note([]) },
            { try await seat.leave() },
        ]
        for (number, act) in acts.enumerated() {
            do {
                try await act()
                Issue.record("act \(number) of a life that is over was carried out", sourceLocation: place)
            } catch { #expect((error as? Failure)?.cause == .lease, "act \(number)", sourceLocation: place) }
        }
    }

    // MARK: - Lives

    @Test(arguments: ClusterKind.allCases)
    func nodesSeeEachOther(_ kind: ClusterKind) async throws {
        let rig = try await kind.fresh()
        let (one, two) = (rig.seat(), rig.seat())
        let first = try await one.join(Self.node("one"))
        let second = try await two.join(Self.node("two"))
        #expect(first.token < second.token && first.former == nil && first.inherited.isEmpty)
        _ = try await two.renew(after: 0, waiting: ["mail.example"])
        let view = try await one.renew(after: 0, waiting: [])
        #expect(Set(view.nodes.map(\.token)) == [first.token, second.token])
        let node = try #require(view.nodes.first { $0.token == second.token })
        #expect(node.name == "two" && node.version == "1" && node.schema == 7 && node.address == "two.example:8480")
        #expect(node.state == .active && node.waiting == ["mail.example"])
        #expect(node.leaseEnds - node.renewed == ClusterTerms.lease && node.renewed <= view.time)
        // What is done once for all is there from the beginning, and nobody's.
        #expect(view.changes.map(\.share) == [.chores] && view.changes.allSatisfy { $0.isWanted && $0.owner == nil })
    }

    @Test(arguments: ClusterKind.allCases)
    func anotherLifeOfANodeTakesItsPlace(_ kind: ClusterKind) async throws {
        let (rig, one, _) = try await pair(kind)
        let token = try #require(try await one.renew(after: 0, waiting: []).nodes.first { $0.name == "one" }).token
        _ = try await one.claim([Self.inbox, Self.outbox])
        let again = rig.seat()
        let life = try await again.join(Self.node("one"))
        #expect(life.token > token && life.former == token)
        #expect(Set(life.inherited) == [Self.inbox, Self.outbox])
        await expectOver(one)
        let view = try await again.renew(after: 0, waiting: [])
        #expect(view.nodes.count == 2 && !view.nodes.contains { $0.token == token })
        #expect(view.changes.filter { $0.owner == life.token }.count == 2)
    }

    @Test(arguments: ClusterKind.allCases)
    func aNameIsOneNodesAsLongAsItsLeaseIsGood(_ kind: ClusterKind) async throws {
        let (rig, one, _) = try await pair(kind)
        let other = rig.seat()
        do {
            _ = try await other.join(Self.node("one", home: "elsewhere"))
            Issue.record("two nodes have one name")
        } catch { #expect(error.cause == .lease && error.kind == .operatorNeeded) }
        _ = try await one.renew(after: 0, waiting: [])
        try await rig.pass(ClusterTerms.lease + .seconds(1))
        _ = try await other.join(Self.node("one", home: "elsewhere"))
        await expectOver(one)
    }

    @Test(arguments: ClusterKind.allCases)
    func onlyASilentNodeIsExpelled(_ kind: ClusterKind) async throws {
        let (rig, one, two) = try await pair(kind)
        _ = try await two.claim([Self.inbox])
        let token = try #require(try await one.renew(after: 0, waiting: []).nodes.first { $0.name == "two" }).token
        #expect(try await one.expel([token]).isEmpty)
        try await rig.pass(ClusterTerms.lease - .seconds(2))
        _ = try await one.renew(after: 0, waiting: [])
        #expect(try await one.expel([token]).isEmpty)
        try await rig.pass(.seconds(3))
        // Its lease is over; still nobody else has anything of it.
        #expect(try await one.claim([Self.inbox]).isEmpty)
        #expect(try await one.expel([token]) == [token])
        #expect(try await one.expel([token]).isEmpty)
        await expectOver(two)
        #expect(try await one.claim([Self.inbox]) == [ClaimedShare(share: Self.inbox, lostBy: token)])
    }

    @Test(arguments: ClusterKind.allCases)
    func whoeverLeavesLeavesNothing(_ kind: ClusterKind) async throws {
        let (_, one, two) = try await pair(kind)
        _ = try await two.claim([Self.inbox, Self.outbox])
        try await two.leave()
        await expectOver(two)
        #expect(try await one.renew(after: 0, waiting: []).nodes.map(\.name) == ["one"])
        let claimed = try await one.claim([Self.inbox, Self.outbox])
        #expect(claimed.map(\.lostBy) == [nil, nil])
    }

    @Test(arguments: ClusterKind.allCases)
    func anybodyMayAskANodeToDrain(_ kind: ClusterKind) async throws {
        let (rig, one, two) = try await pair(kind)
        #expect(try await one.setState(.draining, of: "two"))
        #expect(try await !one.setState(.draining, of: "three"))
        let view = try await two.renew(after: 0, waiting: [])
        #expect(view.nodes.first { $0.name == "two" }?.state == .draining)
        #expect(view.nodes.first { $0.name == "one" }?.state == .active)
        let again = rig.seat()
        _ = try await again.join(Self.node("two"))
        #expect(try await one.renew(after: 0, waiting: []).nodes.allSatisfy { $0.state == .active })
    }

    // MARK: - Shares

    @Test(arguments: ClusterKind.allCases)
    func aShareIsOneNodes(_ kind: ClusterKind) async throws {
        let (_, one, two) = try await pair(kind)
        let unknown = Share.endpoint(ContractID(rawValue: 9))
        #expect(try await one.claim([Self.inbox, unknown, Self.place]).map(\.share) == [Self.inbox, Self.place])
        #expect(try await two.claim([Self.inbox, Self.outbox]).map(\.share) == [Self.outbox])
        #expect(try await one.claim([Self.inbox]).isEmpty)
        // Nobody gives back what is another's.
        try await two.release([Self.inbox])
        #expect(try await two.claim([Self.inbox]).isEmpty)
        try await one.release([Self.inbox])
        #expect(try await two.claim([Self.inbox]) == [ClaimedShare(share: Self.inbox, lostBy: nil)])
    }

    @Test(arguments: ClusterKind.allCases)
    func whatIsWantedNoMoreIsNobodys(_ kind: ClusterKind) async throws {
        let (_, one, two) = try await pair(kind)
        _ = try await one.claim([Self.inbox])
        try await two.want(adding: [Self.outbox], dropping: [Self.inbox, Self.place])
        let view = try await one.renew(after: 0, waiting: [])
        let inbox = try #require(view.changes.first { $0.share == Self.inbox })
        #expect(!inbox.isWanted && inbox.owner != nil)
        #expect(try await two.claim([Self.inbox, Self.place]).isEmpty)
        try await one.release([Self.inbox])
        #expect(try await two.claim([Self.inbox]).isEmpty)
        try await two.want(adding: [Self.inbox], dropping: [])
        #expect(try await two.claim([Self.inbox]).map(\.share) == [Self.inbox])
    }

    @Test(arguments: ClusterKind.allCases)
    func aViewHasWhatIsNew(_ kind: ClusterKind) async throws {
        let (_, one, two) = try await pair(kind)
        let before = try await one.renew(after: 0, waiting: [])
        #expect(Set(before.changes.map(\.share)) == [.chores, Self.inbox, Self.outbox, Self.place])
        #expect(try await one.renew(after: before.generation, waiting: []).changes.isEmpty)
        _ = try await two.claim([Self.inbox])
        try await two.want(adding: [Self.outbox], dropping: [Self.place])
        let after = try await one.renew(after: before.generation, waiting: [])
        #expect(Set(after.changes.map(\.share)) == [Self.inbox, Self.place] && after.generation > before.generation)
        #expect(after.changes.first { $0.share == Self.place }?.isWanted == false)
        try await two.leave()
        let last = try await one.renew(after: after.generation, waiting: [])
        #expect(last.changes.map(\.share) == [Self.inbox] && last.changes[0].owner == nil)
    }

    // MARK: - Wishes and history

    @Test(arguments: ClusterKind.allCases)
    func aWishReachesWhoeverHoldsTheShare(_ kind: ClusterKind) async throws {
        let (_, one, two) = try await pair(kind)
        _ = try await two.claim([Self.inbox])
        for _ in 1...2 { try await one.wish(Wish(.poll, Self.inbox)) }
        try await one.wish(Wish(.probe, Self.outbox))
        #expect(try await one.takeWishes().isEmpty)
        #expect(try await two.takeWishes() == [Wish(.poll, Self.inbox)])
        #expect(try await two.takeWishes().isEmpty)
        // It waits for whoever comes.
        _ = try await one.claim([Self.outbox])
        #expect(try await one.takeWishes() == [Wish(.probe, Self.outbox)])
    }

    @Test(arguments: ClusterKind.allCases)
    func notesGoWithTheLifeThatLeftThem(_ kind: ClusterKind) async throws {
        let (rig, one, two) = try await pair(kind)
        let nodes = try await one.renew(after: 0, waiting: []).nodes
        let tokens = Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0.token) })
        let (first, second) = (try #require(tokens["one"]), try #require(tokens["two"]))
        let (now, inbox, outbox) = (Timestamp(milliseconds: 1_800_000_000_123), Self.inbox, Self.outbox)
        guard case .mailbox(let in1) = inbox, case .mailbox(let out1) = outbox else { return }
        let notes = [
            MailboxNote(mailbox: in1, lastGood: now, nextTry: now + .seconds(60), idling: true),
            MailboxNote(mailbox: out1),
        ]
        #expect(try await one.notes().isEmpty)
        try await two.note([MailboxNote(mailbox: out1, lastGood: now)])
        try await two.note(notes)
        try await one.note([])
        #expect(try await one.notes() == [first: [], second: notes])
        // A new life has noted nothing yet, one that left nothing any more, and one that was expelled neither.
        let again = rig.seat()
        let third = try await again.join(Self.node("two")).token
        #expect(try await one.notes() == [first: []])
        try await again.note(notes)
        try await one.leave()
        #expect(try await again.notes() == [third: notes])
        let other = rig.seat()
        _ = try await other.join(Self.node("three"))
        try await rig.pass(ClusterTerms.lease + .seconds(1))
        _ = try await other.renew(after: 0, waiting: [])
        _ = try await other.expel([third])
        #expect(try await other.notes().isEmpty)
    }

    @Test(arguments: ClusterKind.allCases)
    func theHistoryTellsWhoHeldWhat(_ kind: ClusterKind) async throws {
        let (rig, one, two) = try await pair(kind)
        _ = try await one.claim([Self.inbox])
        try await one.release([Self.inbox])
        _ = try await two.claim([Self.inbox])
        let again = rig.seat()
        let life = try await again.join(Self.node("two"))
        _ = try await one.claim([Self.outbox])
        try await rig.pass(ClusterTerms.lease + .seconds(1))
        _ = try await one.renew(after: 0, waiting: [])
        _ = try await one.expel([life.token])
        let spans = try await one.history(LeaseHistoryFilter(share: Self.inbox))
        #expect(spans.map(\.node) == ["two", "two", "one"] && spans.map(\.end) == [.expelled, .inherited, .released])
        #expect(spans.allSatisfy { span in span.until.map { $0 >= span.from } ?? false })
        for (later, earlier) in zip(spans, spans.dropFirst()) {
            #expect(earlier.until.map { $0 <= later.from } ?? false && earlier.id < later.id)
        }
        #expect(spans.map(\.token)[0] == life.token)
        let held = try await one.history(LeaseHistoryFilter(node: "one"))
        #expect(held.map(\.share) == [Self.outbox.description, Self.inbox.description])
        #expect(held[0].until == nil && held[0].end == nil)
        let page = try await one.history(LeaseHistoryFilter(before: spans[0].id, limit: 1))
        #expect(page.count == 1 && page[0].id < spans[0].id)
    }
}
