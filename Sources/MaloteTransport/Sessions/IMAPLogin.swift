// From a fresh connection to an open folder; knows nothing of fetching.

import MaloteCore
import MaloteWire

extension IMAPDialogue {
    /// Reads the greeting unless STARTTLS has consumed it, asks what the server can do, and logs in.
    /// - Returns: nothing; a refusal is thrown as `authRefused`, `authTemporary`, `authUnsupported` or `throttled`.
    mutating func logIn(_ credentials: Credentials, isGreeted: Bool) async throws(Failure) {
        var isLoggedIn = false
        if !isGreeted {
            let status = try await greeting()
            if status.kind == .bye { throw IMAPVerdict.failure(status, command: "the connection") }
            // PREAUTH: the server knows us by the connection itself (RFC 9051 §7.1.4).
            isLoggedIn = status.kind == .preauth
        }
        // After STARTTLS nothing learnt in the clear counts.
        if isGreeted || conversation.capabilities.isEmpty { try await run(IMAPCommand("CAPABILITY")) }
        guard !isLoggedIn else { return }
        let before = conversation.capabilities
        try await authenticate(credentials)
        // What can be done after the login may be more; servers that do not say must be asked.
        if conversation.capabilities == before { try await run(IMAPCommand("CAPABILITY")) }
    }

    private mutating func authenticate(_ credentials: Credentials) async throws(Failure) {
        let offered = conversation.capabilities.filter { $0.hasPrefix("AUTH=") }.map { String($0.dropFirst(5)) }
        let chosen = credentials.choose(from: offered)
        let mayLogin = !has("LOGINDISABLED") && (credentials.pinned ?? .login) == .login
        // The LOGIN command does what the LOGIN mechanism does, in one round trip.
        if let chosen, chosen != .login || credentials.pinned != nil || !mayLogin {
            return try await sasl(chosen, credentials)
        }
        guard mayLogin else { throw credentials.unsupported(offered) }
        let status = try await finish(
            IMAPCommand(
                "LOGIN", [.string(Array(credentials.user.utf8)), .string(credentials.secret.reveal { $0 })]))
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
    mutating func select(_ inbox: Inbox) async throws(Failure) -> OpenFolder {
        var folder = OpenFolder(validity: 0, nextUID: nil, messages: 0, isReadOnly: false)
        let command = IMAPCommand(inbox.after == .leave ? "EXAMINE" : "SELECT", [.mailbox(inbox.folder)])
        var status = try await finish(command) { response in
            switch response {
            case .exists(let count): folder.messages = count
            case .status(let status) where status.code == "UIDVALIDITY":
                folder.validity = UInt32(status.codeArgument) ?? 0
            case .status(let status) where status.code == "UIDNEXT": folder.nextUID = UInt32(status.codeArgument)
            default: break
            }
        }
        guard status.kind == .ok else {
            var failure = IMAPVerdict.failure(status, command: command.name)
            // Servers without RFC 5530 codes say only NO when a folder is missing.
            if status.code.isEmpty, status.kind == .no, failure.cause == .rejected {
                status.code = "NONEXISTENT"
                failure = IMAPVerdict.failure(status, command: command.name)
            }
            failure.detail = "The folder \(inbox.folder) cannot be opened. " + failure.detail
            throw failure
        }
        folder.isReadOnly = status.code == "READ-ONLY"
        guard folder.validity != 0 else {
            throw Failure(
                .operatorNeeded, .protocolBroken, "The server gives the folder \(inbox.folder) no UIDVALIDITY.",
                remedy: "This server cannot say which messages are new; ask its administrator.")
        }
        return folder
    }
}
