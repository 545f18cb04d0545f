// One mail on one contract's desk, inside a transaction: what it is, its ticket, its event, the notifications, and why.

import MaloteCore
import MaloteDesk

/// Everything but the message's own row is written by `decide`; that comes last, when its history is complete.
struct Dossier {
    let filing: Filing
    let arrival: Arrival
    private let destination: Routing.Destination
    var message: StoredMessage
    var ticket: Ticket?
    /// The closed ticket that a new one goes on from.
    private var follows: Ticket?
    private var reopens = false
    private(set) var events: [TicketEvent] = []
    private(set) var notifications: [(draft: FlowRun.Draft, id: NotificationID)] = []

    var contract: Contract { destination.contract }
    var now: Timestamp { filing.now }
    var view: MessageView { arrival.view }

    /// - Parameter message: with its number; fate and ticket are decided here.
    init(_ filing: Filing, _ arrival: Arrival, _ destination: Routing.Destination, message: StoredMessage) {
        self.filing = filing
        self.arrival = arrival
        self.destination = destination
        self.message = message
        self.message.contract = destination.contract.id
    }

    /// - Parameter reason: why the contract cannot take it; `nil` if nothing is known against it.
    mutating func decide(setAside reason: String? = nil, _ store: any StoreWriting) throws {
        if !view.defects.isEmpty { note(.read, view.defects.joined(separator: " ")) }
        for line in destination.trace { note(.rule, line) }
        if let reason { return try quarantine(reason, store) }
        switch destination.verdict {
        case .quarantine(let reason): try quarantine(reason, store)
        case .ignore(let reason): try ignore(nil, reason, store)
        case nil: try sort(store)
        }
    }

    private mutating func sort(_ store: any StoreWriting) throws {
        let ids = filing.intake.ids(for: contract.id)
        let sorting = Sorting(view, contract: contract, ids: ids)
        note(.understood, sorting.kind.reason)
        if case .report = sorting.kind, try report(ids, store) { return }
        switch sorting.decide(try answers(sorting.questions, store), now: now) {
        case .open(let follows, let reason):
            note(.ticket, reason)
            self.follows = follows
            try attach(.ticketOpened, try open(sorting, store), ids, store)
        case .reply(let ticket, let reopens, let reason):
            note(.ticket, "\(ticket.key): \(reason)")
            if reopens { try reopen(ticket, store) }
            try attach(.ticketReplied, ticket, ids, store)
        case .ignore(let ticket, let reason): try ignore(ticket, reason, store)
        }
    }

    private mutating func reopen(_ ticket: Ticket, _ store: any StoreWriting) throws {
        try store.setClosed(nil, ticket: ticket.id)
        reopens = true
        note(.ticket, "\(ticket.key) is open again.")
    }

    private func answers(_ questions: Sorting.Questions, _ store: any StoreReading) throws -> Sorting.Answers {
        var answers = Sorting.Answers(
            proven: try first(questions.provenKeys, store),
            referenced: try store.ticket(contract: contract.id, threadedBy: questions.references),
            tagged: try first(questions.taggedKeys, store))
        guard answers.proven == nil, let sender = view.from?.address else { return answers }
        for ticket in [answers.referenced, answers.tagged].compactMap({ $0?.id })
        where try store.hasMail(from: sender, ticket: ticket) {
            answers.known.insert(ticket)
        }
        return answers
    }

    private func first(_ keys: [String], _ store: any StoreReading) throws -> Ticket? {
        for key in keys {
            if let ticket = try store.ticket(contract: contract.id, key: key) { return ticket }
        }
        return nil
    }

    // MARK: - Fates

    private mutating func quarantine(_ reason: String, _ store: any StoreWriting) throws {
        message.fate = .quarantined
        note(.quarantined, reason)
        try append(.messageQuarantined, reason: reason, store)
    }

    private mutating func ignore(_ ticket: Ticket?, _ reason: String, _ store: any StoreWriting) throws {
        (message.fate, message.ticket, self.ticket) = (.ignored, ticket?.id, ticket)
        note(.filed, "Ignored\(ticket.map { ", beside ticket \($0.key)" } ?? ""). \(reason)")
        try append(.messageIgnored, reason: reason, store)
    }

    private mutating func open(_ sorting: Sorting, _ store: any StoreWriting) throws -> Ticket {
        let number = try store.nextTicketNumber(contract: contract.id)
        let requester = sorting.requester
        var ticket = Ticket(
            contract: contract.id, number: number, key: "\(contract.prefix)-\(number)",
            requester: requester.address, subject: view.subject)
        ticket.id = try store.insert(ticket)
        note(.requester, requester.reason)
        return ticket
    }

    private mutating func attach(
        _ kind: TicketEvent.Kind, _ ticket: Ticket, _ ids: SignedMessageID, _ store: any StoreWriting
    ) throws {
        let isNew = kind == .ticketOpened
        (message.fate, message.ticket, self.ticket) = (isNew ? .opened : .replied, ticket.id, ticket)
        note(.filed, isNew ? "Ticket \(ticket.key) is opened." : "Ticket \(ticket.key) is replied to.")
        if let messageID = view.messageID { try store.thread(messageID, into: ticket.id, contract: contract.id) }
        let event = try append(kind, reason: nil, store)
        let run = FlowRun(
            event: event, contract: contract, registry: filing.registry, ticket: ticket, view: view,
            fields: destination.fields, ids: ids, now: now)
        for outcome in run.outcomes { try carryOut(outcome, ticket, store) }
        if let idle = run.idle { note(.flow, idle) }
    }

