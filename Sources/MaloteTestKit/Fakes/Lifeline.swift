// Cuts a run of the daemon off after any number of steps; knows nothing of what a step does.

import MaloteCore
import Synchronization

/// Every fake of the outer world asks it before and after each effect. Once it is cut nothing happens any more, like
/// after a kill: a test that cuts at 1, 2, 3, ... steps has tried every moment of a run.
package final class Lifeline: Sendable {
    private let left = Mutex<Int?>(nil)
    private let count = Atomic<Int>(0)

    /// Steps carried out so far.
    package var taken: Int { count.load(ordering: .relaxed) }

    package init() {}

    /// This many more steps are carried out.
    package func cut(after steps: Int) { left.withLock { $0 = steps } }
    package func restore() { left.withLock { $0 = nil } }
    package var isCut: Bool { left.withLock { $0.map { $0 <= 0 } ?? false } }

    package func step() throws(Failure) {
        let isAlive = left.withLock { left in
            guard let steps = left else { return true }
            left = max(0, steps - 1)
            return steps > 0
        }
        count.wrappingAdd(1, ordering: .relaxed)
        guard isAlive else { throw Failure(.transient, .shuttingDown, "The daemon was killed.") }
    }
}
