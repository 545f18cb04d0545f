// Polls of a POP3 maildrop: no cursor but the ledger, and deletions that count only after QUIT.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct POP3PollTests {
    private func house(start: Inbox.Start = .all, after: Inbox.After = .delete) -> House {
        House(deskRegistry(inbox: Inbox(access: .pop3, after: after, start: start)))
    }

    @Test func startNewPassesOverWhatIsThere() throws {
        let house = house(start: .new)
        house.inbox(1).receive(mail("old"))
        #expect(try house.poll().seen == 0)
        #expect(house.store.state.entry("1")?.state == .passedOver)
        house.inbox(1).receive(mail("new"))
        #expect(try house.poll().new == 1)
        #expect(house.inbox(1).folder.messages.map(\.number) == [1])
    }

    @Test func whatStaysOnTheServerIsFetchedOnce() throws {
        let house = house(after: .leave)
        house.inbox(1).receive(mail("one"))
        #expect(try house.poll().new == 1)
        #expect(try house.poll().seen == 0)
        #expect(house.inbox(1).folder.fetched == ["1"])
    }

    @Test func deletionsCountOnlyAfterQuit() throws {
        let house = house()
        house.inbox(1).receive(mail("one"))
        house.inbox(1).change { $0.faults.losesQuit = true }
        #expect(throws: Failure.self) { try house.poll() }
        #expect(house.inbox(1).folder.messages.count == 1)
        #expect(house.store.state.entry("1")?.settled == false)
        house.inbox(1).change { $0.faults.losesQuit = false }
        #expect(try house.poll().seen == 0)
        #expect(house.inbox(1).folder.deleted.count == 1)
        #expect(house.store.state.entry("1")?.settled == true)
        #expect(house.store.state.events.count == 1)
    }

    /// Each message has its own answer: one that the server would not delete is asked for again, the others are done.
    @Test func aRefusedDeletionDoesNotCount() throws {
        let house = house()
        for subject in ["one", "two", "three"] { house.inbox(1).receive(mail(subject)) }
        house.inbox(1).change { $0.faults.undeletable = [2] }
        for _ in 1...2 {
            #expect { try house.poll() } throws: { ($0 as? Failure)?.cause == .rejected }
            #expect(house.inbox(1).folder.messages.map(\.number) == [2])
            #expect(["1", "2", "3"].map { house.store.state.entry($0)?.settled } == [true, false, true])
        }
        house.inbox(1).change { $0.faults.undeletable = [] }
        #expect(try house.poll().seen == 0)
        #expect(house.inbox(1).folder.messages.isEmpty && house.store.state.entry("2")?.settled == true)
        #expect(house.store.state.events.count == 3)
    }

    /// Some servers hide or delete what was fetched as soon as QUIT comes: what is not stored gets none.
    @Test func whatCouldNotBeStoredIsNotSaidGoodbyeTo() throws {
        let house = house(after: .leave)
        house.inbox(1).receive(mail("one"))
        house.store.object { before, after in
            after.messages.count > before.messages.count
                ? Failure(.operatorNeeded, .diskFull, "The disk is full.") : nil
        }
        #expect(throws: Failure.self) { try house.poll() }
        #expect(house.inbox(1).folder.goodbyes == 0)
        house.store.object(nil)
        #expect(try house.poll().new == 1)
        #expect(house.inbox(1).folder.goodbyes == 1)
    }

    /// An inbox that used to be IMAP has rows whose UIDs mean nothing to POP3, even if they look the same.
    @Test func aRowFromIMAPTimesDeletesNothing() throws {
        let house = House(deskRegistry(inbox: Inbox(access: .imap, after: .delete, start: .all)))
        house.inbox(1).receive(mail("one"))
        house.inbox(1).change { $0.faults.settle = Failure(.operatorNeeded, .rejected, "read-only") }
        house.polls(1)
        let changed = deskRegistry(inbox: Inbox(access: .pop3, after: .delete, start: .new))
        let store = house.store
        let mailbox = try #require(changed.mailbox(sampleInbox(1).id))
        try house.stage.run { try await store.write { try $0.apply([.putMailbox(mailbox)]) } }
        house.inbox(1).change { folder in
            folder.faults.settle = nil
            folder.messages = []
            folder.nextNumber = 1
        }
        house.inbox(1).receive(mail("precious"))
        house.polls(2)
        #expect(house.inbox(1).folder.deleted.isEmpty)
        #expect(house.inbox(1).folder.messages.count == 1)
        #expect(house.store.state.ledger.allSatisfy { $0.settled })
    }
}
