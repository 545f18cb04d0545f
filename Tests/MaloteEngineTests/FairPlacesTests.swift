// Mailboxes that fail leave room to those that do not, and find their own way back.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct FairPlacesTests {
    /// places of one host, of all, and how many of them doubtful mailboxes of that host may hold at most.
    @Test(arguments: [(1, 100, 1), (2, 100, 1), (4, 100, 3), (20, 100, 15), (100, 1, 1), (100, 8, 6), (100, 2000, 75)])
    func aQuarterIsForTheTrusted(perHost: Int, total: Int, doubtful: Int) {
        let gate = HostGate(perHost: perHost, total: total)
        #expect((0..<perHost).count { _ in gate.enter("a.example", .doubtful) } == doubtful)
        let free = min(perHost, total) - doubtful
        #expect((0..<200).count { _ in gate.enter("A.example") } == free)
        for _ in 0..<doubtful { gate.leave("a.example", .doubtful) }
        for _ in 0..<free { gate.leave("a.example") }
        #expect((0..<200).count { _ in gate.enter("a.example") } == min(perHost, total))
    }

    /// Who rests and who is doubtful are of no use to others alike.
    @Test func theDoubtfulAndTheRestingShareThreeQuarters() {
        let gate = HostGate(perHost: 8, total: 1000)
        let account = HostGate.Account(host: "a.example", user: "ana")
        #expect((0..<3).allSatisfy { _ in gate.enter("a.example") && gate.rest(account, limit: nil) })
        #expect((0..<8).count { _ in gate.enter("a.example", .doubtful) } == 3)
        #expect(gate.enter("a.example"))
        #expect(!gate.rest(account, limit: nil))
        gate.stir(account)
        #expect(gate.rest(account, limit: nil))
    }

    @Test func whoCanBeUsedAfterAllIsTrusted() {
        let gate = HostGate(perHost: 4, total: 1000)
        #expect((0..<4).count { _ in gate.enter("a.example", .doubtful) } == 3)
        gate.trust("a.example")
        #expect(gate.enter("a.example", .doubtful))
        gate.leave("a.example")
        for _ in 0..<3 { gate.leave("a.example", .doubtful) }
        #expect((0..<8).count { _ in gate.enter("a.example", .doubtful) } == 3)
    }

    /// Far more black holes than places; each is silent for ten minutes before it is given up.
    @Test func blackHolesDoNotStarveTheOthers() throws {
        let house = House(deskRegistry(1...12))
        for number in 1...8 as ClosedRange<Int64> {
            house.inbox(number).change { $0.faults.silence = .seconds(600) }
        }
        let run = Run(house, total: 4).startPolling()
        // The first tries find everybody trusted.
        house.stage.advance(by: .seconds(3000))
        let before = (9...12).map { house.inbox(Int64($0)).folder.sessions }
        house.stage.advance(by: .seconds(3000))
        for (number, sessions) in zip(9...12, before) {
            #expect((40...60).contains(house.inbox(Int64(number)).folder.sessions - sessions))
        }
        // The black holes take turns: none is forgotten.
        for number in 1...8 as ClosedRange<Int64> { #expect(house.inbox(number).folder.sessions >= 2) }
        for number in 1...8 as ClosedRange<Int64> { house.inbox(number).change { $0.faults.silence = nil } }
        house.stage.advance(by: .seconds(900))
        #expect(house.store.state.health.values.allSatisfy { $0.failure == nil })
        run.askToStop()
        house.stage.advance(by: .seconds(600))
        #expect(run.isOver)
        #expect((0..<8).count { _ in run.gate.enter("other.example", .doubtful) } == 3)
    }

    /// The same for what is sent: probes of dead lanes are doubtful, what a probe has found alive is not.
    @Test func probesLeaveRoomAndGiveItBack() throws {
        let house = House(deskRegistry(1...8))
        for number in 1...7 as ClosedRange<Int64> { house.outbox(number).change { $0.faults.silence = .seconds(300) } }
        for number in 1...8 as ClosedRange<Int64> {
            try house.enqueue("first-\(number)", contract: number, outbox: number)
        }
        let run = Run(house, total: 3).startSending()
        house.stage.advance(by: .seconds(3000))
        for number in 1...5 {
            try house.enqueue("later-\(number)", contract: 8, outbox: 8)
            run.queueBell.ring()
            house.stage.advance(by: .seconds(60))
            #expect(house.outbox(8).desk.accepted.count == number + 1)
        }
        for number in 1...7 as ClosedRange<Int64> { house.outbox(number).change { $0.faults.silence = nil } }
        house.stage.advance(by: .seconds(4000))
        #expect(house.states == [.sent: 13])
        house.stage.advance(by: .seconds(60))
        #expect((0..<3).count { _ in run.gate.enter("other.example", .doubtful) } == 2)
        run.askToStop()
    }

    @Test func whatAMailboxWaitsForAPlaceIsItsContractsDelay() throws {
        let house = House(
            deskRegistry(1...2) { registry in
                for place in registry.mailboxes.indices where registry.mailboxes[place].inbox != nil {
                    registry.mailboxes[place].server = "shared.example"
                }
            })
        house.inboxes["shared.example"].change { $0.faults.silence = .seconds(30) }
        let run = Run(house, perHost: 1).startPolling()
        house.stage.advance(by: .seconds(65))
        let (scheduler, now) = (run.scheduler, house.now)
        let delays = try house.stage.run { await scheduler.delays }
        let worst = (1...2).map { delays.worst(ContractID(rawValue: $0), now: now)?.delay ?? .zero }
        #expect(worst[0] < .seconds(1) && worst[1] >= .seconds(30) && worst[1] < .seconds(31), "\(worst)")
        run.askToStop()
    }

    /// Who waits for a place keeps its turn, whatever is due later.
    @Test func whoFoundNoPlaceComesFirst() throws {
        let start = Timestamp(seconds: 1_000_000)
        var planner = PollPlanner(seed: 1)
        planner.follow(sampleRegistry(inboxes: (1...3).map { sampleInbox($0) }), remembered: [:], now: start)
        #expect(planner.due(now: start).count == 3)
        for number in 1...2 as ClosedRange<Int64> {
            #expect(planner.started(sampleInbox(number).id, now: start) == .zero)
            _ = planner.finished(sampleInbox(number).id, nil, hasMore: true, now: start + .milliseconds(100))
        }
        planner.postpone(sampleInbox(3).id, now: start)
        #expect(planner.due(now: start + .seconds(1)).map(\.mailbox.id.rawValue) == [3, 1, 2])
    }

    /// A hundred inboxes fail together and come back together: no second sees more than a few of them.
    @Test func aHerdIsSpread() throws {
        let start = Timestamp(seconds: 1_000_000)
        let inboxes = (1...100).map { sampleInbox(Int64($0)) }
        var planner = PollPlanner(seed: 1)
        planner.follow(sampleRegistry(inboxes: inboxes), remembered: [:], now: start)
        var (now, tries) = (start, [Int64: Int]())
        while now < start + .seconds(1800) {
            for job in planner.due(now: now) {
                tries[(now - start).components.seconds, default: 0] += 1
                let failure = now < start + .seconds(900) ? sampleFailure(.connect) : nil
                _ = planner.finished(job.mailbox.id, failure, hasMore: false, now: now)
            }
            now = try #require(planner.nextDue)
        }
        #expect(tries[0] == 100)
        let late = tries.filter { $0.key > 300 }.values
        #expect(try #require(late.max()) <= 12, "\(late.max() ?? 0)")
    }
}
