// A whole session with a server of its own, to be disturbed and then repeated; knows no fault.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteEngine
@testable import MaloteTransport

/// How the daemon reaches mail servers.
func mailConnector(_ streams: any StreamOpener) -> MailConnector {
    MailConnector(streams: streams, secrets: GivenSecrets(), spool: MemorySpool(), clientName: "client.test")
}

/// One for all tests that leaves whoever says nothing, soon.
func hastyNetwork() throws -> Network { try hasty.get() }
private let hasty = Result {
    var pace = Pace()
    pace.silence = .milliseconds(250)
    pace.answer = .milliseconds(500)
    return try Network(
        caFile: Certificates.authority, clientName: "client.test", patience: .milliseconds(400), pace: pace)
}

/// Two mails that wait in an inbox, or one that is to be sent. All that is wrong in the end shows in `complaint`.
protocol Errand: Sendable {
    var server: LoopbackServer { get }
    /// One try.
    /// - Parameter port: where the server is, or who stands in between.
    /// - Returns: `nil` when everything is done.
    func run(port: Int, _ network: any StreamOpener) async -> Failure?
    /// What is lost, double or wrong by now.
    /// - Parameter isDone: the last try has done everything.
    func complaint(isDone: Bool) -> String?
}

enum Errands: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case imap, pop3, smtp

    var testDescription: String { rawValue }

    func make(
        _ security: Mailbox.Security, _ identity: Certificates.Identity = Certificates.here,
        twist: @escaping Twist = { _ in nil }
    ) throws -> any Errand {
        switch self {
        case .imap: try InboxErrand(.imap, security, identity, twist: twist)
        case .pop3: try InboxErrand(.pop3, security, identity, twist: twist)
        case .smtp: try OutboxErrand(security, identity, twist: twist)
        }
    }
}

extension LoopbackServer {
    convenience init(
        _ security: Mailbox.Security, _ identity: Certificates.Identity, twist: @escaping Twist,
        part: @escaping @Sendable () -> any Part
    ) throws {
        try self.init(security == .none ? nil : identity, isImplicit: security == .implicit) { peer in
            part().perform(with: peer, twist: twist)
        }
    }
}

// MARK: - In

/// A real poll of the engine by the real sessions, into a store in memory.
final class InboxErrand: Errand {
    let server: LoopbackServer
    let folder: PeerFolder
    let maildrop: PeerMaildrop
    let store: MemoryStore
    private let mailbox: Mailbox
    private let inbox: Inbox
    private let intake: Intake
    /// What was there at first.
    private let texts: [String]

