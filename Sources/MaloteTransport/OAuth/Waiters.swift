// Those who wait until somebody else is done; knows not with what.

import Synchronization

final class Waiters: Sendable {
    private struct State {
        var next = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Returns at the next `release`, or when the task is cancelled.
    func wait() async {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { enter(ticket, $0, isCancellable: true) }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
        }
    }

    /// Returns at the next `release`, for who must not give up.
    func waitThrough() async {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withCheckedContinuation { enter(ticket, $0, isCancellable: false) }
    }

    private func enter(_ ticket: Int, _ continuation: CheckedContinuation<Void, Never>, isCancellable: Bool) {
        let isOver = state.withLock { state in
            if isCancellable, Task.isCancelled { return true }
            state.waiting[ticket] = continuation
            return false
        }
        if isOver { continuation.resume() }
    }

    /// Lets everybody go who is waiting now.
    func release() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }
}
