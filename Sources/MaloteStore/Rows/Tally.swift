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

    struct ArrivalKey: Hashable {
        var contract: ContractID
        var fate: StoredMessage.Fate
    }

    private(set) var lanes: [LaneKey: Int] = [:]
    private(set) var inboxes: [InboxKey: Int] = [:]
    /// The last number taken of each series.
    var numbers: [String: Int64] = [:]
    /// Where several nodes write: events have their numbers last of all, so that nobody waits long for them.
    var events: [TicketEvent] = []
    /// Messages that came in, likewise: how many, and their octets.
    var arrivals: [ArrivalKey: (count: Int, octets: Int)] = [:]
    /// What other nodes should hear of once it is committed.
    var news: Set<NewsTopic> = []

    func add(_ change: Int, _ lane: Lane, _ state: Delivery.State) {
        lanes[LaneKey(lane: lane, state: state), default: 0] += change
    }

    func add(_ change: Int, _ inbox: MailboxID, _ state: LedgerEntry.State) {
        inboxes[InboxKey(inbox: inbox, state: state), default: 0] += change
    }

    var isEmpty: Bool {
        lanes.isEmpty && inboxes.isEmpty && numbers.isEmpty && events.isEmpty && arrivals.isEmpty
    }

    func clear() {
        lanes.removeAll(keepingCapacity: true)
        inboxes.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        events.removeAll()
        arrivals.removeAll()
    }
}

extension StoreTransaction {
    /// The next number of a named series: 1, 2, 3, ... Never given twice, not even after deletions.
    func next(_ series: String) throws -> Int64 {
        if let number = try numbers?.next(series, connection) { return number }
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

    /// Brings counts, series and the event log up to what the transaction has changed so far.
    func writeTally() throws {
        guard !tally.isEmpty else { return }
        for (series, last) in tally.numbers {
            try connection.run(
                """
                INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """, .text(series), .integer(last))
        }
        for (key, change) in tally.lanes where change != 0 {
            try count(
                change, in: "lane_counts",
                [
                    ("contract", .init(key.lane.contract)), ("outbox", .init(key.lane.outbox)),
                    ("state", .text(key.state.rawValue)),
                ])
        }
        for (key, change) in tally.inboxes where change != 0 {
            try count(
                change, in: "ledger_counts", [("inbox", .init(key.inbox)), ("state", .text(key.state.rawValue))])
        }
        try writeLog()
        tally.clear()
    }

    private func count(_ change: Int, in table: String, _ key: [(column: String, value: SQLValue)]) throws {
        let key = key + (node.map { [("node", .text($0))] } ?? [])
        let columns = key.map(\.column).joined(separator: ", ")
        let places = key.map { _ in "?" }.joined(separator: ", ")
        try connection.run(
            """
            INSERT INTO \(table) (\(columns), count) VALUES (\(places), ?)
            ON CONFLICT (\(columns)) DO UPDATE SET count = \(table).count + excluded.count
            """, key.map(\.value) + [.init(change)])
    }

    /// Whoever reads the log up to some number has read all that will ever stand before it: between a number and its
    /// commit, no other node takes one.
    private func writeLog() throws {
        guard !tally.events.isEmpty || !tally.arrivals.isEmpty else { return }
        try connection.run("SELECT pg_advisory_xact_lock(\(PostgresSchema.Lock.events.rawValue))")
        let numbers = try connection.rows(
            "SELECT nextval('\(PostgresSchema.sequence("event"))') FROM generate_series(1, ?)",
            .init(tally.events.count)
        ) { $0.integer(0) }.sorted()
        for (event, number) in zip(tally.events, numbers) { try insert(event, at: number) }
        for (key, change) in tally.arrivals {
            try connection.run(
                "INSERT INTO arrivals (id, contract, fate, count, octets) VALUES (nextval('numbers_arrivals'), ?, ?, ?, ?)",
                .init(key.contract), .text(key.fate.rawValue), .init(change.count), .init(change.octets))
        }
    }
}
