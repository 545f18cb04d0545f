// Outboxes that misbehave: a lane rests, its messages stay, and no other lane notices.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct LaneFaultTests {
    private static let connect = sampleFailure(.connect)

    /// The clock stands still: whatever waits in one lane, the other's mail is gone.
    @Test(arguments: ["refuses", "hangs", "hangs in a message", "dies in every message"])
    func aBadServerCostsOnlyItsOwnLane(fault: String) throws {
        let house = House(deskRegistry(1...2))
        house.outbox(1).change { desk in
            switch fault {
            case "refuses": desk.faults.open = Self.connect
            case "hangs": desk.faults.silence = .seconds(60)
            case "hangs in a message": desk.faults.silenceInMessage = .seconds(600)
            default: desk.faults.deaths = 1000
            }
        }
        for number in 1...30 {
            try house.enqueue("bad-\(number)", contract: 1, outbox: 1)
            try house.enqueue("good-\(number)", contract: 2, outbox: 2)
        }
        Run(house).startSending()
        #expect(house.outbox(2).desk.accepted.count == 30)
        #expect(house.outbox(1).desk.accepted.isEmpty)
    }

    @Test func aDeadServerIsTriedByScheduleAndEverythingLeavesOnceItIsBack() throws {
        let house = House()
        house.outbox(1).change { $0.faults.open = Self.connect }
        for number in 1...20 { try house.enqueue("m\(number)") }
        Run(house).startSending()
        house.stage.advance(by: .seconds(3600))
        // 5, 15, 30, 60, 120 and then every 300 seconds, give or take ten per cent.
        #expect((14...19).contains(house.outbox(1).desk.connections))
        #expect(house.store.state.deliveries.allSatisfy { $0.attempts == 0 })
        house.outbox(1).change { $0.faults.open = nil }
        house.stage.advance(by: .seconds(331))
        #expect(house.states == [.sent: 20])
    }

    /// It logs in and then hangs up: that is no better than a server that cannot be reached.
    @Test func aServerThatOnlyGreetsIsADeadServer() throws {
        let house = House()
        house.outbox(1).change { $0.faults.deaths = 10_000 }
        for number in 1...20 { try house.enqueue("m\(number)") }
        Run(house).startSending()
        house.stage.advance(by: .seconds(3600))
        #expect(house.outbox(1).desk.connections <= 19)
        #expect(house.store.state.events(.mailboxFailing).count == 1)
        house.outbox(1).change { $0.faults.deaths = 0 }
        house.stage.advance(by: .seconds(5 * 3600))
        #expect(house.states == [.sent: 20])
        #expect(house.store.state.events(.mailboxRecovered).count == 1)
    }

    @Test func aMessageThatBreaksConnectionsDoesNotHoldUpItsLane() throws {
        let house = House()
        for subject in ["poison", "two", "three"] { try house.enqueue(subject) }
        house.outbox(1).change { $0.faults.poison = "poison" }
        Run(house).startSending()
        house.stage.advance(by: .seconds(30))
        #expect(house.states == [.sent: 2, .queued: 1])
        house.stage.advance(by: .seconds(86_400))
        #expect(house.states == [.sent: 2, .queued: 1])
        #expect(house.outbox(1).desk.connections < 40)
        house.stage.advance(by: .seconds(5 * 86_400))
        #expect(house.states == [.sent: 2, .failed: 1])
    }

    @Test(arguments: [1, 7])
    func aStaleSessionIsReopenedAtOnce(perSession: Int) throws {
        let house = House()
        house.outbox(1).change { $0.faults.perSession = perSession }
        for number in 1...20 { try house.enqueue("m\(number)") }
        Run(house).startSending()
        #expect(house.states == [.sent: 20])
        #expect(house.outbox(1).desk.accepted.count == 20)
        #expect(house.store.state.events(.mailboxFailing).isEmpty)
    }

    @Test func aGoodbyeAfterEveryMessageIsNoFault() throws {
        let house = House()
        house.outbox(1).change { $0.faults.saysGoodbye = true }
        for number in 1...20 { try house.enqueue("m\(number)") }
        let run = Run(house).startSending()
        #expect(house.states == [.sent: 20])
        let drain = run.drain
        let resting = try house.stage.run { await drain.resting }
        #expect(resting.isEmpty)
    }

    /// Several connections that break together are one fault, not several in a row.
    @Test func workersThatFallTogetherCountOnce() throws {
        let house = House()
        let backlog = LanePlanner.backlogPerConnection * 3
        for number in 1...backlog { try house.enqueue("m\(number)") }
        let run = Run(house)
        run.startSending()
        house.stage.settle()
        #expect(house.outbox(1).desk.openAtMost > 1)
        house.outbox(1).change { $0.faults.silenceInMessage = .seconds(60) }
        for number in (backlog + 1)...(backlog * 2) { try house.enqueue("m\(number)") }
        run.queueBell.ring()
        house.stage.settle()
        house.stage.advance(by: .seconds(61))
        let drain = run.drain
        let health = try house.stage.run { await drain.health[sampleOutbox(1).id] }
        #expect(health?.consecutiveFailures == 1)
        house.outbox(1).change { $0.faults.silenceInMessage = nil }
        house.stage.advance(by: .seconds(120))
        #expect(house.states == [.sent: backlog * 2])
    }

    @Test func aProbeAskedForComesAtOnce() throws {
        let house = House()
        house.outbox(1).change { $0.faults.open = sampleFailure(.authRefused, .operatorNeeded) }
        try house.enqueue("one")
        let run = Run(house).startSending()
        house.stage.advance(by: .seconds(4000))
        let before = house.outbox(1).desk.connections
        house.outbox(1).change { $0.faults.open = nil }
        let drain = run.drain
        try house.stage.run { await drain.probe(outboxes: [sampleOutbox(1).id]) }
        #expect(house.outbox(1).desk.connections == before + 1)
        #expect(house.states == [.sent: 1])
        #expect(house.store.state.events.map(\.kind) == [.mailboxFailing, .mailboxRecovered, .notificationSent])
    }

    /// Results that could not be stored are stored as soon as the disk has space, without a restart.
    @Test func aFullDiskLeavesNothingInFlightForLong() throws {
        let house = House()
        for number in 1...5 { try house.enqueue("m\(number)") }
        house.store.object { before, after in
            let ended =
                after.deliveries.count { $0.state == .sending } < before.deliveries.count { $0.state == .sending }
            return ended ? Failure(.operatorNeeded, .diskFull, "The disk is full.") : nil
        }
        Run(house).startSending()
        house.stage.advance(by: .seconds(30))
        #expect(house.states[.sending] == house.outbox(1).desk.accepted.count)
        #expect(house.outbox(1).desk.accepted.count > 1)
        house.store.object(nil)
        house.stage.advance(by: .seconds(120))
        #expect(house.states == [.sent: 5])
        #expect(house.outbox(1).desk.accepted.count == 5)
    }
}
