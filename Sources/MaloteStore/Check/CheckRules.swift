// The rules that one query each can judge: every row that it gives is a complaint; knows nothing of who reads them.

import MaloteCore

/// Rows that refer to each other, words that are known, numbers that add up.
struct CheckRule {
    var name: String
    /// How many rows it looks at.
    var counts: String
    /// Queries for complaints: the row's name, and what is wrong with it.
    var finds: [String]

    func run(_ check: CheckRun) throws {
        check.looked(at: try check.count(counts))
        for find in finds { try check.connection.each(find) { check.complain($0.text(0), $0.text(1)) } }
    }

    static func all(_ engine: SQLEngine) -> [CheckRule] {
        [
            ledger, messages, tickets, threads, flows, approvals, endpoints(engine), notifications, deliveries,
            ledgerCounts, laneCounts, numbers(engine), columns,
        ]
    }

    /// The last number that was given of a series; 0 for none.
    static func last(_ series: String, _ engine: SQLEngine) -> String {
        switch engine {
        case .sqlite: "COALESCE((SELECT value FROM counters WHERE name = '\(series)'), 0)"
        case .postgres:
            "(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM \(PostgresSchema.sequence(series)))"
        }
    }

    /// Rows of a contract that is being erased go one kind after the other: what they refer to may be gone before them.
    private static let living = "IN (\(livingContracts))"
    static let livingContracts = """
        SELECT id FROM registry WHERE kind = 'contract'
            AND CASE WHEN json_valid(body) THEN COALESCE(json_extract(body, '$.status'), '') <> 'ended' END
        """

    /// Rows of a table that name a row which is not there.
    private static func stray(_ table: String, _ word: String, _ column: String, _ target: String, _ what: String)
        -> String
    {
        """
        SELECT '\(word) ' || child.id, 'it names \(what) ' || child.\(column) || ', which does not exist'
        FROM \(table) AS child LEFT JOIN \(target) AS parent ON parent.id = child.\(column)
        WHERE child.\(column) IS NOT NULL AND parent.id IS NULL
        """
    }

    private static func stray(
        _ table: String, _ word: String, _ column: String, _ target: String, _ what: String, living contract: String
    ) -> String {
        stray(table, word, column, target, what) + " AND child.\(contract) \(living)"
    }

    private static func unknown<Word: RawRepresentable & CaseIterable>(
        _ table: String, _ word: String, _ column: String, _: Word.Type
    ) -> String where Word.RawValue == String {
        let known = Word.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return """
            SELECT '\(word) ' || id, 'its \(column) "' || \(column) || '" is not known' FROM \(table)
            WHERE \(column) NOT IN (\(known))
            """
    }

    // MARK: - What came in

    private static let ledger = CheckRule(
        name: "ledger", counts: "SELECT COUNT(*) FROM ledger",
        finds: [
            unknown("ledger", "ledger row", "state", LedgerEntry.State.self),
            stray("ledger", "ledger row", "message", "messages", "message"),
        ])

    private static let messages = CheckRule(
        name: "messages", counts: "SELECT COUNT(*) FROM messages",
        finds: [
            unknown("messages", "message", "fate", StoredMessage.Fate.self),
            stray("messages", "message", "ledger", "ledger", "ledger row"),
            stray("messages", "message", "ticket", "tickets", "ticket", living: "contract"),
            """
            SELECT 'message ' || message.id, 'it is in ticket ' || ticket.key || ' of another contract'
            FROM messages AS message JOIN tickets AS ticket ON ticket.id = message.ticket
            WHERE ticket.contract <> message.contract
            """,
        ])

    private static let tickets = CheckRule(
        name: "tickets", counts: "SELECT COUNT(*) FROM tickets",
        finds: [
            """
            SELECT 'ticket ' || ticket.key,
                'its number ' || number || ' is above the last of its contract, ' || COALESCE(CAST(value AS TEXT), 'none')
            FROM tickets AS ticket LEFT JOIN counters ON name = 'ticket of ' || contract
            WHERE number > COALESCE(value, 0)
            """
        ])

