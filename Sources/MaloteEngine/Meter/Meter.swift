// What happens too often to be asked of the store: counted where it happens; knows no names of people, mails or mailboxes.

import MaloteCore
import Synchronization

/// Counters since the start. Cheap enough for every poll and every attempt; its labels are a few fixed words.
package final class Meter: Sendable {
    /// What became of an attempt: a word and the class of the fault, if there was one.
    package struct Attempted: Sendable, Hashable {
        package var outcome: String
        package var cause: Failure.Cause?
    }

    /// What was answered over HTTP.
    package struct Answered: Sendable, Hashable {
        package var door: String
        /// `2xx` and the like.
        package var status: String
    }

    package struct Reading: Sendable {
        package var polls: UInt64 = 0
        package var pollFailures: [Failure.Cause: UInt64] = [:]
        package var pollSeconds = MetricFamily.Histogram(bounds: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300])
        package var attempts: [Attempted: UInt64] = [:]
        /// Of connections of lanes, before or between messages.
        package var laneFailures: [Failure.Cause: UInt64] = [:]
        /// From queued to taken by a server.
        package var deliverySeconds = MetricFamily.Histogram(
            bounds: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400])
        package var startDelaySeconds = MetricFamily.Histogram(bounds: [0.01, 0.1, 0.5, 1, 5, 15, 60, 300])
        package var answers: [Answered: UInt64] = [:]
    }

    private let kept = Mutex(Reading())

    package init() {}

    package var reading: Reading { kept.withLock { $0 } }

    func polled(in duration: Duration, _ failure: Failure?) {
        kept.withLock { reading in
            reading.polls += 1
            if let failure { reading.pollFailures[failure.cause, default: 0] += 1 }
            reading.pollSeconds.note(Self.seconds(duration))
        }
    }

    func attempted(_ results: [AttemptResult]) {
        kept.withLock { reading in
            for result in results { reading.attempts[Attempted(result.outcome), default: 0] += 1 }
        }
    }

    func delivered(after duration: Duration) {
        kept.withLock { $0.deliverySeconds.note(Self.seconds(duration)) }
    }

    func laneLost(_ failure: Failure) { kept.withLock { $0.laneFailures[failure.cause, default: 0] += 1 } }

    /// A poll or a lane's work was begun so late although its own server could be used.
    func begun(late duration: Duration) {
        kept.withLock { $0.startDelaySeconds.note(Self.seconds(duration)) }
    }

    /// A request was answered.
    /// - Parameter door: one of a few fixed words.
    package func answered(door: String, status: Int) {
        let word = (100..<600).contains(status) ? "\(status / 100)xx" : "other"
        kept.withLock { $0.answers[Answered(door: door, status: word), default: 0] += 1 }
    }

    private static func seconds(_ duration: Duration) -> Double { Double(max(0, duration.milliseconds)) / 1000 }
}

extension Meter.Attempted {
    init(_ outcome: AttemptResult.Outcome) {
        switch outcome {
        case .sent: self.init(outcome: "sent", cause: nil)
        case .deferred(let failure, _): self.init(outcome: "deferred", cause: failure.cause)
        case .failed(let failure): self.init(outcome: "failed", cause: failure.cause)
        case .unknown(let failure, _): self.init(outcome: "unknown", cause: failure.cause)
        }
    }
}
