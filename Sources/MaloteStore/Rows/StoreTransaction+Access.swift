// Access tokens, the audit log and answers that are kept; knows no caller.

import MaloteCore

extension StoreTransaction {
    // MARK: - Access tokens

    func accessTokens() throws -> [APIToken] {
        try connection.rows(
            "SELECT name, digest, role, contract, created, expires, last_used FROM access_tokens ORDER BY name",
            map: Self.accessToken)
    }

    private static func accessToken(_ row: SQLRow) throws -> APIToken {
        guard let name = APITokenName(row.text(0)), let digest = Digest(row.blob(1)) else {
            throw Failure(.operatorNeeded, .storage, "An access token's row cannot be read.")
        }
        return APIToken(
            name: name, digest: digest, role: try row.word(2), contract: row.optionalID(3), created: row.time(4),
            expires: row.optionalTime(5), lastUsed: row.optionalTime(6))
    }

    func put(_ token: APIToken) throws {
        tally.news.insert(.access)
        try connection.run(
            """
            INSERT INTO access_tokens (name, digest, role, contract, created, expires, last_used)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, role = excluded.role,
                contract = excluded.contract, created = excluded.created, expires = excluded.expires,
                last_used = excluded.last_used
            """, .text(token.name.text), .init(token.digest), .text(token.role.rawValue), .init(token.contract),
            .init(token.created), .init(token.expires), .init(token.lastUsed))
    }

    func deleteAccessToken(_ name: APITokenName) throws -> Bool {
        tally.news.insert(.access)
        return try connection.changed("DELETE FROM access_tokens WHERE name = ?", .text(name.text)) > 0
    }

    // MARK: - Audit log

    func audit(_ filter: AuditFilter) throws -> [AuditEntry] {
        let (clause, values) = Self.clause([
            ("contract = ?", filter.contract.map { .text($0) }), ("who = ?", filter.who.map { .text($0) }),
            ("time >= ?", filter.since.map { .init($0) }), ("id < ?", filter.before.map { .init($0) }),
        ])
        return try connection.rows(
            "SELECT id, time, who, place, action, subject, contract, details, outcome FROM audit " + clause
                + "ORDER BY id DESC LIMIT ?", values + [.init(filter.limit)]
        ) { row in
            AuditEntry(
                id: row.id(0), time: row.time(1), who: row.text(2), place: row.text(3), action: row.text(4),
                subject: row.text(5), contract: row.optionalText(6), details: row.text(7), outcome: row.text(8))
        }
    }

    func append(_ entry: AuditEntry) throws {
        try connection.run(
            """
            INSERT INTO audit (id, time, who, place, action, subject, contract, details, outcome)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .integer(try next("audit")), .init(entry.time), .text(entry.who), .text(entry.place),
            .text(entry.action), .text(entry.subject), .init(entry.contract), .text(entry.details),
            .text(entry.outcome))
    }

    func forgetAudit(before time: Timestamp, limit: Int) throws -> Int {
        // Numbers grow with time: the first of them are the oldest.
        try connection.changed(
            "DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT ?) AND time < ?", .init(limit),
            .init(time))
    }

    // MARK: - Answers

    func answer(caller: String, key: String) throws -> StoredAnswer? {
        try connection.first(
            "SELECT request, status, type, body, time FROM kept_answers WHERE caller = ? AND key = ?", .text(caller),
            .text(key)
        ) { row in
            Digest(row.blob(0)).map {
                StoredAnswer(
                    caller: caller, key: key, request: $0,
                    answer: KeptAnswer(status: row.count(1), type: row.text(2), body: row.blob(3)), time: row.time(4))
            }
        } ?? nil
    }

    func keep(_ answer: StoredAnswer, forgetting time: Timestamp) throws {
        try connection.run("DELETE FROM kept_answers WHERE time < ?", .init(time))
        try connection.run(
            """
            INSERT INTO kept_answers (caller, key, request, status, type, body, time) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (caller, key) DO UPDATE SET request = excluded.request, status = excluded.status,
                type = excluded.type, body = excluded.body, time = excluded.time
            """, .text(answer.caller), .text(answer.key), .init(answer.request), .init(answer.answer.status),
            .text(answer.answer.type), .blob(answer.answer.body), .init(answer.time))
    }
}
