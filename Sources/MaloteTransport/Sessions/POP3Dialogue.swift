// Runs POP3 commands over a stream, and logs in; knows no mailbox rules.

import MaloteCore
import MaloteWire

/// A POP3 conversation with its stream. Used by one session.
struct POP3Dialogue: Sendable {
    private static let patience = Duration.seconds(120)
    private static let readSize = 256 * 1024
    private static let listingLimit = 32 << 20

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

    /// The lines `number word` of UIDL or LIST.
    mutating func listing(_ command: String) async throws(Failure) -> [(number: Int, word: String)] {
        try await send([command], answer: .lines(limit: Self.listingLimit))
        let reply = try await reply()
        guard reply.isPositive else {
            guard command == "UIDL" else { throw POP3Verdict.failure(reply, command: command) }
            throw Failure(
                .operatorNeeded, .protocolBroken,
                "The server has no UIDL, so messages cannot be told apart: \(reply.text)",
                remedy: "Use IMAP for this mailbox if the server offers it.")
        }
        guard let content = reply.content else {
            throw Failure(.operatorNeeded, .protocolBroken, "The maildrop is too large to list.")
        }
        return String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.split(separator: " ")
            guard words.count >= 2, let number = Int(words[0]) else { return nil }
            return (number, String(words[1]))
        }
    }

    // MARK: - Login

    /// Reads the greeting unless STARTTLS has consumed it, asks what the server can do, and logs in.
    /// - Returns: the CAPA keywords (RFC 2449), upper case; empty when the server has none.
    mutating func logIn(
        _ credentials: Credentials, isGreeted: Bool
    ) async throws(Failure) -> Set<String> {
        if !isGreeted { _ = try await greet() }
        let offer = try await offer()
        try await identify(credentials, offer)
        return Set(offer.compactMap(\.first))
    }

    /// The server's first word, unless it sends us away.
    mutating func greet() async throws(Failure) -> POP3Conversation.Reply {
        conversation.expectGreeting()
        let greeting = try await reply()
        guard greeting.isPositive else { throw POP3Verdict.failure(greeting, command: "the connection") }
        return greeting
    }

    /// What the server can do: the words of each line of CAPA, upper case; none when it has no CAPA.
    mutating func offer() async throws(Failure) -> [[String]] {
        try await send(["CAPA"], answer: .lines(limit: 1 << 16))
        return String(decoding: try await reply().content ?? [], as: UTF8.self).uppercased()
            .split(whereSeparator: \.isNewline).map { $0.split(separator: " ").map(String.init) }
    }

    /// - Returns: how the login was done: a SASL mechanism, or `USER`.
    @discardableResult
    mutating func identify(_ credentials: Credentials, _ offer: [[String]]) async throws(Failure) -> String {
        let offered = Array(offer.first { $0.first == "SASL" }?.dropFirst() ?? [])
        guard let mechanism = credentials.choose(from: offered) else {
            guard credentials.pinned == nil else { throw credentials.unsupported(offered) }
            try await passWord(credentials)
            return "USER"
        }
        try await authenticate(mechanism, credentials)
        return mechanism.name
    }

    private mutating func passWord(_ credentials: Credentials) async throws(Failure) {
        let secret = String(decoding: credentials.secret.reveal { $0 }, as: UTF8.self)
        for line in ["USER \(credentials.user)", "PASS \(secret)"] {
            do { try await send([line], answer: .line) } catch {
                throw error.cause == .rejected
                    ? WireError.argument("User or password hold a line end.").loginArgument : error
            }
            let reply = try await reply()
            guard reply.isPositive else { throw POP3Verdict.loginFailure(reply, user: credentials.user) }
        }
    }

    private mutating func authenticate(
        _ mechanism: SASLMechanism, _ credentials: Credentials
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
        let refusal = reply.isPositive ? nil : POP3Verdict.loginFailure(reply, user: credentials.user)
        try attempt.conclude(refusal: refusal)
    }
}
