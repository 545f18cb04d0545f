// Tickets and events as people look through them, latest first; knows nothing of what they mean.

import MaloteCore

extension StoreTransaction {
    func tickets(_ filter: TicketFilter) throws -> [Ticket] {
        // Those of one contract lie in the order of their numbers.
        let isOne = filter.contract != nil
        var (clause, values) = Self.clause([
            ("contract = ?", filter.contract.map { .init($0) }),
            (
                isOne ? "number < (SELECT number FROM tickets WHERE id = ?)" : "id < ?",
                filter.before.map { .init($0) }
            ),
        ])
        func add(_ condition: String, _ more: [SQLValue] = []) {
            clause += (clause.isEmpty ? "WHERE " : "AND ") + condition + " "
            values += more
        }
        if let isClosed = filter.isClosed { add(isClosed ? "closed IS NOT NULL" : "closed IS NULL") }
        if !filter.search.isEmpty {
            let columns = ["key", "external", "subject", "requester_name", "requester"]
            let pattern = SQLValue.text(Self.pattern(holding: filter.needle))
            add(
                "(\(columns.map { "lower(\($0)) LIKE ? ESCAPE '\\'" }.joined(separator: " OR ")))",
                columns.map { _ in pattern })
        }
        return try connection.rows(
            Self.ticketColumns + clause + "ORDER BY \(isOne ? "number" : "id") DESC LIMIT ?",
            values + [.init(filter.limit)], map: Self.ticket)
    }

    func events(_ filter: EventFilter) throws -> [TicketEvent] {
        var last: Int64?
        if let before = filter.before {
            last = try settled.first("SELECT id FROM events WHERE event = ?", .text(before.rawValue)) {
                $0.integer(0)
            }
            guard last != nil else { return [] }
        }
        let (clause, values) = Self.clause([
            ("contract = ?", filter.contract.map { .init($0) }), ("id < ?", last.map { .integer($0) }),
            // The index of the rare kinds counts only where its own condition is said again.
            (
                filter.kind.map(TicketEvent.Kind.common.contains) == false
                    ? "kind = ? AND \(Self.rareKinds)" : "kind = ?",
                filter.kind.map { .text($0.rawValue) }
            ),
        ])
        return try settled.rows(
            Self.eventColumns + clause + "ORDER BY id DESC LIMIT ?", values + [.init(filter.limit)], map: Self.event)
    }

    /// As the index `events_rare` has it.
    private static let rareKinds =
        "kind NOT IN (\(TicketEvent.Kind.common.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")))"
}
