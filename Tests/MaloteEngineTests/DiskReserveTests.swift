// Low disk: fetching stops, sending goes on, and all of it ends by itself.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteEngine

/// A disk of 100 MiB, 10 of which are not for new mail.
private final class SmallDisk: HostProbe {
    private let free: Mutex<Int64?>
    init(free: Int64?) { self.free = Mutex(free.map { $0 << 20 }) }

    func set(free: Int64?) { self.free.withLock { $0 = free.map { $0 << 20 } } }
    func facts() -> HostFacts {
        var facts = HostFacts()
        (facts.freeOctets, facts.diskOctets) = (free.withLock { $0 }, 100 << 20)
        return facts
    }
}

@Suite struct DiskReserveTests {
    @Test(
        arguments: [
            ([50, 10, 9, 10, 12, 13], [false, false, true, true, true, false]), ([nil, 1, nil], [false, true, false]),
            ([0, 100, 0], [true, false, true]),
        ] as [([Int64?], [Bool])])
    func fetchingStopsBelowTheReserveAndGoesOnALittleAboveIt(_ free: [Int64?], _ isShort: [Bool]) {
        let (disk, clock) = (SmallDisk(free: 50), FakeClock(now: Timestamp(seconds: 1_800_000_000)))
        let reserve = DiskReserve(host: disk, time: clock)
        #expect(
            free.map { octets in
                disk.set(free: octets)
                clock.move(to: clock.now() + .seconds(1))
                return reserve.isShort
            } == isShort)
    }

    @Test(
        arguments: [
            (100 << 20, 10 << 20), (1 << 30, (1 << 30) / 10), (10 << 30, (10 << 30) / 50), (4 << 40, 1 << 30),
        ] as [(Int64, Int64)])
    func theReserveGoesByTheDisk(_ size: Int64, _ octets: Int64) { #expect(DiskReserve.octets(ofDisk: size) == octets) }

    @Test func mailWaitsOnItsServerWhileMailIsSentAndComesByItself() throws {
        let (house, disk) = (House(), SmallDisk(free: 5))
        let run = Run(house, disk: disk).startPolling()
        run.startSending()
        house.inbox(1).receive(mail("one"))
        try house.enqueue()
        house.stage.advance(by: .seconds(600))
        #expect(house.inbox(1).folder.sessions == 0)
        #expect(house.store.state.events(.ticketOpened).isEmpty)
        #expect(house.states == [.sent: 1])
        let room = run.room()
        let line = try #require(try house.stage.run { try await room.status() }.mailboxes.first { $0.type == "inbox" })
        #expect(line.state == .resting && line.reason?.contains("5 MiB left") == true)
        #expect(line.failure == nil && house.store.state.events(.mailboxFailing).isEmpty)
        let refusal = #expect(throws: Problem.self) { try house.stage.run { try await room.poll(line.name) } }
        #expect(refusal?.detail.contains("MiB left") == true)

        disk.set(free: 50)
        house.stage.advance(by: .seconds(20))
        #expect(house.store.state.events(.ticketOpened).count == 1)
        // Nobody's server was in the way meanwhile.
        let after = try house.stage.run { try await room.status() }
        #expect(after.contracts.allSatisfy { $0.worstDelay == 0 })
    }

    @Test func aPollEndsInTheMiddleAndBlamesNoMessage() throws {
        let (house, disk) = (House(), SmallDisk(free: 50))
        for number in 1...20 { house.inbox(1).receive(mail("m\(number)")) }
        let run = Run(house, disk: disk)
        disk.set(free: 1)
        #expect(throws: Failure.diskReserved) { _ = try run.poll() }
        // What came whole is stored; nothing counts against any message.
        #expect(house.store.state.events(.ticketOpened).count == 1)
        #expect(house.store.state.ledger.allSatisfy { $0.attempts == 0 && $0.state != .quarantined })
        disk.set(free: 50)
        house.stage.advance(by: .seconds(1))
        _ = try run.poll()
        #expect(house.store.state.events(.ticketOpened).count == 20)
    }
}