    init(
        _ access: Inbox.Access, _ security: Mailbox.Security,
        _ identity: Certificates.Identity = Certificates.here, trust: Mailbox.Trust = .init(),
        folder: PeerFolder = PeerFolder("one", "two"), start: Inbox.Start = .all, after: Inbox.After? = nil,
        offer: String? = nil, twist: @escaping Twist = { _ in nil }
    ) throws {
        let maildrop = PeerMaildrop("one", "two")
        (self.folder, self.maildrop) = (folder, maildrop)
        texts = access == .imap ? folder.now.mails.map(\.text) : maildrop.now.map(\.text)
        let canUpgrade = security == .starttls
        server = try LoopbackServer(security, identity, twist: twist) {
            guard access == .imap else { return POP3Part(maildrop, canUpgrade: canUpgrade) }
            var part = IMAPPart(folder: folder, canUpgrade: canUpgrade)
            part.offer = offer ?? part.offer
            return part
        }
        inbox = Inbox(access: access, after: after ?? (access == .imap ? .seen : .delete), start: start)
        let name = try #require(MailboxName("in"))
        mailbox = Mailbox(
            id: MailboxID(rawValue: 1), name: name, server: "localhost", port: 1, security: security, trust: trust,
            login: .init(user: "reader", password: .literal(Secret("sesame"))), role: .inbox(inbox))
        let contract = Contract(
            id: ContractID(rawValue: 1), name: try #require(ContractName("c")), prefix: "C", inboxes: [name])
        let registry = Registry(mailboxes: [mailbox], contracts: [contract])
        store = MemoryStore(registry)
        intake = Intake(
            board: RegistryBoard(registry), codec: SimpleCodec(), hashing: FakeHashing(), signingKey: [1],
            time: FakeClock(now: Timestamp(seconds: 1_800_000_000)), queueBell: Bell(), eventBell: Bell(), log: .silent)
    }

    func poll(port: Int, _ network: any StreamOpener) async throws(Failure) -> PollReport {
        var mailbox = mailbox
        mailbox.port = port
        return try await InboxPoll(
            job: .init(mailbox: mailbox, inbox: inbox), connector: mailConnector(network), store: store,
            intake: intake, limits: InboxLimits(messageOctets: 100_000), lastGood: Timestamp(seconds: 1_799_990_000),
            stop: StopFlag(),
            disk: DiskReserve(host: UnknownHost(), time: FakeClock(now: Timestamp(seconds: 1_800_000_000))),
            watch: PollWatch(
                time: FakeClock(now: Timestamp(seconds: 1_800_000_000)), largest: 100_000)
        ).run()
    }

    func run(port: Int, _ network: any StreamOpener) async -> Failure? {
        do { _ = try await poll(port: port, network) } catch { return error }
        return nil
    }

    /// The subjects of all mails that opened a ticket, in order.
    var opened: [String] { store.state.messages.filter { $0.fate == .opened }.map(\.subject) }

    func complaint(isDone: Bool) -> String? {
        let sources = store.state.sources.map { String(decoding: $0, as: UTF8.self) }
        if let strange = sources.first(where: { !texts.contains($0) }) { return "not what the server has: \(strange)" }
        if Set(sources).count < sources.count { return "filed twice: \(opened)" }
        if store.state.events.contains(where: { $0.kind != .ticketOpened }) { return "strange events" }
        guard isDone else { return untimely(sources) }
        return sources.count < texts.count ? "filed only: \(opened)" : unsettled
    }

    /// What the server still holds after a poll that has done everything.
    private var unsettled: String? {
        switch inbox.access {
        case .imap: folder.now.mails.allSatisfy { $0.flags == ["\\SEEN"] } ? nil : "not marked: \(folder.now.mails)"
        case .pop3: maildrop.now.isEmpty ? nil : "not deleted: \(maildrop.now.map(\.uid))"
        }
    }

    /// Marked or deleted before it was stored.
    private func untimely(_ sources: [String]) -> String? {
        let left: [String] =
            switch inbox.access {
            case .imap: folder.now.mails.filter { $0.flags.isEmpty }.map(\.text)
            case .pop3: maildrop.now.map(\.text)
            }
        let missing = texts.filter { !sources.contains($0) && !left.contains($0) }
        return missing.isEmpty ? nil : "touched before it was stored: \(missing)"
    }
}

// MARK: - Out

/// One message for two recipients.
final class OutboxErrand: Errand {
    let server: LoopbackServer
    let postbox = PeerPostbox()
    private let mailbox: Mailbox
    private let outbox = Outbox(senders: [])
    /// Tries whose answer to the final dot was lost.
    private let doubts = Mutex(0)

    init(
        _ security: Mailbox.Security, _ identity: Certificates.Identity = Certificates.here,
        trust: Mailbox.Trust = .init(), twist: @escaping Twist = { _ in nil }
    ) throws {
        let postbox = postbox
        let canUpgrade = security == .starttls
        server = try LoopbackServer(security, identity, twist: twist) { SMTPPart(postbox, canUpgrade: canUpgrade) }
        mailbox = Mailbox(
            name: try #require(MailboxName("out")), server: "localhost", port: 1, security: security, trust: trust,
            login: .init(user: "reader", password: .literal(Secret("sesame"))), role: .outbox(outbox))
    }

    private static let content = "Message-ID: <out@x.example>\r\nSubject: out\r\n\r\n.dots\r\nand lines\r\n"

    func run(port: Int, _ network: any StreamOpener) async -> Failure? {
        var mailbox = mailbox
        mailbox.port = port
        do throws(Failure) {
            let session = try await mailConnector(network).open(mailbox, outbox: outbox)
            let envelope = Envelope(from: "help@x.example", recipients: ["ana@x.example", "rui@x.example"])
            let submission: Submission
            do throws(Failure) {
                submission = try await session.submit(envelope, content: Array(Self.content.utf8)) { true }
            } catch {
                await session.close()
                throw error
            }
            await session.close()
            for case .refused(let failure) in submission.outcomes {
                if failure.cause == .unknownOutcome { doubts.withLock { $0 += 1 } }
                return failure
            }
            return nil
        } catch { return error }
    }

    func complaint(isDone: Bool) -> String? {
        let accepted = postbox.accepted
        let whole = "Message-ID: <out@x.example>\nSubject: out\n\n..dots\nand lines"
        if accepted.contains(where: { $0 != whole }) { return "sent something else: \(accepted)" }
        let most = doubts.withLock { $0 } + (isDone ? 1 : 0)
        if accepted.count > most { return "sent \(accepted.count) times, with \(most) at most in mind" }
        return isDone && accepted.isEmpty ? "called sent, and was not" : nil
    }
}
