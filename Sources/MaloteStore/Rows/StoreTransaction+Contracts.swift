// All rows of one contract: to page through, and to erase; knows nothing of why.

import MaloteCore

extension StoreTransaction {
    func tickets(contract: ContractID, after number: Int, limit: Int) throws -> [Ticket] {
        try connection.rows(
            Self.ticketColumns + "WHERE contract = ? AND number > ? ORDER BY number LIMIT ?", .init(contract),
            .init(number), .init(limit), map: Self.ticket)
    }

    func notifications(
        contract: ContractID, after id: NotificationID, limit: Int
    ) throws -> [NotificationID] {
        try connection.rows(
            "SELECT id FROM notifications WHERE contract = ? AND id > ? ORDER BY id LIMIT ?", .init(contract),
            .init(id),
            .init(limit)
        ) { $0.id(0) }
    }

    func rows(of contract: ContractID) throws -> ErasedRows {
        func count(_ table: String) throws -> Int {
            try settled.first("SELECT COUNT(*) FROM \(table) WHERE contract = ?", .init(contract)) { $0.count(0) }
                ?? 0
        }
        var rows = ErasedRows()
        rows.messages = try count("messages")
        rows.tickets = try count("tickets")
        rows.events = try count("events")
        rows.notifications = try count("notifications")
        rows.occasions = try count("occasions")
        rows.approvals = try count("approvals")
        rows.suppressions = try count("suppressions")
        return rows
    }

    func raiseTicketNumber(contract: ContractID, to number: Int) throws {
        try raise("ticket of \(contract)", to: Int64(number))
    }

    /// Ledger rows stay, so that nothing is fetched again; what points from there to a message is taken away.
    func eraseRows(of contract: ContractID, limit: Int) throws -> ErasedRows {
        var rows = ErasedRows()
        rows.messages = try erase("messages", of: contract, limit) { id in
            try connection.run(
                "UPDATE ledger SET message = NULL WHERE message = ? AND id = "
                    + "(SELECT ledger FROM messages WHERE id = ?)", id, id)
            try connection.run("DELETE FROM raw_sources WHERE message = ?", id)
            try connection.run("DELETE FROM raw_pieces WHERE message = ?", id)
        }
        rows.events = try erase("events", of: contract, limit)
        rows.notifications = try erase("notifications", of: contract, limit) { id in
            try connection.run("DELETE FROM contents WHERE notification = ?", id)
            try connection.run("DELETE FROM deliveries WHERE notification = ?", id)
        }
        rows.occasions = try erase("occasions", of: contract, limit)
        rows.approvals = try erase("approvals", of: contract, limit) { id in
            try connection.run("DELETE FROM approval_voters WHERE approval = ?", id)
        }
        rows.tickets = try erase("tickets", of: contract, limit)
        guard rows.total == 0 else { return rows }
        // What is small, or a part of what is gone.
        rows.suppressions = try connection.changed("DELETE FROM suppressions WHERE contract = ?", .init(contract))
        for table in [
            "threads", "planned_steps", "lane_counts", "holds", "answer_counts", "endpoints", "refused_events",
            "acknowledgements", "course",
        ] {
            try connection.run("DELETE FROM \(table) WHERE contract = ?", .init(contract))
        }
        try connection.run("DELETE FROM counters WHERE name = ?", .text("ticket of \(contract)"))
        return rows
    }

    /// - Parameter before: what belongs to a row, erased before it.
    private func erase(
        _ table: String, of contract: ContractID, _ limit: Int, before: (SQLValue) throws -> Void = { _ in }
    ) throws -> Int {
        let ids = try settled.rows(
            "SELECT id FROM \(table) WHERE contract = ? ORDER BY id LIMIT ?", .init(contract), .init(limit)
        ) { SQLValue.integer($0.integer(0)) }
        for id in ids {
            try before(id)
            try connection.run("DELETE FROM \(table) WHERE id = ?", id)
        }
        return ids.count
    }
}
