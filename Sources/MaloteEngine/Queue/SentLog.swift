// How long messages that have left lately took to leave, lane by lane; a pure value.

import MaloteCore

/// The last messages taken at their first try; those that were put off took as long as their servers wished.
package struct SentLog: Sendable {
    package struct Entry: Sendable {
        package var lane: Lane
        package var time: Timestamp
        package var took: Duration
    }

    private static let limit = 20_000
    package private(set) var entries: [Entry] = []

    package init() {}

    mutating func note(_ delivery: Delivery, now: Timestamp) {
        guard delivery.attempts == 1 else { return }
        if entries.count >= Self.limit { entries.removeFirst(Self.limit / 2) }
        entries.append(Entry(lane: delivery.lane, time: now, took: now - delivery.created))
    }

    /// Of what was queued in this time.
    package func latency(_ lane: Lane, queuedIn range: Range<Timestamp>) -> DrillReport.Latency {
        let times = entries.filter { $0.lane == lane && range.contains($0.time + (.zero - $0.took)) }
        return DrillReport.Latency(times.map(\.took.milliseconds).sorted())
    }
}
