// Files one arrival inside a transaction: message, ticket, event, notifications; decisions are the desk's.

import MaloteCore
import MaloteDesk

/// The body of the intake's commit. Every contract that takes its mail from the inbox gets the message once.
struct Filing: Sendable {
    let intake: Intake
    let registry: Registry
    let mailbox: Mailbox
    let inbox: Inbox
    let now: Timestamp

    /// - Returns: the ledger state it recorded.
    func file(_ arrival: Arrival, _ store: any StoreWriting) throws -> LedgerEntry.State {
        var isNew = false
        for contract in registry.contracts(fedBy: mailbox.name) where try !isKnown(arrival, contract, store) {
            try file(arrival, for: contract, store)
            isNew = true
        }
        let state: LedgerEntry.State = !arrival.isWhole ? .refused : isNew ? .stored : .duplicate
        try record(arrival, state, store)
        return state
    }

    /// Of a message that was too large only the header is here: without a Message-ID it proves nothing.
    private func isKnown(_ arrival: Arrival, _ contract: Contract, _ store: any StoreReading) throws -> Bool {
        guard arrival.isWhole || arrival.view.messageID != nil else { return false }
        return try store.message(
            contract: contract.id, messageID: arrival.view.messageID, sha256: arrival.sha256) != nil
    }

    /// What could not be filed is kept raw, and every contract that has it not is told.
    func quarantine(_ arrival: Arrival, reason: String, _ store: any StoreWriting) throws -> LedgerEntry.State {
        for contract in registry.contracts(fedBy: mailbox.name) where try !isKnown(arrival, contract, store) {
            let message = try insert(arrival, contract, .quarantined, ticket: nil, store)
            try append(.messageQuarantined, arrival, message, contract, ticket: nil, reason: reason, store)
        }
        try record(arrival, .quarantined, store)
        return .quarantined
    }

    /// A message whose body stayed on the server is left as it is there, for a person to read.
    private func record(_ arrival: Arrival, _ state: LedgerEntry.State, _ store: any StoreWriting) throws {
        var entry = arrival.entry
        entry.state = state
        entry.settled = state == .refused || inbox.after == .leave
        try store.record([entry])
    }

    // MARK: - One contract

    private func file(_ arrival: Arrival, for contract: Contract, _ store: any StoreWriting) throws {
        let ids = intake.ids(for: contract.id)
        let sorting = Sorting(arrival.view, contract: contract, ids: ids)
        switch sorting.decide(try answers(sorting.questions, contract, store)) {
        case .open:
            let ticket = try open(arrival, sorting, contract, store)
            try attach(arrival, .ticketOpened, ticket, contract, ids, store)
        case .reply(let ticket, _):
            try attach(arrival, .ticketReplied, ticket, contract, ids, store)
        case .ignore(let ticket, let reason):
            let message = try insert(arrival, contract, .ignored, ticket: ticket?.id, store)
            try append(.messageIgnored, arrival, message, contract, ticket: ticket, reason: reason, store)
        }
    }

    private func answers(
        _ questions: Sorting.Questions, _ contract: Contract, _ store: any StoreReading
    ) throws -> Sorting.Answers {
        Sorting.Answers(
            proven: try first(questions.provenKeys, contract, store),
            referenced: try store.ticket(contract: contract.id, threadedBy: questions.references),
            tagged: try first(questions.taggedKeys, contract, store))
    }

    private func first(_ keys: [String], _ contract: Contract, _ store: any StoreReading) throws -> Ticket? {
        for key in keys {
            if let ticket = try store.ticket(contract: contract.id, key: key) { return ticket }
        }
        return nil
    }

    private func open(
        _ arrival: Arrival, _ sorting: Sorting, _ contract: Contract, _ store: any StoreWriting
    ) throws -> Ticket {
        let number = try store.nextTicketNumber(contract: contract.id)
        var ticket = Ticket(
            contract: contract.id, number: number, key: "\(contract.prefix)-\(number)",
            requester: sorting.requester, subject: arrival.view.subject)
        ticket.id = try store.insert(ticket)
        return ticket
    }

    private func attach(
        _ arrival: Arrival, _ kind: TicketEvent.Kind, _ ticket: Ticket, _ contract: Contract, _ ids: SignedMessageID,
        _ store: any StoreWriting
    ) throws {
        let fate: StoredMessage.Fate = kind == .ticketOpened ? .opened : .replied
        let message = try insert(arrival, contract, fate, ticket: ticket.id, store)
        if let messageID = arrival.view.messageID {
            try store.thread(messageID, into: ticket.id, contract: contract.id)
        }
        let event = try append(kind, arrival, message, contract, ticket: ticket, reason: nil, store)
        let run = FlowRun(
            event: event, contract: contract, registry: registry, ticket: ticket, view: arrival.view, ids: ids,
            now: now)
        for outcome in run.outcomes { try carryOut(outcome, ticket, contract, store) }
    }

    // MARK: - Rows

    private func insert(
        _ arrival: Arrival, _ contract: Contract, _ fate: StoredMessage.Fate, ticket: TicketID?,
        _ store: any StoreWriting
    ) throws -> MessageID {
        let message = StoredMessage(
            contract: contract.id, inbox: mailbox.id, messageID: arrival.view.messageID, sha256: arrival.sha256,
            size: arrival.size, from: arrival.view.from?.address ?? "", subject: arrival.view.subject, received: now,
            fate: fate, ticket: ticket)
        return try store.insert(message, raw: arrival.raw, ledger: arrival.entry.key)
    }

    @discardableResult
    private func append(
        _ kind: TicketEvent.Kind, _ arrival: Arrival, _ message: MessageID, _ contract: Contract, ticket: Ticket?,
        reason: String?, _ store: any StoreWriting
    ) throws -> TicketEvent {
        let facts = TicketEventBuilder.MailFacts(
            message: message, view: arrival.view, size: arrival.size, sha256: arrival.sha256, ticket: ticket,
            reason: reason)
        let event = TicketEventBuilder(contract: contract, id: intake.newEventID(), time: now)
            .mail(kind, inbox: mailbox.name, facts)
        try store.append(event)
        return event
    }

    /// A flow that cannot send does not cost the message its event: the reason is told instead.
    private func carryOut(
        _ outcome: FlowRun.Outcome, _ ticket: Ticket, _ contract: Contract, _ store: any StoreWriting
    ) throws {
        switch outcome {
        case .nothing(let step, let reason):
            intake.log(
                .warning, "\(step) sent nothing for \(ticket.key): \(reason)",
                [.contract: contract.name.text, .ticket: ticket.key])
        case .send(let draft):
            let content: [UInt8]
            do { content = try intake.codec.build(draft.message) } catch {
                return try carryOut(.nothing(step: "A flow", reason: error.description), ticket, contract, store)
            }
            _ = try store.enqueue(draft.notification(contract, ticket, content: content, now: now))
            try store.thread(draft.message.messageID, into: ticket.id, contract: contract.id)
        }
    }
}

extension FlowRun.Draft {
    fileprivate func notification(
        _ contract: Contract, _ ticket: Ticket, content: [UInt8], now: Timestamp
    ) -> Notification {
        Notification(
            lane: Lane(contract: contract.id, outbox: resolution.mailbox.id), messageID: message.messageID,
            envelopeFrom: message.from.address, recipients: message.to.map(\.address), subject: message.subject,
            content: content, ticket: ticket.id, outboxTrace: resolution.trace, created: now)
    }
}
