// How slowly a server may speak; pure: the time is a parameter.

import MaloteCore

/// Silence alone is no measure: a server that says one octet every minute is never silent and never done.
package struct Pace: Sendable, Hashable {
    /// The longest wait for the next octet, whatever is waited for: longer than any IDLE (RFC 2177 says 29 minutes).
    package var silence = Duration.seconds(1800)
    /// How long a whole answer may take, counted from our last word.
    package var answer = Duration.seconds(600)
    /// So many octets earn an answer another second.
    package var octetsPerSecond = 4096
    /// No answer takes longer, however much it brings.
    package var longest = Duration.seconds(7200)

    package init() {}
}

/// What a server says between two words of ours.
struct AnswerTime: Sendable {
    private let pace: Pace
    private let start: ContinuousClock.Instant
    private var octets = 0
    /// Until when somebody was ready to wait for a single octet.
    private var granted: ContinuousClock.Instant

    init(_ pace: Pace, start: ContinuousClock.Instant) {
        self.pace = pace
        self.start = start
        granted = start
    }

    /// - Parameter wish: how long the protocol would wait for the next octet.
    /// - Returns: how long to wait for it; `nil` when the answer has had its time.
    mutating func wait(_ wish: Duration, now: ContinuousClock.Instant) -> Duration? {
        let wish = min(wish, pace.silence)
        // Who waits longer than for any answer waits for news (IDLE), and has its own end in mind.
        if wish > pace.answer { granted = max(granted, now + wish) }
        let earned = pace.answer + .seconds(octets / max(1, pace.octetsPerSecond))
        let end = max(granted, start + min(earned, pace.longest))
        return end > now ? min(wish, end - now) : nil
    }

    mutating func came(_ count: Int) { octets += count }
}
