// From a fresh connection to an open folder; knows nothing of fetching.

import MaloteCore
import MaloteWire

extension IMAPDialogue {
    /// Reads the greeting unless STARTTLS has consumed it, asks what the server can do, and logs in.
    /// - Returns: nothing; a refusal is thrown as `authRefused`, `authTemporary`, `authUnsupported` or `throttled`.
    mutating func logIn(_ login: Mailbox.Login, password: Secret, isGreeted: Bool) async throws(Failure) {
        // PREAUTH: the server knows us by the connection itself (RFC 9051 §7.1.4).
        let isKnown = isGreeted ? false : try await greet().kind == .preauth
        // After STARTTLS nothing learnt in the clear counts.
        if isGreeted || conversation.capabilities.isEmpty { try await learn() }
        if !isKnown { try await identify(login, password: password) }
    }

    /// The server's first word, unless it sends us away.
    mutating func greet() async throws(Failure) -> IMAPStatus {
        let status = try await greeting()
        if status.kind == .bye { throw IMAPVerdict.failure(status, command: "the connection") }
        return status
    }

    /// Asks what the server can do.
    mutating func learn() async throws(Failure) { try await run(IMAPCommand("CAPABILITY")) }

    /// - Returns: how the login was done: a SASL mechanism, or `LOGIN`.
    @discardableResult
    mutating func identify(_ login: Mailbox.Login, password: Secret) async throws(Failure) -> String {
        let before = conversation.capabilities
        let mechanism = try mechanism()
        let status =
            if let mechanism { try await sasl(mechanism, login, password) } else {
                try await finish(
                    IMAPCommand("LOGIN", [.string(Array(login.user.utf8)), .string(password.reveal { $0 })]))
            }
        guard status.kind == .ok else { throw IMAPVerdict.loginFailure(status, user: login.user) }
        // What can be done after the login may be more; servers that do not say must be asked.
        if conversation.capabilities == before { try await learn() }
        return mechanism?.rawValue ?? "LOGIN"
    }

    /// - Returns: `nil` for the LOGIN command.
    private func mechanism() throws(Failure) -> SASLExchange.Mechanism? {
        let offered = conversation.capabilities.filter { $0.hasPrefix("AUTH=") }.map { String($0.dropFirst(5)) }
        let best = SASLExchange.best(of: offered)
        let mayLogin = !has("LOGINDISABLED")
        // The LOGIN command does what the LOGIN mechanism does, in one round trip.
        if best == .plain || (best != nil && !mayLogin), let best { return best }
        guard mayLogin else {
            throw Failure(
                .operatorNeeded, .authUnsupported,
                "The server takes no login that we know (it offers \(offered.sorted().joined(separator: ", "))).",
                remedy: "If the connection is not encrypted, use provider imaps or STARTTLS; else ask the server's "
                    + "administrator to allow PLAIN over TLS.")
        }
        return nil
    }

    private mutating func sasl(
        _ mechanism: SASLExchange.Mechanism, _ login: Mailbox.Login, _ password: Secret
    ) async throws(Failure) -> IMAPStatus {
        let exchange: SASLExchange
        do { exchange = try SASLExchange(mechanism, user: login.user, password: password) } catch {
            throw error.loginArgument
        }
        var arguments: [IMAPCommand.Argument] = [.raw(mechanism.rawValue)]
        let initial = has("SASL-IR") ? exchange.initialResponse : nil
        if let initial { arguments.append(.raw(String(decoding: Base64.encode(initial), as: UTF8.self))) }
        return try await finish(
            IMAPCommand("AUTHENTICATE", arguments), sasl: exchange, sentInitial: initial != nil)
    }

    /// Opens the folder; read-only when nothing is to be changed there.
    /// - Parameter told: called for each status that the server gives of the folder.
    mutating func select(_ inbox: Inbox, told: (IMAPStatus) -> Void = { _ in }) async throws(Failure) -> OpenFolder {
        var folder = OpenFolder(validity: 0, nextUID: nil, messages: 0, isReadOnly: false)
        let command = IMAPCommand(inbox.after == .leave ? "EXAMINE" : "SELECT", [.mailbox(inbox.folder)])
        let status = try await finish(command) { response in
            if case .status(let status) = response { told(status) }
            switch response {
            case .exists(let count): folder.messages = count
            case .status(let status) where status.code == "UIDVALIDITY":
                folder.validity = UInt32(status.codeArgument) ?? 0
            case .status(let status) where status.code == "UIDNEXT": folder.nextUID = UInt32(status.codeArgument)
            default: break
            }
        }
        guard status.kind == .ok else {
            throw Self.folderFailure(status, command.name, "The folder \(inbox.folder) cannot be opened.")
        }
        folder.isReadOnly = status.code == "READ-ONLY"
        guard folder.validity != 0 else {
            throw Failure(
                .operatorNeeded, .protocolBroken, "The server gives the folder \(inbox.folder) no UIDVALIDITY.",
                remedy: "This server cannot say which messages are new; ask its administrator.")
        }
        return folder
    }

    /// What a refusal to a command on a folder means.
    static func folderFailure(_ status: IMAPStatus, _ command: String, _ sentence: String) -> Failure {
        var failure = IMAPVerdict.failure(status, command: command)
        // Servers without RFC 5530 codes say only NO when a folder is missing.
        if status.code.isEmpty, status.kind == .no, failure.cause == .rejected {
            var status = status
            status.code = "NONEXISTENT"
            failure = IMAPVerdict.failure(status, command: command)
        }
        failure.detail = sentence + " " + failure.detail
        return failure
    }
}

extension WireError {
    /// A user or password that cannot be sent at all.
    var loginArgument: Failure {
        Failure(.operatorNeeded, .credential, sentence, remedy: "Register user and password of this mailbox anew.")
    }
}
