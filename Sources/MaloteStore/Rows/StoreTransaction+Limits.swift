// What keeps deliveries from leaving: holds, rates and suppressed addresses; knows nothing of why.

import MaloteCore

extension StoreTransaction {
    // MARK: - Holds

    func holds() throws -> [ContractID: Timestamp] {
        let rows = try connection.rows("SELECT contract, since FROM holds") { row -> (ContractID, Timestamp) in
            (row.id(0), row.time(1))
        }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    func setHold(_ contract: ContractID, since: Timestamp?) throws {
        try connection.run("DELETE FROM holds WHERE contract = ?", .init(contract))
        tally.news.insert(.queue)
        guard let since else { return }
        try connection.run("INSERT INTO holds (contract, since) VALUES (?, ?)", .init(contract), .init(since))
    }

    // MARK: - Rates

    func sentCounts(outbox: MailboxID) throws -> [SentCount] {
        try connection.rows(
            "SELECT span, slot, count FROM sent_counts WHERE outbox = ? ORDER BY span, slot", .init(outbox)
        ) { row in
            SendingRate.Span(rawValue: row.integer(0)).map {
                SentCount(span: $0, slot: row.integer(1), count: row.count(2))
            }
        }.compactMap { $0 }
    }

    func countSent(outbox: MailboxID, _ counts: [SentCount]) throws {
        for new in counts {
            let count = try connection.first(
                """
                INSERT INTO sent_counts (outbox, span, slot, count) VALUES (?, ?, ?, ?)
                ON CONFLICT (outbox, span, slot) DO UPDATE SET count = sent_counts.count + excluded.count
                RETURNING count
                """, .init(outbox), .integer(new.span.rawValue), .integer(new.slot), .init(new.count)
            ) { $0.count(0) }
            // Whatever is new may be the first of its slot: then there is something to forget.
            guard count == new.count else { continue }
            try connection.run(
                "DELETE FROM sent_counts WHERE outbox = ? AND span = ? AND slot < ?", .init(outbox),
                .integer(new.span.rawValue), .integer(new.slot - 12))
        }
    }

    // MARK: - Suppressed addresses

    private static func suppression(_ row: SQLRow) -> Suppression {
        Suppression(contract: row.id(0), address: row.text(1), reason: row.text(2), since: row.time(3))
    }

    func suppressed(contract: ContractID, addresses: [String]) throws -> [Suppression] {
        try Set(addresses.map { $0.lowercased() }).sorted().compactMap { address in
            try connection.first(
                "SELECT contract, address, reason, since FROM suppressions WHERE contract = ? AND address = ?",
                .init(contract), .text(address), map: Self.suppression)
        }
    }

    func suppressions(contract: ContractID?, after: Suppression?, limit: Int) throws -> [Suppression] {
        var (clause, values) = Self.clause([("contract = ?", contract.map { .init($0) })])
        if let after {
            clause += "\(clause.isEmpty ? "WHERE" : "AND") (since < ? OR since = ? AND (contract, address) > (?, ?)) "
            values += [.init(after.since), .init(after.since), .init(after.contract), .text(after.address)]
        }
        return try connection.rows(
            "SELECT contract, address, reason, since FROM suppressions " + clause
                + "ORDER BY since DESC, contract, address LIMIT ?", values + [.init(limit)], map: Self.suppression)
    }

    func suppress(_ suppression: Suppression) throws {
        try connection.run(
            """
            INSERT INTO suppressions (contract, address, reason, since) VALUES (?, ?, ?, ?)
            ON CONFLICT (contract, address) DO NOTHING
            """, .init(suppression.contract), .text(suppression.address), .text(suppression.reason),
            .init(suppression.since))
    }

    func unsuppress(contract: ContractID, address: String) throws -> Bool {
        try connection.changed(
            "DELETE FROM suppressions WHERE contract = ? AND address = ?", .init(contract),
            .text(address.lowercased())) > 0
    }
}

extension StoreTransaction {
    func erase(_ lane: Lane) throws {
        let place: [SQLValue] = [.init(lane.contract), .init(lane.outbox)]
        for table in ["contents", "deliveries"] {
            try connection.run(
                "DELETE FROM \(table) WHERE notification IN "
                    + "(SELECT id FROM notifications WHERE contract = ? AND outbox = ?)", place[0], place[1])
        }
        for table in ["notifications", "lane_counts"] {
            try connection.run("DELETE FROM \(table) WHERE contract = ? AND outbox = ?", place[0], place[1])
        }
        try connection.run("DELETE FROM health WHERE mailbox = ?", .init(lane.outbox))
        try connection.run("DELETE FROM sent_counts WHERE outbox = ?", .init(lane.outbox))
    }
}
