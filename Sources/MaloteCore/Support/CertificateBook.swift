// When servers' certificates end, as far as connections have shown it; trusts and decides nothing.

import Synchronization

/// Filled by whoever makes connections, at most once a day a server; read by whoever warns.
package final class CertificateBook: Sendable {
    private struct Entry {
        var end: Timestamp
        var seen: Timestamp
    }

    /// Servers remembered; more than any install has.
    private static let limit = 10_000
    private static let freshness = Duration.seconds(86_400)

    private let entries = Mutex<[String: Entry]>([:])
    private let time: any TimeSource

    package init(time: any TimeSource) { self.time = time }

    /// `HOST:PORT`, by which a server is asked for.
    package static func server(_ host: String, _ port: Int) -> String { "\(host.lowercased()):\(port)" }

    /// Whether nobody has looked at this server's certificate for a day. One that ends within 15 days is looked at
    /// whenever there is a connection: it may have been replaced.
    package func wants(_ server: String) -> Bool {
        let now = time.now()
        return entries.withLock { entries in
            guard let known = entries[server] else { return true }
            return now - known.seen >= Self.freshness || known.end - now < .seconds(15 * 86_400)
        }
    }

    package func note(_ server: String, end: Timestamp) {
        let now = time.now()
        entries.withLock { entries in
            guard entries[server] != nil || entries.count < Self.limit else { return }
            entries[server] = Entry(end: end, seen: now)
        }
    }

    /// When each server's certificate ends.
    package var ends: [String: Timestamp] { entries.withLock { $0.mapValues(\.end) } }
}
