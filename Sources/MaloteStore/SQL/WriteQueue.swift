// Writes that wait for their commit, in order, and one thread that commits them; knows no engine.

import Dispatch
import MaloteCore
import Synchronization

/// Bodies that wait while a commit is under way share the next one: a hundred writers cost a handful of syncs.
final class WriteQueue: Sendable {
    /// One write that waits for its commit. Moves from its caller to the queue once, and stays there.
    struct Job: @unchecked Sendable {
        var run: (StoreTransaction) throws -> Void
        /// Told once: what became of it.
        var finish: ((any Error)?) -> Void
    }

    private struct Waiting {
        var jobs: [Job] = []
        var isScheduled = false
    }

    /// More in one transaction would only delay the first of them.
    private let groupLimit: Int
    /// Everything that the writer's connection does, it does here.
    let queue: DispatchQueue
    private let waiting = Mutex(Waiting())

    init(label: String, groupLimit: Int) {
        queue = DispatchQueue(label: label)
        self.groupLimit = groupLimit
    }

    /// Writes that wait for their transaction.
    var count: Int { waiting.withLock { $0.jobs.count } }

    /// - Parameters:
    ///   - body: may run more than once; the last run counts.
    ///   - commit: commits some jobs and finishes each of them. The same for every call.
    func write<T: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> T,
        commit: @escaping @Sendable ([Job]) -> Void
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let box = ResultBox<T>()
            let job = Job(
                run: { transaction in box.value = try body(transaction) },
                finish: { error in
                    switch (error, box.value) {
                    case (let error?, _): continuation.resume(throwing: error)
                    case (nil, let value?): continuation.resume(returning: value)
                    case (nil, nil):
                        continuation.resume(throwing: Failure(.transient, .defect, "A write had no result."))
                    }
                })
            schedule(job, commit)
        }
    }

    /// Carries a body's value from the run to the finish, both on the queue.
    private final class ResultBox<T>: @unchecked Sendable {
        var value: T?
    }

    private func schedule(_ job: Job, _ commit: @escaping @Sendable ([Job]) -> Void) {
        let mustStart = waiting.withLock { waiting in
            waiting.jobs.append(job)
            defer { waiting.isScheduled = true }
            return !waiting.isScheduled
        }
        if mustStart { queue.async { self.commitWaiting(commit) } }
    }

    /// Runs on the queue until nothing waits.
    private func commitWaiting(_ commit: ([Job]) -> Void) {
        while true {
            let jobs = waiting.withLock { waiting in
                let some = Array(waiting.jobs.prefix(groupLimit))
                waiting.jobs.removeFirst(some.count)
                if some.isEmpty { waiting.isScheduled = false }
                return some
            }
            guard !jobs.isEmpty else { return }
            commit(jobs)
        }
    }
}
