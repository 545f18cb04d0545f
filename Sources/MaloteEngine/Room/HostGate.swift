// Limits open connections per server host across all contracts; knows nothing of what the connections are for.

import Synchronization

/// One stale password or one eager contract must not get the shared address banned by a server that others use too.
/// Never waits: who is refused asks again later, so a full host delays only its own visitors.
package final class HostGate: Sendable {
    private struct State {
        var perHost: Int
        var total: Int
        var open: [String: Int] = [:]
        var openInAll = 0
    }

    private let state: Mutex<State>

    /// - Parameters: connections allowed to one host name, and in all.
    package init(perHost: Int, total: Int) { state = Mutex(State(perHost: perHost, total: total)) }

    /// New limits hold for connections to come; those that are open stay.
    package func setLimits(perHost: Int, total: Int) {
        state.withLock { state in
            state.perHost = perHost
            state.total = total
        }
    }

    package func enter(_ host: String) -> Bool {
        state.withLock { state in
            let key = host.lowercased()
            guard state.open[key, default: 0] < state.perHost, state.openInAll < state.total else { return false }
            state.open[key, default: 0] += 1
            state.openInAll += 1
            return true
        }
    }

    package func leave(_ host: String) {
        state.withLock { state in
            let key = host.lowercased()
            guard let count = state.open[key] else { return }
            state.open[key] = count > 1 ? count - 1 : nil
            state.openInAll -= 1
        }
    }
}
