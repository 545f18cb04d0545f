// Runs a test's tasks one at a time on the test's own thread; knows nothing of what they do.

import Synchronization

/// Jobs wait until `settle` runs them, in the order they came. When it returns, every task is over or waits for
/// something that only the test can bring about: nothing has to be waited for, and each run is like the last.
package final class StepExecutor: TaskExecutor {
    private struct Line {
        var jobs: [UnownedJob] = []
        var first = 0

        mutating func next() -> UnownedJob? {
            guard first < jobs.count else {
                jobs.removeAll(keepingCapacity: true)
                first = 0
                return nil
            }
            defer { first += 1 }
            return jobs[first]
        }
    }

    private let line = Mutex(Line())
    /// More than any test needs; only tasks that wake each other for ever use so many.
    private static let jobLimit = 20_000_000

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        line.withLock { $0.jobs.append(job) }
    }

    /// Runs everything that can run.
    package func settle() {
        for _ in 0..<Self.jobLimit {
            guard let job = line.withLock({ $0.next() }) else { return }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
        preconditionFailure("a test's tasks never come to rest")
    }
}
