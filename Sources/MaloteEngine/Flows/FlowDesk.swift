// Carries out what a contract's flows decide about one occasion, inside a transaction; knows neither inbox nor operator.

import MaloteCore
import MaloteDesk

/// The one way from a flow's decision to the queue. A flow that cannot send costs nobody anything: the reason is told
/// among the decisions, which the caller keeps with what was the occasion.
struct FlowDesk {
    /// The contents of the mail's attachments, in the view's order.
    typealias Files = () throws -> [OutgoingMessage.Attachment?]

    let intake: Intake
    let run: FlowRun
    private let files: Files
    private let idempotencyKey: String?
    /// The occasion's number once it is kept.
    private(set) var kept: OccasionID?
    /// In order: what each step did, or why it did nothing.
    private(set) var decisions: [Decision] = []
    private(set) var events: [TicketEvent] = []
    private(set) var notifications: [(draft: FlowRun.Draft, id: NotificationID)] = []

    private var contract: Contract { run.contract }
    private var now: Timestamp { run.now }

    /// - Parameters:
    ///   - kept: the number of the occasion, if it is kept already.
    ///   - files: asked only for a step that sends them along.
    init(
        _ intake: Intake, _ run: FlowRun, kept: OccasionID? = nil, idempotencyKey: String? = nil,
        files: @escaping Files = { [] }
    ) {
        self.intake = intake
        self.run = run
        self.kept = kept
        self.idempotencyKey = idempotencyKey
        self.files = files
    }

    /// Every step of every flow that waits for the occasion.
    mutating func runFlows(_ store: any StoreWriting) throws {
        for outcome in run.outcomes { try carryOut(outcome, store) }
    }

    /// One step whose time has come.
    mutating func runStep(_ place: FlowRun.Place, _ store: any StoreWriting) throws {
        try carryOut(run.outcome(of: place), store)
    }

    private mutating func carryOut(_ outcome: FlowRun.Outcome, _ store: any StoreWriting) throws {
        switch outcome {
        case .nothing(let place, let reason): tellNothing(place, reason)
        case .plan(let place, let due): try plan(place, due, store)
        case .send(let draft): try judge(draft, store)
        case .ask(let question): try ask(question, store)
        }
    }

    // MARK: - Later

    private mutating func plan(_ place: FlowRun.Place, _ due: Timestamp, _ store: any StoreWriting) throws {
        let occasion = try keep(store)
        let id = try store.plan(
            PlannedStep(
                occasion: occasion, contract: contract.id, ticket: run.ticket?.id, flow: place.flow, step: place.step,
                due: due))
        note(.planned, reference: id.description, "\(place) is planned for \(due).")
    }

    /// A step that is carried out later needs the occasion then.
    private mutating func keep(_ store: any StoreWriting) throws -> OccasionID {
        if let kept { return kept }
        let id = try store.keep(
            KeptOccasion(contract: contract.id, idempotencyKey: idempotencyKey, occasion: run.occasion))
        kept = id
        return id
    }

    // MARK: - Limits on answers

    private mutating func judge(_ draft: FlowRun.Draft, _ store: any StoreWriting) throws {
        guard let allowed = try allowed(draft.message.to, draft.place, store) else { return }
        var draft = draft
        draft.message.to = allowed.to
        draft.leftOut += allowed.leftOut
        try addFiles(to: &draft)
        guard let content = build(draft) else { return }
        _ = try queue(draft, content, store)
        try count(allowed.scopes, store)
    }

    /// Whom a step may write to now, where that counts, and who is left out; `nil` if nobody is left, which is told.
    mutating func allowed(
        _ recipients: [MailAddress], _ place: FlowRun.Place, _ store: any StoreWriting
    ) throws -> (to: [MailAddress], scopes: [String], leftOut: [String])? {
        let budget = AnswerBudget(contract.answers, now: now)
        let (contract, hour) = (contract.id, budget.hour)
        let verdict = try budget.judge(recipients, ticket: run.ticket, view: run.view) { scope in
            try store.answers(contract: contract, scope: scope, hour: hour)
        }
        switch verdict {
        case .nothing(let spent):
            tellNothing(place, spent.map(\.reason).joined(separator: " "))
            try tell(spent, hour, store)
            return nil
        case .send(let recipients, let scopes, let spent):
            try tell(spent, hour, store)
            return (recipients, scopes, spent.map(\.reason))
        }
    }

