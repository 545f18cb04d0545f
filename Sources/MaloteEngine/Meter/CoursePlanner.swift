// Decides which samples of contracts' courses are kept; a pure value: time and numbers are parameters.

import MaloteCore

/// Gathers one slot of five minutes. Of a contract of which there is nothing to tell no sample is kept: the daemon's own
/// sample says that it was looked at.
package struct CoursePlanner: Sendable {
    /// Seconds of lag that are nothing to tell: two polls.
    package static let quietLag = 120

    private var slot: Int64
    private var samples: [ContractID: CourseSample] = [:]

    package init(now: Timestamp) { slot = CourseSample.slot(of: now) }

    package mutating func note(_ growth: Growth) {
        for some in growth.messages { change(some.contract) { $0.received += some.count } }
        for some in growth.events {
            change(some.contract) { sample in
                sample.events += some.count
                if some.kind == .notificationSent { sample.sent += some.count }
                if some.kind == .notificationFailed { sample.failed += some.count }
            }
        }
    }

    package mutating func note(_ contract: ContractID, _ standing: Standing) {
        let lag = standing.lag ?? 0
        guard lag > Self.quietLag || standing.queueAge > 0 || samples[contract] != nil else { return }
        change(contract) { sample in
            sample.lag = max(sample.lag, lag)
            sample.queueAge = max(sample.queueAge, standing.queueAge)
        }
    }

    /// - Returns: what was gathered, if its slot is over; then the next one begins.
    package mutating func turn(now: Timestamp) -> [CourseSample] {
        let present = CourseSample.slot(of: now)
        guard present != slot else { return [] }
        defer { slot = present }
        return end()
    }

    /// - Returns: what was gathered so far, to be added to by whoever goes on.
    package mutating func end() -> [CourseSample] {
        change(CourseSample.daemon) { _ in }
        defer { samples = [:] }
        return samples.values.sorted { $0.contract < $1.contract }
    }

    private mutating func change(_ contract: ContractID, _ body: (inout CourseSample) -> Void) {
        body(&samples[contract, default: CourseSample(contract: contract, slot: slot)])
    }
}
