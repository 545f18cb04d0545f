// What becomes of a notification is told by one event a recipient, in the transaction that stores it.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct DeliveryNewsTests {
    private func watch(_ run: Run) -> DelayWatch {
        DelayWatch(
            intake: run.intake, store: run.house.store, time: run.house.stage.clock, stop: run.stop, log: .silent)
    }

    private func kinds(_ house: House) -> [TicketEvent.Kind] {
        house.store.state.events.map(\.kind).filter { $0.rawValue.hasPrefix("notification.") }
    }

    @Test func eachRecipientsOutcomeIsTold() throws {
        let house = House()
        let refusal = Failure(
            .permanent, .rejected, "The server refused it.",
            reply: ProtocolReply(code: 550, status: "5.1.1", text: "no"))
        house.outbox(1).change { $0.faults.refusals = ["bob@x.example": refusal] }
        try house.enqueue("one", to: ["ana@x.example", "bob@x.example"])
        Run(house).startSending()
        house.stage.settle()
        let events = house.store.state.events(.notificationSent, .notificationFailed)
        #expect(events.map(\.kind) == [.notificationSent, .notificationFailed])
        #expect(events[0].json.contains("\"recipient\":\"ana@x.example\",\"attempts\":1,\"reply\":{\"code\":250"))
        #expect(events[1].json.contains("\"recipient\":\"bob@x.example\""))
        #expect(events[1].json.contains("\"reply\":{\"code\":550,\"status\":\"5.1.1\""))
        #expect(events.allSatisfy { $0.json.contains("\"messageId\":\"<one@x.example>\"") && $0.subject == "1" })
    }

    /// Only what a server says of the address itself, not of the mail or the sender.
    @Test(arguments: [("RCPT", "5.1.1", true), ("RCPT", "5.7.1", false), ("DATA", "5.1.1", false), ("RCPT", "", false)])
    func anAddressThatThereIsNotIsSuppressed(_ command: String, _ status: String, _ suppresses: Bool) throws {
        let house = House()
        let reply = ProtocolReply(code: 550, status: status, text: "no", command: command)
        let refusal = Failure(.permanent, .rejected, "The server refused it.", reply: reply)
        house.outbox(1).change { $0.faults.refusals = ["bob@x.example": refusal] }
        try house.enqueue("one", to: ["bob@x.example"])
        Run(house).startSending()
        house.stage.settle()
        try house.enqueue("two", to: ["BOB@x.example"])
        #expect(house.states == (suppresses ? [.failed: 2] : [.failed: 1, .queued: 1]))
    }

    @Test func whatIsOnlyPutOffIsNotTold() throws {
        let house = House()
        house.outbox(1).change { $0.faults.refusals = ["ana@customer.example": sampleFailure(.greylisted)] }
        try house.enqueue("one")
        Run(house).startSending()
        house.stage.advance(by: .seconds(3600))
        #expect(kinds(house).isEmpty && house.states == [.queued: 1])
    }

    @Test func aDoubtfulOutcomeThatWaitsForAPersonIsTold() throws {
        let house = House()
        house.outbox(1).change { $0.faults.lostAnswers = 2 }
        try house.enqueue("one")
        Run(house).startSending()
        house.stage.advance(by: .seconds(600))
        #expect(house.states == [.unknown: 1] && kinds(house) == [.notificationDelayed])
    }

    /// Of a dead server's lane only few deliveries are tried.
    @Test func everyLateDeliveryIsToldOnce() throws {
        let house = House()
        house.outbox(1).change { $0.faults.open = sampleFailure(.connect) }
        for number in 1...20 { try house.enqueue("m\(number)") }
        let run = Run(house).startSending()
        let watch = watch(run)
        let watching = house.stage.start { await watch.run() }
        house.stage.advance(by: .seconds(7000))
        #expect(kinds(house).isEmpty)
        house.stage.advance(by: .seconds(400))
        #expect(kinds(house) == Array(repeating: .notificationDelayed, count: 20))
        let event = try #require(house.store.state.events(.notificationDelayed).first)
        #expect(event.json.contains("\"nextAttempt\":\""))
        house.stage.advance(by: .seconds(40_000))
        #expect(kinds(house).count == 20)
        house.outbox(1).change { $0.faults.open = nil }
        house.stage.advance(by: .seconds(8000))
        #expect(house.states == [.sent: 20] && kinds(house).count == 40)
        run.askToStop()
        #expect(watching.isOver)
    }

    @Test func manyLateOnesTakeSeveralTransactions() throws {
        let house = House()
        try house.enqueue("one", to: (1...1200).map { "r\($0)@x.example" })
        let run = Run(house)
        let watch = watch(run)
        house.stage.advance(by: .seconds(7300))
        let watching = house.stage.start { await watch.run() }
        house.stage.settle()
        #expect(kinds(house).count == 1200)
        run.askToStop()
        #expect(watching.isOver)
    }

    @Test func whatACrashLeftIsToldAtTheNextStart() throws {
        let house = House()
        let run = Run(house)
        let store = house.store
        try house.enqueue("one")
        _ = try house.stage.run {
            try await store.write { store in
                let ids = try store.deliveries(DeliveryFilter()).map(\.id)
                return try store.beginAttempt(ids, at: Timestamp(seconds: 1), next: Timestamp(seconds: 60))
            }
        }
        let delivery = try #require(house.store.state.deliveries.first)
        house.journal.answered(delivery.attempt, reply: ProtocolReply(code: 250, text: "taken"))
        #expect(try run.recover() == 1)
        #expect(house.states == [.sent: 1] && kinds(house) == [.notificationSent])
    }

    /// Neither without the other.
    @Test func anOutcomeWithoutItsEventIsNotStored() throws {
        let house = House()
        house.store.object { before, after in
            after.events.count > before.events.count ? Failure(.transient, .diskFull, "No space.") : nil
        }
        try house.enqueue("one")
        Run(house).startSending()
        house.stage.advance(by: .seconds(30))
        #expect(house.states == [.sending: 1] && kinds(house).isEmpty)
        house.store.object { _, _ in nil }
        house.stage.advance(by: .seconds(120))
        #expect(house.states == [.sent: 1] && kinds(house) == [.notificationSent])
    }
}
