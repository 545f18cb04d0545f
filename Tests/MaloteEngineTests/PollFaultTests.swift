// Servers and messages that misbehave: each costs itself at most, and is accounted for.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct PollFaultTests {
    private func house(_ subjects: [String], inbox: Inbox = Inbox(access: .imap, start: .all)) -> House {
        let house = House(deskRegistry(inbox: inbox))
        for subject in subjects { house.inbox(1).receive(mail(subject)) }
        return house
    }

    @Test(arguments: [Inbox.Access.imap, .pop3])
    func aMessageThatTheServerDoesNotAnswerForIsGivenUpAfterThreePolls(access: Inbox.Access) throws {
        let house = house(["one", "ghost", "three"], inbox: Inbox(access: access, start: .all))
        house.inbox(1).change { $0.faults.omitted = [2] }
        let first = try house.poll()
        #expect(first.new == 2)
        #expect(first.seen == 2)
        #expect(!first.hasMore)
        #expect(house.store.state.entry("2")?.state == .wanted)
        house.inbox(1).receive(mail("four"))
        #expect(try house.poll().new == 1)
        let third = try house.poll()
        #expect(third.vanished == 1)
        #expect(third.seen == 1)
        #expect(house.store.state.entry("2")?.state == .vanished)
        #expect(try house.poll().seen == 0)
        #expect(house.store.state.events(.ticketOpened).count == 3)
    }

    @Test(arguments: [Inbox.Access.imap, .pop3])
    func aMessageThatComesBackAfterSilenceIsStored(access: Inbox.Access) throws {
        let house = house(["ghost"], inbox: Inbox(access: access, start: .all))
        house.inbox(1).change { $0.faults.omitted = [1] }
        try house.poll()
        house.inbox(1).change { $0.faults.omitted = [] }
        #expect(try house.poll().new == 1)
    }

    @Test(arguments: [Inbox.Access.imap, .pop3])
    func aPoisonousMessageIsQuarantinedAndTheOthersComeThrough(access: Inbox.Access) throws {
        let house = house(["one", "poison", "three"], inbox: Inbox(access: access, start: .all))
        house.inbox(1).change { $0.faults.poison = [2] }
        for attempt in 1...3 {
            #expect(throws: Failure.self) { try house.poll() }
            #expect(house.store.state.entry("2")?.attempts == attempt)
        }
        #expect(house.store.state.entry("2")?.state == .quarantined)
        #expect(try house.poll().new == 1)
        #expect(house.store.state.events(.ticketOpened).count == 2)
        let events = house.store.state.events(.messageQuarantined)
        #expect(events.count == 1)
        #expect(events.first?.json.contains(#""uid":"2""#) == true)
        #expect(try house.poll().seen == 0)
    }

    @Test func aConnectionThatBreaksKeepsWhatHadCome() throws {
        let house = house(["one", "two", "three"])
        house.inbox(1).change { $0.faults.diesIn = 3 }
        #expect(throws: Failure.self) { try house.poll() }
        #expect(house.store.state.messages.map(\.subject) == ["one", "two"])
        #expect(try house.poll().new == 1)
        #expect(house.inbox(1).folder.messages.allSatisfy { $0.isSeen })
    }

    /// A full disk is not the message's fault, however often it happens.
    @Test func aFullDiskCostsNoMessage() throws {
        let house = house(["one", "two", "three"])
        house.store.object { before, after in
            after.messages.count > before.messages.count
                ? Failure(.operatorNeeded, .diskFull, "The disk is full.") : nil
        }
        for _ in 1...5 {
            #expect(throws: Failure.self) { try house.poll() }
            // Only the first message of each batch has come: the others are still open.
            house.inbox(1).receive(mail("later-\(house.inbox(1).folder.nextNumber)", octets: 5000))
        }
        #expect(house.store.state.ledger.allSatisfy { $0.state == .wanted && $0.attempts == 0 })
        #expect(house.inbox(1).folder.messages.allSatisfy { !$0.isSeen })
        house.store.object(nil)
        #expect(try house.poll().new == 8)
    }

    /// So many octets that the batch is committed while messages are still to come.
    @Test func aFullDiskInTheMiddleOfABatchBlamesNobody() throws {
        let house = House()
        for number in 1...3 { house.inbox(1).receive(mail("big-\(number)", octets: 5 << 20)) }
        house.store.object { before, after in
            after.messages.count > before.messages.count
                ? Failure(.operatorNeeded, .diskFull, "The disk is full.") : nil
        }
        for _ in 1...4 { #expect(throws: Failure.self) { try Run(house, messageOctets: 50 << 20).poll() } }
        #expect(house.store.state.events.isEmpty)
        house.store.object(nil)
        #expect(try Run(house, messageOctets: 50 << 20).poll().new == 3)
    }

    @Test(arguments: [
        Failure(.transient, .connect, "refused"), Failure(.operatorNeeded, .authRefused, "wrong password"),
        Failure(.operatorNeeded, .credential, "no such file"),
    ])
    func aRefusedConnectionIsReportedAsItIs(failure: Failure) throws {
        let house = house(["one"])
        house.inbox(1).change { $0.faults.open = failure }
        #expect(throws: failure) { try house.poll() }
        #expect(house.store.state.ledger.isEmpty)
    }

    @Test func bodiesThatNobodyAskedForAreLeftAlone() throws {
        let house = house(["one", "two"])
        let strange = FetchedMessage(uid: "99", content: .raw(RawMessage(mail("strange"))))
        let early = FetchedMessage(uid: "2", content: .raw(RawMessage(mail("two"))))
        house.inbox(1).change { $0.faults.noise = [strange, early] }
        let report = try house.poll()
        #expect(report.new == 2)
        #expect(report.seen == 2)
        #expect(house.store.state.messages.map(\.subject).sorted() == ["one", "two"])
    }

    @Test func aServerThatRefusesAfterKeepsNothingFromBeingStored() throws {
        let house = house(["one", "two"])
        let refusal = Failure(.operatorNeeded, .rejected, "The folder is read-only.")
        house.inbox(1).change { $0.faults.settle = refusal }
        for _ in 1...2 { #expect(throws: refusal) { try house.poll() } }
        #expect(house.store.state.events(.ticketOpened).count == 2)
        #expect(house.store.state.ledger.allSatisfy { !$0.settled })
        house.inbox(1).change { $0.faults.settle = nil }
        try house.poll()
        #expect(house.store.state.ledger.allSatisfy { $0.settled })
        #expect(house.inbox(1).folder.messages.allSatisfy { $0.isSeen })
    }

    // MARK: - Size

    @Test func aMessageThatIsTooLargeOpensATicketWithoutItsBodyAndStays() throws {
        let house = House(deskRegistry(inbox: Inbox(access: .imap, after: .delete, start: .all)))
        house.inbox(1).receive(mail("big", octets: 20_000))
        house.inbox(1).receive(mail("small"))
        let report = try house.poll()
        #expect(report.refused == 1)
        #expect(report.new == 1)
        #expect(report.seen == 2)
        let state = house.store.state
        #expect(state.messages.first { $0.subject == "big" }?.size ?? 0 > 20_000)
        #expect(state.sources.allSatisfy { $0.count < 1000 })
        #expect(state.events(.ticketOpened).contains { $0.json.contains("over the limit") })
        #expect(house.inbox(1).folder.messages.map(\.number) == [1])
        #expect(try house.poll().seen == 0)
    }

    /// Two messages of which nothing is known are not the same message.
    @Test func tooLargeMessagesWithoutAHeaderAreToldApart() throws {
        let house = House(deskRegistry(inbox: Inbox(access: .pop3, start: .all)))
        house.inbox(1).change { $0.faults.hidesHeaders = true }
        house.inbox(1).receive(mail("big", octets: 20_000))
        house.inbox(1).receive(mail("bigger", octets: 30_000))
        #expect(try house.poll().refused == 2)
        #expect(house.store.state.events(.ticketOpened).count == 2)
    }
}
