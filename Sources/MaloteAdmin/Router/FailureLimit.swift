// How many links or tokens that are not valid one address may try; knows neither.

import MaloteCore

/// 20 tries at once, and again within a minute.
package struct FailureLimit: Sendable {
    private var tries = Buckets(size: 20, seconds: 60)

    package init() {}

    /// Notes a failure.
    /// - Returns: whether this address has failed too often.
    package mutating func fails(_ address: String, at now: ContinuousClock.Instant) -> Bool {
        tries.isEmpty(address, at: now)
    }
}
