// Asks work to end at its next safe point; knows nothing of signals.

import MaloteCore
import Synchronization

/// Set once, at the start of an orderly stop. Polls and lane workers look at it between messages, finish the message
/// in hand, record it and leave. Cancellation is for those that do not manage in time.
package final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    /// Rung when the flag is set, for those that wait.
    package let bell = Bell()

    package init() {}

    package var isSet: Bool { flag.load(ordering: .acquiring) }

    package func set() {
        flag.store(true, ordering: .releasing)
        bell.ring()
    }
}
