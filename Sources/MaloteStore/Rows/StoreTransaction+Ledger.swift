// Cursors and ledger rows; knows nothing of servers.

import MaloteCore

extension StoreTransaction {
    func cursor(inbox: MailboxID, folder: String) throws -> FolderCursor? {
        try connection.first(
            "SELECT validity, last_uid FROM cursors WHERE inbox = ? AND folder = ?", .init(inbox), .text(folder)
        ) {
            FolderCursor(
                inbox: inbox, folder: folder, validity: UInt32(clamping: $0.integer(0)),
                lastUID: UInt32(clamping: $0.integer(1)))
        }
    }

    func setCursor(_ cursor: FolderCursor) throws {
        try connection.run(
            """
            INSERT INTO cursors (inbox, folder, validity, last_uid) VALUES (?, ?, ?, ?)
            ON CONFLICT (inbox, folder) DO UPDATE SET validity = excluded.validity, last_uid = excluded.last_uid
            """, .init(cursor.inbox), .text(cursor.folder), .integer(Int64(cursor.validity)),
            .integer(Int64(cursor.lastUID)))
    }

    func wanted(inbox: MailboxID, limit: Int) throws -> [LedgerEntry] {
        try entries("WHERE inbox = ? AND state = 'wanted' ORDER BY backlog, id LIMIT ?", .init(inbox), .init(limit))
    }

    func unsettled(inbox: MailboxID, limit: Int) throws -> [LedgerEntry] {
        try entries(
            "WHERE inbox = ? AND settled = 0 AND state <> 'wanted' ORDER BY id LIMIT ?", .init(inbox), .init(limit))
    }

    private func entries(_ clause: String, _ inbox: SQLValue, _ limit: SQLValue) throws -> [LedgerEntry] {
        try connection.rows(
            "SELECT inbox, folder, validity, uid, state, attempts, settled, backlog, history FROM ledger " + clause,
            inbox, limit
        ) { try Self.entry($0, from: 0) }
    }

    /// - Parameter first: the column of the inbox; the others follow as `entries` asks for them.
    static func entry(_ row: SQLRow, from first: Int32) throws -> LedgerEntry {
        LedgerEntry(
            key: LedgerKey(
                inbox: row.id(first), folder: row.text(first + 1), validity: UInt32(clamping: row.integer(first + 2)),
                uid: row.text(first + 3)),
            state: try row.word(first + 4), attempts: row.count(first + 5), settled: row.flag(first + 6),
            isBacklog: row.flag(first + 7), history: History(text: row.text(first + 8)))
    }

    func known(inbox: MailboxID, folder: String, validity: UInt32, uids: [String]) throws -> Set<String> {
        let keys = uids.map { LedgerKey(inbox: inbox, folder: folder, validity: validity, uid: $0) }
        return Set(try states(of: keys).keys.map(\.uid))
    }

    func ledgerCounts(inbox: MailboxID) throws -> [LedgerEntry.State: Int] {
        let counts = try settled.rows(
            "SELECT state, CAST(SUM(count) AS BIGINT) FROM ledger_counts WHERE inbox = ? GROUP BY state", .init(inbox)
        ) {
            (try $0.word(0, LedgerEntry.State.self), $0.count(1))
        }
        return Dictionary(uniqueKeysWithValues: counts.filter { $0.1 > 0 })
    }

    // MARK: - Writing

    @discardableResult
    func want(_ keys: [LedgerKey], isBacklog: Bool, reason: String, at time: Timestamp) throws -> Int {
        var history = History()
        history.add(.seen, at: time, reason)
        var states = try states(of: keys)
        var added = 0
        for key in keys where states[key] == nil || states[key] == .passedOver {
            try record(LedgerEntry(key: key, state: .wanted, isBacklog: isBacklog, history: history), over: states[key])
            states[key] = .wanted
            added += 1
        }
        return added
    }

    func record(_ entries: [LedgerEntry]) throws {
        var states = try states(of: entries.map(\.key))
        for entry in entries {
            try record(entry, over: states[entry.key])
            states[entry.key] = entry.state
        }
    }

    /// - Parameter before: the state that the row is in; `nil` if there is none.
    private func record(_ entry: LedgerEntry, over before: LedgerEntry.State?) throws {
        guard let before else { return try insert(entry) }
        try connection.run(
            """
            UPDATE ledger SET state = ?, attempts = ?, settled = ?, backlog = ?, history = ?
            WHERE inbox = ? AND folder = ? AND validity = ? AND uid = ?
            """, .text(entry.state.rawValue), .init(entry.attempts), .init(entry.settled), .init(entry.isBacklog),
            .text(entry.history.text), .init(entry.key.inbox), .text(entry.key.folder),
            .integer(Int64(entry.key.validity)), .text(entry.key.uid))
        guard before != entry.state else { return }
        tally.add(-1, entry.key.inbox, before)
        tally.add(1, entry.key.inbox, entry.state)
    }

    /// Remembers which message was filed from a row.
    func mark(_ key: LedgerKey, message: MessageID) throws -> LedgerID {
        let row = try connection.first(
            "UPDATE ledger SET message = ? WHERE inbox = ? AND folder = ? AND validity = ? AND uid = ? RETURNING id",
            .init(message), .init(key.inbox), .text(key.folder), .integer(Int64(key.validity)), .text(key.uid)
        ) { $0.id(0, LedgerID.self) }
        guard let row else { throw missing("ledger row \(key.uid) of inbox \(key.inbox)") }
        return row
    }

    func settle(_ keys: [LedgerKey], at time: Timestamp) throws {
        let line = History.line(Decision(.settled, at: time, "The server was told."))
        for key in keys {
            let changed = try connection.changed(
                """
                UPDATE ledger SET settled = 1, history = history || ?
                WHERE inbox = ? AND folder = ? AND validity = ? AND uid = ?
                """, .text(line), .init(key.inbox), .text(key.folder), .integer(Int64(key.validity)), .text(key.uid))
            guard changed == 1 else { throw missing("ledger row \(key.uid) of inbox \(key.inbox)") }
        }
    }

    /// Of those rows that are there.
    private func states(of keys: [LedgerKey]) throws -> [LedgerKey: LedgerEntry.State] {
        var states: [LedgerKey: LedgerEntry.State] = [:]
        try connection.queries(
            "SELECT state FROM ledger WHERE inbox = ? AND folder = ? AND validity = ? AND uid = ?",
            for: keys.map { [.init($0.inbox), .text($0.folder), .integer(Int64($0.validity)), .text($0.uid)] }
        ) { place, row in states[keys[place]] = try row.word(0) }
        return states
    }

    private func insert(_ entry: LedgerEntry) throws {
        try connection.run(
            """
            INSERT INTO ledger (inbox, folder, validity, uid, state, attempts, settled, backlog, history)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .init(entry.key.inbox), .text(entry.key.folder), .integer(Int64(entry.key.validity)),
            .text(entry.key.uid), .text(entry.state.rawValue), .init(entry.attempts), .init(entry.settled),
            .init(entry.isBacklog), .text(entry.history.text))
        tally.add(1, entry.key.inbox, entry.state)
    }
}
