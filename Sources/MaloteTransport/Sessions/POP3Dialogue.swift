// Runs POP3 commands over a stream, and logs in; knows no mailbox rules.

import MaloteCore
import MaloteWire

/// A POP3 conversation with its stream. Used by one session.
struct POP3Dialogue: Sendable {
    private static let patience = Duration.seconds(120)
    private static let readSize = 256 * 1024

    let stream: any ByteStream
    private var conversation = POP3Conversation()

    init(stream: any ByteStream) { self.stream = stream }

    // MARK: - Commands

    /// Sends the commands in one write; each gets one reply.
    mutating func send(_ lines: [String], answer: POP3Conversation.Answer) async throws(Failure) {
        var bytes: [UInt8] = []
        for line in lines {
            do { bytes += try conversation.command(line, answer: answer) } catch { throw error.failure }
        }
        try await stream.write(bytes, within: Self.patience)
    }

    /// - Parameter lines: called with the reply's lines as they come, all but the last of them, which are its content;
    ///   nothing more is read until it returns.
    mutating func reply(
        draining lines: (([UInt8]) async throws(Failure) -> Void)? = nil
    ) async throws(Failure) -> POP3Conversation.Reply {
        while true {
            do { if let reply = try conversation.next() { return reply } } catch { throw error.failure }
            if let lines { try await lines(conversation.drain()) }
            let bytes = try await stream.read(atMost: Self.readSize, within: Self.patience)
            guard !bytes.isEmpty else {
                throw Failure(.transient, .disconnected, "The server closed the connection.")
            }
            conversation.feed(bytes)
        }
    }

    // MARK: - Login

    /// Reads the greeting unless STARTTLS has consumed it, asks what the server can do, and logs in.
    mutating func logIn(_ credentials: Credentials, isGreeted: Bool) async throws(Failure) -> POP3Offer {
        if !isGreeted { _ = try await greet() }
        let offer = try await offer()
        try await identify(credentials, offer)
        return offer
    }

    /// The server's first word, unless it sends us away.
    mutating func greet() async throws(Failure) -> POP3Conversation.Reply {
        conversation.expectGreeting()
        let greeting = try await reply()
        guard greeting.isPositive else { throw POP3Verdict.failure(greeting, command: "the connection") }
        return greeting
    }

    mutating func offer() async throws(Failure) -> POP3Offer {
        try await send(["CAPA"], answer: .lines(limit: 1 << 16))
        return POP3Offer(try await reply().content ?? [])
    }

    /// - Returns: how the login was done: a SASL mechanism, or `USER`.
    @discardableResult
    mutating func identify(_ credentials: Credentials, _ offer: POP3Offer) async throws(Failure) -> String {
        if offer.has("UTF8") { try await allowUTF8() }
        guard let mechanism = credentials.choose(from: offer.mechanisms) else {
            guard credentials.pinned == nil, credentials.maySendPassword else {
                throw credentials.unsupported(offer.mechanisms)
            }
            try await passWord(credentials, offer)
            return "USER"
        }
        try await authenticate(mechanism, credentials, offer)
        return mechanism.name
    }

    /// RFC 6856 §2: else the server may withhold or rewrite mail with other letters in its header. Its refusal changes
    /// nothing.
    private mutating func allowUTF8() async throws(Failure) {
        try await send(["UTF8"], answer: .line)
        _ = try await reply()
    }

    private func refusal(
        _ reply: POP3Conversation.Reply, _ credentials: Credentials, _ offer: POP3Offer
    ) -> Failure {
        var failure = POP3Verdict.loginFailure(
            reply, user: credentials.user, tellsRefusals: offer.has("AUTH-RESP-CODE"))
        if reply.code == "LOGIN-DELAY" { failure.retryAfterSeconds = offer.loginDelay }
        return failure
    }

    private mutating func passWord(_ credentials: Credentials, _ offer: POP3Offer) async throws(Failure) {
        let secret = String(decoding: credentials.secret.reveal { $0 }, as: UTF8.self)
        for line in ["USER \(credentials.user)", "PASS \(secret)"] {
            do { try await send([line], answer: .line) } catch {
                throw error.cause == .rejected
                    ? WireError.argument("User or password hold a line end.").loginArgument : error
            }
            let reply = try await reply()
            guard reply.isPositive else { throw refusal(reply, credentials, offer) }
        }
    }

    private mutating func authenticate(
        _ mechanism: SASLMechanism, _ credentials: Credentials, _ offer: POP3Offer
    ) async throws(Failure) {
        var attempt = try LoginAttempt(mechanism, credentials)
        // Two lines, never one: some servers take no initial response (RFC 5034 §4).
        try await send(["AUTH \(mechanism.name)"], answer: .line)
        var reply = try await reply()
        while reply.isChallenge {
            let answer = try attempt.answer(Base64.decode(Array(reply.text.utf8)) ?? []).map(Base64.encode)
            try await stream.write((answer ?? [UInt8(ascii: "*")]) + [0x0D, 0x0A], within: Self.patience)
            reply = try await self.reply()
        }
        try attempt.conclude(refusal: reply.isPositive ? nil : refusal(reply, credentials, offer))
    }
}
