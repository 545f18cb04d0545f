// The engine over fakes: a house that outlives crashes, and the runs of the daemon in it.

import MaloteCore
import MaloteTestKit

@testable import MaloteEngine

/// Everything that a crash does not take along: the store, the journal and other people's servers.
final class House {
    let stage = Stage()
    let life = Lifeline()
    let store: MemoryStore
    let journal: FakeJournal
    let inboxes: FakeInboxes
    let outboxes: FakeOutboxes
    let receivers: FakeReceivers
    let hashing = FakeHashing()

    init(_ registry: Registry = deskRegistry()) {
        store = MemoryStore(registry, life: life)
        journal = FakeJournal(life: life)
        inboxes = FakeInboxes(life: life, clock: stage.clock)
        outboxes = FakeOutboxes(life: life, clock: stage.clock)
        receivers = FakeReceivers(life: life, clock: stage.clock)
    }

    var registry: Registry { store.state.registry }
    var now: Timestamp { stage.clock.now() }

    func inbox(_ number: Int64) -> FakeInboxServer { inboxes[sampleInbox(number).server] }
    func outbox(_ number: Int64) -> FakeOutboxServer { outboxes[sampleOutbox(number).server] }

    /// Polls once with a daemon of its own.
    @discardableResult
    func poll(_ number: Int64 = 1, lastGood: Timestamp? = nil) throws -> PollReport {
        try Run(self).poll(number, lastGood: lastGood)
    }

    /// Polls that may fail; whether it did shows in the store.
    func polls(_ count: Int) { for _ in 0..<count { _ = try? poll() } }

    func enqueue(
        _ subject: String = "Hello", contract: Int64 = 1, outbox: Int64 = 1, to: [String] = ["ana@customer.example"],
        priority: Priority = .normal
    ) throws {
        let content = Array("Message-ID: <\(subject)@x.example>\r\nSubject: \(subject)\r\n\r\nHi\r\n".utf8)
        let notification = Notification(
            lane: lane(contract, outbox), messageID: "<\(subject)@x.example>", envelopeFrom: "help@x.example",
            recipients: to, subject: subject, content: content, outboxTrace: ["Test."], created: now,
            priority: priority)
        let store = store
        _ = try stage.run { try await store.write { try $0.enqueue(notification) } }
    }

    /// How many deliveries are in each state.
    var states: [Delivery.State: Int] {
        Dictionary(grouping: store.state.deliveries, by: \.state).mapValues(\.count)
    }
}

func lane(_ contract: Int64, _ outbox: Int64) -> Lane {
    Lane(contract: ContractID(rawValue: contract), outbox: sampleOutbox(outbox).id)
}

/// One run of the daemon, from its start to its stop or its crash.
final class Run {
    let house: House
    let board: RegistryBoard
    let intake: Intake
    let gate: HostGate
    let stop = StopFlag()
    let queueBell = Bell()
    let eventBell = Bell()
    let scheduler: PollScheduler
    let drain: QueueDrain
    let events: EventDelivery
    let limits: InboxLimits
    let disk: DiskReserve
    private let store: any Store
    private let book: LeaseBook
    private var performances: [Performance<Void>] = []

    init(
        _ house: House, perHost: Int = 10, total: Int = 100, messageOctets: Int = 10_000,
        pulse: Duration = .seconds(10),
        disk: any HostProbe = UnknownHost(), store: (any Store)? = nil, journal: FakeJournal? = nil,
        book: LeaseBook = .whole
    ) {
        self.house = house
        self.store = store ?? house.store
        self.book = book
        let (time, signs) = (house.stage.clock, VitalSigns())
        board = RegistryBoard(house.registry)
        gate = HostGate(perHost: perHost, total: total)
        limits = InboxLimits(messageOctets: messageOctets)
        intake = Intake(
            board: board, codec: SimpleCodec(), hashing: house.hashing, signingKey: [1, 2, 3],
            linkBase: "https://desk.example", time: time,
            queueBell: queueBell, eventBell: eventBell, log: .silent)
        self.disk = DiskReserve(host: disk, time: time)
        scheduler = PollScheduler(
            .init(
                board: board, store: self.store, connector: house.inboxes, intake: intake, gate: gate, time: time,
                signs: signs, stop: stop, limits: limits, disk: self.disk, book: book,
                log: .silent, pulse: pulse), seed: 1)
        drain = QueueDrain(
            .init(
                board: board, store: self.store, connector: house.outboxes, journal: journal ?? house.journal,
                intake: intake, gate: gate, time: time, signs: signs, stop: stop, book: book, log: .silent,
                pulse: pulse), bell: queueBell, seed: 2)
        events = EventDelivery(
            .init(
                board: board, store: self.store, client: house.receivers, secrets: PlainSecrets(),
                hashing: house.hashing, eventBell: eventBell, time: time, signs: signs, stop: stop, book: book,
                log: .silent, pulse: pulse), seed: 3)
    }

