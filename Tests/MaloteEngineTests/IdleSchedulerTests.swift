// Inboxes whose servers tell of news: events come at once, over one connection, and at nobody's cost.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct IdleSchedulerTests {
    private static let hour = Inbox(access: .imap, pollSeconds: 3600, start: .all)

    private func house(_ numbers: ClosedRange<Int64> = 1...1, inbox: Inbox = Self.hour, server: String? = nil) -> House
    {
        let house = House(
            deskRegistry(numbers, inbox: inbox) { registry in
                for place in registry.mailboxes.indices where registry.mailboxes[place].inbox != nil {
                    if let server { registry.mailboxes[place].server = server }
                }
            })
        for number in numbers { house.inbox(number).change { $0.faults.tellsNews = true } }
        if let server { house.inboxes[server].change { $0.faults.tellsNews = true } }
        return house
    }

    /// Whether all is well and the connection is kept.
    private func isIdling(_ run: Run) throws -> Bool {
        let room = run.room()
        let line = try run.house.stage.run { try await room.status() }.mailboxes.first { $0.type == "inbox" }
        return line?.state == .ok && line?.idling == true
    }

    @Test func newsIsAnEventAtOnceOverOneConnection() throws {
        let house = house()
        let run = Run(house).startPolling()
        #expect(try isIdling(run))
        for number in 1...5 {
            house.stage.advance(by: .seconds(60))
            house.inbox(1).receive(mail("mail-\(number)"))
            house.stage.settle()
            #expect(house.store.state.events(.ticketOpened).count == number)
        }
        #expect(house.inbox(1).folder.sessions == 1)
        #expect(house.inbox(1).folder.messages.filter { !$0.isSeen }.isEmpty)
        #expect(try isIdling(run))
    }

    @Test func manyNewsInASecondAreOnePoll() throws {
        let house = house()
        let run = Run(house).startPolling()
        house.stage.advance(by: .seconds(60))
        house.inbox(1).receive(mail("first"))
        house.stage.settle()
        for number in 0..<50 {
            house.inbox(1).receive(mail("mail-\(number)"))
            house.stage.advance(by: .milliseconds(10))
        }
        #expect(house.store.state.events(.ticketOpened).count == 1)
        house.stage.advance(by: .seconds(1))
        #expect(house.store.state.events(.ticketOpened).count == 51)
        #expect(house.inbox(1).folder.sessions == 1)
        #expect(try isIdling(run))
    }

    @Test func aPauseEndsWithTheDaemon() throws {
        let house = house()
        let run = Run(house).startPolling()
        house.inbox(1).receive(mail("too soon"))
        house.stage.settle()
        run.askToStop()
        #expect(run.isOver)
    }

    @Test func withoutTheServersWordItIsPolledOverTheSameConnection() throws {
        let house = house()
        Run(house).startPolling()
        house.inbox(1).receive(mail("silent"), isSilent: true)
        house.stage.advance(by: .seconds(3000))
        #expect(house.store.state.events.isEmpty)
        house.stage.advance(by: .seconds(1000))
        #expect(house.store.state.events(.ticketOpened).count == 1)
        #expect(house.inbox(1).folder.sessions == 1)
    }

    @Test func whoMayNotOrCannotIdleIsPolled() throws {
        let house = house(inbox: Inbox(access: .imap, pollSeconds: 60, start: .all, idle: false))
        let run = Run(house).startPolling()
        #expect(try !isIdling(run))
        house.inbox(1).receive(mail("one"))
        house.stage.settle()
        #expect(house.store.state.events.isEmpty)
        house.stage.advance(by: .seconds(67))
        #expect(house.store.state.events.count == 1)
        #expect(house.inbox(1).folder.sessions == 2)
    }

    @Test func pollNowEndsTheWait() throws {
        let house = house()
        let run = Run(house).startPolling()
        house.inbox(1).receive(mail("silent"), isSilent: true)
        house.stage.settle()
        #expect(house.store.state.events.isEmpty)
        let scheduler = run.scheduler
        #expect(try house.stage.run { await scheduler.pollNow(sampleInbox(1).id) })
        house.stage.settle()
        #expect(house.store.state.events.count == 1)
        #expect(house.inbox(1).folder.sessions == 1)
        #expect(try isIdling(run))
    }

    @Test func aChangedRegistryEndsTheWaitsThatItConcerns() throws {
        let house = house(1...2)
        let run = Run(house).startPolling()
        var registry = house.registry
        registry.mailboxes[0].login?.password = .file(path: "/new")
        run.board.replace(with: registry, order: run.board.order + 1)
        house.stage.settle()
        #expect(house.inbox(1).folder.sessions == 2 && house.inbox(2).folder.sessions == 1)
        registry.contracts = []
        run.board.replace(with: registry, order: run.board.order + 1)
        house.stage.settle()
        let scheduler = run.scheduler
        #expect(try house.stage.run { await scheduler.idling }.isEmpty)
        #expect(house.inbox(1).folder.idlers.isEmpty && house.inbox(2).folder.idlers.isEmpty)
    }

    @Test func aStopEndsTheWait() throws {
        let house = house(1...3)
        let run = Run(house).startPolling()
        run.askToStop()
        #expect(run.isOver)
        #expect(house.inbox(1).folder.idlers.isEmpty)
    }

    @Test func aLostConnectionIsOpenedAgainAndIsNoFailure() throws {
        let house = house()
        let run = Run(house).startPolling()
        house.stage.advance(by: .seconds(100))
        house.inbox(1).dropIdlers()
        house.stage.settle()
        #expect(try !isIdling(run))
        house.stage.advance(by: .seconds(6))
        #expect(house.inbox(1).folder.sessions == 2)
        #expect(try isIdling(run))
        #expect(house.store.state.health[sampleInbox(1).id]?.failure == nil)
    }

    @Test func aServerThatRefusesEveryWaitIsPolledAtItsInterval() throws {
        let house = house(inbox: Inbox(access: .imap, pollSeconds: 60, start: .all))
        house.inbox(1).change { $0.faults.refusesIdle = true }
        Run(house).startPolling()
        house.stage.advance(by: .seconds(3600))
        #expect((55...72).contains(house.inbox(1).folder.sessions), "\(house.inbox(1).folder.sessions)")
    }

    /// Somebody makes the folder anew while a connection waits on the old one.
    @Test func aRenumberedFolderIsOpenedAnew() throws {
        let house = house()
        house.inbox(1).receive(mail("old"))
        Run(house).startPolling()
        house.stage.advance(by: .seconds(10))
        house.inbox(1).renumber()
        house.inbox(1).receive(mail("new"))
        house.stage.advance(by: .seconds(2))
        #expect(house.store.state.events(.ticketOpened).count == 2)
        #expect(house.inbox(1).folder.sessions == 2)
        house.stage.advance(by: .seconds(10))
        house.inbox(1).receive(mail("newer"))
        house.stage.advance(by: .seconds(2))
        #expect(house.store.state.events(.ticketOpened).count == 3)
        #expect(house.inbox(1).folder.sessions == 2)
    }

    @Test func afterABacklogItWaitsAgain() throws {
        let house = house()
        for number in 0..<30 { house.inbox(1).receive(mail("mail-\(number)")) }
        house.inbox(1).change { $0.faults.omitted = [3] }
        let run = Run(house).startPolling()
        #expect(house.store.state.events(.ticketOpened).count == 29)
        #expect(try isIdling(run))
        house.inbox(1).change { $0.faults.omitted = [] }
        house.stage.advance(by: .seconds(4000))
        #expect(house.store.state.events(.ticketOpened).count == 30)
    }

    // MARK: - Places

    @Test func halfOfAHostsPlacesStayFreeForOthers() throws {
        let house = house(1...8, inbox: Inbox(access: .imap, pollSeconds: 60, start: .all), server: "shared.example")
        let run = Run(house, perHost: 4).startPolling()
        house.stage.advance(by: .seconds(5))
        let scheduler = run.scheduler
        #expect(try house.stage.run { await scheduler.idling }.count == 2)
        #expect(house.inboxes["shared.example"].folder.sessions == 8)
        // The others are polled as ever.
        house.stage.advance(by: .seconds(600))
        #expect((2 + 6 * 9...2 + 6 * 12).contains(house.inboxes["shared.example"].folder.sessions))
        #expect(run.gate.enter("shared.example") && run.gate.enter("shared.example"))
    }

    @Test func halfOfAllPlacesStayFreeForOthers() throws {
        let house = house(1...8)
        let run = Run(house, total: 6).startPolling()
        house.stage.advance(by: .seconds(30))
        let scheduler = run.scheduler
        #expect(try house.stage.run { await scheduler.idling }.count == 3)
        for number in 1...8 as ClosedRange<Int64> { #expect(house.inbox(number).folder.sessions == 1) }
    }

    @Test func anAccountKeepsWithinWhatItsServerBears() throws {
        let house = house(1...4, server: "shared.example")
        house.inboxes["shared.example"].change { $0.faults.accountConnections = 4 }
        let run = Run(house).startPolling()
        house.stage.advance(by: .seconds(5))
        let scheduler = run.scheduler
        #expect(try house.stage.run { await scheduler.idling }.count == 2)
    }

    @Test func placesAreGivenBack() throws {
        let house = house(1...2)
        let run = Run(house, perHost: 2, total: 4).startPolling()
        for _ in 0..<5 {
            house.stage.advance(by: .seconds(100))
            for number in 1...2 as ClosedRange<Int64> { house.inbox(number).dropIdlers() }
        }
        run.askToStop()
        #expect(run.isOver)
        for host in [sampleInbox(1).server, sampleInbox(2).server] {
            #expect(run.gate.enter(host) && run.gate.enter(host))
        }
    }
}