    private static let threads = CheckRule(
        name: "threads", counts: "SELECT COUNT(*) FROM threads",
        finds: [
            """
            SELECT 'thread ' || message_id, 'it names ticket ' || child.ticket || ', which does not exist'
            FROM threads AS child LEFT JOIN tickets AS parent
                ON parent.id = child.ticket AND parent.contract = child.contract
            WHERE parent.id IS NULL AND child.contract \(living)
            """
        ])

    private static let flows = CheckRule(
        name: "occasions", counts: "SELECT (SELECT COUNT(*) FROM occasions) + (SELECT COUNT(*) FROM planned_steps)",
        finds: [
            stray("occasions", "occasion", "ticket", "tickets", "ticket", living: "contract"),
            stray("planned_steps", "planned step", "ticket", "tickets", "ticket", living: "contract"),
            stray("planned_steps", "planned step", "occasion", "occasions", "occasion", living: "contract"),
        ])

    private static let approvals = CheckRule(
        name: "approvals", counts: "SELECT COUNT(*) FROM approvals",
        finds: [
            stray("approvals", "approval", "ticket", "tickets", "ticket", living: "contract"),
            """
            SELECT 'approval ' || voter.approval, 'there are voters of it, but it does not exist'
            FROM approval_voters AS voter LEFT JOIN approvals AS parent ON parent.id = voter.approval
            WHERE parent.id IS NULL GROUP BY voter.approval
            """,
            """
            SELECT 'approval ' || parent.id, 'it has fewer voters than the ' || quorum || ' that decide'
            FROM approvals AS parent
            WHERE quorum > (SELECT COUNT(*) FROM approval_voters WHERE approval = parent.id)
            """,
        ])

    // MARK: - What goes out

    private static func endpoints(_ engine: SQLEngine) -> CheckRule {
        CheckRule(
            name: "endpoints",
            counts: "SELECT (SELECT COUNT(*) FROM endpoints) + (SELECT COUNT(*) FROM refused_events)",
            finds: [
                """
                SELECT 'refused event ' || place || ' of contract ' || child.contract, 'there is no such event'
                FROM refused_events AS child LEFT JOIN events ON events.id = place AND events.contract = child.contract
                WHERE events.id IS NULL AND child.contract \(living)
                """,
                """
                SELECT 'endpoint of contract ' || contract, 'it stands behind the end of the event log'
                FROM endpoints WHERE position > \(last("event", engine))
                """,
            ])
    }

    private static let notifications = CheckRule(
        name: "notifications", counts: "SELECT COUNT(*) FROM notifications",
        finds: [
            """
            SELECT 'notification ' || parent.id, 'it has no content'
            FROM notifications AS parent LEFT JOIN contents ON notification = parent.id WHERE notification IS NULL
            """,
            """
            SELECT 'notification ' || notification, 'there is content of it, but it does not exist'
            FROM contents LEFT JOIN notifications AS parent ON parent.id = notification WHERE parent.id IS NULL
            """,
            """
            SELECT 'notification ' || parent.id, 'it has '
                || (SELECT COUNT(*) FROM deliveries WHERE notification = parent.id) || ' deliveries for '
                || json_array_length(recipients) || ' recipients'
            FROM notifications AS parent WHERE json_valid(recipients)
                AND json_array_length(recipients) <> (SELECT COUNT(*) FROM deliveries WHERE notification = parent.id)
            """,
            stray("notifications", "notification", "ticket", "tickets", "ticket", living: "contract"),
        ])

    private static let deliveries = CheckRule(
        name: "deliveries", counts: "SELECT COUNT(*) FROM deliveries",
        finds: [
            unknown("deliveries", "delivery", "state", Delivery.State.self),
            """
            SELECT 'delivery ' || child.id, 'it names notification ' || notification || ', which does not exist'
            FROM deliveries AS child LEFT JOIN notifications AS parent ON parent.id = notification
            WHERE parent.id IS NULL
            """,
            """
            SELECT 'delivery ' || child.id, 'it is in another lane than notification ' || parent.id
            FROM deliveries AS child JOIN notifications AS parent ON parent.id = child.notification
            WHERE child.contract <> parent.contract OR child.outbox <> parent.outbox
            """,
            """
            SELECT 'delivery ' || child.id, 'notification ' || parent.id || ' has no such recipient'
            FROM deliveries AS child JOIN notifications AS parent ON parent.id = child.notification
            WHERE json_valid(recipients)
                AND NOT EXISTS (SELECT 1 FROM json_each(recipients) WHERE value = child.recipient)
            """,
            """
            SELECT 'delivery ' || id, 'it is ' || state || ' without a time' FROM deliveries
            WHERE state IN ('sent', 'failed', 'unknown') AND settled IS NULL
            """,
            """
            SELECT 'delivery ' || id, 'it is ' || state || ' without an attempt' FROM deliveries
            WHERE state IN ('sending', 'sent', 'unknown') AND attempts < 1
            """,
        ])

