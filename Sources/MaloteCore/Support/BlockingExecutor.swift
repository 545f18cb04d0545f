// A serial executor on its own dispatch queue, so that an actor may block; knows nothing of what it runs.

import Dispatch

/// Give it to an actor (`nonisolated var unownedExecutor`) whose methods call blocking C functions. The cooperative
/// pool has one thread a core: one blocking call there would halve the daemon.
package final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// - Parameter label: shown in debuggers and thread lists.
    package init(label: String) { queue = DispatchQueue(label: label) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        // Holds on to itself: a job may be the end of the last actor that runs here.
        queue.async { unowned.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
