// Counts and numbers that a transaction has changed, until they are written; knows no rule.

import MaloteCore

/// A batch moves many rows of few lanes and inboxes, and takes many numbers of few series: each is written once for all
/// of them.
final class Tally {
    struct LaneKey: Hashable {
        var lane: Lane
        var state: Delivery.State
    }

    struct InboxKey: Hashable {
        var inbox: MailboxID
        var state: LedgerEntry.State
    }

    private(set) var lanes: [LaneKey: Int] = [:]
    private(set) var inboxes: [InboxKey: Int] = [:]
    /// The last number taken of each series.
    var numbers: [String: Int64] = [:]

    func add(_ change: Int, _ lane: Lane, _ state: Delivery.State) {
        lanes[LaneKey(lane: lane, state: state), default: 0] += change
    }

    func add(_ change: Int, _ inbox: MailboxID, _ state: LedgerEntry.State) {
        inboxes[InboxKey(inbox: inbox, state: state), default: 0] += change
    }

    func clear() {
        lanes.removeAll(keepingCapacity: true)
        inboxes.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
    }
}

extension StoreTransaction {
    /// The next number of a named series: 1, 2, 3, ... Never given twice, not even after deletions.
    func next(_ series: String) throws -> Int64 {
        let next = try number(of: series) + 1
        tally.numbers[series] = next
        return next
    }

    /// Goes on above this number.
    func raise(_ series: String, to number: Int64) throws {
        tally.numbers[series] = max(try self.number(of: series), number)
    }

    func number(of series: String) throws -> Int64 {
        try tally.numbers[series]
            ?? connection.first("SELECT value FROM counters WHERE name = ?", .text(series)) { $0.integer(0) } ?? 0
    }

    /// Brings counts and series up to what the transaction has changed so far.
    func writeTally() throws {
        for (series, last) in tally.numbers {
            try connection.run(
                """
                INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """, .text(series), .integer(last))
        }
        for (key, change) in tally.lanes where change != 0 {
            try connection.run(
                """
                INSERT INTO lane_counts (contract, outbox, state, count) VALUES (?, ?, ?, ?)
                ON CONFLICT (contract, outbox, state) DO UPDATE SET count = lane_counts.count + excluded.count
                """, .init(key.lane.contract), .init(key.lane.outbox), .text(key.state.rawValue), .init(change))
        }
        for (key, change) in tally.inboxes where change != 0 {
            try connection.run(
                """
                INSERT INTO ledger_counts (inbox, state, count) VALUES (?, ?, ?)
                ON CONFLICT (inbox, state) DO UPDATE SET count = ledger_counts.count + excluded.count
                """, .init(key.inbox), .text(key.state.rawValue), .init(change))
        }
        tally.clear()
    }
}
