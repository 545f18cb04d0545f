// The port to what is kept: domain verbs inside transactions; knows neither SQL nor the rules that call it.

/// Durable state. Every verb runs inside a transaction, on the store's own threads.
///
/// Errors thrown out of either method are the body's own, or a `Failure` with cause `.storage` or `.diskFull`; after
/// an error nothing of the body has happened.
package protocol Store: Sendable {
    /// Runs `body` on one consistent snapshot. Readers never wait for the writer.
    func read<T: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> T) async throws -> T

    /// Runs `body` and returns once its effects are durable (synced). Bodies run one at a time, in order; several may
    /// share one commit. `body` must be quick and must not wait for anything. A store that several nodes share may run it
    /// more than once; the last run counts, and nothing of those before it has happened.
    func write<T: Sendable>(_ body: @escaping @Sendable (any StoreWriting) throws -> T) async throws -> T

    /// Leaves no octet of what was deleted in the store's files, as far as readers under way let it.
    func tidy() async
}

/// What can be asked of the store.
package protocol StoreReading: AccessReading {
    // Registry
    func registry() throws -> Registry
    /// Rises with every change of the registry.
    func registryVersion() throws -> Int64
    /// A template's versions in all languages, by language and then latest first. A deleted template keeps its own.
    func templateVersions(_ name: TemplateName) throws -> [TemplateVersion]

    // Ledger
    func cursor(inbox: MailboxID, folder: String) throws -> FolderCursor?
    /// Rows in state `wanted`: those of the backlog last, and else oldest first.
    func wanted(inbox: MailboxID, limit: Int) throws -> [LedgerEntry]
    /// Rows finally decided whose server copy has not been settled, oldest first.
    func unsettled(inbox: MailboxID, limit: Int) throws -> [LedgerEntry]
    /// Which of these uids have a ledger row (any state).
    func known(inbox: MailboxID, folder: String, validity: UInt32, uids: [String]) throws -> Set<String>
    /// How many rows of this inbox are in each state.
    func ledgerCounts(inbox: MailboxID) throws -> [LedgerEntry.State: Int]
    func ledger(_ id: LedgerID) throws -> LedgerRow?
    /// The row that the message was filed from.
    func ledger(of message: MessageID) throws -> LedgerRow?
    /// Rows in state `quarantined` of which nothing is stored here, latest first: they could not be fetched.
    func unfetched(limit: Int) throws -> [LedgerRow]

    // Messages and tickets
    /// The earliest message of the contract with this header Message-ID, or without any for `nil`, and this digest.
    func message(contract: ContractID, messageID: String?, sha256: Digest) throws -> StoredMessage?
    func message(_ id: MessageID) throws -> StoredMessage?
    /// The latest message of the contract with this header Message-ID.
    func message(contract: ContractID, messageID: String) throws -> StoredMessage?
    /// Latest first.
    func messages(_ filter: MessageFilter) throws -> [StoredMessage]
    /// The whole: for mails known to be small.
    func rawSource(of message: MessageID) throws -> [UInt8]?
    /// The octets from `offset` on, as many as are kept together: about `RawMessage.pieceSize`. To be called again from
    /// where they end; empty at the end.
    func rawSource(of message: MessageID, from offset: Int) throws -> [UInt8]?
    /// Octets of what is stored of it, without reading them.
    func rawSize(of message: MessageID) throws -> Int?
    func ticket(_ id: TicketID) throws -> Ticket?
    /// Latest first: those of one contract by their numbers, else by age.
    func tickets(_ filter: TicketFilter) throws -> [Ticket]
    /// In order of their numbers, those above this one.
    func tickets(contract: ContractID, after number: Int, limit: Int) throws -> [Ticket]
    /// In order, those behind this one.
    func notifications(contract: ContractID, after id: NotificationID, limit: Int) throws -> [NotificationID]
    /// How much is kept of a contract.
    func rows(of contract: ContractID) throws -> ErasedRows
    /// By reference (`ACME-42`), within one contract.
    func ticket(contract: ContractID, key: String) throws -> Ticket?
    /// The ticket that any of these header Message-IDs (received or sent by us) belongs to, within one contract.
    func ticket(contract: ContractID, threadedBy messageIDs: [String]) throws -> Ticket?

    /// Whether a mail from this address was filed with the ticket; compared without case.
    func hasMail(from address: String, ticket: TicketID) throws -> Bool

    // Events
    func event(_ id: EventID) throws -> TicketEvent?
    /// In log order, after the given event (from the start if `nil` or unknown), at most `limit`.
    func events(contract: ContractID?, after: EventID?, limit: Int) throws -> [TicketEvent]
    /// Latest first; nothing if `before` is not known.
    func events(_ filter: EventFilter) throws -> [TicketEvent]

    // Endpoints
    func endpoints() throws -> [EndpointState]
    func endpoint(of contract: ContractID) throws -> EndpointState?
    /// In log order, at most `limit`.
    func events(of contract: ContractID, behind place: EventPlace, limit: Int) throws -> [PlacedEvent]
    func event(at place: EventPlace) throws -> TicketEvent?
    /// The place of the last event of all.
    func endOfLog() throws -> EventPlace
    /// `nil` for an event that is not the contract's.
    func place(of event: EventID, contract: ContractID) throws -> EventPlace?
    /// The contract's last event at this place or before it.
    func lastEvent(of contract: ContractID, upTo place: EventPlace) throws -> EventID?
    /// Behind it stands every event of the contract from this time on.
    func place(before time: Timestamp, contract: ContractID) throws -> EventPlace
    func backlog(of contract: ContractID, behind place: EventPlace) throws -> EventBacklog
    /// Whose events stand behind this place, and where the log ends.
    func newcomers(behind place: EventPlace) throws -> (contracts: Set<ContractID>, end: EventPlace)
    func refusedEvents(_ filter: RefusedEventFilter) throws -> [RefusedEvent]
    func refusedCounts(of contract: ContractID) throws -> [RefusedEvent.State: Int]
    /// How far the contract's puller has come; `nil` if it never told.
    func acknowledged(contract: ContractID) throws -> EventPlace?

    // Queue
    /// All lanes that have ever had a delivery.
    func lanes() throws -> [LaneSummary]
    /// Deliveries in state `queued` with `nextAttempt <= now`, in order of `nextAttempt`, then age.
    func due(lane: Lane, now: Timestamp, limit: Int) throws -> [Delivery]
    /// When the lane's next queued delivery is due.
    func nextDue(lane: Lane) throws -> Timestamp?
    func deliveries(_ filter: DeliveryFilter) throws -> [Delivery]
    func notification(_ id: NotificationID) throws -> Notification?
    /// Without reading its content.
    func head(of id: NotificationID) throws -> NotificationHead?
    /// What its submitter asked for; `nil` if that was not kept.
    func fingerprint(of id: NotificationID) throws -> Digest?
    /// Deliveries that have been `queued` since before this time and are not marked as told, oldest first.
    func delayed(since: Timestamp, limit: Int) throws -> [Delivery]
    func notification(contract: ContractID, idempotencyKey: String) throws -> NotificationID?
    /// The notification of the contract that went out under this Message-ID.
    func notification(contract: ContractID, messageID: String) throws -> NotificationID?
    /// Oldest first.
    func notifications(ticket: TicketID) throws -> [NotificationID]
    /// How many answers of the contract were counted for this scope in an hour (counted from 1970) and the one before.
    func answers(contract: ContractID, scope: String, hour: Int64) throws -> AnswerCount
    /// Deliveries whose attempt was started and never finished: what a crash left in flight.
    /// - Parameter outbox: of this one only; of all for `nil`.
    func interrupted(outbox: MailboxID?) throws -> [Delivery]

    /// Contracts that send nothing until they are released, and since when.
    func holds() throws -> [ContractID: Timestamp]
    /// What was counted against the outbox's rate, within the span of each.
    func sentCounts(outbox: MailboxID) throws -> [SentCount]
    /// Which of these addresses (any case) the contract does not write to.
    func suppressed(contract: ContractID, addresses: [String]) throws -> [Suppression]
    /// Latest first, and of one time by contract and address; those behind the given one.
    func suppressions(contract: ContractID?, after: Suppression?, limit: Int) throws -> [Suppression]

    // Flows
    func occasion(_ id: OccasionID) throws -> KeptOccasion?
    func occasion(contract: ContractID, idempotencyKey: String) throws -> KeptOccasion?
    /// Latest first; those with lower numbers than `before`.
    func occasions(
        contract: ContractID?, ticket: TicketID?, before: OccasionID?, limit: Int
    ) throws -> [KeptOccasion]
    func plannedStep(_ id: PlannedStepID) throws -> PlannedStep?
    /// In order of their time.
    func plannedSteps(_ filter: PlannedStepFilter) throws -> [PlannedStep]

    // Approvals
    func approval(_ id: ApprovalID) throws -> Approval?
    /// Latest first.
    func approvals(_ filter: ApprovalFilter) throws -> [Approval]
    /// The one that this notification asks for.
    func approval(askedBy notification: NotificationID) throws -> Approval?
    /// Those in state `pending`, in order of `expires`.
    func pendingApprovals(limit: Int) throws -> [Approval]

    // Health
    func health() throws -> [MailboxHealth]

    // Numbers and alerts
    /// What came since the mark; only the present mark for `nil`.
    func growth(after mark: Growth.Mark?) throws -> Growth
    /// From this slot on, in order of slots.
    func course(contract: ContractID, from slot: Int64) throws -> [CourseSample]
    func quarantine() throws -> QuarantineSummary
    /// In the order in which they were set.
    func alerts() throws -> [Alert]
}

