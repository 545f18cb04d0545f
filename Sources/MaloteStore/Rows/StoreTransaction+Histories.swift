// Looking for messages, what was decided about them, and how much was answered; knows nothing of the reasons.

import MaloteCore

extension StoreTransaction {
    // MARK: - Messages

    func messages(_ filter: MessageFilter) throws -> [StoredMessage] {
        // Only the conditions that are given, so that each query can use the index that fits it.
        var conditions: [String] = []
        var values: [SQLValue] = []
        func add(_ condition: String, _ value: SQLValue?...) {
            let given = value.compactMap { $0 }
            guard given.count == value.count else { return }
            conditions.append(condition)
            values += given
        }
        add("contract = ?", filter.contract.map { .init($0) })
        add("inbox = ?", filter.inbox.map { .init($0) })
        add("ticket = ?", filter.ticket.map { .init($0) })
        add("ledger = ?", filter.ledger.map { .init($0) })
        add("message_id = ?", filter.messageID.map { .text($0) })
        add("received >= ?", filter.since.map { .init($0) })
        add("id < ?", filter.before.map { .init($0) })
        if !filter.search.isEmpty {
            let pattern = SQLValue.text(Self.pattern(holding: filter.needle))
            add(
                "(lower(sender) LIKE ? ESCAPE '\\' OR lower(subject) LIKE ? ESCAPE '\\' "
                    + "OR lower(message_id) LIKE ? ESCAPE '\\')", pattern, pattern, pattern)
        }
        // A word in the text, not a parameter: only then does an index of one fate count.
        if filter.fates.count < StoredMessage.Fate.allCases.count {
            let words = filter.fates.map { "fate = '\($0.rawValue)'" }.sorted()
            conditions.append(words.isEmpty ? "1 = 0" : "(\(words.joined(separator: " OR ")))")
        }
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ") + " "
        return try connection.rows(
            Self.messageColumns + clause + "ORDER BY id DESC LIMIT ?", values + [.init(filter.limit)],
            map: Self.message)
    }

    static func pattern(holding text: String) -> String {
        "%" + text.reduce(into: "") { $0 += "%_\\".contains($1) ? "\\\($1)" : String($1) } + "%"
    }

    func update(_ message: StoredMessage) throws {
        let changed = try connection.changed(
            "UPDATE messages SET contract = ?, fate = ?, ticket = ?, history = ? WHERE id = ?",
            .init(message.contract), .text(message.fate.rawValue), .init(message.ticket),
            .text(message.history.text), .init(message.id))
        guard changed == 1 else { throw missing("message \(message.id)") }
    }

    func note(_ decision: Decision, on message: MessageID) throws {
        let changed = try connection.changed(
            """
            UPDATE messages SET history = CASE WHEN length(history) < ? THEN history || ? ELSE history END
            WHERE id = ?
            """, .init(History.limit), .text(History.line(decision)), .init(message))
        guard changed == 1 else { throw missing("message \(message)") }
    }

    // MARK: - Ledger

    private static let ledgerColumns = """
        SELECT ledger.id, ledger.message, ledger.inbox, folder, validity, uid, state, attempts, settled, backlog,
            ledger.history
        FROM ledger\u{20}
        """

    private static func ledgerRow(_ row: SQLRow) throws -> LedgerRow {
        LedgerRow(id: row.id(0), message: row.optionalID(1), entry: try entry(row, from: 2))
    }

    func ledger(_ id: LedgerID) throws -> LedgerRow? {
        try connection.first(Self.ledgerColumns + "WHERE id = ?", .init(id), map: Self.ledgerRow)
    }

    func ledger(of message: MessageID) throws -> LedgerRow? {
        try connection.first(
            Self.ledgerColumns + "JOIN messages ON messages.ledger = ledger.id WHERE messages.id = ?", .init(message),
            map: Self.ledgerRow)
    }

    func unfetched(limit: Int) throws -> [LedgerRow] {
        try connection.rows(
            Self.ledgerColumns + "WHERE state = 'quarantined' AND message IS NULL ORDER BY id DESC LIMIT ?",
            .init(limit), map: Self.ledgerRow)
    }

    // MARK: - Answers

    func notifications(ticket: TicketID) throws -> [NotificationID] {
        try connection.rows("SELECT id FROM notifications WHERE ticket = ? ORDER BY id", .init(ticket)) { $0.id(0) }
    }

    func answers(contract: ContractID, scope: String, hour: Int64) throws -> AnswerCount {
        let rows = try connection.rows(
            "SELECT hour, count FROM answer_counts WHERE contract = ? AND scope = ? AND hour >= ? AND hour <= ?",
            .init(contract), .text(scope), .integer(hour - 1), .integer(hour)
        ) { (hour: $0.integer(0), count: $0.count(1)) }
        func count(_ wanted: Int64) -> Int { rows.first { $0.hour == wanted }?.count ?? 0 }
        return AnswerCount(thisHour: count(hour), lastHour: count(hour - 1))
    }

    func countAnswer(contract: ContractID, scopes: [String], hour: Int64) throws {
        var isNewHour = false
        for scope in scopes {
            let count = try connection.first(
                """
                INSERT INTO answer_counts (contract, scope, hour, count) VALUES (?, ?, ?, 1)
                ON CONFLICT (contract, scope, hour) DO UPDATE SET count = answer_counts.count + 1 RETURNING count
                """, .init(contract), .text(scope), .integer(hour)
            ) { $0.count(0) }
            if count == 1 { isNewHour = true }
        }
        // Whatever is new may be the first of its hour: then there is something to forget.
        if isNewHour {
            try connection.run(
                "DELETE FROM answer_counts WHERE contract = ? AND hour < ?", .init(contract), .integer(hour - 1))
        }
    }
}
