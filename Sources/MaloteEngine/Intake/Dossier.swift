// One mail on one contract's desk, inside a transaction: what it is, its ticket, its event, the notifications, and why.

import MaloteCore
import MaloteDesk

/// Everything but the message's own row is written by `decide`; that comes last, when its history is complete.
struct Dossier {
    /// Of a mail to more people no more are kept with the ticket.
    private static let mostOthers = 20

    let filing: Filing
    let arrival: Arrival
    private let destination: Routing.Destination
    var message: StoredMessage
    var ticket: Ticket?
    /// The closed ticket that a new one goes on from.
    private var follows: Ticket?
    private var reopens = false
    /// What it said of an approval.
    private var vote: TicketEventBuilder.MailFacts.Vote?
    /// What rules set, over what the contract gives a new ticket.
    private var fields: [String: String]
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
        fields = destination.fields
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
        if case .person = sorting.kind, try vote(ids, store) { return }
        switch sorting.decide(try answers(sorting.questions, store), now: now) {
        case .open(let follows, let reason):
            note(.ticket, reason)
            self.follows = follows
            fields = contract.opening.fields.merging(fields) { _, ruled in ruled }
            try attach(.ticketOpened, try open(sorting, store), ids, store)
        case .reply(let ticket, let reopens, let reason):
            note(.ticket, "\(ticket.key): \(reason)")
            try attach(.ticketReplied, reopens ? try reopen(ticket, store) : ticket, ids, store)
        case .ignore(let ticket, let reason): try ignore(ticket, reason, store)
        }
    }

    private mutating func reopen(_ ticket: Ticket, _ store: any StoreWriting) throws -> Ticket {
        try store.setClosed(nil, ticket: ticket.id)
        reopens = true
        note(.ticket, "\(ticket.key) is open again.")
        var ticket = ticket
        ticket.closed = nil
        return ticket
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
        note(.flow, "No flow runs for it: what is ignored is not answered.")
    }

    private mutating func open(_ sorting: Sorting, _ store: any StoreWriting) throws -> Ticket {
        let number = try store.nextTicketNumber(contract: contract.id)
        let requester = sorting.requester
        var ticket = Ticket(
            contract: contract.id, number: number, key: "\(contract.prefix)-\(number)",
            requester: requester.address, subject: view.subject, opening: opening(requester.address))
        ticket.id = try store.insert(ticket)
        note(.requester, requester.reason)
        return ticket
    }

    private func opening(_ requester: MailAddress?) -> Ticket.Opening {
        var seen = filing.registry.ownAddresses(of: contract)
        if let requester { seen.insert(requester.key) }
        let others = (view.to + view.cc).filter { seen.insert($0.key).inserted }.prefix(Self.mostOthers)
        return Ticket.Opening(messageID: view.messageID, cc: Array(others), fields: fields)
    }

    private mutating func attach(
        _ kind: TicketEvent.Kind, _ ticket: Ticket, _ ids: SignedMessageID, _ store: any StoreWriting
    ) throws {
        let isNew = kind == .ticketOpened
        (message.fate, message.ticket, self.ticket) = (isNew ? .opened : .replied, ticket.id, ticket)
        note(.filed, isNew ? "Ticket \(ticket.key) is opened." : "Ticket \(ticket.key) is replied to.")
        if let messageID = view.messageID { try store.thread(messageID, into: ticket.id, contract: contract.id) }
        let event = try append(kind, reason: nil, store)
        try runFlows(kind.rawValue, event, ids, store)
        if reopens { try runFlows(Occasion.reopened, event, ids, store) }
    }

    /// Kept with the ticket and told like a reply. No flow answers it: what it decides has flows of its own.
    mutating func attachVote(
        to ticket: Ticket, _ vote: TicketEventBuilder.MailFacts.Vote, _ store: any StoreWriting
    ) throws {
        (message.fate, message.ticket, self.ticket, self.vote) = (.replied, ticket.id, ticket, vote)
        note(.filed, "It is kept with ticket \(ticket.key), as a vote.")
        if let messageID = view.messageID { try store.thread(messageID, into: ticket.id, contract: contract.id) }
        try append(.ticketReplied, reason: nil, store)
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
            message: message.id, mail: arrival.json, ticket: ticket, fields: fields, reason: reason)
        (facts.follows, facts.reopens, facts.vote) = (follows, reopens, vote)
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

    // MARK: - Flows

    private mutating func runFlows(
        _ trigger: String, _ event: TicketEvent, _ ids: SignedMessageID, _ store: any StoreWriting
    ) throws {
        let occasion = Occasion(
            trigger: trigger, time: now, event: event.id, ticket: ticket?.id, message: message.id,
            fields: (ticket?.opening.fields ?? [:]).merging(fields) { _, new in new })
        let run = FlowRun(
            occasion, contract: contract, registry: filing.registry, ticket: ticket, view: view, ids: ids,
            door: filing.intake.door, now: now)
        let (codec, raw) = (filing.intake.codec, arrival.raw)
        var desk = FlowDesk(filing.intake, run) { try codec.files(raw, limit: FlowRun.fileOctets) }
        try desk.runFlows(store)
        for decision in desk.decisions { message.history.add(decision) }
        events += desk.events
        notifications += desk.notifications
        if let idle = run.idle { note(.flow, idle) }
    }

    mutating func note(_ step: Decision.Step, reference: String? = nil, _ reason: String) {
        message.history.add(step, at: now, reference: reference, reason)
    }
}
