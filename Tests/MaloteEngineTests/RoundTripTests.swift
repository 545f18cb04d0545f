// A test message out by an outbox and in by an inbox: what each end of it looks like.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct RoundTripTests {
    private let house = House(deskRegistry())

    /// Lets the test run until it is over or `limit` has passed.
    private func travel(
        _ mailbox: String, _ roundTrip: RoundTrip, limit: Duration = .seconds(300), until now: () -> Bool = { false }
    ) throws -> [ProbeStep] {
        let run = Run(house).startPolling().startSending()
        defer { run.cancel() }
        let room = run.room()
        let performance = house.stage.start { try await room.test(mailbox, roundTrip: roundTrip) }
        _ = house.stage.advance(atMost: limit) { performance.isOver || carry() }
        _ = house.stage.advance(atMost: limit) { performance.isOver }
        return try performance.value()
    }

    /// Plays the way from server to server, once. False, so that time goes on.
    private func carry() -> Bool {
        guard let mail = house.outbox(1).desk.accepted.first, mail.isAnswered,
            house.inbox(1).folder.messages.isEmpty, mail.recipient == "help@x.example"
        else { return false }
        house.inbox(1).receive(mail.content)
        return false
    }

    @Test(arguments: [("out-1", "in-1"), ("in-1", "out-1")])
    func aMessageThatArrivesIsKnownForOurOwn(_ mailbox: String, _ partner: String) throws {
        let steps = try travel(mailbox, RoundTrip(partner: partner, to: "help@x.example"))
        #expect(steps.suffix(2).map(\.name) == [.sending, .arrival])
        #expect(steps.allSatisfy { $0.failure == nil }, "\(steps)")
        #expect(steps.last?.found.contains("it is ignored") == true)
        #expect(house.store.state.tickets.isEmpty && house.outbox(1).desk.accepted.count == 1)
        let text = String(decoding: house.outbox(1).desk.accepted[0].content, as: UTF8.self)
        #expect(text.contains("Auto-Submitted: auto-generated"))
    }

    @Test func aMessageThatGoesElsewhereIsMissed() throws {
        let steps = try travel("out-1", RoundTrip(partner: "in-1", to: "other@x.example"))
        #expect(steps.last?.name == .arrival && steps.last?.failure?.cause == .mailboxMissing)
        #expect(steps.last?.failure?.remedy.contains("other@x.example") == true)
    }

    @Test func aRefusalIsTheServersWord() throws {
        house.outbox(1).change { $0.faults.refusals["help@x.example"] = sampleFailure(.rejected, .permanent) }
        let steps = try travel("out-1", RoundTrip(partner: "in-1", to: "help@x.example"))
        #expect(steps.last?.name == .sending && steps.last?.failure?.cause == .rejected)
    }

    /// Nobody expects a test message hours later.
    @Test func whatCannotLeaveIsTakenBack() throws {
        house.outbox(1).change { $0.faults.open = sampleFailure(.connect) }
        let steps = try travel("out-1", RoundTrip(partner: "in-1", to: "help@x.example"))
        #expect(steps.last?.name == .sending && steps.last?.failure != nil)
        house.outbox(1).change { $0.faults.open = nil }
        let run = Run(house).startSending()
        house.stage.advance(by: .seconds(86_400))
        run.cancel()
        #expect(house.outbox(1).desk.accepted.isEmpty)
    }

    struct Refusal: Sendable {
        var mailbox: String
        var partner: String
        var to: String?
        var field: String
    }

    @Test(arguments: [
        Refusal(mailbox: "out-1", partner: "out-1", field: "also an outbox"),
        Refusal(mailbox: "in-1", partner: "in-1", field: "also an inbox"),
        Refusal(mailbox: "out-1", partner: "in-9", field: "in-9"),
        Refusal(mailbox: "out-1", partner: "in-1", field: "\"u\" is not a mail address"),
        Refusal(mailbox: "out-1", partner: "in-1", to: "a\nb@x.example", field: "not a mail address"),
    ])
    func whatCannotBeTriedIsSaidAtOnce(_ item: Refusal) throws {
        let room = Run(house).room()
        let problem = #expect(throws: Problem.self) {
            try house.stage.run {
                try await room.test(item.mailbox, roundTrip: RoundTrip(partner: item.partner, to: item.to))
            }
        }
        #expect("\(problem.map(String.init(describing:)) ?? "")".contains(item.field))
    }
}
