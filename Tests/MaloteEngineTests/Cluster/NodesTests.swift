// Two nodes at work on one store: each inbox, outbox and endpoint by one of them, also while it goes over.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteEngine

@Suite struct NodesTests {
    private func house(_ registry: Registry = deskRegistry(1...2), _ nodes: String...) -> ClusterHouse {
        let house = ClusterHouse(registry)
        for name in nodes.isEmpty ? ["a", "b"] : nodes { house.start(name, engine: true) }
        house.advance(30)
        return house
    }

    private func holder(_ share: Share, _ house: ClusterHouse) throws -> NodeRun {
        let names = house.holders(share)
        #expect(names.count == 1)
        return house[try #require(names.first)]
    }

    // MARK: - Inboxes

    @Test func eachInboxIsPolledByOne() throws {
        let house = house(deskRegistry(1...2, inbox: Inbox(access: .imap, start: .all, idle: false)))
        let before = (1...2).map { house.house.inbox($0).folder.sessions }
        #expect(house.holders(.inbox(1)) != house.holders(.inbox(2)))
        house.advance(600)
        for number in Int64(1)...2 {
            let polls = house.house.inbox(number).folder.sessions - before[Int(number) - 1]
            #expect((9...11).contains(polls))
            #expect(house.house.inbox(number).folder.openAtMost == 1)
        }
    }

    /// A connection that waits for news is closed, and only then opened by the other.
    @Test func anIdleConnectionIsLetGo() throws {
        let house = house()
        for number in Int64(1)...2 { house.house.inbox(number).change { $0.faults.tellsNews = true } }
        house.advance(120)
        let node = try holder(.inbox(1), house)
        #expect(house.house.inbox(1).folder.openNow == 1)
        drain(node, house)
        house.advance(20)
        #expect(try holder(.inbox(1), house).name != node.name)
        house.house.inbox(1).receive(mail("after"))
        house.advance(70)
        #expect(house.house.store.state.messages.count == 1)
        #expect(house.house.inbox(1).folder.openAtMost == 1)
    }

    @Test func whatWasRememberedOfAnInboxGoesAlong() throws {
        let house = house()
        let node = try holder(.inbox(1), house)
        house.house.inbox(1).change { $0.faults.open = sampleFailure(.authRefused) }
        house.advance(400)
        let failures = house.house.store.state.health[sampleInbox(1).id]?.consecutiveFailures ?? 0
        #expect(failures >= 2)
        let knocks = house.house.inbox(1).folder.knocks.count
        drain(node, house)
        house.advance(20)
        let other = try holder(.inbox(1), house)
        #expect(other.name != node.name)
        let scheduler = other.run.scheduler
        let health = try house.house.stage.run { await scheduler.health }
        #expect(health[sampleInbox(1).id]?.consecutiveFailures ?? 0 >= failures)
        #expect(house.house.inbox(1).folder.knocks.count <= knocks + 1, "it rests as before")
    }

    @Test func anyNodePollsAtAWish() throws {
        let house = house(deskRegistry(1...2, inbox: Inbox(access: .imap, pollSeconds: 3600, start: .all, idle: false)))
        house.advance(60)
        let node = try #require(house.alive.first { !$0.book.holds(.inbox(1)) })
        let before = house.house.inbox(1).folder.sessions
        let room = node.run.room(keeper: node.keeper)
        try house.house.stage.run { try await room.poll("in-1") }
        house.advance(4)
        #expect(house.house.inbox(1).folder.sessions == before + 1)
        #expect(house.cluster.now.wishes.isEmpty)
        let status = try house.house.stage.run { try await room.status() }
        #expect(status.mailboxes.first { $0.name == "in-1" }?.node == house.holders(.inbox(1)).first)
        #expect(status.mailboxes.first { $0.name == "in-1" }?.state == .ok)
        #expect(throws: Problem.self) { try house.house.stage.run { try await room.poll("out-1") } }
    }

    /// Six inboxes of one host, so many connections at most, whoever opens them and however long they wait for news.
    @Test(arguments: [(perHost: 4, idle: true), (4, false), (2, true), (1, true), (1, false)])
    func aHostsLimitHoldsForAllNodes(perHost: Int, idle: Bool) throws {
        let inbox = Inbox(access: .imap, pollSeconds: 60, start: .all, idle: idle)
        let registry = deskRegistry(1...6, inbox: inbox) { registry in
            for place in registry.mailboxes.indices where registry.mailboxes[place].inbox != nil {
                registry.mailboxes[place].server = "mail.example"
            }
        }
        let house = ClusterHouse(registry, perHost: perHost)
        let server = house.house.inboxes["mail.example"]
        server.change {
            $0.faults.tellsNews = true
            $0.faults.slowness = .milliseconds(300)
        }
        house.start("a", engine: true)
        house.advance(300)
        house.start("b", engine: true)
        house.advance(300)
        #expect(house.holders(.inbox(1)).count == 1)
        house.start("c", engine: true)
        house.advance(600)
        house["b"].stop()
        house.advance(300)
        house["c"].kill()
        house.advance(300)
        #expect(server.folder.openAtMost <= perHost)
        // Nobody is left out.
        for number in Int64(1)...6 {
            let scheduler = try holder(.inbox(number), house).run.scheduler
            let health = try house.house.stage.run { await scheduler.health }
            let last = try #require(health[sampleInbox(number).id]?.lastGood)
            #expect(house.house.now - last < .seconds(120), "inbox \(number)")
        }
    }

    private func drain(_ node: NodeRun, _ house: ClusterHouse) {
        let (keeper, name) = (node.keeper, node.name)
        _ = try? house.house.stage.run { try await keeper.parts.cluster.setState(.draining, of: name) }
    }

    // MARK: - Outboxes

    @Test func whatIsUnderWayIsFinishedBeforeItGoesOver() throws {
        let house = house()
        let node = try holder(.outbox(1), house)
        house.house.outbox(1).change { $0.faults.slowness = .seconds(6) }
        for number in 1...6 { try house.house.enqueue("m\(number)") }
        node.run.queueBell.ring()
        house.advance(8)
        drain(node, house)
        house.advance(120)
        #expect(try holder(.outbox(1), house).name != node.name)
        #expect(house.house.states == [.sent: 6])
        let desk = house.house.outbox(1).desk
        #expect(desk.accepted.count == 6 && desk.openAtMost == 1)
        #expect(house.house.store.state.deliveries.allSatisfy { $0.attempts <= 2 })
    }

    /// Nobody knows what another node's journal says: what it had in flight is sent once more, and only that.
    @Test func whatADeadNodeHadInFlightIsSentOnceMore() throws {
        let house = house()
        let node = try holder(.outbox(1), house)
        house.house.outbox(1).change { $0.faults.silenceAfterDot = .seconds(60) }
        for number in 1...3 { try house.house.enqueue("m\(number)") }
        node.run.queueBell.ring()
        house.advance(10)
        #expect(house.house.states == [.sending: 1, .queued: 2])
        node.kill()
        house.house.outbox(1).change { $0.faults.silenceAfterDot = nil }
        house.advance(60)
        #expect(house.house.states == [.sent: 3])
        let accepted = house.house.outbox(1).desk.accepted
        #expect(Dictionary(grouping: accepted, by: \.messageID).mapValues(\.count).values.sorted() == [1, 1, 2])
    }

    enum Reached: CaseIterable { case content, dot, answer }

    /// The same machine has the journal: what had not come to its final dot was not sent, and what was answered for is known.
    @Test(arguments: Reached.allCases)
    func aNodeThatComesBackKnowsWhatItHadInFlight(reached: Reached) throws {
        let house = house()
        let node = try holder(.outbox(1), house)
        switch reached {
        case .content: house.house.outbox(1).change { $0.faults.silenceInMessage = .seconds(60) }
        case .dot: house.house.outbox(1).change { $0.faults.silenceAfterDot = .seconds(60) }
        case .answer:
            house.house.store.object { _, after in
                after.deliveries.contains { $0.state == .sent } ? Failure(.transient, .diskFull, "Full.") : nil
            }
        }
        try house.house.enqueue("one")
        node.run.queueBell.ring()
        house.advance(10)
        #expect(house.house.states == [.sending: 1])
        node.kill()
        house.house.outbox(1).change { $0.faults = .init() }
        house.house.store.object(nil)
        house.start(node.name, engine: true)
        house.advance(20)
        #expect(house.house.states == [.sent: 1])
        #expect(house.house.outbox(1).desk.accepted.count == (reached == .dot ? 2 : 1))
        let delivery = try #require(house.house.store.state.deliveries.first)
        #expect(delivery.attempts == (reached == .answer ? 1 : 2))
    }

    /// The heir dies before it has settled what it got, and its journal knows nothing of that.
    @Test func whatAnHeirDidNotSettleIsDoubtfulStill() throws {
        let house = house()
        let node = try holder(.outbox(1), house)
        house.house.outbox(1).change { $0.faults.silenceAfterDot = .seconds(300) }
        try house.house.enqueue("one")
        node.run.queueBell.ring()
        house.advance(5)
        #expect(house.house.states == [.sending: 1])
        node.kill()
        house.house.store.object { before, after in
            before.deliveries != after.deliveries ? Failure(.transient, .diskFull, "Full.") : nil
        }
        let heir = house[node.name == "a" ? "b" : "a"]
        #expect(
            house.house.stage.advance(atMost: .seconds(60)) {
                house.cluster.now.rows[.outbox(1)]?.owner == heir.token
            })
        #expect(!heir.book.holds(.outbox(1)))
        heir.kill()
        house.house.store.object(nil)
        house.house.outbox(1).change {
            $0.faults = .init()
            $0.faults.open = sampleFailure(.connect)
        }
        house.start(heir.name, engine: true)
        house.advance(5)
        let delivery = try #require(house.house.store.state.deliveries.first)
        #expect(delivery.state == .queued && delivery.failure?.cause == .unknownOutcome)
    }

