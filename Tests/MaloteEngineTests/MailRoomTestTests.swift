// What the mail room adds to a probe: what is registered, what the provider wants, and the limits that hold for all.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteEngine

/// Finds what it is told to find, at once or after an hour.
struct FakeProbe: MailboxProbe {
    var steps = [ProbeStep(.name, found: "192.0.2.1")]
    var clock: (any TimeSource)?

    func probe(_ mailbox: Mailbox, each: @escaping @Sendable (ProbeStep) -> Void) async -> [ProbeStep] {
        try? await clock?.sleep(for: .seconds(3600))
        let done = Task.isCancelled ? [ProbeStep(.name, failure: sampleFailure(.shuttingDown))] : steps
        for step in done { each(step) }
        return done
    }
}

@Suite struct MailRoomTestTests {
    private func test(_ mailbox: String, _ house: House, _ run: Run, _ probe: FakeProbe) throws -> [ProbeStep] {
        let room = run.room(probe: probe)
        let told = Mutex<[ProbeStep]>([])
        let steps = try house.stage.run {
            try await room.test(mailbox, roundTrip: nil) { step in told.withLock { $0.append(step) } }
        }
        #expect(told.withLock { $0 } == steps, "each step is told once, in its order, as it came back")
        return steps
    }

    private func house(_ change: @escaping (inout Mailbox) -> Void = { _ in }) -> House {
        House(deskRegistry { change(&$0.mailboxes[0]) })
    }

    @Test func theRegisteredSettingsAreTheFirstStep() throws {
        let house = house { $0.port = 143 }
        let steps = try test("in-1", house, Run(house), FakeProbe())
        #expect(steps.map(\.name) == [.settings, .name])
        #expect(steps[0].found == "IMAP, TLS from the start, port 143.")
        #expect(steps[0].warnings.count == 1 && steps[0].warnings[0].contains("usually IMAP (provider imap)"))
    }

    /// The step that fails, with which class, and whether the provider's words on passwords belong to it.
    static let failures: [(ProbeStep.Name, Failure.Cause, Bool)] = [
        (.login, .authRefused, true), (.login, .authUnsupported, true), (.login, .disconnected, false),
        (.folder, .authRefused, false),
    ]

    @Test(arguments: failures)
    func aRefusedLoginIsExplainedByTheProvider(_ item: (ProbeStep.Name, Failure.Cause, Bool)) throws {
        let probe = FakeProbe(steps: [ProbeStep(item.0, failure: sampleFailure(item.1))])
        for (server, isKnown) in [("IMAP.gmail.com", true), ("imap.example", false)] {
            let house = house { $0.server = server }
            let steps = try test("in-1", house, Run(house), probe)
            #expect(steps[0].found.contains("15 IMAP connections") == isKnown)
            #expect(steps.last?.failure?.remedy.contains("app password") == (isKnown && item.2))
        }
    }

    @Test func aTestKeepsToTheLimitOfItsServer() throws {
        let house = house()
        let run = Run(house, perHost: 1)
        #expect(run.gate.enter("imap1.example"))
        let problem = #expect(throws: Problem.self) { try test("in-1", house, run, FakeProbe()) }
        #expect(problem?.status == 503)
        run.gate.leave("imap1.example")
        for _ in 0..<2 { #expect(try test("in-1", house, run, FakeProbe()).count == 2) }
    }

    @Test func anUnknownMailboxIsNamed() throws {
        let house = house()
        let problem = #expect(throws: Problem.self) { try test("in-2", house, Run(house), FakeProbe()) }
        #expect(problem?.status == 404 && problem?.detail.contains("in-1") == true)
    }

    @Test func aStopCallsATestOff() throws {
        let house = house()
        let run = Run(house)
        let room = run.room(probe: FakeProbe(clock: house.stage.clock))
        let before = house.now
        let performance = house.stage.start { _ = try await room.test("in-1", roundTrip: nil) }
        house.stage.settle()
        #expect(!performance.isOver)
        run.askToStop()
        #expect(performance.isOver && house.now == before)
        #expect(run.gate.enter("imap1.example"))
    }
}
