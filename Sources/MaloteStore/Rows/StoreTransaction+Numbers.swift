// How much passed, how contracts have been doing, and what people were told; knows nothing of charts and rules.

import MaloteCore

extension StoreTransaction {
    // MARK: - Growth

    /// Row numbers only rise, so what is behind a mark is what came since. Erasing the last rows may lower them: then a
    /// few that came right after it are not counted.
    func growth(after mark: Growth.Mark?) throws -> Growth {
        // Where several nodes write, messages become visible in another order than that of their numbers.
        let isShared = connection.engine == .postgres
        let now = Growth.Mark(event: try last("events"), message: try last(isShared ? "arrivals" : "messages"))
        guard let mark else { return Growth(mark: now) }
        var growth = Growth(mark: now)
        if now.message > mark.message {
            let sums =
                isShared
                ? "CAST(SUM(count) AS BIGINT), CAST(SUM(octets) AS BIGINT) FROM arrivals"
                : "COUNT(*), SUM(size) FROM messages"
            growth.messages = try connection.rows(
                "SELECT contract, fate, \(sums) WHERE id > ? GROUP BY contract, fate ORDER BY contract, fate",
                .integer(mark.message)
            ) { row in
                StoredMessage.Fate(rawValue: row.text(1)).map {
                    Growth.Messages(contract: row.id(0), fate: $0, count: row.count(2), octets: row.integer(3))
                }
            }.compactMap { $0 }
        }
        if now.event > mark.event {
            growth.events = try connection.rows(
                """
                SELECT contract, kind, COUNT(*) FROM events WHERE id > ? GROUP BY contract, kind
                ORDER BY contract, kind
                """, .integer(mark.event)
            ) { row in
                TicketEvent.Kind(rawValue: row.text(1)).map {
                    Growth.Events(contract: row.id(0), kind: $0, count: row.count(2))
                }
            }.compactMap { $0 }
        }
        return growth
    }

    private func last(_ table: String) throws -> Int64 {
        try settled.first("SELECT MAX(id) FROM \(table)") { $0.integer(0) } ?? 0
    }

    // MARK: - Course

    func course(contract: ContractID, from slot: Int64) throws -> [CourseSample] {
        try connection.rows(
            """
            SELECT contract, slot, received, events, sent, failed, lag, queue_age FROM course
            WHERE contract = ? AND slot >= ? ORDER BY slot
            """, .init(contract), .integer(slot)
        ) { row in
            CourseSample(
                contract: row.id(0), slot: row.integer(1), received: row.count(2), events: row.count(3),
                sent: row.count(4), failed: row.count(5), lag: row.count(6), queueAge: row.count(7))
        }
    }

    func add(_ samples: [CourseSample], forgettingBefore oldest: Int64) throws {
        for sample in samples {
            try connection.run(
                """
                INSERT INTO course (contract, slot, received, events, sent, failed, lag, queue_age)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (contract, slot) DO UPDATE SET
                    received = course.received + excluded.received, events = course.events + excluded.events,
                    sent = course.sent + excluded.sent, failed = course.failed + excluded.failed,
                    lag = CASE WHEN excluded.lag > course.lag THEN excluded.lag ELSE course.lag END,
                    queue_age = CASE WHEN excluded.queue_age > course.queue_age THEN excluded.queue_age
                        ELSE course.queue_age END
                """, .init(sample.contract), .integer(sample.slot), .init(sample.received), .init(sample.events),
                .init(sample.sent), .init(sample.failed), .init(sample.lag), .init(sample.queueAge))
        }
        try connection.run("DELETE FROM course WHERE slot < ?", .integer(oldest))
        guard connection.engine == .postgres else { return }
        // More of it than any node is behind.
        try connection.run("DELETE FROM arrivals WHERE id < (SELECT MAX(id) FROM arrivals) - 100000")
    }

    // MARK: - Quarantine

    func quarantine() throws -> QuarantineSummary {
        let stored = try connection.first("SELECT COUNT(*) FROM messages WHERE fate = 'quarantined'") { $0.count(0) }
        let unfetched = try connection.first(
            "SELECT COUNT(*) FROM ledger WHERE state = 'quarantined' AND message IS NULL"
        ) { $0.count(0) }
        let oldest = try connection.first(
            "SELECT received FROM messages WHERE fate = 'quarantined' ORDER BY id LIMIT 1"
        ) { $0.time(0) }
        return QuarantineSummary(count: (stored ?? 0) + (unfetched ?? 0), oldest: oldest)
    }

    // MARK: - Alerts

    func alerts() throws -> [Alert] {
        try connection.rows("SELECT body FROM alerts ORDER BY place") { try JSONColumn.decode($0.text(0)) }
    }

    func setAlerts(_ alerts: [Alert]) throws {
        try connection.run("DELETE FROM alerts")
        for (place, alert) in alerts.enumerated() {
            try connection.run(
                "INSERT INTO alerts (place, body) VALUES (?, ?)", .init(place), .text(try JSONColumn.encode(alert)))
        }
    }
}