/// What can be changed. A verb that names a missing row throws a `Failure` with cause `.defect`.
package protocol StoreWriting: StoreReading, AccessWriting {
    // Registry
    /// Applies all or nothing. Deleting a mailbox or contract keeps its messages, events and queue rows.
    func apply(_ changes: [RegistryChange]) throws
    /// Adds a version under the next number, and forgets those before the last `TemplateVersion.kept`.
    /// - Parameter template: `nil` if it was deleted.
    func keepVersion(of name: TemplateName, language: String, _ template: Template?, at time: Timestamp?) throws

    // Ledger
    func setCursor(_ cursor: FolderCursor) throws
    /// Adds `wanted` rows, seen at `time`. Rows that were passed over become wanted; others are left alone. Returns how
    /// many are wanted now that were not.
    @discardableResult
    func want(_ keys: [LedgerKey], isBacklog: Bool, reason: String, at time: Timestamp) throws -> Int
    /// Moves rows on: everything but the key is replaced. Missing rows are inserted.
    func record(_ entries: [LedgerEntry]) throws
    /// Marks rows settled, at `time`.
    func settle(_ keys: [LedgerKey], at time: Timestamp) throws

    // Messages and tickets
    /// The number of the message that is inserted next: what tells of a message can be written before it.
    func newMessageID() throws -> MessageID
    /// - Returns: the message's own id, or a new one if it is `unsaved`.
    @discardableResult
    func insert(_ message: StoredMessage, raw: RawMessage, ledger: LedgerKey?) throws -> MessageID
    /// Replaces contract, fate, ticket and history; everything else stays as it came.
    func update(_ message: StoredMessage) throws
    /// Adds to a message's history, within its limit.
    func note(_ decision: Decision, on message: MessageID) throws
    /// The contract's next ticket number: 1, 2, 3, ... without gaps.
    func nextTicketNumber(contract: ContractID) throws -> Int
    func insert(_ ticket: Ticket) throws -> TicketID
    /// Remembers that this header Message-ID belongs to the ticket; the first ticket to claim an id keeps it.
    func thread(_ messageID: String, into ticket: TicketID, contract: ContractID) throws
    func setExternal(_ external: String, ticket: TicketID) throws
    /// - Parameter closed: `nil` opens it again.
    func setClosed(_ closed: Timestamp?, ticket: TicketID) throws

    // Events
    func append(_ event: TicketEvent) throws

    // Endpoints
    /// Begins at the end of the log, unless there is one already.
    func openEndpoint(of contract: ContractID) throws
    /// Forgets it with what it refused.
    func closeEndpoint(of contract: ContractID) throws
    /// Replaces all but its position. Returns whether there is one.
    @discardableResult func update(_ endpoint: EndpointState) throws -> Bool
    /// Returns whether it stood at `from`: an operator may have moved it meanwhile.
    @discardableResult func moveEndpoint(
        of contract: ContractID, from: EventPlace, to: EventPlace
    ) throws -> Bool
    /// Adds it, or replaces what was kept of the same event. Nothing is kept for a contract without an endpoint.
    func keep(_ refused: RefusedEvent) throws
    /// Returns whether it was kept.
    @discardableResult func forgetRefused(contract: ContractID, place: EventPlace) throws -> Bool
    /// Returns whether it moved: it never goes back.
    func acknowledge(contract: ContractID, _ place: EventPlace) throws -> Bool

    // Queue
    /// Stores the notification and one `queued` delivery a recipient, due now; `failed` with the reason for a recipient
    /// that the contract suppresses. If the contract already has its
    /// idempotency key, stores nothing and returns the first notification.
    func enqueue(_ notification: Notification) throws -> NotificationID
    /// Counts one answer of the contract in each scope, and forgets what is older than the hour before.
    func countAnswer(contract: ContractID, scopes: [String], hour: Int64) throws
    /// Marks the deliveries `sending`, counts the attempt and sets the time of the one after it. Rows that are no
    /// longer `queued` are skipped. Returns the rows that were claimed.
    func beginAttempt(_ deliveries: [DeliveryID], at: Timestamp, next: Timestamp) throws -> [Delivery]
    /// - Returns: what was changed, as it is now. A result for a delivery that is not `sending` changes nothing.
    @discardableResult func finishAttempt(_ results: [AttemptResult]) throws -> [Delivery]
    /// Remembers that it was told that these are late; a requeue forgets it.
    func markDelayTold(_ deliveries: [DeliveryID]) throws
    /// Puts `queued`, `failed`, `unknown`, `held` or `cancelled` rows back to `queued`, due at `at`. All but `queued` rows
    /// begin a new life: age and schedule start anew. Returns how many.
    @discardableResult func requeue(_ deliveries: [DeliveryID], at: Timestamp) throws -> Int
    /// Moves waiting rows (`queued`, `held`) to `held` or `cancelled`. Returns how many.
    @discardableResult func park(_ deliveries: [DeliveryID], as state: Delivery.State) throws -> Int

    /// Ends waiting rows (`queued`, `held`) as `failed`. Returns how many.
    @discardableResult func refuse(_ deliveries: [DeliveryID], _ failure: Failure, at: Timestamp) throws -> Int
    /// - Parameter since: `nil` releases it.
    func setHold(_ contract: ContractID, since: Timestamp?) throws
    /// Adds to what was counted, and forgets what is too old to count.
    func countSent(outbox: MailboxID, _ counts: [SentCount]) throws
    /// Removes the lane with its notifications, deliveries and health as if it had never been.
    func erase(_ lane: Lane) throws
    /// An address that is suppressed already keeps its first reason and time.
    func suppress(_ suppression: Suppression) throws
    /// Returns whether it was suppressed.
    func unsuppress(contract: ContractID, address: String) throws -> Bool
    /// A report has come that a `sent` or `unknown` delivery did not arrive: it becomes `failed`, for this reason. One in
    /// another state stays. Returns whether it was changed.
    @discardableResult func bounce(_ delivery: DeliveryID, _ failure: Failure, at: Timestamp) throws -> Bool

    // Flows
    /// - Throws: `Failure(.transient, .defect)` if the contract has an occasion with this idempotency key.
    func keep(_ occasion: KeptOccasion) throws -> OccasionID
    /// Adds to an occasion's history, within its limit.
    func note(_ decisions: [Decision], on occasion: OccasionID) throws
    func plan(_ step: PlannedStep) throws -> PlannedStepID
    /// Returns whether it was still planned.
    func unplan(_ id: PlannedStepID) throws -> Bool

    // Approvals
    /// The number of an approval that is inserted later: its mails name it before they are queued.
    func newApprovalID() throws -> ApprovalID
    func insert(_ approval: Approval) throws
    /// Replaces state, end and votes; everything else stays as it was asked.
    func update(_ approval: Approval) throws

    // Contracts
    /// The contract's next ticket number is above this one.
    func raiseTicketNumber(contract: ContractID, to number: Int) throws
    /// Erases what is kept of a contract, at most so many rows of each kind, with all that belongs to them. What the ledger
    /// knows of the servers' messages stays. To be called until nothing is left.
    func eraseRows(of contract: ContractID, limit: Int) throws -> ErasedRows

    /// Removes raw sources of messages that were received before `time`, oldest first; each message keeps `decision`. Those
    /// in quarantine keep theirs: they wait for a person.
    /// - Parameter limit: rows that are looked at.
    func removeSources(
        of contract: ContractID, before time: Timestamp, noting decision: Decision, limit: Int
    ) throws -> Removal
    /// Removes events from before `time`, oldest first, up to the first that its endpoint has not got or refused.
    func removeEvents(of contract: ContractID, before time: Timestamp, limit: Int) throws -> Removal

    // Health
    func setHealth(_ health: MailboxHealth) throws

    // Numbers and alerts
    /// Adds to what is kept of the same contract and slot, and forgets all samples before `oldest`.
    func add(_ samples: [CourseSample], forgettingBefore oldest: Int64) throws
    /// Puts these in the place of all that are kept.
    func setAlerts(_ alerts: [Alert]) throws
}

