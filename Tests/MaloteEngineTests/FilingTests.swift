// What becomes of a message for each contract: ticket, reply, silence or quarantine, and the notifications with it.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct FilingTests {
    @Test func aSharedInboxFeedsEachContractOnce() throws {
        let house = House(
            deskRegistry(1...2, answers: true) { registry in
                registry.contracts[1].inboxes = [sampleInbox(1).name]
            })
        house.inbox(1).receive(mail("one"))
        house.inbox(1).receive(mail("two"))
        let report = try house.poll()
        #expect(report.new == 2)
        let state = house.store.state
        #expect(state.tickets.map(\.key).sorted() == ["C1-1", "C1-2", "C2-1", "C2-2"])
        #expect(state.events(.ticketOpened).count == 4)
        #expect(Set(state.notifications.map(\.lane)) == [lane(1, 1), lane(2, 2)])
    }

    @Test func aContractLinkedLaterGetsWhatTheOthersHadNot() throws {
        let house = House(deskRegistry(1...2))
        house.inbox(1).receive(mail("one"))
        try house.poll()
        house.inbox(2).receive(mail("one"))
        #expect(try house.poll(2).new == 1)
        #expect(house.store.state.events(.ticketOpened).map(\.contract.rawValue) == [1, 2])
    }

    @Test func theSameMailTwiceIsOneEvent() throws {
        let house = House()
        house.inbox(1).receive(mail("one"))
        house.inbox(1).receive(mail("one"))
        var report = try house.poll()
        #expect((report.new, report.duplicate) == (1, 1))
        house.inbox(1).receive(mail("one"))
        report = try house.poll()
        #expect((report.new, report.duplicate) == (0, 1))
        #expect(house.store.state.events.count == 1)
        #expect(house.inbox(1).folder.messages.allSatisfy { $0.isSeen })
    }

    @Test func anotherMailWithTheSameMessageIDIsNotADuplicate() throws {
        let house = House()
        house.inbox(1).receive(mail("one", id: "<same@x>"))
        house.inbox(1).receive(mail("other", id: "<same@x>"))
        #expect(try house.poll().new == 2)
    }

    // MARK: - Quarantine

    @Test(arguments: [Failure.Cause.rejected, .defect, .protocolBroken])
    func aMessageThatCannotBeFiledGoesToQuarantineAlone(cause: Failure.Cause) throws {
        let house = House(deskRegistry(answers: true))
        house.store.object { before, after in
            let isBad = after.messages.dropFirst(before.messages.count).contains {
                $0.subject == "bad" && $0.fate != .quarantined
            }
            return isBad ? Failure(.transient, cause, "It cannot be filed.") : nil
        }
        for subject in ["one", "bad", "three"] { house.inbox(1).receive(mail(subject)) }
        let report = try house.poll()
        #expect(report.new == 2)
        #expect(report.quarantined == 1)
        let state = house.store.state
        let kept = try #require(state.messages.firstIndex { $0.fate == .quarantined })
        #expect(state.sources[kept] == mail("bad"))
        #expect(state.tickets.map(\.key) == ["C1-1", "C1-2"])
        #expect(state.events(.messageQuarantined).count == 1)
        #expect(state.notifications.count == 2)
        #expect(try house.poll().seen == 0)
    }

    /// Whoever has the message already is not told a second time, for another contract's sake.
    @Test func quarantineTellsOnlyThoseWhoHaveItNot() throws {
        let house = House(
            deskRegistry(1...2) { registry in
                registry.contracts[1].inboxes = [sampleInbox(1).name, sampleInbox(2).name]
            })
        house.inbox(2).receive(mail("one"))
        try house.poll(2)
        house.store.object { before, after in
            after.messages.dropFirst(before.messages.count).contains { $0.fate != .quarantined }
                ? Failure(.transient, .defect, "It cannot be filed.") : nil
        }
        house.inbox(1).receive(mail("one"))
        #expect(try house.poll(1).quarantined == 1)
        #expect(house.store.state.events(.messageQuarantined).map(\.contract.rawValue) == [1])
    }

    // MARK: - Flows and threads

    @Test func aNotificationIsCommittedWithItsEvent() throws {
        let house = House(deskRegistry(answers: true))
        house.inbox(1).receive(mail("one"))
        house.store.object { before, after in
            let events = after.events.count > before.events.count
            let queued = after.notifications.count > before.notifications.count
            return events == queued ? nil : Failure(.transient, .storage, "They belong together.")
        }
        try house.poll()
        let notification = try #require(house.store.state.notifications.first)
        #expect(notification.recipients == ["ana@customer.example"])
        #expect(notification.subject == "[C1-1] Received")
        #expect(notification.ticket == house.store.state.tickets.first?.id)
    }

    @Test func anAnswerToOurMailIsAReply() throws {
        let house = House(deskRegistry(answers: true))
        house.inbox(1).receive(mail("one"))
        try house.poll()
        let ours = try #require(house.store.state.notifications.first?.messageID)
        house.inbox(1).receive(
            mail("answer", from: "boss@customer.example", headers: ["In-Reply-To": ours, "References": ours]))
        house.inbox(1).receive(mail("again", headers: ["References": "<one@customer.example>"]))
        house.inbox(1).receive(mail("tagged [C1-1]"))
        house.inbox(1).receive(mail("guess [C1-1]", from: "eve@elsewhere.example"))
        try house.poll()
        let state = house.store.state
        #expect(state.messages.map(\.fate) == [.opened, .replied, .replied, .replied, .opened])
        #expect(state.events(.ticketReplied).map(\.subject) == ["C1-1", "C1-1", "C1-1"])
        // Only new tickets are confirmed.
        #expect(state.notifications.count == 2)
    }

    @Test(arguments: [
        ["Auto-Submitted": "auto-replied"], ["Precedence": "bulk"], ["List-Id": "<news.example>"],
        ["Return-Path": "<>"],
    ])
    func automaticMailOpensNothingAndIsNotAnswered(headers: [String: String]) throws {
        let house = House(deskRegistry(answers: true))
        house.inbox(1).receive(mail("away", headers: headers))
        #expect(try house.poll().new == 1)
        let state = house.store.state
        #expect(state.tickets.isEmpty)
        #expect(state.notifications.isEmpty)
        #expect(state.events.map(\.kind) == [.messageIgnored])
        #expect(state.messages.map(\.fate) == [.ignored])
    }

    @Test func ourOwnMailThatComesBackIsIgnored() throws {
        let house = House(deskRegistry(answers: true))
        house.inbox(1).receive(mail("one"))
        try house.poll()
        let ours = try #require(house.store.state.notifications.first)
        house.inbox(1).receive(ours.content)
        try house.poll()
        #expect(house.store.state.events.map(\.kind) == [.ticketOpened, .messageIgnored])
        #expect(house.store.state.notifications.count == 1)
    }

    @Test func aFlowThatCannotSendCostsTheMessageNothing() throws {
        let house = House(deskRegistry(answers: true) { $0.templates = [] })
        house.inbox(1).receive(mail("one"))
        #expect(try house.poll().new == 1)
        #expect(house.store.state.events(.ticketOpened).count == 1)
        #expect(house.store.state.notifications.isEmpty)
    }

    @Test func bothBellsRing() throws {
        let house = House(deskRegistry(answers: true))
        house.inbox(1).receive(mail("one"))
        let run = Run(house)
        let before = (run.queueBell.generation, run.eventBell.generation)
        _ = try run.poll()
        #expect(run.queueBell.generation > before.0)
        #expect(run.eventBell.generation > before.1)
    }
}
