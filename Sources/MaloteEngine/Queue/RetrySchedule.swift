// When a deferred delivery is tried again and when it is given up; pure.

import MaloteCore

/// The schedule for a delivery that the server put off, by attempts started so far.
package enum RetrySchedule {
    /// A delivery that is still not through at this age becomes a dead letter (RFC 5321 §4.5.4.1: 4 to 5 days).
    package static let life = Duration.seconds(5 * 86_400)

    private static let minutes = [1, 5, 15, 30, 60, 120, 240]

    /// - Parameter attempts: attempts started, the one just ended included; at least 1.
    package static func rest(afterAttempt attempts: Int) -> Duration {
        .seconds(60 * minutes[min(max(attempts, 1), minutes.count) - 1])
    }

    /// The next attempt's time, not before the server's own wish, with up to ten per cent of jitter.
    package static func next(
        after failure: Failure, attempts: Int, now: Timestamp, random: inout SeededRandom
    ) -> Timestamp {
        let wished = Duration.seconds(min(failure.retryAfterSeconds ?? 0, 6 * 3600))
        return now + max(random.jittered(rest(afterAttempt: attempts)), wished)
    }
}