extension StoreReading {
    package func interrupted() throws -> [Delivery] { try interrupted(outbox: nil) }

    package func occasions(contract: ContractID?, ticket: TicketID?, limit: Int) throws -> [KeptOccasion] {
        try occasions(contract: contract, ticket: ticket, before: nil, limit: limit)
    }

    package func suppressions(contract: ContractID?, limit: Int) throws -> [Suppression] {
        try suppressions(contract: contract, after: nil, limit: limit)
    }
}

extension StoreWriting {
    /// What came since the last poll.
    @discardableResult package func want(_ keys: [LedgerKey], at time: Timestamp) throws -> Int {
        try want(keys, isBacklog: false, reason: "It is on the server.", at: time)
    }
}

/// How much waits in quarantine.
package struct QuarantineSummary: Sendable, Hashable {
    package var count: Int
    /// Since when the oldest stored message has been there.
    package var oldest: Timestamp?

    package init(count: Int = 0, oldest: Timestamp? = nil) {
        self.count = count
        self.oldest = oldest
    }
}

/// Which deliveries to show; every given field must match.
package struct DeliveryFilter: Sendable, Hashable {
    package var contract: ContractID?
    package var outbox: MailboxID?
    package var notification: NotificationID?
    package var states: Set<Delivery.State>
    /// Only those with higher ids: where a page before ended.
    package var after: DeliveryID?
    /// At most this many, oldest first.
    package var limit: Int

    package init(
        contract: ContractID? = nil, outbox: MailboxID? = nil, notification: NotificationID? = nil,
        states: Set<Delivery.State> = Set(Delivery.State.allCases), after: DeliveryID? = nil, limit: Int = 1000
    ) {
        self.contract = contract
        self.outbox = outbox
        self.notification = notification
        self.states = states
        self.after = after
        self.limit = limit
    }
}

