// Wakes whoever waits for news; knows nothing of the news itself.

import Synchronization

/// A counter that can be waited on. Read `generation`, look at the world, then wait for a later generation: a ring
/// between the look and the wait is never lost.
package final class Bell: Sendable {
    private struct State {
        var generation = 0
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var generation: Int { state.withLock { $0.generation } }

    package func ring() {
        let waiters = state.withLock { state in
            state.generation += 1
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns after a ring later than `generation`, even if the task is cancelled: for waits on somebody who is sure to
    /// come to an end.
    package func rungUncancelled(after generation: Int) async {
        await withCheckedContinuation { continuation in
            let isLate = state.withLock { state in
                guard state.generation == generation else { return true }
                state.nextWaiter += 1
                state.waiters[state.nextWaiter] = continuation
                return false
            }
            if isLate { continuation.resume() }
        }
    }

    /// Returns after a ring later than `generation`, after `limit`, or when the task is cancelled.
    package func wait(after generation: Int, for limit: Duration, time: any TimeSource) async {
        guard limit > .zero else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.rung(after: generation) }
            group.addTask { try? await time.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Like `wait`, for the first of several bells.
    package static func waitForAny(
        _ heard: [(bell: Bell, generation: Int)], for limit: Duration, time: any TimeSource
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for (bell, generation) in heard {
                group.addTask { await bell.wait(after: generation, for: limit, time: time) }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns after a ring later than `generation`, or when the task is cancelled.
    package func rung(after generation: Int) async {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.generation > generation || Task.isCancelled { return true }
                    state.waiters[ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
        }
    }
}
