// When an endpoint or a refused event is tried again; pure.

import MaloteCore

/// The schedule of Standard Webhooks 1.0: ten tries within 75 hours and 35 minutes.
package enum EndpointClock {
    /// After so many tries a refused event is a dead letter.
    package static let tries = 10

    /// From so many failures in a row on, an event whose answer leaves doubt is set aside, and the next one is the probe.
    package static let doubts = 3

    private static let seconds = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    /// Of faults on this machine: nobody else is bothered by a try.
    private static let atHome = Duration.seconds(60)
    /// A receiver must not make itself be called without a break.
    private static let shortest = 5

    /// - Parameter tries: made so far, the one just ended included; at least 1.
    package static func rest(afterTry tries: Int) -> Duration {
        .seconds(seconds[min(max(tries, 1), seconds.count) - 1])
    }

    /// The next try's time, with up to ten per cent of jitter. A receiver's own wish goes before the schedule, between five
    /// seconds and a day.
    package static func next(
        after failure: Failure, tries: Int, now: Timestamp, random: inout SeededRandom
    ) -> Timestamp {
        if let wish = failure.retryAfterSeconds {
            let wish = Duration.seconds(min(max(wish, shortest), RetryAfter.longest))
            // Never before the time that was asked for.
            return now + wish + .milliseconds(Int64.random(in: 0...wish.milliseconds / 10, using: &random))
        }
        switch failure.cause {
        case .credential, .defect, .storage, .diskFull: return now + random.jittered(atHome)
        default: return now + random.jittered(rest(afterTry: tries))
        }
    }
}