    /// A node that cannot reach the database keeps its final dots to itself once its lease may be over.
    @Test func withoutALeaseThereIsNoFinalDot() throws {
        let house = house()
        let node = try holder(.outbox(1), house)
        house.house.outbox(1).change { $0.faults.slowness = .seconds(14) }
        try house.house.enqueue("one")
        node.run.queueBell.ring()
        house.advance(15)
        house.cluster.cut(node.name)
        house.advance(13)
        #expect(house.house.outbox(1).desk.accepted.isEmpty, "the dot would have left by now")
        #expect(!node.isAlive)
        house.advance(60)
        #expect(house.house.states == [.sent: 1] && house.house.outbox(1).desk.accepted.count == 1)
    }

    /// However fast it is handed round, an outbox takes no more than its rate.
    @Test func aRateGoesAlong() throws {
        let registry = deskRegistry(1...1) { registry in
            let place = registry.mailboxes.firstIndex { $0.outbox != nil } ?? 0
            var outbox = registry.mailboxes[place].outbox ?? Outbox(senders: [])
            outbox.rate = SendingRate(minute: 8)
            registry.mailboxes[place].role = .outbox(outbox)
        }
        let house = house(registry)
        // Each of them sends four, and the first one again would send the rest at once by what it remembers.
        let first = try holder(.outbox(1), house).name
        for round in 0...2 {
            let node = try holder(.outbox(1), house)
            #expect((node.name == first) == (round != 1))
            for number in 1...4 { try house.house.enqueue("m\(round)-\(number)") }
            node.run.queueBell.ring()
            house.advance(2)
            #expect(house.house.states[.sent] == min(8, 4 * (round + 1)))
            drain(node, house)
            house.advance(8)
            let (keeper, name) = (node.keeper, node.name)
            _ = try? house.house.stage.run { try await keeper.parts.cluster.setState(.active, of: name) }
        }
        house.advance(70)
        #expect(house.house.states[.sent] == 12)
    }

