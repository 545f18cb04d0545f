// From a fresh connection to an open folder; knows nothing of fetching.

import MaloteCore
import MaloteWire

extension IMAPDialogue {
    /// Reads the greeting unless STARTTLS has consumed it, asks what the server can do, and logs in.
    /// - Returns: nothing; a refusal is thrown as `authRefused`, `authTemporary`, `authUnsupported` or `throttled`.
    mutating func logIn(_ credentials: Credentials, isGreeted: Bool) async throws(Failure) {
        // PREAUTH: the server knows us by the connection itself (RFC 9051 §7.1.4).
        let isKnown = isGreeted ? false : try await greet().kind == .preauth
        // After STARTTLS nothing learnt in the clear counts.
        if isGreeted || conversation.capabilities.isEmpty { try await learn() }
        if !isKnown { try await identify(credentials) }
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
    mutating func identify(_ credentials: Credentials) async throws(Failure) -> String {
        let before = conversation.capabilities
        let mechanism = try mechanism(for: credentials)
        if let mechanism { try await sasl(mechanism, credentials) } else { try await plainLogin(credentials) }
        // What can be done after the login may be more; servers that do not say must be asked.
        if conversation.capabilities == before { try await learn() }
        return mechanism?.name ?? "LOGIN"
    }

    /// - Returns: `nil` for the LOGIN command.
    private func mechanism(for credentials: Credentials) throws(Failure) -> SASLMechanism? {
        let offered = conversation.capabilities.filter { $0.hasPrefix("AUTH=") }.map { String($0.dropFirst(5)) }
        let chosen = credentials.choose(from: offered)
        let mayLogin = credentials.maySendPassword && !has("LOGINDISABLED") && (credentials.pinned ?? .login) == .login
        // The LOGIN command does what the LOGIN mechanism does, in one round trip.
        if let chosen, chosen != .login || credentials.pinned != nil || !mayLogin { return chosen }
        guard mayLogin else { throw credentials.unsupported(offered) }
        return nil
    }

    private mutating func plainLogin(_ credentials: Credentials) async throws(Failure) {
        let status = try await finish(
            IMAPCommand("LOGIN", [.string(Array(credentials.user.utf8)), .string(credentials.secret.reveal { $0 })]))
        guard status.kind == .ok else { throw IMAPVerdict.loginFailure(status, user: credentials.user) }
    }

    private mutating func sasl(
        _ mechanism: SASLMechanism, _ credentials: Credentials
    ) async throws(Failure) {
        var attempt = try LoginAttempt(mechanism, credentials)
        var arguments: [IMAPCommand.Argument] = [.raw(mechanism.name)]
        if has("SASL-IR"), let initial = attempt.takeInitialResponse() {
            arguments.append(.raw(String(decoding: Base64.encode(initial), as: UTF8.self)))
        }
        let command = IMAPCommand("AUTHENTICATE", arguments)
        let status = try await finish(command, answer: { challenge throws(Failure) in try attempt.answer(challenge) })
        let refusal = status.kind == .ok ? nil : IMAPVerdict.loginFailure(status, user: credentials.user)
        try attempt.conclude(refusal: refusal)
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
