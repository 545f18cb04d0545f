// Guards of events, messages, notifications and the queue: a contract's own are its own.

import MaloteCore

extension GuardedControl {
    package func events(_ query: EventQuery) async throws(Problem) -> [TicketEvent] {
        var query = query
        query.contract = try narrowed(query.contract)
        return try await inner.events(query)
    }

    // MARK: - Sending

    package func send(_ request: SendRequest) async throws(Problem) -> SendReceipt {
        try mind(request.contract)
        try await mind(outbox: request.outbox)
        return try await change("notification.send", contract: request.contract) { () throws(Problem) in
            try await inner.send(request)
        }
    }

    /// Nobody writes through what is another contract's.
    func mind(outbox: String?) async throws(Problem) {
        guard caller.contract != nil, let outbox, !["contract", "system"].contains(outbox) else { return }
        guard await visible().mailboxes.contains(where: { $0.name.text == outbox }) else {
            throw Problem(status: 404, title: "Not found", detail: "There is no mailbox \"\(outbox.onOneLine)\".")
        }
    }

    package func queue(_ query: QueueQuery) async throws(Problem) -> [DeliveryView] {
        try await inner.queue(try narrowed(query))
    }

    package func changeQueue(_ action: QueueAction, _ query: QueueQuery) async throws(Problem) -> Int {
        let query = try narrowed(query)
        return try await change("queue.\(action)", query.words, contract: query.contract) { () throws(Problem) in
            try await inner.changeQueue(action, query)
        }
    }

    private func narrowed(_ query: QueueQuery) throws(Problem) -> QueueQuery {
        var query = query
        query.contract = try narrowed(query.contract)
        return query
    }

    package func suppressions(contract: String?, page: PageWish) async throws(Problem) -> [SuppressionView] {
        try await inner.suppressions(contract: try narrowed(contract), page: page)
    }

    package func suppress(
        contract: String, address: String, reason: String
    ) async throws(Problem) -> SuppressionView {
        try mind(contract)
        return try await change("suppression.add", address, contract: contract) { () throws(Problem) in
            try await inner.suppress(contract: contract, address: address, reason: reason)
        }
    }

    package func unsuppress(contract: String, address: String) async throws(Problem) {
        try mind(contract)
        try await change("suppression.remove", address, contract: contract) { () throws(Problem) in
            try await inner.unsuppress(contract: contract, address: address)
        }
    }

    // MARK: - Messages

    package func messages(_ query: MessageQuery) async throws(Problem) -> [MessageLine] {
        var query = query
        query.contract = try narrowed(query.contract)
        return try await inner.messages(query)
    }

    package func message(_ reference: String, contract: String?) async throws(Problem) -> MessageReport {
        try await inner.message(reference, contract: try narrowed(contract))
    }

    package func explain(_ reference: String, contract: String?) async throws(Problem) -> Explanation {
        try await inner.explain(reference, contract: try narrowed(contract))
    }

    package func raw(_ reference: String, contract: String?) async throws(Problem) -> RawCopy {
        try await inner.raw(reference, contract: try narrowed(contract))
    }

    // MARK: - Quarantine

    package func quarantine(_ query: QuarantineQuery) async throws(Problem) -> [QuarantineLine] {
        var lines = try await inner.quarantine(try narrowed(query))
        guard let own = caller.contract?.text else { return lines }
        // Who else takes mail from the inbox is not for this caller.
        for place in lines.indices { lines[place].contracts.removeAll { $0 != own } }
        return lines
    }

    package func replay(
        _ query: QuarantineQuery, passingRules: Bool, dryRun: Bool
    ) async throws(Problem) -> [ReplayResult] {
        let query = try narrowed(query)
        guard !dryRun else { return try await inner.replay(query, passingRules: passingRules, dryRun: true) }
        let subject = query.id.map { "message \($0)" } ?? "all that match"
        return try await change("quarantine.replay", subject, contract: query.contract) { () throws(Problem) in
            try await inner.replay(query, passingRules: passingRules, dryRun: false)
        }
    }

    private func narrowed(_ query: QuarantineQuery) throws(Problem) -> QuarantineQuery {
        var query = query
        query.contract = try narrowed(query.contract)
        return query
    }

    // MARK: - Tickets

    package func ticket(_ key: String, contract: String?) async throws(Problem) -> TicketReport {
        try await inner.ticket(key, contract: try narrowed(contract))
    }

    package func link(ticket key: String, contract: String?, external: String) async throws(Problem) -> TicketReport {
        let contract = try narrowed(contract)
        return try await change("ticket.link", "ticket \(key)", contract: contract) { () throws(Problem) in
            try await inner.link(ticket: key, contract: contract, external: external)
        }
    }

    package func turn(
        ticket key: String, contract: String?, _ turn: TicketTurn
    ) async throws(Problem) -> TicketReport {
        let (contract, action) = (try narrowed(contract), turn.isClosed ? "ticket.close" : "ticket.reopen")
        return try await change(action, "ticket \(key)", contract: contract) { () throws(Problem) in
            try await inner.turn(ticket: key, contract: contract, turn)
        }
    }
}

extension QueueQuery {
    /// What it selects.
    fileprivate var words: String {
        let parts = [
            outbox.map { "outbox \($0)" }, notification.map { "notification \($0)" },
            states.isEmpty ? nil : states.joined(separator: ","),
        ]
        return parts.compactMap { $0 }.joined(separator: " ")
    }
}
