// From a fresh connection to one that is logged in; knows no folder.

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
        if quirks.identifiesFirst { try await introduce() }
        if !isKnown { try await identify(credentials) }
        if !quirks.identifiesFirst { try await introduce() }
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
}
