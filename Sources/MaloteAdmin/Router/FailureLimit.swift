// How many links that are not valid one address may try; knows no link.

import MaloteCore

/// A bucket of tries for each address that has failed: it holds 20 and is filled again within a minute. Addresses beyond
/// the table's room share one bucket, so nobody can fill the memory.
package struct FailureLimit: Sendable {
    private struct Bucket {
        var tries: Double
        var time: ContinuousClock.Instant
    }

    private static let size = 20.0
    private static let seconds = 60.0
    private static let room = 4096

    private var buckets: [String: Bucket] = [:]
    private var swept: ContinuousClock.Instant?

    package init() {}

    /// Notes a failure.
    /// - Returns: whether this address has failed too often.
    package mutating func fails(_ address: String, at now: ContinuousClock.Instant) -> Bool {
        if buckets.count >= Self.room, swept.map({ $0.duration(to: now) > .seconds(1) }) ?? true {
            buckets = buckets.filter { level($0.value, now) < Self.size }
            swept = now
        }
        let key = buckets[address] == nil && buckets.count >= Self.room ? "" : address
        let left = buckets[key].map { level($0, now) } ?? Self.size
        guard left >= 1 else { return true }
        buckets[key] = Bucket(tries: left - 1, time: now)
        return false
    }

    private func level(_ bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
        let passed = Double(bucket.time.duration(to: now).milliseconds) / 1000
        return min(Self.size, bucket.tries + max(0, passed) * Self.size / Self.seconds)
    }
}
