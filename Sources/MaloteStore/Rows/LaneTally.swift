// What a transaction has changed in the counts of lanes, until it is written; knows no table.

import MaloteCore

/// A batch moves many deliveries of few lanes: their counts are written once for all of them.
final class LaneTally {
    struct Key: Hashable {
        var lane: Lane
        var state: Delivery.State
    }

    private(set) var changes: [Key: Int] = [:]

    func add(_ change: Int, _ lane: Lane, _ state: Delivery.State) {
        changes[Key(lane: lane, state: state), default: 0] += change
    }

    func clear() { changes.removeAll(keepingCapacity: true) }
}
