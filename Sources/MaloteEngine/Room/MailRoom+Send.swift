// Submitting a notification by hand or by program: one durable commit; delivery follows by itself.

import MaloteCore
import MaloteDesk

import class Foundation.JSONEncoder

extension MailRoom {
    package func send(_ request: SendRequest) async throws(Problem) -> SendReceipt {
        try await send(request, autoSubmitted: nil).receipt
    }

    /// - Parameter autoSubmitted: RFC 3834 §5, for what no person wrote.
    func send(
        _ request: SendRequest, autoSubmitted: String?
    ) async throws(Problem) -> (receipt: SendReceipt, messageID: String) {
        let contract = try contract(named: request.contract)
        let resolution = try resolve(request, contract)
        let recipients = try recipients(request)
        let content: [UInt8]
        var message: OutgoingMessage
        do {
            message = try compose(request, contract, resolution, recipients)
            message.autoSubmitted = autoSubmitted
            content = try parts.intake.codec.build(message)
        } catch { throw Problem(error) }
        let notification = Notification(
            lane: Lane(contract: contract.id, outbox: resolution.mailbox.id), messageID: message.messageID,
            envelopeFrom: parts.board.current.returnAddress(of: contract, sender: message.from).address,
            recipients: recipients.map(\.address), subject: message.subject,
            content: content, idempotencyKey: request.idempotencyKey, outboxTrace: resolution.trace,
            created: parts.time.now(), priority: request.priority, fingerprint: try fingerprint(of: request))
        let (news, deed) = (parts.intake.deliveryNews, Deed.current)
        let (id, suppressed, isKnown) = try await write { store in
            let isKnown = try store.knows(notification)
            let (id, suppressed) = try news.enqueue(notification, store)
            if isKnown { deed?.changedNothing() } else { deed?.add("notification \(id)") }
            return (id, suppressed, isKnown)
        }
        parts.queueBell.ring()
        let receipt = SendReceipt(
            notification: id, outbox: resolution.mailbox.name.text, outboxTrace: resolution.trace,
            suppressed: suppressed.map(\.address), repeated: isKnown)
        return (receipt, message.messageID)
    }

    /// Of all that was asked for, but not of the key.
    private func fingerprint(of request: SendRequest) throws(Problem) -> Digest {
        var request = request
        request.idempotencyKey = nil
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do { return parts.intake.hashing.digest(Array(try encoder.encode(request))) } catch { throw Problem(error) }
    }

    private func resolve(_ request: SendRequest, _ contract: Contract) throws(Problem) -> OutboxResolution {
        let choice: EmailStep.OutboxChoice
        switch request.outbox {
        case nil, "contract": choice = .contract
        case "system": choice = .system
        case .some(let text): choice = .specific(try mailbox(named: text).name)
        }
        do {
            return try OutboxResolution.resolve(
                choice, asker: "The request", contract: contract, registry: parts.board.current)
        } catch { throw Problem(error) }
    }

    private func recipients(_ request: SendRequest) throws(Problem) -> [MailAddress] {
        guard !request.to.isEmpty else {
            throw Problem.invalid(field: "to", "nobody to send to.", remedy: "Give at least one address.")
        }
        guard request.to.count <= 100 else {
            throw Problem.invalid(field: "to", "more than 100 recipients.", remedy: "Send in several notifications.")
        }
        var seen: Set<String> = []
        var found: [MailAddress] = []
        for (index, text) in request.to.enumerated() {
            guard let address = MailAddress(operatorText: text) else {
                throw Problem.invalid(
                    field: "to[\(index)]", "\"\(text.onOneLine)\" is not a mail address.",
                    remedy: "Write local@domain or Name <local@domain>.")
            }
            if seen.insert(address.key).inserted { found.append(address) }
        }
        return found
    }

    private func compose(
        _ request: SendRequest, _ contract: Contract, _ resolution: OutboxResolution, _ recipients: [MailAddress]
    ) throws -> OutgoingMessage {
        guard let sender = resolution.outbox.senders.first else {
            throw Failure(.operatorNeeded, .registry, "Outbox \(resolution.mailbox.name) has no sender.")
        }
        guard !request.subject.hasControlCharacter else {
            throw Problem.invalid(
                field: "subject", "it holds a line break or control character.", remedy: "Write it on one line.")
        }
        if let key = request.idempotencyKey, !(1...255).contains(key.utf8.count) {
            throw Problem.invalid(field: "idempotencyKey", "it must have 1 to 255 octets.")
        }
        var message = OutgoingMessage(
            from: sender, to: recipients, subject: request.subject, text: request.text,
            messageID: parts.intake.ids(for: contract.id).make("mail", domain: sender.domain), date: parts.time.now())
        message.html = request.html
        message.attachments = request.attachments.map { .init(name: $0.name, type: $0.type, content: $0.content) }
        return message
    }
}

extension StoreReading {
    /// Whether it was sent before with the same key.
    /// - Throws: 422 if the key was another notification's.
    fileprivate func knows(_ notification: Notification) throws -> Bool {
        guard let key = notification.idempotencyKey,
            let known = try self.notification(contract: notification.lane.contract, idempotencyKey: key)
        else { return false }
        let fingerprint = try fingerprint(of: known)
        guard fingerprint == nil || fingerprint == notification.fingerprint else { throw Problem.otherRequest }
        return true
    }
}