    func count(_ scopes: [String], _ store: any StoreWriting) throws {
        let hour = AnswerBudget(contract.answers, now: now).hour
        try store.countAnswer(contract: contract.id, scopes: scopes, hour: hour)
    }

    /// An event the first time in an hour: a storm must not be answered with another.
    private mutating func tell(_ spent: [AnswerBudget.Spent], _ hour: Int64, _ store: any StoreWriting) throws {
        for limit in spent {
            let scope = limit.tellingScope
            guard try store.answers(contract: contract.id, scope: scope, hour: hour).thisHour == 0 else { continue }
            try store.countAnswer(contract: contract.id, scopes: [scope], hour: hour)
            let event = TicketEventBuilder(contract: contract, id: intake.newEventID(), time: now)
                .suppressed(run.occasion, ticket: run.ticket, reason: limit.reason)
            try store.append(event)
            events.append(event)
            note(.event, reference: event.id.rawValue, "\(event.kind.rawValue) \(event.subject)")
        }
    }

    // MARK: - The queue

    func addFiles(to draft: inout FlowRun.Draft) throws {
        guard !draft.attachments.isEmpty, let view = run.view else { return }
        let found = try files()
        for place in draft.attachments {
            if found.indices.contains(place), let file = found[place] {
                draft.message.attachments.append(file)
            } else {
                draft.leftOut.append(
                    "\(view.attachments[place].name) does not go along: it lies inside another file.")
            }
        }
    }

    /// - Returns: `nil` if it cannot be built, which is told.
    mutating func build(_ draft: FlowRun.Draft) -> [UInt8]? {
        do { return try intake.codec.build(draft.message) } catch {
            tellNothing(draft.place, error.description)
            return nil
        }
    }

    mutating func queue(
        _ draft: FlowRun.Draft, _ content: [UInt8], _ store: any StoreWriting
    ) throws -> NotificationID {
        let notification = draft.notification(contract.id, run.ticket?.id, content: content, now: now)
        let (id, suppressed) = try intake.deliveryNews.enqueue(notification, store)
        if let ticket = run.ticket {
            try store.thread(draft.message.messageID, into: ticket.id, contract: contract.id)
        }
        for reason in draft.leftOut + suppressed.map(\.refusal.detail) {
            note(.flow, "\(draft.place) leaves somebody or something out. \(reason)")
        }
        notifications.append((draft, id))
        let recipients = draft.message.to.map(\.address).joined(separator: ", ")
        let trace = draft.resolution.trace.joined(separator: " ")
        note(.notification, reference: id.description, "\(draft.place) writes to \(recipients). \(trace)")
        return id
    }

    // MARK: - Telling

    mutating func tellNothing(_ place: FlowRun.Place, _ reason: String) {
        note(.flow, "\(place) sends nothing: \(reason)")
        var fields: [Log.Field: String] = [.contract: contract.name.text]
        if let ticket = run.ticket { fields[.ticket] = ticket.key }
        let subject = run.ticket?.key ?? run.occasion.trigger
        intake.log(.warning, "\(place) sent nothing for \(subject): \(reason)", fields)
    }

    mutating func note(_ step: Decision.Step, reference: String? = nil, _ reason: String) {
        decisions.append(Decision(step, at: now, reference: reference, reason))
    }
}

extension FlowRun.Draft {
    fileprivate func notification(
        _ contract: ContractID, _ ticket: TicketID?, content: [UInt8], now: Timestamp
    ) -> Notification {
        Notification(
            lane: Lane(contract: contract, outbox: resolution.mailbox.id), messageID: message.messageID,
            envelopeFrom: returnAddress.address, recipients: message.to.map(\.address), subject: message.subject,
            content: content, ticket: ticket, outboxTrace: resolution.trace, created: now, priority: priority)
    }
}
