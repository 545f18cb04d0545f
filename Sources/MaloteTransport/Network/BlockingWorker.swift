// A thread for calls that block, one at a time; knows not what they do.

import Dispatch

/// A serial queue of its own: the cooperative pool never waits for a C function.
final class BlockingWorker: Sendable {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func run(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }
}
