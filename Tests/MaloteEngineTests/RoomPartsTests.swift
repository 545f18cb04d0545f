// The small parts that everything else relies on: the gate, the bell, the board.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct HostGateTests {
    @Test func aHostHasItsOwnLimitWhateverItsCase() {
        let gate = HostGate(perHost: 2, total: 3)
        #expect(gate.enter("Mail.Example"))
        #expect(gate.enter("mail.example"))
        #expect(!gate.enter("MAIL.EXAMPLE"))
        #expect(gate.enter("other.example"))
        #expect(!gate.enter("third.example"))
        gate.leave("mail.EXAMPLE")
        #expect(gate.enter("third.example"))
        #expect(!gate.enter("mail.example"))
    }

    @Test func leavingWithoutHavingEnteredChangesNothing() {
        let gate = HostGate(perHost: 1, total: 1)
        gate.leave("a.example")
        #expect(gate.enter("a.example"))
        #expect(!gate.enter("b.example"))
    }

    @Test func newLimitsHoldForThoseWhoCome() {
        let gate = HostGate(perHost: 2, total: 2)
        #expect(gate.enter("a.example"))
        #expect(gate.enter("a.example"))
        gate.setLimits(perHost: 1, total: 3)
        gate.leave("a.example")
        #expect(!gate.enter("a.example"))
        #expect(gate.enter("b.example"))
    }
}

@Suite struct BellTests {
    @Test func aRingBetweenTheLookAndTheWaitIsNotLost() throws {
        let (stage, bell) = (Stage(), Bell())
        let seen = bell.generation
        bell.ring()
        try stage.run { await bell.wait(after: seen, for: .seconds(10), time: stage.clock) }
    }

    @Test func everyWaiterHearsIt() {
        let (stage, bell) = (Stage(), Bell())
        let waiters = (1...3).map { _ in
            stage.start { await bell.wait(after: 0, for: .seconds(10), time: stage.clock) }
        }
        #expect(waiters.allSatisfy { !$0.isOver })
        bell.ring()
        stage.settle()
        #expect(waiters.allSatisfy { $0.isOver })
        #expect(stage.clock.nextWaking == nil)
    }

    @Test func aWaitEndsWithItsTime() {
        let (stage, bell) = (Stage(), Bell())
        let waiter = stage.start { await bell.wait(after: 0, for: .seconds(10), time: stage.clock) }
        stage.advance(by: .milliseconds(9_999))
        #expect(!waiter.isOver)
        stage.advance(by: .milliseconds(1))
        #expect(waiter.isOver)
    }

    @Test func aCancelledWaitEnds() {
        let (stage, bell) = (Stage(), Bell())
        let waiter = stage.start { await bell.wait(after: 0, for: .seconds(10), time: stage.clock) }
        waiter.cancel()
        stage.settle()
        #expect(waiter.isOver)
        bell.ring()
        #expect(stage.clock.nextWaking == nil)
    }

    /// Real threads, so that a ring may come at any moment of a wait.
    @Test func noRingIsLostUnderLoad() async {
        let (bell, clock) = (Bell(), FakeClock(now: Timestamp(seconds: 0)))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for _ in 0..<2000 { bell.ring() } }
            for _ in 0..<4 {
                group.addTask {
                    var seen = 0
                    while seen < 2000 {
                        await bell.wait(after: seen, for: .seconds(10), time: clock)
                        seen = bell.generation
                    }
                }
            }
        }
        #expect(bell.generation == 2000)
    }
}

@Suite struct RegistryBoardTests {
    @Test func theLatestCommitCountsWhicheverComesBackFirst() {
        let board = RegistryBoard(Registry())
        let (first, second) = (Int64(1), Int64(2))
        board.replace(with: deskRegistry(1...2), order: second)
        let rung = board.changed.generation
        board.replace(with: deskRegistry(1...1), order: first)
        #expect(board.current.contracts.count == 2)
        #expect(board.changed.generation == rung)
        board.replace(with: deskRegistry(1...3), order: 3)
        #expect(board.current.contracts.count == 3)
        #expect(board.changed.generation == rung + 1)
    }
}
