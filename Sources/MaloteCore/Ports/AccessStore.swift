// The part of the store's port that is about access: tokens, the audit log, answers that are kept; knows no rule of either.

package protocol AccessReading {
    /// By name.
    func accessTokens() throws -> [APIToken]
    /// Latest first.
    func audit(_ filter: AuditFilter) throws -> [AuditEntry]
    func answer(caller: String, key: String) throws -> StoredAnswer?
}

package protocol AccessWriting: AccessReading {
    /// Replaces what has its name.
    func put(_ token: APIToken) throws
    /// Returns whether there was one.
    func deleteAccessToken(_ name: APITokenName) throws -> Bool
    func append(_ entry: AuditEntry) throws
    /// Forgets lines from before this time, at most `limit` at once. Returns how many.
    @discardableResult func forgetAudit(before time: Timestamp, limit: Int) throws -> Int
    /// Replaces what has its caller and key, and forgets answers from before `forgetting`.
    func keep(_ answer: StoredAnswer, forgetting time: Timestamp) throws
}

/// Which lines of the audit log to show; every given field must match.
package struct AuditFilter: Sendable, Hashable {
    package var contract: String?
    package var who: String?
    package var since: Timestamp?
    /// Only lines with lower numbers.
    package var before: AuditID?
    package var limit: Int

    package init(
        contract: String? = nil, who: String? = nil, since: Timestamp? = nil, before: AuditID? = nil, limit: Int = 100
    ) {
        self.contract = contract
        self.who = who
        self.since = since
        self.before = before
        self.limit = limit
    }
}

/// An answer with the request that it belongs to.
package struct StoredAnswer: Sendable, Hashable {
    package var caller: String
    package var key: String
    /// Of the request.
    package var request: Digest
    package var answer: KeptAnswer
    package var time: Timestamp

    package init(caller: String, key: String, request: Digest, answer: KeptAnswer, time: Timestamp) {
        self.caller = caller
        self.key = key
        self.request = request
        self.answer = answer
        self.time = time
    }
}
