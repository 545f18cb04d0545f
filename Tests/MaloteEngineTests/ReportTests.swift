// A bounce finds its notification by what we signed, fails its delivery, and is told by an event of its contract alone.

import MaloteCore
import MaloteDesk
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct ReportTests {
    /// A house in which one mail has been confirmed, and the confirmation sent.
    private func house(
        _ contracts: ClosedRange<Int64> = 1...1, _ change: (inout Registry) -> Void = { _ in }
    ) throws -> House {
        let house = House(deskRegistry(contracts, answers: true, change: change))
        house.inbox(1).receive(mail("Printer"))
        try house.poll()
        let run = Run(house).startSending()
        house.stage.settle()
        run.askToStop()
        #expect(house.states == [.sent: 1])
        return house
    }

    private func report(_ headers: String..., action: String = "failed", to: String = "ana@customer.example") -> [UInt8]
    {
        let head = ["From: MAILER-DAEMON@mx.example", "X-Notice: \(action) \(to) 5.1.1"] + headers
        return Array((head + ["", "It was not delivered."]).joined(separator: "\r\n").utf8)
    }

    private func notification(_ house: House) throws -> Notification {
        try #require(house.store.state.notifications.first)
    }

    private func ids(_ house: House, _ contract: Int64 = 1) -> SignedMessageID {
        Run(house).intake.ids(for: ContractID(rawValue: contract))
    }

    private func expectBounced(_ house: House, evidence: String) throws {
        let state = house.store.state
        let delivery = try #require(state.deliveries.first)
        #expect(delivery.state == .failed && delivery.failure?.cause == .bounced)
        let event = try #require(state.events(.notificationBounced).first)
        #expect(state.events(.notificationBounced).count == 1 && state.events(.messageIgnored).isEmpty)
        for text in [
            "\"ticket\":{\"key\":\"C1-1\"", "\"recipient\":\"ana@customer.example\"", "\"status\":\"5.1.1\"",
            "\"reason\":\"unknown-user\"", "\"hard\":true", "\"evidence\":\"\(evidence)\"",
        ] { #expect(event.json.contains(text), "\(event.json)") }
        let message = try #require(state.messages.last)
        #expect(message.fate == .reported && message.ticket == state.tickets.first?.id)
        #expect(state.tickets.count == 1)
    }

    @Test func aBounceIsTiedByItsEnvelopeID() throws {
        let house = try house()
        let envid = ids(house).envid(try notification(house).id)
        house.inbox(1).receive(report("X-Envelope-Id: \(envid)"))
        try house.poll()
        try expectBounced(house, evidence: "envelope-id")
    }

    @Test func aBounceIsTiedByTheReturnedMessageID() throws {
        let house = try house()
        house.inbox(1).receive(report("X-Returned: \(try notification(house).messageID)"))
        try house.poll()
        try expectBounced(house, evidence: "message-id")
    }

    @Test func aBounceIsTiedByTheAddressItCameTo() throws {
        let house = try house { registry in
            guard case .inbox(var inbox) = registry.mailboxes[0].role else { return }
            inbox.plus = true
            registry.mailboxes[0].role = .inbox(inbox)
            registry.mailboxes[0].login = .init(user: "in@x.example", password: .file(path: "/p"))
        }
        let sent = try #require(house.outbox(1).desk.accepted.first)
        #expect(sent.from.hasPrefix("in+n1.") && sent.from.hasSuffix("@x.example"), "\(sent.from)")
        house.inbox(1).receive(report("To: \(sent.from)"))
        try house.poll()
        try expectBounced(house, evidence: "address")
    }

    @Test func aHardBounceSuppressesItsAddress() throws {
        let house = try house()
        house.inbox(1).receive(report("X-Returned: \(try notification(house).messageID)"))
        try house.poll()
        house.inbox(1).receive(mail("Another"))
        try house.poll()
        let state = house.store.state
        #expect(state.tickets.count == 2 && house.states == [.failed: 2], "nothing waits for a dead address")
        let told = try #require(state.events(.notificationFailed).first)
        #expect(told.subject == "C1-2" && told.json.contains("suppressed since"), "\(told.json)")
        #expect(state.messages.last?.history.decisions.contains { $0.reason.contains("suppressed since") } == true)
    }

    /// Each of several is told once.
    @Test func everySuppressedRecipientOfAFlowIsToldOnce() throws {
        let people = ["bob@customer.example", "carl@customer.example"]
        let house = House(
            deskRegistry(answers: true) { registry in
                let to = people.map { EmailStep.Recipient.address(MailAddress(address: $0)) }
                let step = EmailStep(outbox: .contract, to: to, template: name("receipt"))
                registry.flows[0].steps = [.email(step)]
            })
        let store = house.store
        let contract = ContractID(rawValue: 1)
        try house.stage.run {
            try await store.write { store in
                for address in people {
                    try store.suppress(
                        Suppression(
                            contract: contract, address: address, reason: "Gone.", since: Timestamp(seconds: 0)))
                }
            }
        }
        house.inbox(1).receive(mail("Printer"))
        try house.poll()
        #expect(house.states == [.failed: 2])
        #expect(house.store.state.events(.notificationFailed).count == 2)
    }

    /// What anybody could have written.
    @Test func aForgedBounceChangesNothing() throws {
        let house = try house(1...2)
        let (number, foreign) = (try notification(house).id, ids(house, 2))
        house.inbox(1).receive(report("X-Envelope-Id: \(foreign.envid(number))"))
        house.inbox(1).receive(report("X-Envelope-Id: \(number).0123456789abcdef01234567"))
        house.inbox(1).receive(report("X-Returned: <guess@x.example>"))
        house.inbox(1).receive(report())
        // The other contract's inbox gets a true one: it is not its own.
        house.inbox(2).receive(report("X-Envelope-Id: \(ids(house).envid(number))"))
        try house.poll()
        try house.poll(2)
        #expect(house.states == [.sent: 1])
        let state = house.store.state
        #expect(state.events(.notificationBounced).isEmpty && state.events(.messageIgnored).count == 5)
        #expect(state.messages.dropFirst().allSatisfy { $0.fate == .ignored })
        #expect(state.messages.last?.history.decisions.contains { $0.reason.contains("tied to no mail") } == true)
    }

    @Test func aDelayIsToldAndLeavesTheDelivery() throws {
        let house = try house()
        house.inbox(1).receive(report("X-Returned: \(try notification(house).messageID)", action: "delayed"))
        try house.poll()
        #expect(house.states == [.sent: 1])
        #expect(house.store.state.events(.notificationDelayed).count == 1)
    }

    @Test func goodNewsIsKeptWithoutAnEvent() throws {
        let house = try house()
        house.inbox(1).receive(report("X-Returned: \(try notification(house).messageID)", action: "delivered"))
        let before = house.store.state.events.count
        try house.poll()
        #expect(house.states == [.sent: 1] && house.store.state.events.count == before)
        #expect(house.store.state.messages.last?.fate == .reported)
    }

    // MARK: - Closed tickets

    @Test func aReplyOpensAClosedTicketAgain() throws {
        let house = try house()
        let room = Run(house).room()
        _ = try house.stage.run { try await room.turn(ticket: "C1-1", contract: nil, TicketTurn(isClosed: true)) }
        #expect(house.store.state.tickets[0].closed != nil)
        house.inbox(1).receive(mail("Again", headers: ["In-Reply-To": try notification(house).messageID]))
        try house.poll()
        let state = house.store.state
        #expect(state.tickets.count == 1 && state.tickets[0].closed == nil)
        #expect(state.events(.ticketReplied).first?.json.contains("\"reopened\":true") == true)
    }

    @Test func aReplyMayOpenAnotherTicketThatNamesTheClosedOne() throws {
        let house = try house { $0.contracts[0].closedTickets = .init(reply: .new) }
        let room = Run(house).room()
        _ = try house.stage.run { try await room.turn(ticket: "C1-1", contract: "c-1", TicketTurn(isClosed: true)) }
        house.inbox(1).receive(mail("Again", headers: ["In-Reply-To": try notification(house).messageID]))
        try house.poll()
        let state = house.store.state
        #expect(state.tickets.map(\.key) == ["C1-1", "C1-2"] && state.tickets[0].closed != nil)
        let opened = try #require(state.events(.ticketOpened).last)
        #expect(opened.json.contains("\"follows\":{\"key\":\"C1-1\""))
    }

    @Test func aTicketIsClosedOnceAndReopened() throws {
        let house = try house()
        let room = Run(house).room()
        let first = try house.stage.run {
            try await room.turn(ticket: "C1-1", contract: nil, TicketTurn(isClosed: true))
        }
        house.stage.advance(by: .seconds(60))
        let second = try house.stage.run {
            try await room.turn(ticket: "C1-1", contract: nil, TicketTurn(isClosed: true))
        }
        #expect(first.closed != nil && second.closed == first.closed)
        #expect(
            try house.stage.run { try await room.turn(ticket: "C1-1", contract: nil, TicketTurn(isClosed: false)) }
                .closed == nil)
    }
}
