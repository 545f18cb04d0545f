// How much too late work was begun for each contract, at worst, within the last hour; a pure value.

import MaloteCore

/// What a contract waited although its own server could be used is what the others, or the daemon itself, cost it.
package struct DelayBook: Sendable {
    package struct Worst: Sendable, Hashable {
        package var delay: Duration
        package var time: Timestamp
    }

    /// Five minutes each; older than an hour is forgotten.
    private static let slotMilliseconds: Int64 = 300_000
    private static let slots: Int64 = 12
    private var kept: [ContractID: [Int64: Worst]] = [:]

    package init() {}

    package mutating func note(_ contract: ContractID, _ delay: Duration, now: Timestamp) {
        let slot = now.milliseconds / Self.slotMilliseconds
        let known = kept[contract]?[slot]?.delay ?? .zero
        guard delay > known else { return }
        kept[contract, default: [:]][slot] = Worst(delay: delay, time: now)
        kept[contract] = kept[contract]?.filter { $0.key > slot - Self.slots }
    }

    /// - Parameter since: only what was noted after that.
    package func worst(
        _ contract: ContractID, now: Timestamp, since: Timestamp = Timestamp(milliseconds: .min)
    ) -> Worst? {
        let slot = now.milliseconds / Self.slotMilliseconds
        return (kept[contract] ?? [:]).filter { $0.key > slot - Self.slots && $0.value.time >= since }
            .values.max { $0.delay < $1.delay }
    }
}