/// Which planned steps to show; every given field must match.
package struct PlannedStepFilter: Sendable {
    package var contract: ContractID?
    package var ticket: TicketID?
    package var flow: FlowName?
    /// Those of other contracts only.
    package var exceptContracts: Set<ContractID>
    /// Only those behind this time, and at it behind this number.
    package var after: (due: Timestamp, id: PlannedStepID)?
    package var limit: Int

    package init(
        contract: ContractID? = nil, ticket: TicketID? = nil, flow: FlowName? = nil,
        exceptContracts: Set<ContractID> = [], limit: Int = 1000
    ) {
        self.contract = contract
        self.ticket = ticket
        self.flow = flow
        self.exceptContracts = exceptContracts
        self.limit = limit
    }
}

/// Which messages to show; every given field must match.
package struct MessageFilter: Sendable, Hashable {
    package var contract: ContractID?
    package var inbox: MailboxID?
    package var ticket: TicketID?
    /// The ledger row that they were filed from.
    package var ledger: LedgerID?
    /// The header Message-ID, with its brackets.
    package var messageID: String?
    package var fates: Set<StoredMessage.Fate>
    /// Received at this time or later.
    package var since: Timestamp?
    /// Somewhere in sender, subject or Message-ID, ASCII letters without case. Empty matches all.
    package var search: String
    /// Only messages with lower numbers: where a page before ended.
    package var before: MessageID?
    package var limit: Int

    package init(
        contract: ContractID? = nil, inbox: MailboxID? = nil, ticket: TicketID? = nil, ledger: LedgerID? = nil,
        messageID: String? = nil, fates: Set<StoredMessage.Fate> = Set(StoredMessage.Fate.allCases),
        since: Timestamp? = nil, search: String = "", before: MessageID? = nil, limit: Int = 100
    ) {
        self.contract = contract
        self.inbox = inbox
        self.ticket = ticket
        self.ledger = ledger
        self.messageID = messageID
        self.fates = fates
        self.since = since
        self.search = search
        self.before = before
        self.limit = limit
    }

    /// `search` as stores compare it: every database agrees on ASCII letters, and on no others.
    package var needle: String { Self.folded(search) }

    package static func folded(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

/// Which tickets to show; every given field must match.
package struct TicketFilter: Sendable, Hashable {
    package var contract: ContractID?
    package var isClosed: Bool?
    /// Somewhere in key, external id, subject or requester, ASCII letters without case. Empty matches all.
    package var search: String
    /// Where a page before ended: only those behind it.
    package var before: TicketID?
    package var limit: Int

    package init(
        contract: ContractID? = nil, isClosed: Bool? = nil, search: String = "", before: TicketID? = nil,
        limit: Int = 100
    ) {
        self.contract = contract
        self.isClosed = isClosed
        self.search = search
        self.before = before
        self.limit = limit
    }

    /// As `MessageFilter.needle`.
    package var needle: String { MessageFilter.folded(search) }
}

/// Which events to show; every given field must match.
package struct EventFilter: Sendable, Hashable {
    package var contract: ContractID?
    package var kind: TicketEvent.Kind?
    /// Only those that stand before it in the log.
    package var before: EventID?
    package var limit: Int

    package init(
        contract: ContractID? = nil, kind: TicketEvent.Kind? = nil, before: EventID? = nil, limit: Int = 100
    ) {
        self.contract = contract
        self.kind = kind
        self.before = before
        self.limit = limit
    }
}

/// What one turn of tidying up has removed.
package struct Removal: Sendable, Hashable {
    package var count: Int
    /// Nothing that is old enough is left.
    package var isDone: Bool

    package init(count: Int, isDone: Bool) {
        self.count = count
        self.isDone = isDone
    }
}
