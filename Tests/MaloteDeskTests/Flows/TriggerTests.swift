// Which triggers are taken from outside, and what their data may be.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct TriggerTests {
    @Test(arguments: ["x", "comment.added", "a-b_c.9", String(repeating: "a", count: 64)])
    func theseAreNames(_ name: String) {
        #expect(Trigger.isName(name))
        #expect(Trigger.refusal(of: TriggerRequest(contract: "c", on: name)) == nil)
    }

    @Test(arguments: ["", "X", "9a", ".a", "a b", "a\n", "é", String(repeating: "a", count: 65)])
    func theseAreNot(_ name: String) {
        #expect(Trigger.refusal(of: TriggerRequest(contract: "c", on: name))?.field == "on")
    }

    @Test(
        arguments: [
            ("ticket.opened", nil, true), ("ticket.replied", nil, true), ("notification.sent", nil, true),
            ("message.ignored", nil, true), ("mailbox.failing", nil, true),
            ("ticket.completed", "A-1", true), ("ticket.reopened", "A-1", true), ("ticket.completed", nil, false),
            ("approval.requested", "A-1", false), ("ticket.escalated", "A-1", false),
        ] as [(String, String?, Bool)])
    func whatMaloteItselfSaysIsRefusedWithARemedy(_ name: String, _ ticket: String?, _ isRefused: Bool) {
        let refusal = Trigger.refusal(of: TriggerRequest(contract: "c", on: name, ticket: ticket))
        #expect((refusal != nil) == isRefused)
        #expect(refusal?.remedy.isEmpty != true)
    }

    private static func nested(_ levels: Int) -> JSONValue {
        (0..<levels).reduce(.text("x")) { inner, _ in .object(["a": inner]) }
    }

    static let data: [(JSONValue, String?)] = [
        (.null, nil), (.object([:]), nil), (.text("x"), "is not an object."), (.list([]), "is not an object."),
        (nested(16), nil), (nested(17), "is nested more than 16 levels deep."),
        (.object(["a": .text(String(repeating: "x", count: 65_000))]), nil),
        (.object(["a": .text(String(repeating: "x", count: 66_000))]), "holds more than 64 KB."),
        (.object(["a": .list(Array(repeating: .null, count: 20_000))]), "holds more than 64 KB."),
    ]

    @Test(arguments: data.indices)
    func dataIsBounded(_ index: Int) {
        let (data, says) = Self.data[index]
        #expect(Trigger.refusal(of: TriggerRequest(contract: "c", on: "x", data: data))?.message == says)
    }

    static let requests: [(TriggerRequest, String)] = [
        (TriggerRequest(contract: "c"), "on"), (TriggerRequest(contract: "c", flow: "f", on: "x"), "flow"),
        (TriggerRequest(contract: "c", on: "x", idempotencyKey: ""), "idempotencyKey"),
        (TriggerRequest(contract: "c", on: "x", idempotencyKey: "a\nb"), "idempotencyKey"),
        (
            TriggerRequest(contract: "c", on: "x", files: [.init(name: "a", type: "b/c", base64: "%")]),
            "attachments[0].content"
        ),
        (
            TriggerRequest(
                contract: "c", on: "x", files: Array(repeating: .init(name: "a", type: "b/c", base64: ""), count: 21)),
            "attachments"
        ),
    ]

    @Test(arguments: requests.indices)
    func whatIsWrongIsNamed(_ index: Int) {
        #expect(Trigger.refusal(of: Self.requests[index].0)?.field == Self.requests[index].1)
    }

    @Test func dataGivesFieldsOverTheTickets() {
        var ticket = Sample.ticket
        ticket.opening.fields = ["urgency": "low", "area": "hr"]
        let data = JSONValue.object([
            "fields": .object(["urgency": .text("high"), "n": .integer(3), "deep": .object([:])])
        ])
        #expect(Trigger.fields(of: ticket, data: data) == ["urgency": "high", "area": "hr", "n": "3"])
        #expect(Trigger.fields(of: nil, data: .null) == [:])
    }
}
