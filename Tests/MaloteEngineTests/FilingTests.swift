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

    /// Each further answer is noted with its message; an event for each would be the next storm.
    @Test func aSpentLimitIsToldOnceAnHour() throws {
        let house = House(
            deskRegistry(answers: true) { $0.contracts[0].answers = AnswerLimits(address: 2) })
        for number in 1...6 { house.inbox(1).receive(mail("m\(number)")) }
        try house.poll()
        let state = house.store.state
        #expect(state.notifications.count == 2 && state.events(.ticketOpened).count == 6)
        let told = state.events(.notificationSuppressed)
        #expect(told.map(\.subject) == ["C1-3"] && told.first?.json.contains("has had its 2 answers") == true)
        house.stage.advance(by: .seconds(3 * 3600))
        for number in 7...9 { house.inbox(1).receive(mail("m\(number)")) }
        try house.poll()
        #expect(house.store.state.events(.notificationSuppressed).map(\.subject) == ["C1-3", "C1-9"])
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

    /// One contract's fault is none of the others' business.
    @Test(arguments: [1, 2, 3] as [Int64])
    func whatOneContractCannotTakeTheOthersGet(broken: Int64) throws {
        let house = House(
            deskRegistry(1...3, answers: true) { registry in
                for index in registry.contracts.indices { registry.contracts[index].inboxes = [sampleInbox(1).name] }
            })
        // A ticket that takes the number that the next one would get.
        let store = house.store
        try house.stage.run {
            try await store.write { store in
                _ = try store.insert(
                    Ticket(
                        contract: ContractID(rawValue: broken), number: 1, key: "C\(broken)-1", requester: nil,
                        subject: "x"))
            }
        }
        house.inbox(1).receive(mail("one"))
        let report = try house.poll()
        #expect(report.quarantined == 1 && report.seen == 1)
        let state = house.store.state
        let healthy = ([1, 2, 3] as [Int64]).filter { $0 != broken }
        #expect(state.events(.ticketOpened).map(\.contract.rawValue) == healthy)
        #expect(state.events(.messageQuarantined).map(\.contract.rawValue) == [broken])
        #expect(state.messages.map(\.fate).count { $0 == .quarantined } == 1)
        #expect(state.notifications.map(\.lane.contract.rawValue) == healthy)
        #expect(state.ledger.map(\.state) == [.quarantined])
        #expect(
            state.messages.first { $0.fate == .quarantined }?.history.last(.quarantined)?.reason.contains(
                "C\(broken)-1") == true)
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

    // MARK: - Rules and limits

    @Test func rulesDecideBeforeTheEvent() throws {
        let house = House(
            deskRegistry(1...2, answers: true) { registry in
                registry.mailboxes[0].role = .inbox(
                    Inbox(
                        access: .imap, start: .all,
                        rules: [
                            MailRule(
                                name: "spam",
                                when: [.header(name: "X-Spam-Flag", [.init(.is, "YES")], anywhere: false)],
                                action: .ignore),
                            MailRule(when: [.subject([.init(.contains, "hold")])], action: .quarantine),
                            MailRule(
                                when: [.subject([.init(.contains, "urgent")])], action: .set(["priority": "high"])),
                            MailRule(when: [.from([.init(.matches, "*@two.example")])], action: .contract(name("c-2"))),
                        ]))
            })
        house.inbox(1).receive(mail("buy", headers: ["X-Spam-Flag": "YES"]))
        house.inbox(1).receive(mail("hold this"))
        house.inbox(1).receive(mail("urgent"))
        house.inbox(1).receive(mail("urgent too", from: "z@two.example"))
        let report = try house.poll()
        #expect((report.new, report.quarantined) == (3, 1))
        let state = house.store.state
        #expect(state.messages.map(\.fate) == [.ignored, .quarantined, .opened, .opened])
        #expect(state.tickets.map(\.key) == ["C1-1", "C2-1"])
        #expect(state.notifications.count == 2)
        #expect(state.events(.messageIgnored).first?.json.contains("Rule spam of inbox in-1 says ignore.") == true)
        #expect(state.events(.messageQuarantined).first?.json.contains("Rule 2 of inbox in-1 says quarantine.") == true)
        #expect(state.events(.ticketOpened).allSatisfy { $0.json.contains(#""fields":{"priority":"high"}"#) })
        #expect(state.messages[3].history.decisions.filter { $0.step == .rule }.count == 2)
    }

    @Test func anAddressGetsOnlySoManyAnswers() throws {
        let house = House(
            deskRegistry(answers: true) { $0.contracts[0].answers = AnswerLimits(address: 2, ticket: 20, contract: 4) })
        for number in 1...3 { house.inbox(1).receive(mail("\(number)")) }
        for number in 4...6 { house.inbox(1).receive(mail("\(number)", from: "bia@customer.example")) }
        try house.poll()
        var state = house.store.state
        #expect(state.events(.ticketOpened).count == 6)
        #expect(
            state.notifications.map(\.recipients[0]) == [
                "ana@customer.example", "ana@customer.example",
                "bia@customer.example", "bia@customer.example",
            ])
        #expect(state.messages[2].history.last(.flow)?.reason.contains("ana@customer.example has had its 2") == true)
        #expect(state.messages[5].history.last(.flow)?.reason.contains("The contract has had its 4") == true)
        house.stage.advance(by: .seconds(7200))
        house.inbox(1).receive(mail("7"))
        try house.poll()
        state = house.store.state
        #expect(state.notifications.count == 5)
    }

    /// A robot that answers every confirmation with a new mail, and is not marked as one.
    @Test func aLoopOfTwoRobotsEnds() throws {
        let house = House(deskRegistry(answers: true) { $0.contracts[0].answers = AnswerLimits() })
        house.inbox(1).receive(mail("0"))
        var answered = 0
        for number in 1...50 {
            try house.poll()
            guard house.store.state.notifications.count > answered else { break }
            answered = house.store.state.notifications.count
            house.inbox(1).receive(mail("thank you \(number)"))
        }
        #expect(answered == 5)
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