    func room(
        _ documents: [String: DocumentNode] = [:], probe: any MailboxProbe = FakeProbe(),
        tokens: any TokenDesk = FakeTokenDesk(), keeper: LeaseKeeper? = nil
    ) -> MailRoom {
        MailRoom(
            .init(
                board: board, store: store, scheduler: scheduler, drain: drain, events: events, probe: probe,
                tokens: tokens,
                gate: gate, intake: intake, spool: MemorySpool(), documents: FakeDocuments(documents),
                drill: FakeDrillGround(outboxes: house.outboxes),
                time: house.stage.clock, queueBell: queueBell, eventBell: eventBell, stop: stop,
                book: book, keeper: keeper, version: "test", log: .silent))
    }

    func poll(_ number: Int64 = 1, lastGood: Timestamp? = nil) throws -> PollReport {
        guard let mailbox = board.current.mailbox(sampleInbox(number).id), let inbox = mailbox.inbox else {
            preconditionFailure("the test polls no inbox")
        }
        let poll = InboxPoll(
            job: .init(mailbox: mailbox, inbox: inbox), connector: house.inboxes, store: house.store, intake: intake,
            limits: limits, lastGood: lastGood, stop: stop, disk: disk,
            watch: PollWatch(time: house.stage.clock, largest: limits.messageOctets))
        return try house.stage.run { try await poll.run() }
    }

    @discardableResult
    func recover() throws -> Int {
        let (store, journal, intake, now) = (house.store, house.journal, intake, house.now)
        return try house.stage.run {
            try await Recovery.run(store: store, journal: journal, intake: intake, now: now, seed: 3)
        }
    }

    @discardableResult
    func startPolling() -> Run {
        let scheduler = scheduler
        performances.append(house.stage.start { try await scheduler.run() })
        return self
    }

    @discardableResult
    func startSending() -> Run {
        let drain = drain
        performances.append(house.stage.start { try await drain.run() })
        return self
    }

    @discardableResult
    func startDelivering() -> Run {
        let events = events
        performances.append(house.stage.start { try await events.run() })
        return self
    }

    @discardableResult
    func startPlannedSteps() -> Run {
        let room = room()
        performances.append(house.stage.start { await room.watchPlannedSteps() })
        return self
    }

    /// Ends with the run, too.
    func follow(_ performance: Performance<Void>) { performances.append(performance) }

    var isOver: Bool { performances.allSatisfy(\.isOver) }

    func askToStop() {
        stop.set()
        house.stage.settle()
    }

    /// What the service manager does to a run that does not stop in time.
    func cancel() {
        for performance in performances { performance.cancel() }
        house.stage.settle()
    }

    /// Ends like a kill: nothing reaches the outer world any more.
    func crash() {
        house.life.cut(after: 0)
        cancel()
        house.life.restore()
    }
}

// MARK: - Registries and mails

/// Contract n takes its mail from inbox n, sends through outbox n and, if it answers, confirms every new ticket.
func deskRegistry(
    _ numbers: ClosedRange<Int64> = 1...1, inbox: Inbox = Inbox(access: .imap, start: .all), answers: Bool = false,
    change: (inout Registry) -> Void = { _ in }
) -> Registry {
    var registry = Registry()
    for number in numbers {
        var mailbox = sampleInbox(number)
        mailbox.role = .inbox(inbox)
        registry.mailboxes += [mailbox, sampleOutbox(number)]
        let contract = Contract(
            id: ContractID(rawValue: number), name: name("c-\(number)"), prefix: "C\(number)", inboxes: [mailbox.name],
            outbox: .mailbox(sampleOutbox(number).name), answers: AnswerLimits(address: 1000, ticket: 1000))
        registry.contracts.append(contract)
        guard answers else { continue }
        let step = EmailStep(outbox: .contract, to: [.requester], template: name("receipt"))
        registry.flows.append(
            Flow(
                name: name("answer-\(number)"), contract: contract.name, trigger: "ticket.opened",
                steps: [.email(step)]))
    }
    registry.templates = [
        Template(name: name("receipt"), language: "en", subject: "[{{ticket.key}}] Received", text: "Thank you.")
    ]
    change(&registry)
    return registry
}

func mail(
    _ subject: String, id: String? = nil, from: String = "ana@customer.example", headers: [String: String] = [:],
    octets: Int = 0
) -> [UInt8] {
    var lines = ["From: \(from)", "Subject: \(subject)"]
    if id != "" { lines.append("Message-ID: \(id ?? "<\(subject)@customer.example>")") }
    lines += headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    let text = lines.joined(separator: "\r\n") + "\r\n\r\nMy printer burns.\r\n"
    return Array(text.utf8) + Array(repeating: UInt8(ascii: "x"), count: octets)
}

/// Servers of a drill that are fake outboxes like the others.
struct FakeDrillGround: DrillGround {
    struct Server: DrillServer {
        let port = 2525
        let fake: FakeOutboxServer
        func close() async { fake.change { $0.faults = .init() } }
    }

    let outboxes: FakeOutboxes

    func open(_ address: String, fault: DrillFault?) async throws(Failure) -> any DrillServer {
        let fake = outboxes[address]
        fake.change { desk in
            switch fault {
            case .refuse: desk.faults.open = sampleFailure(.connect)
            case .mute: desk.faults.silence = .seconds(30)
            case .hangAfterData: desk.faults.silenceAfterDot = .seconds(10)
            case .slow: desk.faults.slowness = .seconds(5)
            case .reset: desk.faults.deaths = 10_000
            case nil: break
            }
        }
        return Server(fake: fake)
    }
}
