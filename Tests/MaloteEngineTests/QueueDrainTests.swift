// The way out: everything due is sent once, in an order that a crash cannot confuse.

import MaloteCore
import MaloteDesk
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteEngine

@Suite struct QueueDrainTests {
    @Test func everythingDueIsSentOnce() throws {
        let house = House()
        for number in 1...120 { try house.enqueue("m\(number)") }
        Run(house).startSending()
        house.stage.advance(by: .seconds(1))
        #expect(house.states == [.sent: 120])
        let accepted = house.outbox(1).desk.accepted
        #expect(accepted.count == 120)
        #expect(Set(accepted.map(\.messageID)).count == 120)
    }

    @Test func whatIsEnqueuedLaterGoesOutOnTheOpenConnection() throws {
        let house = House()
        let run = Run(house).startSending()
        try house.enqueue("one")
        run.queueBell.ring()
        house.stage.settle()
        house.stage.advance(by: .seconds(2))
        try house.enqueue("two")
        run.queueBell.ring()
        house.stage.settle()
        #expect(house.states == [.sent: 2])
        #expect(house.outbox(1).desk.connections == 1)
        house.stage.advance(by: .seconds(10))
        #expect(house.outbox(1).desk.openNow == 0)
    }

    @Test func onlyWhatIsDueIsSent() throws {
        let house = House()
        try house.enqueue("one")
        house.outbox(1).change { $0.faults.refusals["ana@customer.example"] = sampleFailure(.greylisted) }
        Run(house).startSending()
        house.stage.advance(by: .seconds(30))
        house.outbox(1).change { $0.faults.refusals = [:] }
        #expect(house.states == [.queued: 1])
        house.stage.advance(by: .seconds(10))
        #expect(house.states == [.queued: 1])
        house.stage.advance(by: .seconds(30))
        #expect(house.states == [.sent: 1])
        #expect(house.store.state.deliveries.first?.attempts == 2)
    }

