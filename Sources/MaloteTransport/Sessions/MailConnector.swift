// Opens inboxes and outboxes: connection, greeting, login, folder; the only place that picks a protocol.

import MaloteCore
import MaloteWire

/// Both ports of the engine to customers' servers.
package struct MailConnector: InboxConnector, OutboxConnector {
    private let streams: any StreamOpener
    private let keyring: Keyring
    private let spool: any Spool
    private let clientName: String
    private let alerts: AlertBook

    /// - Parameters:
    ///   - spool: where mails lie that are too large for memory.
    ///   - clientName: what we call ourselves to SMTP servers.
    ///   - log: gets what servers want people to read.
    package init(
        streams: any StreamOpener, secrets: any SecretReader, tokens: any TokenSource = NoTokens(), spool: any Spool,
        clientName: String, log: Log = .silent
    ) {
        self.streams = streams
        keyring = Keyring(secrets: secrets, tokens: tokens)
        self.spool = spool
        self.clientName = clientName
        alerts = AlertBook(log)
    }

    // MARK: - Inboxes

    package func open(
        _ mailbox: Mailbox, inbox: Inbox, limits: InboxLimits
    ) async throws(Failure) -> any InboxSession {
        guard let login = mailbox.login else { throw .noLogin(mailbox) }
        return try await keyring.open(mailbox, login) { credentials throws(Failure) in
            try await connected(mailbox) { stream throws(Failure) -> any InboxSession in
                switch inbox.access {
                case .imap: try await openIMAP(stream, mailbox, inbox, credentials, limits)
                case .pop3: try await openPOP3(stream, mailbox, credentials, limits)
                }
            }
        }
    }

    /// A connection that is closed again if nothing comes of it.
    private func connected<Session>(
        _ mailbox: Mailbox, _ begin: (any ByteStream) async throws(Failure) -> Session
    ) async throws(Failure) -> Session {
        let stream = try await streams.open(Endpoint(mailbox))
        do throws(Failure) { return try await begin(stream) } catch {
            await stream.close()
            throw error
        }
    }

    private func openIMAP(
        _ stream: any ByteStream, _ mailbox: Mailbox, _ inbox: Inbox, _ credentials: Credentials, _ limits: InboxLimits
    ) async throws(Failure) -> any InboxSession {
        var dialogue = IMAPDialogue(
            stream: stream, host: mailbox.server,
            limits: .init(inline: IncomingBody.memoryLimit, literal: limits.messageOctets))
        do throws(Failure) {
            try await dialogue.logIn(credentials, isGreeted: mailbox.security == .starttls)
            try await dialogue.takeOffers(compress: inbox.compress)
            let folder = try await dialogue.select(inbox)
            alerts.tell(dialogue.takeAlerts(), of: mailbox.name)
            return IMAPInboxSession(
                dialogue: dialogue, folder: folder, inbox: inbox, limits: limits, spool: spool
            ) { texts in alerts.tell(texts, of: mailbox.name) }
        } catch {
            // A refusal often comes with its reason for people.
            alerts.tell(dialogue.takeAlerts(), of: mailbox.name)
            throw error
        }
    }

    private func openPOP3(
        _ stream: any ByteStream, _ mailbox: Mailbox, _ credentials: Credentials, _ limits: InboxLimits
    ) async throws(Failure) -> any InboxSession {
        var dialogue = POP3Dialogue(stream: stream)
        let offer = try await dialogue.logIn(credentials, isGreeted: mailbox.security == .starttls)
        return POP3InboxSession(dialogue: dialogue, offer: offer, limits: limits, spool: spool)
    }

    // MARK: - Outboxes

    package func open(_ mailbox: Mailbox, outbox: Outbox) async throws(Failure) -> any OutboxSession {
        guard let login = mailbox.login else { return try await openSMTP(mailbox, outbox, nil) }
        return try await keyring.open(mailbox, login) { credentials throws(Failure) in
            try await openSMTP(mailbox, outbox, credentials)
        }
    }

    private func openSMTP(
        _ mailbox: Mailbox, _ outbox: Outbox, _ credentials: Credentials?
    ) async throws(Failure) -> any OutboxSession {
        try await connected(mailbox) { stream throws(Failure) -> any OutboxSession in
            var dialogue = SMTPDialogue(stream: stream)
            try await dialogue.greet(as: clientName, isGreeted: mailbox.security == .starttls)
            if let credentials { try await dialogue.logIn(credentials) }
            return SMTPOutboxSession(dialogue: dialogue, without: outbox.without)
        }
    }
}

extension Endpoint {
    /// Where a mailbox's server is.
    init(_ mailbox: Mailbox) {
        let greeter: Greeter =
            switch mailbox.inbox?.access {
            case .imap: .imap
            case .pop3: .pop3
            case nil: .smtp
            }
        self.init(
            host: mailbox.server, port: mailbox.port, security: mailbox.security, trust: mailbox.trust,
            greeter: greeter)
    }
}

extension Failure {
    static func noLogin(_ mailbox: Mailbox) -> Failure {
        Failure(
            .operatorNeeded, .credential, "Inbox \(mailbox.name) has no user and password.",
            remedy: "Register them (user, password).")
    }
}
