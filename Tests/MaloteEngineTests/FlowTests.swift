// Triggers, closings and reopenings start flows, once, and everybody can read what came of it.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct FlowTests {
    /// A contract whose flows tell the requester of a comment, a completion and a reopening.
    static func registry(_ change: (inout Registry) -> Void = { _ in }) -> Registry {
        deskRegistry { registry in
            let flows = ["comment.added", "ticket.completed", "ticket.reopened"].map { trigger in
                Flow(
                    name: name(trigger), contract: name("c-1"), trigger: trigger,
                    steps: [.email(EmailStep(outbox: .contract, to: [.requester], template: name("receipt")))])
            }
            registry.flows += flows
            registry.templates[0].subject = "[{{ticket.key}}] {{event.type}}"
            registry.templates[0].text = "{{data.text}}|{{fields.urgency}}"
            change(&registry)
        }
    }

    private func house(_ change: (inout Registry) -> Void = { _ in }) throws -> House {
        let house = House(Self.registry(change))
        house.inbox(1).receive(mail("one"))
        try house.poll()
        return house
    }

    private func trigger(_ house: House, _ request: TriggerRequest) throws -> TriggerReceipt {
        let room = Run(house).room()
        return try house.stage.run { try await room.trigger(request) }
    }

    private func turn(_ house: House, _ turn: TicketTurn) throws -> TicketReport {
        let room = Run(house).room()
        return try house.stage.run { try await room.turn(ticket: "C1-1", contract: nil, turn) }
    }

    private func problem(_ house: House, _ request: TriggerRequest) -> Problem? {
        #expect(throws: Problem.self) { try trigger(house, request) }
    }

    private func subjects(_ house: House) -> [String] { house.store.state.notifications.map(\.subject) }

    // MARK: - Triggers

    @Test func aTriggerWritesAndTellsWhat() throws {
        let house = try house()
        let data = JSONValue.object(["text": .text("Done."), "fields": .object(["urgency": .text("high")])])
        let receipt = try trigger(
            house, TriggerRequest(contract: "c-1", on: "comment.added", ticket: "C1-1", data: data))
        let notification = try #require(house.store.state.notifications.first)
        #expect(notification.subject == "[C1-1] comment.added" && notification.recipients == ["ana@customer.example"])
        let text = String(decoding: notification.content, as: UTF8.self)
        #expect(text.contains("Done.|high") && text.contains("In-Reply-To: <one@customer.example>"))
        #expect(receipt.ticket == "C1-1" && !receipt.repeated)
        #expect(receipt.decisions.map(\.step) == [.triggered, .notification])
        #expect(receipt.decisions.last?.reference == notification.id.description)
        #expect(notification.ticket == house.store.state.tickets[0].id)
        let report = try house.stage.run { [room = Run(house).room()] in try await room.ticket("C1-1", contract: nil) }
        #expect(report.flows.map(\.cause).suffix(2) == ["comment.added", "comment.added"])
        #expect(report.flows.last?.reference == notification.id.description)
        #expect(report.deliveries.count == 1)
    }

    @Test func theSameKeyRunsFlowsOnce() throws {
        let house = try house()
        let request = TriggerRequest(contract: "c-1", on: "comment.added", ticket: "C1-1", idempotencyKey: "k")
        let first = try trigger(house, request)
        house.stage.advance(by: .seconds(9))
        let second = try trigger(house, request)
        #expect(second.repeated && second.id == first.id && second.decisions == first.decisions)
        #expect(house.store.state.notifications.count == 1)
        #expect(try !trigger(house, edited(request) { $0.idempotencyKey = "l" }).repeated)
    }

    @Test func withoutATicketTheReasonIsTold() throws {
        let house = try house()
        let receipt = try trigger(house, TriggerRequest(contract: "c-1", on: "comment.added"))
        #expect(
            receipt.decisions.last?.reason.hasSuffix("No recipient is left. Without a ticket there is no requester.")
                == true)
        let none = try trigger(house, TriggerRequest(contract: "c-1", on: "coment.added"))
        #expect(
            none.decisions.last?.reason == "No flow of contract c-1 waits for coment.added; its flows wait for "
                + "comment.added, ticket.completed, ticket.reopened.")
        let room = Run(house).room()
        let told = try house.stage.run { try await room.triggers(contract: "c-1", ticket: nil, limit: 9) }
        #expect(told.map(\.trigger) == ["coment.added", "comment.added"])
        #expect(try house.stage.run { try await room.triggers(contract: nil, ticket: "C1-1", limit: 9) }.isEmpty)
    }

    @Test func oneFlowCanBeRunByItsName() throws {
        let house = try house()
        _ = try trigger(house, TriggerRequest(contract: "c-1", flow: "ticket.completed", ticket: "C1-1"))
        #expect(subjects(house) == ["[C1-1] ticket.completed"])
        #expect(house.store.state.tickets[0].closed == nil)
    }

    @Test func whatIsUnknownIsRefused() throws {
        let house = try house { $0.contracts.append(Contract(name: name("other"), prefix: "O")) }
        #expect(problem(house, TriggerRequest(contract: "none", on: "x"))?.status == 404)
        let flow = problem(house, TriggerRequest(contract: "other", flow: "comment.added"))
        #expect(flow?.detail.hasPrefix("There is no flow of contract other, \"comment.added\".") == true)
        #expect(problem(house, TriggerRequest(contract: "other", on: "x", ticket: "C1-1"))?.status == 404)
        #expect(problem(house, TriggerRequest(contract: "c-1", on: "ticket.opened"))?.status == 422)
        #expect(house.store.state.occasions.isEmpty)
    }

    @Test func triggersHaveTheTicketsBudget() throws {
        let house = try house { $0.contracts[0].answers.ticket = 2 }
        for _ in 0..<3 {
            _ = try trigger(house, TriggerRequest(contract: "c-1", on: "comment.added", ticket: "C1-1"))
        }
        #expect(house.store.state.notifications.count == 2)
        let told = house.store.state.events(.notificationSuppressed)
        #expect(told.count == 1 && told.first?.json.contains(#""cause":{"type":"comment.added","event":null"#) == true)
        #expect(house.store.state.occasions.last?.history.text.contains("two robots") == true)
        let report = try house.stage.run { [room = Run(house).room()] in try await room.ticket("C1-1", contract: nil) }
        #expect(report.events.map(\.kind) == ["ticket.opened", "notification.suppressed"])
    }

    @Test func filesOfAMailGoAlongAtOnce() throws {
        let house = House(
            Self.registry { registry in
                let step = EmailStep(
                    outbox: .contract, to: [.requester], content: .template(name("receipt")), attachments: true)
                registry.flows = [
                    Flow(name: name("copy"), contract: name("c-1"), trigger: "ticket.opened", steps: [.email(step)])
                ]
                registry.contracts[0].attachments.forbid = ["exe"]
            })
        house.inbox(1).receive(mail("one", headers: ["X-File": "a.txt Secret"]))
        house.inbox(1).receive(mail("two", headers: ["X-File": "b.exe Worm"]))
        try house.poll()
        let texts = house.store.state.notifications.map { String(decoding: $0.content, as: UTF8.self) }
        #expect(texts.map { $0.contains("a.txt: Secret") } == [true, false])
        #expect(!texts[1].contains("Worm"))
        let told = house.store.state.messages[1].history.decisions.map(\.reason)
        #expect(told.contains { $0.contains("b.exe does not go along. Names that end in .exe are refused.") })
    }

    // MARK: - Closing and opening again

    @Test func oneClosingIsToldOnce() throws {
        let house = try house()
        for _ in 0..<3 {
            _ = try turn(house, TicketTurn(isClosed: true, data: .object(["text": .text("Fixed.")])))
        }
        #expect(subjects(house) == ["[C1-1] ticket.completed"])
        #expect(String(decoding: house.store.state.notifications[0].content, as: UTF8.self).contains("Fixed.|"))
        _ = try turn(house, TicketTurn(isClosed: false))
        _ = try turn(house, TicketTurn(isClosed: false))
        _ = try turn(house, TicketTurn(isClosed: true))
        #expect(
            subjects(house) == ["[C1-1] ticket.completed", "[C1-1] ticket.reopened", "[C1-1] ticket.completed"])
    }

    @Test func aQuietClosingTellsNobody() throws {
        let house = try house()
        #expect(try turn(house, TicketTurn(isClosed: true, isQuiet: true)).closed != nil)
        #expect(try turn(house, TicketTurn(isClosed: false, isQuiet: true)).closed == nil)
        #expect(subjects(house).isEmpty && house.store.state.occasions.isEmpty)
    }

    @Test func aReplyThatReopensSaysSo() throws {
        let house = try house()
        _ = try turn(house, TicketTurn(isClosed: true, isQuiet: true))
        house.inbox(1).receive(mail("two", headers: ["In-Reply-To": "<one@customer.example>"]))
        try house.poll()
        #expect(subjects(house) == ["[C1-1] ticket.reopened"])
        #expect(house.store.state.tickets[0].closed == nil)
        #expect(house.store.state.messages[1].history.text.contains("flow ticket.reopened writes to"))
    }
}
