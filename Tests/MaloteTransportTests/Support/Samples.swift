// Mailboxes and connectors for the tests of sessions; knows no protocol.

import MaloteCore
import MaloteTestKit
import MaloteTransport
import Synchronization
import Testing

/// Hands out one stream, whatever is asked for.
private struct OneStream: StreamOpener {
    let stream: any ByteStream
    func open(_ endpoint: Endpoint) async throws(Failure) -> any ByteStream { stream }
}

struct GivenSecrets: SecretReader {
    func reveal(_ source: SecretSource) async throws(Failure) -> Secret {
        guard case .literal(let secret) = source else { throw Failure(.operatorNeeded, .credential, "No such secret.") }
        return secret
    }
}

/// Who logs in where, as a test wants it.
struct Sample {
    var server = "localhost"
    var port = 1
    var security = Mailbox.Security.implicit
    var trust = Mailbox.Trust()
    var user = "reader"
    var password = "sesame"
    var folder = "INBOX"
    var after = Inbox.After.seen
    var compress = false
    var limit = 1000
    var hasLogin = true
    var without: Set<Outbox.Extension> = []
    var spool: any Spool = MemorySpool()

    private func mailbox(_ role: Mailbox.Role) throws -> Mailbox {
        Mailbox(
            name: try #require(MailboxName("sample")), server: server, port: port, security: security, trust: trust,
            login: hasLogin ? .init(user: user, password: .literal(Secret(password))) : nil, role: role)
    }

    func openInbox(_ access: Inbox.Access, by streams: any StreamOpener) async throws -> any InboxSession {
        let inbox = Inbox(access: access, folder: folder, after: after, compress: compress)
        return try await MailConnector(
            streams: streams, secrets: GivenSecrets(), spool: spool, clientName: "client.test"
        ).open(
            try mailbox(.inbox(inbox)), inbox: inbox, limits: InboxLimits(messageOctets: limit))
    }

    func openInbox(_ access: Inbox.Access, _ stream: ScriptedStream) async throws -> any InboxSession {
        try await openInbox(access, by: OneStream(stream: stream))
    }

    func openOutbox(by streams: any StreamOpener) async throws -> any OutboxSession {
        let outbox = Outbox(senders: [], without: without)
        return try await MailConnector(
            streams: streams, secrets: GivenSecrets(), spool: spool, clientName: "client.test"
        ).open(
            try mailbox(.outbox(outbox)), outbox: outbox)
    }

    func openOutbox(_ stream: ScriptedStream) async throws -> any OutboxSession {
        try await openOutbox(by: OneStream(stream: stream))
    }
}

/// How `body` failed; `nil` if it did not.
func failure(_ body: () async throws -> Void) async -> Failure? {
    do { try await body() } catch {
        if error as? Failure == nil { Issue.record("not a Failure: \(error)") }
        return error as? Failure
    }
    return nil
}

/// Kind and cause in one word each, for tables.
func words(_ failure: Failure?) -> String { failure.map { "\($0.kind.rawValue) \($0.cause.rawValue)" } ?? "fine" }

/// What a fetch has delivered.
final class Delivered: Sendable {
    private let messages = Mutex<[String]>([])

    var all: [String] { messages.withLock { $0 } }

    func add(_ message: FetchedMessage) {
        let text =
            switch message.content {
            case .raw(let raw): "\(message.uid): \(String(decoding: (try? raw.bytes()) ?? [], as: UTF8.self))"
            case .tooLarge(let size, let header):
                "\(message.uid) of \(size): \(String(decoding: header, as: UTF8.self))"
            }
        messages.withLock { $0.append(text.replacing("\r\n", with: "\n")) }
    }
}

extension InboxSession {
    func fetchAll(_ uids: String...) async throws -> [String] {
        let delivered = Delivered()
        try await fetch(uids) { message in delivered.add(message) }
        return delivered.all
    }
}
