// The schedule at work: inboxes do not wait for each other, and the operator's changes count at once.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct PollSchedulerTests {
    @Test func everyInboxIsPolledAtItsInterval() throws {
        let house = House(deskRegistry(1...3))
        Run(house).startPolling()
        for number in 1...3 as ClosedRange<Int64> { #expect(house.inbox(number).folder.sessions == 1) }
        house.inbox(2).receive(mail("one"))
        house.stage.advance(by: .seconds(67))
        #expect(house.store.state.events(.ticketOpened).count == 1)
        house.stage.advance(by: .seconds(533))
        for number in 1...3 as ClosedRange<Int64> { #expect((10...12).contains(house.inbox(number).folder.sessions)) }
    }

    @Test(arguments: ["hangs", "refuses", "breaks"])
    func aBadInboxDelaysNoOther(fault: String) throws {
        let house = House(deskRegistry(1...4))
        house.inbox(1).receive(mail("bad"))
        house.inbox(1).change { folder in
            switch fault {
            case "hangs": folder.faults.silence = .seconds(100_000)
            case "refuses": folder.faults.open = sampleFailure(.connect)
            default: folder.faults.poison = [1]
            }
        }
        for number in 2...4 as ClosedRange<Int64> { house.inbox(number).receive(mail("good-\(number)")) }
        Run(house).startPolling()
        #expect(house.store.state.events(.ticketOpened).map(\.contract.rawValue).sorted() == [2, 3, 4])
        house.stage.advance(by: .seconds(3000))
        for number in 2...4 as ClosedRange<Int64> { #expect((46...56).contains(house.inbox(number).folder.sessions)) }
    }

    @Test func aFailingInboxIsNewsOnceAndItsRecoveryToo() throws {
        let house = House()
        house.inbox(1).change { $0.faults.open = sampleFailure(.connect) }
        Run(house).startPolling()
        house.stage.advance(by: .seconds(100))
        #expect(house.store.state.events.isEmpty)
        house.stage.advance(by: .seconds(3600))
        #expect(house.store.state.events.map(\.kind) == [.mailboxFailing])
        house.inbox(1).change { $0.faults.open = nil }
        house.stage.advance(by: .seconds(120))
        #expect(house.store.state.events.map(\.kind) == [.mailboxFailing, .mailboxRecovered])
        #expect(house.store.state.health[sampleInbox(1).id]?.failure == nil)
    }

    @Test func aRestartKeepsToTheRestOfARefusedLogin() throws {
        let house = House()
        house.inbox(1).change { $0.faults.open = sampleFailure(.authRefused, .operatorNeeded) }
        for _ in 1...5 {
            let run = Run(house).startPolling()
            house.stage.advance(by: .seconds(1))
            run.crash()
        }
        #expect(house.inbox(1).folder.sessions == 1)
        #expect(house.store.state.events.map(\.kind) == [.mailboxFailing])
    }

    /// What a renumbered folder is read back to, after a restart too.
    @Test func theLastGoodPollIsStoredOftenEnough() throws {
        let house = House()
        let run = Run(house).startPolling()
        house.stage.advance(by: .seconds(7200))
        run.crash()
        let stored = try #require(house.store.state.health[sampleInbox(1).id]?.lastGood)
        #expect(house.now - stored <= .seconds(400))
        #expect(house.store.commits < 60)
    }

    @Test func pollNowPollsNow() throws {
        let house = House(deskRegistry(1...2))
        let run = Run(house).startPolling()
        house.stage.advance(by: .seconds(1))
        house.inbox(1).receive(mail("one"))
        let scheduler = run.scheduler
        #expect(try house.stage.run { await scheduler.pollNow(sampleInbox(1).id) })
        house.stage.settle()
        #expect(house.store.state.events.count == 1)
        #expect(house.inbox(2).folder.sessions == 1)
        #expect(try house.stage.run { await scheduler.pollNow(sampleOutbox(1).id) } == false)
    }

    @Test func pollNowDuringAPollPollsAgainAfterIt() throws {
        let house = House()
        house.inbox(1).change { $0.faults.silence = .seconds(30) }
        let run = Run(house).startPolling()
        house.inbox(1).change { $0.faults.silence = nil }
        let scheduler = run.scheduler
        #expect(try house.stage.run { await scheduler.pollNow(sampleInbox(1).id) })
        house.stage.settle()
        #expect(house.inbox(1).folder.sessions == 1)
        house.stage.advance(by: .seconds(30))
        #expect(house.inbox(1).folder.sessions == 2)
    }

    @Test func aChangedRegistryTakesEffectAtOnce() throws {
        let house = House()
        let run = Run(house).startPolling()
        house.stage.advance(by: .seconds(1))
        for number in 1...2 as ClosedRange<Int64> { house.inbox(number).receive(mail("one")) }
        run.board.replace(with: deskRegistry(1...2), order: run.board.order + 1)
        house.stage.settle()
        #expect(house.inbox(2).folder.sessions == 1)
        #expect(house.store.state.events.map(\.contract.rawValue) == [2])
        run.board.replace(with: deskRegistry(2...2), order: run.board.order + 1)
        house.stage.advance(by: .seconds(600))
        #expect(house.inbox(1).folder.sessions == 1)
    }

    @Test func aMendedInboxIsPolledAtOnce() throws {
        let house = House()
        house.inbox(1).change { $0.faults.open = sampleFailure(.authRefused, .operatorNeeded) }
        let run = Run(house).startPolling()
        house.stage.advance(by: .seconds(5000))
        let before = house.inbox(1).folder.sessions
        house.inbox(1).change { $0.faults.open = nil }
        var registry = house.registry
        registry.mailboxes[0].login?.password = .file(path: "/new")
        run.board.replace(with: registry, order: run.board.order + 1)
        house.stage.settle()
        #expect(house.inbox(1).folder.sessions == before + 1)
    }

    @Test func aFullHostDelaysOnlyItsOwnVisitors() throws {
        let house = House(
            deskRegistry(1...4) { registry in
                for place in registry.mailboxes.indices where registry.mailboxes[place].inbox != nil {
                    registry.mailboxes[place].server = place < 6 ? "shared.example" : sampleInbox(4).server
                }
            })
        house.inboxes["shared.example"].change { $0.faults.silence = .seconds(30) }
        Run(house, perHost: 2).startPolling()
        #expect(house.inboxes["shared.example"].folder.sessions == 2)
        #expect(house.inbox(4).folder.sessions == 1)
        house.stage.advance(by: .seconds(31))
        #expect(house.inboxes["shared.example"].folder.sessions == 3)
    }

    @Test func aStopWaitsForPollsUnderWayAndACancelDoesNot() throws {
        let house = House(deskRegistry(1...2))
        house.inbox(1).change { $0.faults.silence = .seconds(30) }
        var run = Run(house).startPolling()
        run.askToStop()
        #expect(!run.isOver)
        house.stage.advance(by: .seconds(30))
        #expect(run.isOver)
        run = Run(house).startPolling()
        house.stage.advance(by: .seconds(100))
        run.cancel()
        #expect(run.isOver)
        // Our own end says nothing about the server.
        #expect(house.store.state.health[sampleInbox(1).id]?.failure?.cause != .shuttingDown)
    }
}
