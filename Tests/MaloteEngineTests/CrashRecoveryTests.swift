// Crashes of the way out, at every step: what the journal proves is believed, and nothing else is sent twice.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct CrashRecoveryTests {
    /// Cut before or after every single effect of sending; the next run makes up for it.
    @Test(arguments: [false, true])
    func aCrashAtAnyStepLosesNothing(reboots: Bool) throws {
        for steps in 0... {
            let house = House()
            for number in 1...3 { try house.enqueue("m\(number)") }
            house.life.cut(after: steps)
            let run = Run(house).startSending()
            let isWhole = !house.life.isCut
            run.crash()
            if reboots { house.journal.reboot() }
            let claimed = house.states[.sending] ?? 0
            let next = Run(house)
            #expect(try next.recover() == claimed)
            next.startSending()
            house.stage.advance(by: .seconds(1200))
            #expect(house.states == [.sent: 3], "cut after \(steps) steps")
            let accepted = Dictionary(grouping: house.outbox(1).desk.accepted, by: \.messageID)
            #expect(accepted.count == 3, "cut after \(steps) steps")
            let again = accepted.values.filter { $0.count > 1 }
            // After a kill only the message whose answer was outstanding; after a power cut no more than was claimed.
            #expect(again.count <= (reboots ? claimed : 1), "cut after \(steps) steps")
            for copies in again {
                #expect(copies.count == 2)
                #expect(Set(copies.map(\.content)).count == 1)
                #expect(reboots || !copies[0].isAnswered, "cut after \(steps) steps")
            }
            if isWhole {
                #expect(steps > 12)
                return
            }
        }
    }

    struct Left: Sendable {
        var boot = true
        var dot = false
        var code: Int?
        /// The answer of the attempt before was lost.
        var lostBefore = false
        var state: Delivery.State
        var isDueAtOnce = false
    }

    @Test(arguments: [
        Left(state: .queued, isDueAtOnce: true), Left(dot: true, state: .queued, isDueAtOnce: true),
        Left(dot: true, lostBefore: true, state: .unknown), Left(dot: true, code: 250, state: .sent),
        Left(dot: true, code: 451, state: .queued), Left(dot: true, code: 550, state: .failed),
        Left(code: 550, state: .failed), Left(boot: false, state: .queued, isDueAtOnce: true),
        Left(boot: false, dot: true, code: 250, state: .queued, isDueAtOnce: true),
        Left(boot: false, lostBefore: true, state: .unknown),
    ])
    func whatTheJournalProvesIsWhatBecomesOfIt(left: Left) throws {
        let house = House()
        try house.enqueue("one")
        let (store, journal, now) = (house.store, house.journal, house.now)
        let delivery = try house.stage.run {
            try await store.write { store in
                let due = try store.due(lane: lane(1, 1), now: now, limit: 1).map(\.id)
                if left.lostBefore {
                    let lost = Failure(.transient, .unknownOutcome, "Lost.")
                    _ = try store.beginAttempt(due, at: now, next: now)
                    try store.finishAttempt(
                        due.map { AttemptResult(delivery: $0, outcome: .unknown(lost, until: now), at: now) })
                }
                return try store.beginAttempt(due, at: now, next: now + .seconds(60))[0]
            }
        }
        if left.dot { journal.finalDot([delivery.attempt]) }
        if let code = left.code { journal.answered(delivery.attempt, reply: ProtocolReply(code: code, text: "x")) }
        if !left.boot { journal.reboot() }
        let run = Run(house)
        #expect(try run.recover() == 1)
        let after = try #require(house.store.state.deliveries.first)
        #expect(after.state == left.state)
        if left.state == .queued { #expect((after.nextAttempt <= house.now) == left.isDueAtOnce) }
        #expect(house.journal.leftover() == JournalLeftover(isSameBoot: true, finalDots: [], answers: [:]))
        #expect(try run.recover() == 0)
    }

    @Test func aStoreThatFailsKeepsTheJournal() throws {
        let house = House()
        try house.enqueue("one")
        house.outbox(1).change { $0.faults.silenceInMessage = .seconds(600) }
        Run(house).startSending().crash()
        house.journal.finalDot([Attempt(delivery: DeliveryID(rawValue: 1), number: 1)])
        house.store.object { _, _ in Failure(.operatorNeeded, .diskFull, "The disk is full.") }
        #expect(throws: Failure.self) { try Run(house).recover() }
        #expect(house.journal.leftover().finalDots.count == 1)
    }
}
