// Decides how long a poll may hold its place; a pure value: no clock, no connection, no store.

import MaloteCore

/// A poll has its connection, its place at the gate and its mailbox on lease, and pays for more time with progress.
///
/// The session below limits silence and each single answer. A server that keeps just within that, answer after answer,
/// is never at fault there and would hold a poll for days: this is the net above it. What counts as progress is what
/// brings mail here. A message earns so little, and octets must come so fast, that nobody can drip for ever: a poll
/// that lives longer than its term has brought something for every minute of it.
package struct PollLease: Sendable, Hashable {
    /// What a poll has done so far.
    package struct Progress: Sendable, Hashable {
        /// Listings that came to their end.
        package var listings = 0
        /// Messages that came whole, and messages marked on the server.
        package var messages = 0
        /// Octets of bodies, those of a body under way included.
        package var octets = 0

        package init() {}
    }

    /// More than the 10 minutes that a session waits for any answer which brings nothing: whatever a session bears once,
    /// a lease bears, too.
    package static let term = Duration.seconds(900)
    /// What a message earns. Slow servers need a second or two for one.
    package static let perMessage = Duration.seconds(5)
    /// Octets that earn a second: 60 KB a minute. A quarter of what a session asks of a long answer, and a sixth of a
    /// telephone line: a mail of any size comes through wherever it can be expected to.
    package static let octetsPerSecond = 1000
    /// No longer than this between two looks.
    private static let glance = Duration.seconds(60)

    private var end: Timestamp
    private var paid = Progress()
    /// Octets that may still earn something before a message has come of them.
    private var credit: Int
    private let largest: Int

    /// - Parameter largest: octets of the largest message that is fetched. More than that without a message are noise.
    package init(now: Timestamp, largest: Int) {
        end = now + Self.term
        credit = largest
        self.largest = largest
    }

    /// Takes what has been done since the last look as payment. Time is never saved up beyond one term.
    /// - Returns: when to look again; `nil` when the lease is over.
    package mutating func look(at progress: Progress, now: Timestamp) -> Duration? {
        let messages = progress.messages - paid.messages
        if messages > 0 { credit = largest }
        let octets = min(max(0, progress.octets - paid.octets), credit)
        credit -= octets
        let earned =
            Self.perMessage * messages
            + .milliseconds(Int64(octets) * 1000 / Int64(Self.octetsPerSecond))
        end = progress.listings > paid.listings ? now + Self.term : min(end + earned, now + Self.term)
        paid = progress
        return end > now ? min(end - now, Self.glance) : nil
    }
}
