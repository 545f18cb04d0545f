// Proof of life: who has made progress lately; knows nothing of watchdogs.

import Synchronization

/// The daemon's vital signs. Each long-running part registers and ticks whenever its loop comes round; the watchdog is
/// fed only while all of them are fresh, so a hung part gets the whole process restarted.
package final class VitalSigns: Sendable {
    private struct Sign {
        var limit: Duration
        var last: ContinuousClock.Instant
    }

    private let signs = Mutex<[String: Sign]>([:])

    package init() {}

    /// - Parameter limit: how long the part may stay silent before it counts as hung.
    package func register(_ part: String, limit: Duration, now: ContinuousClock.Instant = .now) {
        signs.withLock { $0[part] = Sign(limit: limit, last: now) }
    }

    package func tick(_ part: String, now: ContinuousClock.Instant = .now) {
        signs.withLock { $0[part]?.last = now }
    }

    /// A part that ended on purpose is no longer watched.
    package func retire(_ part: String) {
        signs.withLock { _ = $0.removeValue(forKey: part) }
    }

    /// Parts that have been silent for too long, by name.
    package func stale(now: ContinuousClock.Instant = .now) -> [String] {
        signs.withLock { signs in
            signs.filter { now - $0.value.last > $0.value.limit }.keys.sorted()
        }
    }
}
