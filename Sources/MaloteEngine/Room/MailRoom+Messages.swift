// What became of received messages, as operators ask for it; changes nothing.

import MaloteCore
import MaloteDesk

extension MailRoom {
    package func messages(_ query: MessageQuery) async throws(Problem) -> [MessageLine] {
        let registry = parts.board.current
        let filter = try filter(query)
        let ticket = query.ticket
        return try await read { store in
            guard let ticket else { return try store.lines(filter, registry) }
            let contracts = filter.contract.map { [$0] } ?? registry.contracts.map(\.id)
            return try contracts.compactMap { try store.ticket(contract: $0, key: ticket) }.flatMap { found in
                var filter = filter
                filter.ticket = found.id
                return try store.lines(filter, registry)
            }
        }
    }

    private func filter(_ query: MessageQuery) throws(Problem) -> MessageFilter {
        var filter = MessageFilter(limit: min(max(query.limit, 1), 1000))
        if let text = query.contract { filter.contract = try contract(named: text).id }
        if let text = query.inbox { filter.inbox = try mailbox(named: text).id }
        if let text = query.fate {
            guard let fate = StoredMessage.Fate(rawValue: text) else {
                throw Problem.invalid(
                    field: "fate", "there is no fate \"\(text)\".",
                    remedy: "Use one of: \(StoredMessage.Fate.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            filter.fates = [fate]
        }
        filter.since = try since(query.since)
        filter.search = String((query.search ?? "").prefix(200))
        filter.before = query.before.map(MessageID.init(rawValue:))
        return filter
    }

    func since(_ text: String?) throws(Problem) -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw Problem.invalid(
                field: "since", "\"\(text)\" is not a date.", remedy: "Write YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ.")
        }
        return time
    }

    // MARK: - One message

    /// By its number, or by its header Message-ID, which several contracts may have.
    func find(_ reference: String, contract: String?) async throws(Problem) -> StoredMessage {
        let wanted = try contract.map { text throws(Problem) in try self.contract(named: text).id }
        guard let number = Int64(reference) else { return try await find(messageID: reference, wanted) }
        let found = try await read { try $0.message(MessageID(rawValue: number)) }
        guard let found, wanted == nil || found.contract == wanted else { throw Self.missing(reference) }
        return found
    }

    private func find(messageID: String, _ contract: ContractID?) async throws(Problem) -> StoredMessage {
        guard messageID.hasPrefix("<"), messageID.hasSuffix(">") else {
            throw Problem.invalid(
                field: "message", "\"\(messageID.onOneLine)\" is neither a message's number nor a Message-ID.",
                remedy: "Write the number that message list shows, or <...> with its angle brackets.")
        }
        let filter = MessageFilter(contract: contract, messageID: messageID, limit: 20)
        let found = try await read { try $0.messages(filter) }
        guard let first = found.first else { throw Self.missing(messageID) }
        guard found.count == 1 else {
            let registry = parts.board.current
            let names = found.map { "\($0.id) (\(registry.name(of: $0.contract)), \($0.fate.rawValue))" }
            throw Problem(
                status: 409, title: "Several messages",
                detail:
                    "Several messages have this Message-ID: \(names.joined(separator: ", ")). Name one by its number.")
        }
        return first
    }

    static func missing(_ reference: String) -> Problem {
        Problem(status: 404, title: "Not found", detail: "There is no message \(reference.onOneLine).")
    }

    package func message(_ reference: String, contract: String?) async throws(Problem) -> MessageReport {
        try await reading(reference, contract: contract).report
    }

    func report(_ message: StoredMessage, _ view: MessageView) async throws(Problem) -> MessageReport {
        let registry = parts.board.current
        let line = try await read { try $0.line(message, registry) }
        let policy = registry.contract(message.contract)?.attachments ?? AttachmentPolicy()
        let reasons: Set<Decision.Step> = [.filed, .quarantined, .duplicate]
        return MessageReport(
            line: line, view: view,
            attachments: view.attachments.map { .init($0, refused: policy.refusal(of: $0)) },
            reason: message.history.decisions.first { reasons.contains($0.step) && $0.fits(message.fate) }?.reason)
    }

    // MARK: - Why

    package func explain(_ reference: String, contract: String?) async throws(Problem) -> Explanation {
        let message = try await find(reference, contract: contract)
        let registry = parts.board.current
        return try await read { store in
            // What happened in one commit has one time, and stays in its order; the server is told behind it.
            let server = try store.ledger(of: message.id)?.entry.history.decisions ?? []
            var decisions = server.filter { $0.step != .settled } + message.history.decisions
            decisions += server.filter { $0.step == .settled }
            for decision in message.history.decisions where decision.step == .notification {
                guard let number = decision.reference.flatMap({ Int64($0) }) else { continue }
                let filter = DeliveryFilter(notification: NotificationID(rawValue: number))
                decisions += try store.deliveries(filter).map(Decision.init)
            }
            let sorted = decisions.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            return Explanation(line: try store.line(message, registry), decisions: sorted.map(\.element))
        }
    }
}

extension Decision {
    /// Whether it is the kind of decision that leads to this fate.
    fileprivate func fits(_ fate: StoredMessage.Fate) -> Bool {
        switch fate {
        case .opened, .replied, .reported, .ignored: step == .filed
        case .quarantined: step == .quarantined
        case .duplicate: step == .duplicate
        }
    }

    /// How a delivery stands.
    fileprivate init(_ delivery: Delivery) {
        let tries = delivery.attempts == 1 ? "1 try" : "\(delivery.attempts) tries"
        var reason = "To \(delivery.recipient): \(delivery.state.rawValue) after \(tries)."
        if let reply = delivery.reply {
            reason += " The server said: " + [String(reply.code), reply.status, reply.text].joined(separator: " ")
        } else if let failure = delivery.failure {
            reason += " \(failure.detail)"
        }
        if delivery.state == .queued { reason += " Next try at \(delivery.nextAttempt)." }
        self.init(
            .delivery, at: delivery.settled ?? delivery.created, reference: delivery.notification.description, reason)
    }
}

extension StoreReading {
    func lines(_ filter: MessageFilter, _ registry: Registry) throws -> [MessageLine] {
        try messages(filter).map { try line($0, registry) }
    }

    func line(_ message: StoredMessage, _ registry: Registry) throws -> MessageLine {
        MessageLine(
            message, contract: registry.name(of: message.contract), inbox: registry.name(of: message.inbox),
            ticket: try message.ticket.flatMap { try ticket($0)?.key })
    }
}
