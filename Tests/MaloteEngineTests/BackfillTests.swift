// Older mail: what a backfill asks for, and that no backlog keeps new mail waiting.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct BackfillTests {
    private static let day = 86_400

    /// A mail a day for ten days, the last one today; the first poll has passed all of them over.
    private func house(_ access: Inbox.Access = .imap, start: Inbox.Start = .new) throws -> House {
        let house = House(deskRegistry(inbox: Inbox(access: access, start: start)))
        for number in 0..<10 {
            let received = house.now + .seconds(-Self.day * (9 - number))
            house.inbox(1).receive(mail("old-\(number)"), at: received)
        }
        try house.poll()
        #expect(house.store.state.events.isEmpty)
        return house
    }

    private func backfill(
        _ run: Run, since: String? = nil, dryRun: Bool = false
    ) throws -> BackfillReport {
        let room = run.room()
        return try run.house.stage.run { try await room.backfill("in-1", since: since, dryRun: dryRun) }
    }

    @Test(arguments: [Inbox.Access.imap, .pop3])
    func everythingCanBeHadLater(access: Inbox.Access) throws {
        let house = try house(access)
        let run = Run(house)
        let before = house.store.state.ledger
        #expect(
            try backfill(run, dryRun: true) == BackfillReport(mailbox: "in-1", dryRun: true, listed: 10, wanted: 10))
        #expect(house.store.state.ledger == before)
        run.startPolling()
        #expect(try backfill(run) == BackfillReport(mailbox: "in-1", dryRun: false, listed: 10, wanted: 10))
        house.stage.settle()
        #expect(house.store.state.messages.map(\.subject) == (0..<10).map { "old-\($0)" })
        #expect(house.store.state.ledger.count == 10)
        let reasons = house.store.state.ledger[0].history.decisions
        #expect(reasons.first?.reason.contains("an operator asked") == true)
        // A second time there is nothing left to ask for.
        #expect(try backfill(run).wanted == 0)
        #expect(house.inbox(1).folder.openNow == 0)
        run.askToStop()
    }

    @Test func aDateChooses() throws {
        let house = try house()
        let run = Run(house)
        let day = CivilDate(daysSinceEpoch: house.now.milliseconds / 86_400_000 - 3)
        #expect(try backfill(run, since: day.description).wanted == 4)
        #expect(try run.poll().new == 4)
        #expect(house.store.state.messages.map(\.subject) == (6..<10).map { "old-\($0)" })
    }

    /// Somebody had put one of them into the inbox again, and it was taken then.
    @Test func whatWasTakenBeforeIsRecordedAndNotRepeated() throws {
        let house = try house()
        house.inbox(1).receive(mail("old-4"))
        #expect(try house.poll().new == 1)
        let run = Run(house)
        #expect(try backfill(run).wanted == 10)
        let report = try run.poll()
        #expect(report.new == 9 && report.duplicate == 1 && report.seen == 10)
        #expect(house.store.state.events(.ticketOpened).count == 10)
    }

    /// what is asked for, the answer's status, a word of it.
    @Test(
        arguments: [
            ("in-9", nil, 404, "in-9"), ("out-1", nil, 409, "outbox"), ("in-2", nil, 409, "no contract"),
            ("in-1", "yesterday", 422, "not a date"), ("in-1", "2026-01-01T00:00:00Z", 422, "not a date"),
            ("in-3", "2026-01-01", 422, "POP3"),
        ] as [(String, String?, Int, String)])
    func whatCannotBeDoneIsSaid(name: String, since: String?, status: Int, word: String) throws {
        let house = House(
            deskRegistry(1...3) { registry in
                registry.contracts[1].inboxes = []
                for place in registry.mailboxes.indices where registry.mailboxes[place].name.text == "in-3" {
                    registry.mailboxes[place].role = .inbox(Inbox(access: .pop3))
                }
            })
        let room = Run(house).room()
        let problem = #expect(throws: Problem.self) {
            try house.stage.run { try await room.backfill(name, since: since, dryRun: false) }
        }
        #expect(problem?.status == status && problem?.detail.contains(word) == true, "\(problem?.detail ?? "")")
        #expect(house.store.commits == 0)
    }

    @Test func faultsAndFullHostsAreTold() throws {
        let house = try house()
        let run = Run(house, perHost: 1)
        house.inbox(1).change { $0.faults.open = sampleFailure(.authRefused, .operatorNeeded) }
        #expect(throws: Problem.self) { try backfill(run) }
        house.inbox(1).change { $0.faults.open = nil }
        #expect(run.gate.enter(sampleInbox(1).server))
        #expect(throws: Problem.self) { try backfill(run) }
        run.gate.leave(sampleInbox(1).server)
        #expect(try backfill(run).wanted == 10)
    }

    /// A server that drips at a listing keeps an operator for ten minutes at most.
    @Test func aListingHasItsEnd() throws {
        let house = try house()
        house.inbox(1).change { $0.faults.drip = .seconds(500) }
        let run = Run(house)
        let room = run.room()
        let answer = house.stage.start { try await room.backfill("in-1", since: nil, dryRun: false) }
        house.stage.advance(by: .seconds(601))
        #expect(throws: Problem.self) { try answer.value() }
        #expect(house.inbox(1).folder.openNow == 0)
        #expect(run.gate.enter(sampleInbox(1).server))
    }

    // MARK: - What is new goes first

    /// Thousands of old messages, a round of them two minutes and a half: what comes meanwhile is next.
    @Test(arguments: [Inbox.Access.imap, .pop3])
    func newMailDoesNotWaitForTheBacklog(access: Inbox.Access) throws {
        let house = House(deskRegistry(inbox: Inbox(access: access, after: .leave, start: .all)))
        for number in 0..<3000 { house.inbox(1).receive(mail("old-\(number)")) }
        house.inbox(1).change { $0.faults.slowness = .milliseconds(300) }
        let run = Run(house).startPolling()
        house.stage.advance(by: .seconds(10))
        for round in 0..<3 {
            house.inbox(1).receive(mail("new-\(round)"))
            house.stage.advance(by: .seconds(170))
            let subjects = house.store.state.messages.map(\.subject)
            #expect(subjects.contains("new-\(round)"), "\(subjects.count)")
            #expect(subjects.count < 2900)
        }
        house.stage.advance(by: .seconds(1500))
        let subjects = house.store.state.messages.map(\.subject)
        #expect(subjects.count == 3003)
        // The backlog keeps its order: an answer finds its ticket.
        #expect(subjects.filter { $0.hasPrefix("old") } == (0..<3000).map { "old-\($0)" })
        run.askToStop()
    }

    /// An inbox is no later for having a past.
    @Test func theBacklogMakesNoInboxLate() throws {
        let house = try house()
        let run = Run(house)
        #expect(try backfill(run).wanted == 10)
        house.stage.advance(by: .seconds(100))
        let room = run.room()
        let line = try #require(try house.stage.run { try await room.status() }.mailboxes.first)
        #expect(line.current == line.lastGood)
        #expect(line.messages["wanted"] == 10)
    }
}
