// How the daemon's parts end together: asked, by themselves, with an error, or cancelled when the grace is over.

import MaloteCore
import Synchronization
import Testing

@testable import MaloteRuntime

/// What happened, in order; and a stop that services wait for.
private final class Scene: Sendable {
    private let lines = Mutex<[String]>([])
    private let stopAsked = Pulse()

    var events: [String] { lines.withLock { $0 } }
    func note(_ line: String) { lines.withLock { $0.append(line) } }

    func requestStop() {
        note("stop")
        stopAsked.fire()
    }

    /// Works until it is asked to stop.
    func obedient(_ name: String, failing: Failure? = nil) -> Service {
        Service(name) {
            await self.stopAsked.wait()
            self.note(Task.isCancelled ? "\(name) cancelled" : "\(name) ended")
            if let failing { throw failing }
        }
    }

    /// Hears nothing but a cancellation.
    func deaf(_ name: String) -> Service {
        Service(name) {
            await Pulse().wait()
            self.note(Task.isCancelled ? "\(name) cancelled" : "\(name) ended")
            try Task.checkCancellation()
        }
    }

    func run(_ services: [Service], grace: Duration = .seconds(3600), asked: Bool) async throws {
        let group = ServiceGroup(services, grace: grace) { self.requestStop() }
        try await group.run { if !asked { await Pulse().wait() } }
    }
}

/// Fires once; a waiter of a pulse that never fires ends when it is cancelled.
private final class Pulse: Sendable {

    private let waiters: Mutex<[AsyncStream<Void>.Continuation]> = Mutex([])
    private let fired = Mutex(false)

    func fire() {
        let waiting = waiters.withLock { list in
            fired.withLock { $0 = true }
            return list
        }
        for waiter in waiting { waiter.finish() }
    }

    func wait() async {
        let (stream, waiter) = AsyncStream<Void>.makeStream()
        let isOver = waiters.withLock { list in
            list.append(waiter)
            return fired.withLock { $0 }
        }
        if isOver { waiter.finish() }
        for await _ in stream {}
    }
}

// A test that waits out a grace of an hour has failed: the limit says so.
@Suite(.timeLimit(.minutes(1))) struct ServiceGroupTests {
    private let scene = Scene()

    @Test func whoIsAskedEndsInOrder() async throws {
        try await scene.run([scene.obedient("a"), scene.obedient("b")], asked: true)
        #expect(scene.events.first == "stop")
        #expect(Set(scene.events) == ["stop", "a ended", "b ended"])
        #expect(scene.events.count == 3)
    }

    @Test func nothingToRunEndsToo() async throws {
        try await scene.run([], asked: true)
        #expect(scene.events == ["stop"])
    }

    @Test func aServiceThatEndsByItselfStopsTheOthers() async {
        let lost = Service("lost") {}
        let failure = await #expect(throws: Failure.self) {
            try await scene.run([scene.obedient("a"), lost], asked: false)
        }
        #expect(failure?.cause == .defect)
        #expect(failure?.detail == "The lost ended by itself.")
        #expect(scene.events == ["stop", "a ended"])
    }

    @Test func theOnlyServiceNeedsNoGrace() async {
        await #expect(throws: Failure.self) { try await scene.run([Service("lost") {}], asked: false) }
        #expect(scene.events == ["stop"])
    }

    @Test func theErrorOfAServiceIsTheGroups() async {
        let full = Failure(.operatorNeeded, .diskFull, "The disk is full.")
        let broken = Service("broken") { throw full }
        let later = Failure(.transient, .storage, "Later.")
        let failure = await #expect(throws: Failure.self) {
            try await scene.run([scene.obedient("a", failing: later), broken], asked: false)
        }
        #expect(failure == full)
        #expect(scene.events == ["stop", "a ended"])
    }

    @Test func anErrorWhileStoppingIsNotLost() async {
        let full = Failure(.operatorNeeded, .diskFull, "The disk is full.")
        let failure = await #expect(throws: Failure.self) {
            try await scene.run([scene.obedient("a", failing: full), scene.obedient("b")], asked: true)
        }
        #expect(failure == full)
        #expect(scene.events.count == 3)
    }

    @Test func whoIsNotDoneWhenTheGraceIsOverIsCancelled() async throws {
        try await scene.run([scene.deaf("deaf"), scene.obedient("a")], grace: .milliseconds(1), asked: true)
        #expect(Set(scene.events) == ["stop", "a ended", "deaf cancelled"])
        #expect(scene.events.last == "deaf cancelled")
    }

    @Test func aCancelledServiceHidesNotWhyTheStopCame() async {
        let full = Failure(.operatorNeeded, .diskFull, "The disk is full.")
        let failure = await #expect(throws: Failure.self) {
            try await scene.run(
                [scene.deaf("deaf"), Service("broken") { throw full }], grace: .milliseconds(1), asked: false)
        }
        #expect(failure == full)
        #expect(scene.events == ["stop", "deaf cancelled"])
    }

    @Test func cancellingTheGroupEndsIt() async {
        let task = Task { [scene] in try await scene.run([scene.deaf("deaf")], asked: false) }
        task.cancel()
        _ = await task.result
        #expect(scene.events.contains("deaf cancelled"))
    }
}
