// The way in: commits arrivals with their events and notifications; knows no inbox protocol and no SQL.

import MaloteCore
import MaloteDesk

/// Turns batches of arrivals into durable rows, and mailbox health into events.
package struct Intake: Sendable {
    let board: RegistryBoard
    let codec: any MessageCodec
    let hashing: any Hashing
    private let spoolReader = SpoolReader()
    private let signingKey: [UInt8]
    private let linkBase: String?
    private let time: any TimeSource
    private let queueBell: Bell
    private let eventBell: Bell
    let log: Log
    let meter: Meter

    /// - Parameters:
    ///   - signingKey: the daemon's own key for Message-IDs; every contract's is derived from it.
    ///   - linkBase: where people reach the pages of approvals; `nil` for nowhere.
    package init(
        board: RegistryBoard, codec: any MessageCodec, hashing: any Hashing, signingKey: [UInt8],
        linkBase: String? = nil, time: any TimeSource, queueBell: Bell, eventBell: Bell, log: Log,
        meter: Meter = Meter()
    ) {
        self.board = board
        self.codec = linkBase.map { DiscreetCodec(inner: codec, veil: LinkVeil(base: $0)) } ?? codec
        self.hashing = hashing
        self.signingKey = signingKey
        self.linkBase = linkBase
        self.time = time
        self.queueBell = queueBell
        self.eventBell = eventBell
        self.log = log
        self.meter = meter
    }

    // MARK: - Messages

    /// - Throws: `Failure(.transient, .storage)` if the spool cannot be read.
    func read(_ entry: LedgerEntry, _ message: FetchedMessage) async throws(Failure) -> Arrival {
        guard case .raw(let raw) = message.content, raw.isSpooled else {
            return try Arrival(entry: entry, message: message, codec: codec, hashing: hashing)
        }
        return try await spoolReader.read(entry, message, codec: codec, hashing: hashing)
    }

    /// The contents of attachments, as `MessageCodec.files` gives them.
    func files(
        _ raw: RawMessage, limit: Int, only: Digest? = nil
    ) async throws(Failure) -> [OutgoingMessage.Attachment?] {
        guard raw.isSpooled else { return try codec.files(raw, limit: limit, only: only) }
        return try await spoolReader.files(raw, limit: limit, only: only, codec: codec)
    }

    /// Commits the batch in one transaction: raw sources, ledger rows, events and notifications together.
    ///
    /// A message that cannot be filed does not take its batch along: the others are committed without it, and it goes
    /// to quarantine.
    /// - Throws: only what concerns the store itself.
    /// - Returns: one final state an arrival, in order.
    func commit(
        _ batch: [Arrival], job: PollPlanner.Job, store: any Store
    ) async throws(Failure) -> [LedgerEntry.State] {
        defer { ring() }
        let filing = filing(job)
        do {
            return try await store.write { store in try batch.map { try filing.file($0, store) } }
        } catch {
            let failure = Failure(storing: error)
            guard failure.isAboutMessage else { throw failure }
        }
        var states: [LedgerEntry.State] = []
        for arrival in batch { states.append(try await commitAlone(arrival, filing, store: store)) }
        return states
    }

    /// Files it for every contract that can take it, and quarantines it for those that cannot, in one transaction.
    private func commitAlone(
        _ arrival: Arrival, _ filing: Filing, store: any Store
    ) async throws(Failure) -> LedgerEntry.State {
        var setAside: [ContractID: String] = [:]
        while true {
            let (turn, reasons) = (Filing.Turn(), setAside)
            do {
                return try await store.write { try filing.file(arrival, setAside: reasons, turn: turn, $0) }
            } catch {
                let failure = Failure(storing: error)
                guard failure.isAboutMessage else { throw failure }
                // A fault of nobody's turn is everybody's.
                let suspects = turn.contract.map { [$0] } ?? filing.destinations(arrival).map(\.contract.id)
                let fresh = suspects.filter { setAside[$0] == nil }
                guard !fresh.isEmpty else { throw failure }
                for contract in fresh { setAside[contract] = failure.detail }
                tellQuarantined(arrival, filing, fresh, failure)
            }
        }
    }

    private func tellQuarantined(_ arrival: Arrival, _ filing: Filing, _ contracts: [ContractID], _ failure: Failure) {
        for contract in contracts.compactMap({ filing.registry.contract($0) }) {
            log(
                .error,
                "inbox \(filing.source.name): message \(arrival.entry.key.uid) goes to quarantine for \(contract.name): "
                    + failure.description,
                [.mailbox: filing.source.name.text, .contract: contract.name.text])
        }
    }

    /// Tells every contract that takes its mail here that a message could not be fetched.
    func reportUnfetchable(
        _ entry: LedgerEntry, reason: String, job: PollPlanner.Job, store: any StoreWriting
    ) throws {
        let now = time.now()
        for contract in board.current.contracts(fedBy: job.mailbox.name) {
            let builder = TicketEventBuilder(contract: contract, id: newEventID(), time: now)
            try store.append(builder.unfetchable(inbox: job.mailbox.name, uid: entry.key.uid, reason: reason))
        }
        eventBell.ring()
    }

    private func filing(_ job: PollPlanner.Job) -> Filing {
        let source = Filing.Source(id: job.mailbox.id, name: job.mailbox.name, inbox: job.inbox)
        return Filing(intake: self, registry: board.current, source: source, now: time.now())
    }

    var now: Timestamp { time.now() }

    /// What was committed may be due, or awaited.
    func ring() {
        eventBell.ring()
        queueBell.ring()
    }

    /// There is something new to read in the event log.
    func ringEvents() { eventBell.ring() }

    /// For one transaction that ends attempts.
    var deliveryNews: DeliveryNews {
        DeliveryNews(registry: board.current, newEventID: newEventID, now: time.now())
    }

    func ids(for contract: ContractID) -> SignedMessageID {
        let key = SignedMessageID.contractKey(master: signingKey, contract: contract, hashing: hashing)
        return SignedMessageID(key: key, hashing: hashing)
    }

    var approvalSeal: ApprovalSeal { ApprovalSeal(master: signingKey, hashing: hashing) }

    /// Where voters' links lead; `nil` if nobody could follow them.
    var door: FlowRun.ApprovalDoor? { linkBase.map { .init(seal: approvalSeal, base: $0) } }

    @Sendable func newEventID() -> EventID { EventID(at: time.now(), chance: hashing.random(10)) }

    // MARK: - Health

    /// Keeps the new health, and tells the contracts that use the mailbox when it starts or stops being news.
    func recordHealth(
        before: MailboxHealth, after: MailboxHealth, mailbox: Mailbox, registry: Registry, store: any Store
    ) async {
        let turned = before.isNews != after.isNews
        // A quiet success changes nothing worth a commit but, every five minutes, its time.
        let isStale = after.lastGood.map(Self.slot) != before.lastGood.map(Self.slot)
        guard turned || after.failure != nil || before.failure != nil || before.lastGood == nil || isStale else {
            return
        }
        let kind: TicketEvent.Kind = after.isNews ? .mailboxFailing : .mailboxRecovered
        let contracts = turned ? registry.contracts(using: mailbox) : []
        let now = time.now()
        do {
            try await store.write { store in
                try store.setHealth(after)
                for contract in contracts {
                    let builder = TicketEventBuilder(contract: contract, id: newEventID(), time: now)
                    try store.append(builder.mailbox(kind, mailbox, after))
                }
            }
        } catch {
            log(.error, "mailbox \(mailbox.name): its health could not be stored: \(Failure(storing: error))")
        }
        if turned { tell(after, mailbox, registry) }
    }

    private static func slot(_ time: Timestamp) -> Int64 { time.milliseconds / 300_000 }

    private func tell(_ health: MailboxHealth, _ mailbox: Mailbox, _ registry: Registry) {
        eventBell.ring()
        let name = mailbox.name.text
        var fields = registry.logFields(mailbox)
        if let failure = health.failure {
            fields[.cause] = failure.cause.rawValue
            log(.error, "mailbox \(name) is failing: \(failure)", fields)
        } else {
            log(.notice, "mailbox \(name) has recovered.", fields)
        }
    }
}

extension Failure {
    /// Whether it concerns one message rather than the store every message needs.
    var isAboutMessage: Bool {
        switch cause {
        case .storage, .diskFull, .shuttingDown, .credential: false
        default: true
        }
    }
}
