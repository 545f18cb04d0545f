// The engine's front desk: implements the Control port over the registry, the store and the two halves of the mail
// room; knows neither HTTP nor SQL.

import MaloteCore
import MaloteDesk
import Synchronization

/// What operators talk to. Holds no state of its own beyond the moment it started, what is under way, the access
/// tokens in memory, and what its lookout remembers.
package final class MailRoom: Control {
    package struct Parts: Sendable {
        package var board: RegistryBoard
        package var store: any Store
        /// The same store's keys and copies.
        package var care: any StoreCare
        package var scheduler: PollScheduler
        package var drain: QueueDrain
        package var events: EventDelivery
        package var probe: any MailboxProbe
        package var tokens: any TokenDesk
        package var gate: HostGate
        package var intake: Intake
        /// Where stored mails lie while they are read again, if they are large.
        package var spool: any Spool
        package var documents: any DocumentReader
        package var drill: any DrillGround
        package var time: any TimeSource
        /// The machine's own numbers.
        package var host: any HostProbe
        package var names: (any NameLookup)?
        package var secrets: (any SecretReader)?
        package var hostName: String
        package var certificates: CertificateBook
        /// Rung when deliveries may have become due.
        package var queueBell: Bell
        /// Rung when the event log has grown.
        package var eventBell: Bell
        package var stop: StopFlag
        package var book: LeaseBook
        /// `nil` if the store is this daemon's own.
        package var keeper: LeaseKeeper?
        package var version: String
        package var log: Log

        package init(
            board: RegistryBoard, store: any Store, scheduler: PollScheduler, drain: QueueDrain,
            events: EventDelivery, probe: any MailboxProbe, tokens: any TokenDesk, gate: HostGate, intake: Intake,
            spool: any Spool, documents: any DocumentReader, drill: any DrillGround,
            time: any TimeSource, host: any HostProbe = UnknownHost(), names: (any NameLookup)? = nil,
            secrets: (any SecretReader)? = nil, hostName: String = "",
            certificates: CertificateBook? = nil, care: any StoreCare = NoStoreCare(), queueBell: Bell, eventBell: Bell,
            stop: StopFlag, book: LeaseBook = .whole, keeper: LeaseKeeper? = nil, version: String, log: Log
        ) {
            self.board = board
            self.store = store
            self.care = care
            self.scheduler = scheduler
            self.drain = drain
            self.events = events
            self.probe = probe
            self.tokens = tokens
            self.gate = gate
            self.intake = intake
            self.spool = spool
            self.documents = documents
            self.drill = drill
            self.time = time
            self.host = host
            self.names = names
            self.secrets = secrets
            self.hostName = hostName
            self.certificates = certificates ?? CertificateBook(time: time)
            self.queueBell = queueBell
            self.eventBell = eventBell
            self.stop = stop
            self.book = book
            self.keeper = keeper
            self.version = version
            self.log = log
        }
    }

    let parts: Parts
    let started: Timestamp
    let drilling = Atomic<Bool>(false)
    let access = AccessBoard()
    let repeats = RepeatBook()
    let lookout: Lookout

    package init(_ parts: Parts) {
        self.parts = parts
        started = parts.time.now()
        lookout = Lookout(store: parts.store, time: parts.time, log: parts.log)
    }

    package func registry() async -> Registry { parts.board.current }

    package func poll(_ mailbox: String) async throws(Problem) {
        let found = try self.mailbox(named: mailbox)
        await parts.tokens.forgetFailures(of: found.id)
        guard try await pollSoon(found.id) else {
            let reason = restReason(found, parts.board.current).map { "\($0) Its mail stays on the server." }
            throw Problem(
                status: 409, title: "Not polled",
                detail: reason
                    ?? (found.inbox == nil
                        ? "Mailbox \(mailbox) is an outbox: nothing arrives there."
                        : "Inbox \(mailbox) is linked to no contract. Link it first, with: malotectl contract edit."))
        }
    }

    // MARK: - Shared by the other aspects

    func contract(named text: String) throws(Problem) -> Contract {
        guard let name = ContractName(text), let contract = parts.board.current.contract(name) else {
            throw Problem.missing("contract", text, known: parts.board.current.contracts.map(\.name.text))
        }
        return contract
    }

    func mailbox(named text: String) throws(Problem) -> Mailbox {
        guard let name = MailboxName(text), let mailbox = parts.board.current.mailbox(name) else {
            throw Problem.missing("mailbox", text, known: parts.board.current.mailboxes.map(\.name.text))
        }
        return mailbox
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> T) async throws(Problem) -> T {
        do { return try await parts.store.read(body) } catch { throw Problem(error) }
    }

    /// The first transaction of a deed writes its line of the audit log, too: both happen, or neither.
    func write<T: Sendable>(_ body: @escaping @Sendable (any StoreWriting) throws -> T) async throws(Problem) -> T {
        let (deed, now) = (Deed.current, parts.time.now())
        do {
            let (value, isTold) = try await parts.store.write { store in
                let value = try body(store)
                guard let entry = deed?.entry(at: now) else { return (value, false) }
                try store.tell(entry)
                return (value, true)
            }
            if isTold { deed?.isTold() }
            return value
        } catch { throw Problem(error) }
    }
}
