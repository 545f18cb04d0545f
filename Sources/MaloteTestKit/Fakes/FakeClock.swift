// A clock that stands still until a test moves it; knows nothing of real time.

import MaloteCore
import Synchronization

package final class FakeClock: TimeSource {
    private struct Sleeper {
        var until: Timestamp
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Timestamp
        var nextSleeper = 0
        var sleepers: [Int: Sleeper] = [:]
    }

    private let state: Mutex<State>

    package init(now: Timestamp) { state = Mutex(State(now: now)) }

    package func now() -> Timestamp { state.withLock { $0.now } }

    package func sleep(for duration: Duration) async throws {
        let (number, until) = state.withLock { state in
            state.nextSleeper += 1
            return (state.nextSleeper, state.now + duration)
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled || until <= state.now { return true }
                    state.sleepers[number] = Sleeper(until: until, continuation: continuation)
                    return false
                }
                guard isOver else { return }
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    continuation.resume()
                }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: number) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    package var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// When the next sleeper wakes; `nil` if nobody sleeps.
    package var nextWaking: Timestamp? { state.withLock { $0.sleepers.values.map(\.until).min() } }

    /// Moves to `time`, never back, and wakes everyone whose time has come.
    package func move(to time: Timestamp) {
        let woken = state.withLock { state in
            state.now = max(state.now, time)
            let due = state.sleepers.filter { $0.value.until <= state.now }.sorted { $0.key < $1.key }
            for (number, _) in due { state.sleepers[number] = nil }
            return due.map(\.value.continuation)
        }
        for continuation in woken { continuation.resume() }
    }
}
