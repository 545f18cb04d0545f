// One thread and one clock for everything that a test starts; knows nothing of mail.

import MaloteCore
import Synchronization

/// Nothing on it waits for real: time passes only by `advance`, and what happens meanwhile happens in the same order in
/// every run.
package final class Stage: Sendable {
    package struct Unfinished: Error {}

    package let clock: FakeClock
    private let executor = StepExecutor()

    package init(now: Timestamp = Timestamp(seconds: 1_800_000_000)) { clock = FakeClock(now: now) }

    /// Starts it and lets it run as far as it gets without time passing.
    package func start<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) -> Performance<Value> {
        let performance = Performance<Value>()
        let task = Task(executorPreference: executor) {
            do { performance.end(.success(try await body())) } catch { performance.end(.failure(error)) }
        }
        performance.follow(task)
        settle()
        return performance
    }

    /// Runs it to its end, which must come without time passing.
    /// - Throws: its own error, or `Unfinished`.
    @discardableResult
    package func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let performance = start(body)
        defer { performance.cancel() }
        return try performance.value()
    }

    package func settle() { executor.settle() }

    /// Lets time pass, stopping wherever somebody wakes.
    /// - Parameter look: called at each stop.
    package func advance(by duration: Duration, look: () -> Void = {}) {
        let end = clock.now() + duration
        settle()
        while let next = clock.nextWaking, next <= end {
            clock.move(to: next)
            settle()
            look()
        }
        clock.move(to: end)
        settle()
    }

    /// Lets time pass until it holds, but no longer than `limit`.
    /// - Returns: whether it holds.
    package func advance(atMost limit: Duration, until holds: () -> Bool) -> Bool {
        let end = clock.now() + limit
        settle()
        while !holds(), let next = clock.nextWaking, next <= end {
            clock.move(to: next)
            settle()
        }
        return holds()
    }
}

/// Something started on a stage.
package final class Performance<Value: Sendable>: Sendable {
    private let outcome = Mutex<Result<Value, any Error>?>(nil)
    private let task = Mutex<Task<Void, Never>?>(nil)

    fileprivate init() {}

    fileprivate func follow(_ task: Task<Void, Never>) { self.task.withLock { $0 = task } }
    fileprivate func end(_ result: Result<Value, any Error>) { outcome.withLock { $0 = result } }

    package var isOver: Bool { outcome.withLock { $0 != nil } }

    /// - Throws: its own error, or `Unfinished` while it runs.
    package func value() throws -> Value {
        guard let outcome = outcome.withLock({ $0 }) else { throw Stage.Unfinished() }
        return try outcome.get()
    }

    package func cancel() { task.withLock { $0 }?.cancel() }
}
