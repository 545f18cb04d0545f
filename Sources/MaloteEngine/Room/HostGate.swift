// Limits open connections per server host across all contracts; knows nothing of what the connections are for.

import Synchronization

/// One stale password or one eager contract must not get the shared address banned by a server that others use too.
/// Never waits: who is refused asks again later, so a full host delays only its own visitors.
package final class HostGate: Sendable {
    private let perHost: Int
    private let total: Int
    private let open = Mutex<[String: Int]>([:])

    /// - Parameters: connections allowed to one host name, and in all.
    package init(perHost: Int, total: Int) {
        self.perHost = perHost
        self.total = total
    }

    package func enter(_ host: String) -> Bool {
        open.withLock { open in
            let key = host.lowercased()
            guard open[key, default: 0] < perHost, open.values.reduce(0, +) < total else { return false }
            open[key, default: 0] += 1
            return true
        }
    }

    package func leave(_ host: String) {
        open.withLock { open in
            let key = host.lowercased()
            guard let count = open[key] else { return }
            open[key] = count > 1 ? count - 1 : nil
        }
    }
}
