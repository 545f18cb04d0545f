// How often somebody may do something: buckets that are filled again as time passes; knows not what is done.

import MaloteCore

/// A bucket for each key. Keys beyond the table's room share one, so that nobody can fill the memory.
struct Buckets: Sendable {
    private struct Bucket {
        var left: Double
        var time: ContinuousClock.Instant
    }

    private static let room = 4096

    private let size: Double
    private let seconds: Double
    private var buckets: [String: Bucket] = [:]
    private var swept: ContinuousClock.Instant?

    /// - Parameters:
    ///   - size: what a full bucket holds.
    ///   - seconds: in which an empty one is full again.
    init(size: Double, seconds: Double) {
        self.size = size
        self.seconds = seconds
    }

    /// Takes one out.
    /// - Returns: whether none was left.
    mutating func isEmpty(_ key: String, at now: ContinuousClock.Instant) -> Bool {
        if buckets.count >= Self.room, swept.map({ $0.duration(to: now) > .seconds(1) }) ?? true {
            buckets = buckets.filter { level($0.value, now) < size }
            swept = now
        }
        let key = buckets[key] == nil && buckets.count >= Self.room ? "" : key
        let left = buckets[key].map { level($0, now) } ?? size
        guard left >= 1 else { return true }
        buckets[key] = Bucket(left: left - 1, time: now)
        return false
    }

    private func level(_ bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
        let passed = Double(bucket.time.duration(to: now).milliseconds) / 1000
        return min(size, bucket.left + max(0, passed) * size / seconds)
    }
}
