// Guards of a contract as a whole, of access tokens and the audit log.

import MaloteCore

extension GuardedControl {
    package func export(contract: String) async throws(Problem) -> String {
        try mind(contract)
        return try await inner.export(contract: contract)
    }

    package func tickets(contract: String, after: Int, limit: Int) async throws(Problem) -> [TicketLine] {
        try mind(contract)
        return try await inner.tickets(contract: contract, after: after, limit: limit)
    }

    package func notifications(
        contract: String, after: Int64, limit: Int
    ) async throws(Problem) -> [NotificationReport] {
        try mind(contract)
        return try await inner.notifications(contract: contract, after: after, limit: limit)
    }

    package func content(notification: Int64) async throws(Problem) -> [UInt8] {
        if let own = caller.contract?.text {
            let query = QueueQuery(contract: own, notification: notification, limit: 1)
            guard try await !inner.queue(query).isEmpty else {
                throw Problem(
                    status: 404, title: "Not found", detail: "There is no notification \(notification).")
            }
        }
        return try await inner.content(notification: notification)
    }

    package func moveIn(contract: String, tickets: [MovedTicket]) async throws(Problem) -> Int {
        try await administer("contract.move-in", "tickets", contract: contract) { () throws(Problem) in
            try await inner.moveIn(contract: contract, tickets: tickets)
        }
    }

    package func moveIn(contract: String, message: MovedMessage) async throws(Problem) -> Bool {
        try await administer("contract.move-in", "a message", contract: contract) { () throws(Problem) in
            try await inner.moveIn(contract: contract, message: message)
        }
    }

    package func moveIn(contract: String, events: [MovedEvent]) async throws(Problem) -> Int {
        try await administer("contract.move-in", "events", contract: contract) { () throws(Problem) in
            try await inner.moveIn(contract: contract, events: events)
        }
    }

    package func erase(contract: String, dryRun: Bool) async throws(Problem) -> EraseReport {
        try beAdmin()
        guard !dryRun else { return try await inner.erase(contract: contract, dryRun: true) }
        return try await change("contract.erase", "contract \(contract)", contract: contract) { () throws(Problem) in
            try await inner.erase(contract: contract, dryRun: false)
        }
    }

    // MARK: - Access

    package func caller(presenting token: Secret) async throws(Problem) -> Caller? {
        try await inner.caller(presenting: token)
    }

    package func accessTokens() async throws(Problem) -> [AccessTokenView] {
        try beAdmin()
        return try await inner.accessTokens()
    }

    package func issue(_ wish: AccessTokenWish) async throws(Problem) -> IssuedToken {
        try await administer("token.add", "token \(wish.name), \(wish.role)", contract: wish.contract) {
            () throws(Problem) in try await inner.issue(wish)
        }
    }

    package func revoke(accessToken name: String) async throws(Problem) {
        try await administer("token.revoke", "token \(name)") { () throws(Problem) in
            try await inner.revoke(accessToken: name)
        }
    }

    package func audit(_ query: AuditQuery) async throws(Problem) -> [AuditEntry] {
        var query = query
        query.contract = try narrowed(query.contract)
        return try await inner.audit(query)
    }

    package func record(_ deed: Deed, refusal: Problem?) async { await inner.record(deed, refusal: refusal) }

    // MARK: - Requests that are made twice

    package func begin(_ request: KeyedRequest) async throws(Problem) -> KeptAnswer? {
        try await inner.begin(request)
    }

    package func end(_ request: KeyedRequest, _ answer: KeptAnswer?) async { await inner.end(request, answer) }
}
