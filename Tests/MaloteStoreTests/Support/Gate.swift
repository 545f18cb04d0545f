// Lets a transaction stand still, so that a test decides what happens meanwhile; knows no store.

import Dispatch

final class Gate: Sendable {
    private let reached = AsyncStream<Void>.makeStream()
    private let leave = DispatchSemaphore(value: 0)

    /// For the body of a transaction: blocks the store's thread until the gate is opened.
    func standStill() {
        reached.continuation.yield()
        leave.wait()
        // A store may run a body again: whoever comes later finds it open.
        leave.signal()
    }

    func untilReached() async { for await _ in reached.stream { return } }

    /// Lets bodies pass, now or when they come.
    func open() { leave.signal() }
}
