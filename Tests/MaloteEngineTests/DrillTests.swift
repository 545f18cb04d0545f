// Drills: a lane suffers on purpose, the others are watched, and nothing of it stays.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct DrillTests {
    private func drill(
        _ fault: DrillFault, _ house: House, _ run: Run, outbox: String = "out-1", seconds: Int = 60
    ) throws -> DrillReport {
        let room = run.room()
        let performance = house.stage.start {
            try await room.drill(outbox: outbox, fault: fault, seconds: seconds)
        }
        house.stage.advance(by: .seconds(300))
        return try performance.value()
    }

    @Test(arguments: DrillFault.allCases)
    func everyFaultIsFeltByItsOwnLaneAlone(fault: DrillFault) throws {
        let house = House(deskRegistry(1...2))
        let run = Run(house).startSending()
        let report = try drill(fault, house, run)
        #expect(report.isProof && report.findings.isEmpty)
        #expect(report.neighbour.before.messages == 60 && report.neighbour.during.messages == 240)
        #expect(report.suffering.queued > 0)
        #expect(report.neighbour.contract == "drill")
        #expect((report.felt != nil) == (fault != .slow))
        // No contract's server was touched, no contract was told, and nothing stays behind.
        for number in 1...2 as ClosedRange<Int64> { #expect(house.outbox(number).desk.connections == 0) }
        #expect(house.store.state.events.isEmpty)
        let room = run.room()
        let status = try house.stage.run { try await room.status() }
        #expect(status.lanes.isEmpty)
        #expect(house.store.state.health.isEmpty)
        run.askToStop()
        #expect(run.isOver)
    }

    @Test func realLanesGoOnAndAreShown() throws {
        let house = House(deskRegistry(1...2))
        let run = Run(house).startSending()
        let room = run.room()
        let performance = house.stage.start { try await room.drill(outbox: "out-1", fault: .mute, seconds: 60) }
        house.stage.advance(by: .seconds(30))
        for number in 1...5 { try house.enqueue("m\(number)", contract: 2, outbox: 2) }
        run.queueBell.ring()
        house.stage.advance(by: .seconds(300))
        let report = try performance.value()
        let line = try #require(report.others.first)
        #expect(line.contract == "c-2" && line.during.messages == 5 && line.during.p99 == 0)
        #expect(report.findings.isEmpty)
    }

    /// Where the places are too few for all, the drill says so.
    @Test func aDelayIsFound() throws {
        let house = House(deskRegistry(1...2))
        let run = Run(house, total: 2).startSending()
        let room = run.room()
        let performance = house.stage.start { try await room.drill(outbox: "out-1", fault: .mute, seconds: 60) }
        house.stage.advance(by: .seconds(20))
        try house.enqueue("one", contract: 2, outbox: 2)
        run.queueBell.ring()
        house.stage.advance(by: .seconds(300))
        let report = try performance.value()
        #expect(report.findings.contains { $0.contains("c-2") })
        #expect(try #require(report.others.first).worstDelay > 1000)
    }

    /// A lane that never got to its server proves nothing.
    @Test func aFaultThatWasNotFeltIsNoProof() throws {
        let house = House()
        let run = Run(house, total: 1).startSending()
        let report = try drill(.mute, house, run)
        #expect(!report.isProof, "\(report)")
    }

    @Test func oneDrillAtATimeAndOnlyOfOutboxes() throws {
        let house = House()
        let run = Run(house).startSending()
        let room = run.room()
        let first = house.stage.start { try await room.drill(outbox: "out-1", fault: .refuse, seconds: 5) }
        for (outbox, status) in [("out-1", 409), ("in-1", 422), ("nobody", 404)] {
            do {
                _ = try house.stage.run { try await room.drill(outbox: outbox, fault: .mute, seconds: 5) }
                Issue.record("\(outbox) was taken")
            } catch { #expect((error as? Problem)?.status == status) }
        }
        house.stage.advance(by: .seconds(60))
        #expect(first.isOver)
        #expect(try drill(.refuse, house, run, seconds: 5).isProof)
    }

    @Test func aStopCallsADrillOff() throws {
        let house = House()
        let run = Run(house).startSending()
        let room = run.room()
        let performance = house.stage.start { try await room.drill(outbox: "out-1", fault: .mute, seconds: 60) }
        house.stage.advance(by: .seconds(20))
        run.askToStop()
        house.stage.advance(by: .seconds(90))
        #expect(run.isOver && performance.isOver)
    }

    /// What a crash left of a drill is gone when the daemon starts again.
    @Test func aCrashEndsADrillForGood() throws {
        let house = House()
        let run = Run(house).startSending()
        let room = run.room()
        let performance = house.stage.start { try await room.drill(outbox: "out-1", fault: .mute, seconds: 60) }
        house.stage.advance(by: .seconds(30))
        #expect(!house.store.state.health.isEmpty || house.states[.queued] != nil)
        performance.cancel()
        run.crash()
        let next = Run(house)
        try next.recover()
        next.startSending()
        house.stage.advance(by: .seconds(3600))
        #expect(house.states[.queued] == nil && house.states[.sending] == nil)
        #expect(house.store.state.health.isEmpty)
    }
}