    @discardableResult
    private mutating func append(
        _ kind: TicketEvent.Kind, reason: String?, _ store: any StoreWriting
    ) throws -> TicketEvent {
        for attachment in view.attachments {
            guard let why = contract.attachments.refusal(of: attachment) else { continue }
            note(.attachment, "\(attachment.name) is refused. \(why)")
        }
        var facts = TicketEventBuilder.MailFacts(
            message: message.id, mail: arrival.json, ticket: ticket, fields: destination.fields, reason: reason)
        (facts.follows, facts.reopens) = (follows, reopens)
        let event = TicketEventBuilder(contract: contract, id: filing.intake.newEventID(), time: now)
            .mail(kind, inbox: filing.source.name, facts)
        try append(event, store)
        return event
    }

    mutating func append(_ event: TicketEvent, _ store: any StoreWriting) throws {
        try store.append(event)
        events.append(event)
        note(.event, reference: event.id.rawValue, "\(event.kind.rawValue) \(event.subject)")
    }

    // MARK: - Notifications

    /// A flow that cannot send does not cost the message its event: the reason is told instead.
    private mutating func carryOut(
        _ outcome: FlowRun.Outcome, _ ticket: Ticket, _ store: any StoreWriting
    ) throws {
        switch outcome {
        case .nothing(let step, let reason): tellNothing(step, reason, ticket)
        case .send(let draft): try queue(draft, ticket, store)
        }
    }

    private mutating func queue(_ draft: FlowRun.Draft, _ ticket: Ticket, _ store: any StoreWriting) throws {
        let budget = AnswerBudget(contract.answers, now: now)
        let (contract, hour) = (contract.id, budget.hour)
        let verdict = try budget.judge(draft.message.to, ticket: ticket, view: view) { scope in
            try store.answers(contract: contract, scope: scope, hour: hour)
        }
        let (recipients, scopes, leftOut): ([MailAddress], [String], [AnswerBudget.Spent])
        switch verdict {
        case .send(let to, let counted, let spent): (recipients, scopes, leftOut) = (to, counted, spent)
        case .nothing(let spent):
            tellNothing(draft.step, spent.map(\.reason).joined(separator: " "), ticket)
            return try tell(spent, budget, store)
        }
        try tell(leftOut, budget, store)
        var draft = draft
        draft.message.to = recipients
        let content: [UInt8]
        do { content = try filing.intake.codec.build(draft.message) } catch {
            return tellNothing(draft.step, error.description, ticket)
        }
        for spent in leftOut { note(.flow, "\(draft.step) leaves somebody out. \(spent.reason)") }
        let notification = draft.notification(contract, ticket, content: content, now: now)
        let (id, suppressed) = try filing.intake.deliveryNews.enqueue(notification, store)
        try store.thread(draft.message.messageID, into: ticket.id, contract: contract)
        try store.countAnswer(contract: contract, scopes: scopes, hour: hour)
        for entry in suppressed { note(.flow, "\(draft.step) leaves somebody out. \(entry.refusal.detail)") }
        notifications.append((draft, id))
        let trace = draft.resolution.trace.joined(separator: " ")
        note(
            .notification, reference: id.description,
            "\(draft.step) writes to \(recipients.map(\.address).joined(separator: ", ")). \(trace)")
    }

    /// An event the first time in an hour: a storm must not be answered with another.
    private mutating func tell(
        _ spent: [AnswerBudget.Spent], _ budget: AnswerBudget, _ store: any StoreWriting
    ) throws {
        for limit in spent {
            let scope = limit.tellingScope
            let told = try store.answers(contract: contract.id, scope: scope, hour: budget.hour).thisHour
            guard told == 0 else { continue }
            try store.countAnswer(contract: contract.id, scopes: [scope], hour: budget.hour)
            try append(.notificationSuppressed, reason: limit.reason, store)
        }
    }

    private mutating func tellNothing(_ step: String, _ reason: String, _ ticket: Ticket) {
        note(.flow, "\(step) sends nothing: \(reason)")
        filing.intake.log(
            .warning, "\(step) sent nothing for \(ticket.key): \(reason)",
            [.contract: contract.name.text, .ticket: ticket.key])
    }

    mutating func note(_ step: Decision.Step, reference: String? = nil, _ reason: String) {
        message.history.add(step, at: now, reference: reference, reason)
    }
}

extension FlowRun.Draft {
    fileprivate func notification(
        _ contract: ContractID, _ ticket: Ticket, content: [UInt8], now: Timestamp
    ) -> Notification {
        Notification(
            lane: Lane(contract: contract, outbox: resolution.mailbox.id), messageID: message.messageID,
            envelopeFrom: returnAddress.address, recipients: message.to.map(\.address), subject: message.subject,
            content: content, ticket: ticket.id, outboxTrace: resolution.trace, created: now, priority: priority)
    }
}