    // MARK: - What is counted

    private static let ledgerCounts = CheckRule(
        name: "ledger counts", counts: "SELECT COUNT(*) FROM ledger_counts",
        finds: [counted(in: "ledger_counts", of: "ledger", by: ["inbox", "state"])])

    private static let laneCounts = CheckRule(
        name: "lane counts", counts: "SELECT COUNT(*) FROM lane_counts",
        finds: [
            counted(in: "lane_counts", of: "deliveries", by: ["contract", "outbox", "state"])
                + " AND (contract < 0 OR contract \(living))"
        ])

    /// What is kept on one side and counted on the other must be equal; none is 0.
    private static func counted(in kept: String, of table: String, by keys: [String]) -> String {
        let list = keys.joined(separator: ", ")
        let name = keys.map { "'\($0) ' || \($0)" }.joined(separator: " || ' ' || ")
        return """
            SELECT \(name), 'counted are ' || SUM(kept) || ', there are ' || SUM(there) FROM (
                SELECT \(list), count AS kept, 0 AS there FROM \(kept)
                UNION ALL SELECT \(list), 0, COUNT(*) FROM \(table) GROUP BY \(list)) AS counted
            GROUP BY \(list) HAVING SUM(kept) <> SUM(there)
            """
    }

    /// A series that stands below a number that was given would give it again.
    private static func numbers(_ engine: SQLEngine) -> CheckRule {
        CheckRule(
            name: "numbers", counts: engine == .sqlite ? "SELECT COUNT(*) FROM counters" : "SELECT \(series.count)",
            finds: series.map { series, table, clause in
                """
                SELECT 'series \(series)', 'it stands at ' || value || ', but ' || last || ' was given' FROM (
                    SELECT \(last(series, engine)) AS value, (SELECT MAX(id) FROM \(table) \(clause)) AS last) AS series
                WHERE last > value
                """
            })
    }

    private static let series = [
        ("message", "messages", ""), ("ticket", "tickets", ""), ("event", "events", ""),
        ("notification", "notifications", ""), ("delivery", "deliveries", ""), ("occasion", "occasions", ""),
        ("planned step", "planned_steps", ""), ("approval", "approvals", ""), ("audit", "audit", ""),
        ("mailbox", "registry", "WHERE kind = 'mailbox'"), ("contract", "registry", "WHERE kind = 'contract'"),
    ]

    /// Columns that hold JSON.
    private static let columns = CheckRule(
        name: "columns", counts: "SELECT (SELECT COUNT(*) FROM registry) + (SELECT COUNT(*) FROM template_versions)",
        finds: [
            ("registry", "kind || ' ' || name", "body"),
            ("template_versions", "'template version ' || name || ' ' || number", "body"),
            ("tickets", "'ticket ' || key", "cc"), ("tickets", "'ticket ' || key", "fields"),
            ("notifications", "'notification ' || id", "recipients"),
            ("notifications", "'notification ' || id", "outbox_trace"),
            ("deliveries", "'delivery ' || id", "failure"), ("deliveries", "'delivery ' || id", "reply"),
            ("occasions", "'occasion ' || id", "body"), ("health", "'health of mailbox ' || mailbox", "body"),
            ("alerts", "'alert ' || place", "body"),
        ].map { table, name, column in
            "SELECT \(name), 'its \(column) is not JSON' FROM \(table) "
                + "WHERE \(column) IS NOT NULL AND NOT json_valid(\(column))"
        })
}
