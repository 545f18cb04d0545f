// One poll of one IMAP inbox: what it takes, and that a crash at any step loses and doubles nothing.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct InboxPollTests {
    private static let day = Timestamp(seconds: 1_800_000_000 - 3 * 86_400)

    @Test(arguments: [
        (Inbox.Start.all, 3), (.unseen, 2), (.since(CivilDate(daysSinceEpoch: day.milliseconds / 86_400_000 + 1)), 1),
        (.new, 0),
    ])
    func theFirstPollTakesWhatStartSays(start: Inbox.Start, count: Int) throws {
        let house = House(deskRegistry(inbox: Inbox(access: .imap, start: start)))
        house.inbox(1).receive(mail("read"), isSeen: true, at: Self.day)
        house.inbox(1).receive(mail("old"), at: Self.day)
        house.inbox(1).receive(mail("today"))
        #expect(try house.poll().new == count)
        house.inbox(1).receive(mail("later"))
        #expect(try house.poll().new == 1)
        #expect(try house.poll().seen == 0)
        #expect(house.store.state.events(.ticketOpened).count == count + 1)
    }

    @Test func withoutUIDNextEveryMessageIsStillTakenOnce() throws {
        let house = House()
        house.inbox(1).change { $0.faults.hidesNextUID = true }
        house.inbox(1).receive(mail("one"))
        #expect(try house.poll().new == 1)
        #expect(try house.poll().seen == 0)
        house.inbox(1).receive(mail("two"))
        #expect(try house.poll().new == 1)
    }

    @Test(arguments: [Inbox.After.seen, .delete, .move(folder: "Done"), .leave])
    func theServerIsToldWhatAfterSays(after: Inbox.After) throws {
        let house = House(deskRegistry(inbox: Inbox(access: .imap, after: after, start: .all)))
        house.inbox(1).receive(mail("one"))
        try house.poll()
        let folder = house.inbox(1).folder
        #expect(folder.messages.map(\.isSeen) == (after == .seen ? [true] : after == .leave ? [false] : []))
        #expect(folder.deleted.count == (after == .delete ? 1 : 0))
        #expect(folder.moved.count == (after == .move(folder: "Done") ? 1 : 0))
        #expect(house.store.state.entry("1")?.settled == true)
    }

    // MARK: - Crashes

    /// Cut before or after every single effect of a poll, the next poll makes up for it.
    @Test(arguments: [
        Inbox(access: .imap, after: .seen, start: .all), Inbox(access: .imap, after: .delete, start: .all),
        Inbox(access: .pop3, after: .delete, start: .all), Inbox(access: .pop3, after: .leave, start: .all),
    ])
    func aCrashAtAnyStepBringsEveryMessageOnce(inbox: Inbox) throws {
        for steps in 0... {
            let house = House(deskRegistry(inbox: inbox, answers: true))
            for subject in ["one", "two", "three"] { house.inbox(1).receive(mail(subject)) }
            house.life.cut(after: steps)
            _ = try? house.poll()
            let isWhole = !house.life.isCut
            house.life.restore()
            expectNothingToldTooSoon(house, steps)
            try house.poll()
            try house.poll()
            let state = house.store.state
            #expect(state.events(.ticketOpened).count == 3, "cut after \(steps) steps")
            #expect(state.events.count == 3, "cut after \(steps) steps")
            #expect(state.messages.map(\.subject).sorted() == ["one", "three", "two"], "cut after \(steps) steps")
            #expect(state.notifications.count == 3, "cut after \(steps) steps")
            #expect(state.ledger.map(\.state) == [.stored, .stored, .stored], "cut after \(steps) steps")
            #expect(state.ledger.allSatisfy { $0.settled }, "cut after \(steps) steps")
            if isWhole {
                #expect(steps > 8)
                return
            }
        }
    }

    /// What is marked or gone on the server is stored here, with its event and its answer.
    private func expectNothingToldTooSoon(_ house: House, _ steps: Int) {
        let (folder, state) = (house.inbox(1).folder, house.store.state)
        let told = folder.messages.filter(\.isSeen).map(\.raw) + folder.deleted + folder.moved
        for raw in told { #expect(state.sources.contains(raw), "cut after \(steps) steps") }
        #expect(state.events.count == state.messages.count, "cut after \(steps) steps")
        #expect(state.notifications.count == state.messages.count, "cut after \(steps) steps")
    }

    // MARK: - Renumbering

    @Test func aRenumberedFolderBringsNeitherDuplicatesNorAFlood() throws {
        let house = House(deskRegistry(inbox: Inbox(access: .imap, start: .new)))
        let server = house.inbox(1)
        for number in 1...50 { server.receive(mail("ancient-\(number)"), at: Self.day) }
        try house.poll()
        for subject in ["one", "two"] { server.receive(mail(subject)) }
        #expect(try house.poll().new == 2)
        server.renumber()
        server.receive(mail("three"))
        let report = try house.poll(lastGood: house.now)
        #expect(report.new == 1)
        #expect(report.duplicate == 2)
        #expect(report.seen == 3)
        #expect(house.store.state.events(.ticketOpened).count == 3)
        #expect(house.store.state.ledger.allSatisfy { $0.settled })
        #expect(try house.poll(lastGood: house.now).seen == 0)
    }

    /// The same number before and after: only the row that the folder has now may take the message.
    @Test func aRowOfAnOlderNumberingDoesNotTakeTheNewMessage() throws {
        let house = House()
        let server = house.inbox(1)
        server.receive(mail("lost"))
        let stopped = Run(house)
        stopped.askToStop()
        _ = try stopped.poll()
        #expect(house.store.state.entry("1")?.attempts == 0)
        server.change { $0.messages = [] }
        server.renumber()
        server.receive(mail("new"))
        let report = try house.poll(lastGood: house.now)
        #expect(report.new == 1)
        #expect(report.vanished == 1)
        #expect(report.seen == 2)
        let state = house.store.state
        #expect(state.entry("1", validity: 1)?.state == .vanished)
        #expect(state.entry("1", validity: 2)?.state == .stored)
        #expect(server.folder.messages.map(\.isSeen) == [true])
    }

    // MARK: - Long backlogs

    @Test func aLongBacklogIsTakenInTurns() throws {
        let house = House(deskRegistry(inbox: Inbox(access: .imap, after: .leave, start: .all)))
        for number in 1...10_020 { house.inbox(1).receive(mail("m\(number)")) }
        let first = try house.poll()
        #expect(first.new == 10_000)
        #expect(first.hasMore)
        let second = try house.poll()
        #expect(second.new == 20)
        #expect(!second.hasMore)
    }

    @Test func aStopLeavesTheRestForTheNextRun() throws {
        let house = House()
        house.inbox(1).receive(mail("one"))
        let run = Run(house)
        run.askToStop()
        #expect(try run.poll().seen == 0)
        #expect(house.store.state.entry("1")?.state == .wanted)
        #expect(try house.poll().new == 1)
    }
}
