// What a contract does not keep for ever, removed a few rows at a time; knows nothing of how long.

import MaloteCore

extension StoreTransaction {
    /// Messages are looked at in the order of their coming. How far that went is kept for each contract, so that nobody
    /// looks at the same rows each hour.
    func removeSources(
        of contract: ContractID, before time: Timestamp, noting decision: Decision, limit: Int
    ) throws -> Removal {
        let name = "sources removed of \(contract)"
        let mark = try connection.first("SELECT value FROM counters WHERE name = ?", .text(name)) { $0.integer(0) } ?? 0
        let rows = try connection.rows(
            "SELECT id, contract, received, fate FROM messages WHERE id > ? ORDER BY id LIMIT ?", .integer(mark),
            .init(limit)
        ) { row in
            (
                id: row.id(0, MessageID.self), isOurs: row.integer(1) == contract.rawValue, received: row.time(2),
                fate: row.text(3)
            )
        }
        let old = rows.prefix { $0.received < time }
        var count = 0
        for row in old where row.isOurs && row.fate != StoredMessage.Fate.quarantined.rawValue {
            guard try connection.changed("DELETE FROM raw_sources WHERE message = ?", .init(row.id)) > 0 else {
                continue
            }
            try connection.run("DELETE FROM raw_pieces WHERE message = ?", .init(row.id))
            try note(decision, on: row.id)
            count += 1
        }
        if let last = old.last { try raise(name, to: last.id.rawValue) }
        return Removal(count: count, isDone: old.count < rows.count || rows.count < limit)
    }

    func removeEvents(of contract: ContractID, before time: Timestamp, limit: Int) throws -> Removal {
        let position = try connection.first("SELECT position FROM endpoints WHERE contract = ?", .init(contract)) {
            $0.integer(0)
        }
        let refused =
            try connection.first(
                "SELECT min(place) FROM refused_events WHERE contract = ?", .init(contract)
            ) { $0.optionalInteger(0) } ?? nil
        // The one that is refused is needed itself; the one at the position was delivered.
        let end = min(position ?? .max, refused.map { $0 - 1 } ?? .max)
        let rows = try settled.rows(
            "SELECT id, time FROM events WHERE contract = ? ORDER BY id LIMIT ?", .init(contract), .init(limit)
        ) { (id: $0.integer(0), time: $0.time(1)) }
        let old = rows.prefix { $0.time < time && $0.id <= end }
        for row in old { try connection.run("DELETE FROM events WHERE id = ?", .integer(row.id)) }
        return Removal(count: old.count, isDone: old.count < rows.count || rows.count < limit)
    }
}