    /// Results that the store does not take keep the outbox with the node that has them.
    @Test func whatIsNotRecordedKeepsItsOutbox() throws {
        let house = house()
        let node = try holder(.outbox(1), house)
        house.house.store.object { before, after in
            after.deliveries.contains { $0.state == .sent } ? Failure(.transient, .diskFull, "Full.") : nil
        }
        try house.house.enqueue("one")
        node.run.queueBell.ring()
        house.advance(5)
        drain(node, house)
        house.advance(30)
        #expect(house.house.states == [.sending: 1])
        #expect(house.holders(.outbox(1)).isEmpty)
        house.house.store.object(nil)
        house.advance(30)
        #expect(house.house.states == [.sent: 1] && house.house.outbox(1).desk.accepted.count == 1)
        #expect(try holder(.outbox(1), house).name != node.name)
    }

    // MARK: - Endpoints and chores

    @Test func eachEndpointHasOneCourier() throws {
        let registry = deskRegistry(1...1, inbox: Inbox(access: .imap, pollSeconds: 5, start: .all)) { registry in
            registry.contracts[0].events = endpoint(1)
        }
        let house = house(registry)
        let receiver = house.house.receivers[endpoint(1).url]
        receiver.change { $0.slowness = .seconds(2) }
        for number in 1...12 { house.house.inbox(1).receive(mail("m\(number)")) }
        house.advance(8)
        let node = try holder(.endpoint(registry.contracts[0].id), house)
        drain(node, house)
        house.advance(60)
        #expect(try holder(.endpoint(registry.contracts[0].id), house).name != node.name)
        #expect(receiver.desk.openAtMost == 1)
        #expect(receiver.ids.count == 12 && Set(receiver.ids).count == 12)
    }

    @Test func choresAreDoneByOne() throws {
        let house = house()
        for node in house.alive {
            let room = node.run.room(keeper: node.keeper)
            node.run.follow(house.house.stage.start { await room.keepLookout() })
        }
        house.advance(1300)
        let slots = house.house.store.state.course.filter { $0.contract == CourseSample.daemon }.map(\.slot)
        #expect(slots.count == Set(slots).count && slots.count >= 3)
        try holder(.chores, house).kill()
        house.advance(1300)
        let later = house.house.store.state.course.filter { $0.contract == CourseSample.daemon }.map(\.slot)
        #expect(later.count >= slots.count + 3)
    }
}
