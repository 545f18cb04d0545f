// Everything that a crash does not take along, and the runs of the daemon in it; knows no promise and no weather.

import MaloteCore
import MaloteEngine
import MaloteTestKit
import Synchronization

/// Six contracts: two that share an outbox and an inbox, two that share the system's outbox, two that share nothing.
final class Premises {
    static let contracts: ClosedRange<Int64> = 1...6
    static let inboxes: ClosedRange<Int64> = 1...6
    static let outboxes: ClosedRange<Int64> = 1...5

    /// The outbox that takes only so many messages a minute.
    static let limited: Int64 = 4
    static let perMinute = 4

    let stage = Stage()
    let life = Lifeline()
    let store: MemoryStore
    let journal: FakeJournal
    let inboxServers: FakeInboxes
    let outboxServers: FakeOutboxes
    let hashing = FakeHashing()
    let spoken = Notes()
    /// What nobody may ever read: each password, and the key that signs.
    static let canaries = ["canary-password", "canary-key"]
    private(set) var run: DaemonRun?
    private var runs: UInt64 = 0

    init() {
        store = MemoryStore(Self.registry, life: life)
        journal = FakeJournal(life: life)
        inboxServers = FakeInboxes(life: life, clock: stage.clock)
        outboxServers = FakeOutboxes(life: life, clock: stage.clock)
        inbox(5).change { $0.faults.tellsNews = true }
    }

    var now: Timestamp { stage.clock.now() }

    func inbox(_ number: Int64) -> FakeInboxServer { inboxServers["imap\(number).example"] }
    func outbox(_ number: Int64) -> FakeOutboxServer { outboxServers["smtp\(number).example"] }

    // MARK: - The daemon

    /// - Throws: what kept the daemon from starting.
    func boot() throws {
        runs += 1
        let run = DaemonRun(self, seed: runs)
        try run.start()
        self.run = run
    }

    /// As the daemon does it: whoever has not ended by himself after eight seconds is cancelled, and systemd kills after ten.
    /// - Returns: how it ended.
    func stop() -> Ending {
        guard let run else { return .byItself }
        run.stop.set()
        defer { kill() }
        if stage.advance(atMost: .seconds(8), until: { run.isOver }) { return .byItself }
        run.cancel()
        return stage.advance(atMost: .seconds(2)) { run.isOver } ? .cancelled : .killed
    }

    enum Ending: String { case byItself = "ended by itself", cancelled = "was cancelled", killed = "had to be killed" }

    /// Nothing reaches the outer world any more.
    func kill() {
        life.cut(after: 0)
        run?.cancel()
        run = nil
        life.restore()
    }

    // MARK: - The registry

    /// The contracts that take their mail from this inbox.
    static func readers(_ inbox: Int64) -> [Int64] { inbox == 1 ? [1, 3] : [inbox] }

    /// Through which outbox a contract sends.
    static func outbox(of contract: Int64) -> Int64 { [1: 1, 2: 2, 3: 1, 4: 4][contract] ?? 5 }

    static func pollSeconds(_ inbox: Int64) -> Int { [300, 300, 600, 900, 900, 600][Int(inbox) - 1] }

    private static func role(_ number: Int64) -> Inbox {
        let isPOP3 = number == 3 || number == 6
        let after: [Inbox.After] = [.seen, .delete, .delete, .move(folder: "Done"), .seen, .leave]
        return Inbox(
            access: isPOP3 ? .pop3 : .imap, pollSeconds: pollSeconds(number), after: after[Int(number) - 1],
            start: .all)
    }

    static func outboxID(_ number: Int64) -> MailboxID { MailboxID(rawValue: 100 + number) }

    private static let registry: Registry = {
        var registry = Registry(systemOutbox: name("out-5"))
        for number in inboxes {
            registry.mailboxes.append(
                Mailbox(
                    id: MailboxID(rawValue: number), name: name("in-\(number)"), server: "imap\(number).example",
                    port: 993, security: .implicit,
                    login: .init(user: "u\(number)", password: .literal(Secret("canary-password-\(number)"))),
                    role: .inbox(role(number))))
        }
        for number in outboxes {
            let outbox = Outbox(
                senders: [MailAddress(address: "help\(number)@desk.example")],
                rate: number == limited ? SendingRate(minute: perMinute) : SendingRate())
            registry.mailboxes.append(
                Mailbox(
                    id: outboxID(number), name: name("out-\(number)"), server: "smtp\(number).example", port: 587,
                    security: .starttls,
                    login: .init(user: "o\(number)", password: .literal(Secret("canary-password-o\(number)"))),
                    role: .outbox(outbox)))
        }
        for number in contracts {
            let outbox = outbox(of: number)
            registry.contracts.append(
                Contract(
                    id: ContractID(rawValue: number), name: name("c-\(number)"), prefix: "C\(number)",
                    inboxes: inboxes.filter { readers($0).contains(number) }.map { name("in-\($0)") },
                    outbox: outbox == 5 ? .standard : .mailbox(name("out-\(outbox)")),
                    answers: AnswerLimits(address: 100_000, ticket: 100_000, contract: 100_000)))
            let step = EmailStep(outbox: .contract, to: [.requester], template: name("receipt"))
            registry.flows.append(
                Flow(
                    name: name("answer-\(number)"), contract: name("c-\(number)"), trigger: "ticket.opened",
                    steps: [.email(step)]))
        }
        registry.templates = [
            Template(name: name("receipt"), language: "en", subject: "[{{ticket.key}}] Received", text: "Thank you.")
        ]
        return registry
    }()
}

/// A name that is written here and therefore valid.
func name<Of>(_ text: String) -> Name<Of> {
    guard let name = Name<Of>(text) else { preconditionFailure("not a name: \(text)") }
    return name
}

/// Lines that somebody writes from anywhere.
final class Notes: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }
    func add(_ line: String) { kept.withLock { $0.append(line) } }
}