    /// A report of non-delivery can be tied to the notification, whichever attempt it is about.
    @Test func envelopesAreNamedAfterTheirNotification() throws {
        let house = House()
        for number in 1...2 { try house.enqueue("m\(number)") }
        house.outbox(1).change { $0.faults.lostAnswers = 1 }
        let run = Run(house)
        let ids = run.intake.ids(for: lane(1, 1).contract)
        let named = Mutex<[NotificationID?]>([])
        house.outbox(1).watch { moment, envelope in
            guard moment == "begin" else { return }
            named.withLock { $0.append(envelope.envid.flatMap { ids.notification(envid: $0) }) }
        }
        run.startSending()
        house.stage.advance(by: .seconds(60))
        #expect(house.states == [.sent: 2])
        let all = named.withLock { $0 }
        #expect(
            all.count == 3 && !all.contains(nil) && Set(all) == Set(house.store.state.deliveries.map(\.notification)))
    }

    /// Claimed in the store, then the dot in the journal, then the message, then the answer, then the result.
    @Test func claimDotAnswerResultComeInThisOrder() throws {
        let house = House()
        try house.enqueue("one", to: ["a@customer.example", "b@customer.example"])
        let (store, journal) = (house.store, house.journal)
        let seen = Mutex<[String]>([])
        house.outbox(1).watch { moment, envelope in
            let states = Set(store.state.deliveries.map(\.state.rawValue)).sorted().joined(separator: "+")
            let left = journal.leftover()
            let line =
                "\(moment) \(envelope.recipients.count) \(states) dots \(left.finalDots.count)"
                + " answers \(left.answers.count)"
            seen.withLock { $0.append(line) }
        }
        Run(house).startSending()
        #expect(
            seen.withLock { $0 } == ["begin 2 sending dots 0 answers 0", "taken 2 sending dots 2 answers 0"])
        #expect(journal.leftover().answers.count == 2)
        #expect(house.states == [.sent: 2])
    }

    @Test func everyRecipientHasItsOwnResult() throws {
        let house = House()
        let recipients = ["ok@x.example", "later@x.example", "never@x.example"]
        try house.enqueue("one", to: recipients)
        house.outbox(1).change {
            $0.faults.refusals = [
                "later@x.example": Failure(
                    .transient, .greylisted, "Later.", reply: ProtocolReply(code: 450, text: "Later")),
                "never@x.example": Failure(
                    .permanent, .rejected, "Never.", reply: ProtocolReply(code: 550, text: "No such user")),
            ]
        }
        Run(house).startSending()
        #expect(house.store.state.deliveries.map(\.state) == [.sent, .queued, .failed])
        #expect(house.store.state.deliveries.map(\.reply?.code) == [250, 450, 550])
        house.outbox(1).change { $0.faults.refusals = [:] }
        house.stage.advance(by: .seconds(120))
        #expect(house.store.state.deliveries.map(\.state) == [.sent, .sent, .failed])
        #expect(house.outbox(1).desk.accepted.map(\.recipient) == ["ok@x.example", "later@x.example"])
    }

    @Test func aLostAnswerIsResentOnceWithTheSameMessageAndThenHeld() throws {
        let house = House()
        try house.enqueue("one")
        house.outbox(1).change { $0.faults.lostAnswers = 2 }
        Run(house).startSending()
        #expect(house.states == [.queued: 1])
        house.stage.advance(by: .seconds(3600))
        #expect(house.states == [.unknown: 1])
        house.stage.advance(by: .seconds(86_400))
        let accepted = house.outbox(1).desk.accepted
        #expect(accepted.count == 2)
        #expect(Set(accepted.map(\.content)).count == 1)
        #expect(Set(accepted.map(\.messageID)) == ["<one@x.example>"])
    }

    // MARK: - Lanes

    @Test func twoContractsShareAnOutboxAndBothProgress() throws {
        let house = House(deskRegistry(1...2))
        for number in 1...60 { try house.enqueue("big-\(number)", contract: 1, outbox: 1) }
        try house.enqueue("small", contract: 2, outbox: 1)
        Run(house).startSending()
        house.stage.advance(by: .seconds(1))
        #expect(house.states == [.sent: 61])
        // The one message did not wait for the sixty.
        let place = house.outbox(1).desk.accepted.firstIndex { $0.messageID == "<small@x.example>" }
        #expect(try #require(place) < 50)
    }

    @Test func connectionsToOneHostStayWithinTheGate() throws {
        let house = House(deskRegistry(1...4))
        for contract in 1...4 as ClosedRange<Int64> {
            for number in 1...40 { try house.enqueue("m\(contract)-\(number)", contract: contract, outbox: 1) }
        }
        Run(house, perHost: 2).startSending()
        house.stage.advance(by: .seconds(120))
        #expect(house.states == [.sent: 160])
        #expect(house.outbox(1).desk.openAtMost <= 2)
    }

    @Test func aLaneWithoutItsOutboxWaitsVisiblyUntilItIsBack() throws {
        let house = House()
        try house.enqueue("one", outbox: 7)
        let run = Run(house).startSending()
        house.stage.advance(by: .seconds(60))
        #expect(house.states == [.queued: 1])
        var registry = house.registry
        registry.mailboxes.append(sampleOutbox(7))
        run.board.replace(with: registry, order: run.board.order + 1)
        house.stage.settle()
        #expect(house.states == [.sent: 1])
    }

    // MARK: - Stopping

    @Test func aStopFinishesTheMessageInHandAndGivesTheOthersBack() throws {
        let house = House()
        for number in 1...5 { try house.enqueue("m\(number)") }
        let run = Run(house)
        let stop = run.stop
        house.outbox(1).watch { moment, _ in if moment == "taken" { stop.set() } }
        run.startSending()
        house.stage.settle()
        #expect(run.isOver)
        #expect(house.states == [.sent: 1, .queued: 4])
        #expect(house.store.state.deliveries.allSatisfy { $0.state == .sent || $0.nextAttempt <= house.now })
        Run(house).startSending()
        house.stage.settle()
        #expect(house.states == [.sent: 5])
        #expect(house.outbox(1).desk.accepted.count == 5)
    }

    @Test func aStopDoesNotWaitForAnIdleConnectionOrARest() throws {
        let house = House(deskRegistry(1...2))
        house.outbox(2).change { $0.faults.open = sampleFailure(.connect) }
        try house.enqueue("one")
        try house.enqueue("two", contract: 2, outbox: 2)
        let run = Run(house).startSending()
        run.askToStop()
        #expect(run.isOver)
    }

    @Test func aCancelledRunLosesNothing() throws {
        let house = House()
        try house.enqueue("one")
        house.outbox(1).change { $0.faults.silenceInMessage = .seconds(600) }
        let run = Run(house).startSending()
        #expect(house.states == [.sending: 1])
        run.cancel()
        #expect(run.isOver)
        house.outbox(1).change { $0.faults.silenceInMessage = nil }
        let next = Run(house)
        try next.recover()
        next.startSending()
        house.stage.settle()
        #expect(house.states == [.sent: 1])
        #expect(house.outbox(1).desk.accepted.count == 1)
    }
}
