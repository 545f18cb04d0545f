// Runs SMTP commands over a stream, and logs in; knows no message.

import MaloteCore
import MaloteWire

/// An SMTP reply stream with its connection. Used by one session.
struct SMTPDialogue: Sendable {
    private static let readSize = 16 * 1024
    /// RFC 5321 §4.5.3.2 allows five minutes for most replies; a server that slow is treated as silent sooner.
    static let patience = Duration.seconds(120)

    let stream: any ByteStream
    private var replies = SMTPReplyParser()
    private var outgoing = Outgoing()
    private(set) var extensions = SMTPExtensions()

    init(stream: any ByteStream) { self.stream = stream }

    /// The server has said nothing that was not asked for.
    var isDrained: Bool { replies.isDrained }

    mutating func reply(within timeout: Duration = patience) async throws(Failure) -> SMTPReply {
        // An answer that is here already was there before what is still to be said.
        if !replies.isDrained { try await outgoing.flush(stream, within: timeout) }
        while true {
            do { if let reply = try replies.next() { return reply } } catch { throw error.failure }
            let bytes = try await outgoing.read(stream, atMost: Self.readSize, within: timeout)
            guard !bytes.isEmpty else {
                throw Failure(.transient, .disconnected, "The server closed the connection.")
            }
            replies.feed(bytes)
        }
    }

    /// Says it together with waiting for the next reply.
    mutating func say(_ bytes: [UInt8]) { outgoing.add(bytes) }

    /// Like `say`, for what may be long: then it is written here.
    mutating func finish(_ bytes: [UInt8], within patience: Duration) async throws(Failure) {
        outgoing.add(bytes)
        if !outgoing.isSmall { try await outgoing.flush(stream, within: patience) }
    }

    private mutating func say(_ line: String) async throws(Failure) -> SMTPReply {
        say(Array((line + "\r\n").utf8))
        return try await reply()
    }

    // MARK: - Greeting and login

    /// - Parameter isGreeted: STARTTLS has consumed the greeting; what was learnt before TLS does not count.
    mutating func greet(as clientName: String, isGreeted: Bool) async throws(Failure) {
        if !isGreeted { _ = try await greeting() }
        try await introduce(as: clientName)
    }

    /// The server's first word, unless it sends us away.
    mutating func greeting() async throws(Failure) -> SMTPReply {
        let greeting = try await reply()
        guard greeting.isPositive else { throw Self.refusal(greeting, "the connection") }
        return greeting
    }

    /// Says who we are and learns what the server can do.
    mutating func introduce(as clientName: String) async throws(Failure) {
        let answer = try await say("EHLO \(clientName)")
        if answer.isPositive {
            extensions = SMTPExtensions(ehlo: answer)
            return
        }
        // Only who does not know EHLO may know HELO; 421 has closed the connection.
        guard !answer.isTransient else { throw Self.refusal(answer, "EHLO") }
        extensions = SMTPExtensions()
        let plain = try await say("HELO \(clientName)")
        guard plain.isPositive else { throw Self.refusal(plain, "HELO") }
    }

    /// No message is at fault yet: what is refused for good is refused to this machine.
    private static func refusal(_ reply: SMTPReply, _ command: String) -> Failure {
        var failure = SMTPVerdict.failure(reply, command: command)
        guard failure.kind == .permanent else { return failure }
        failure.kind = .operatorNeeded
        failure.remedy = "Ask the server's administrator whether this machine may send mail there."
        return failure
    }

    /// - Returns: the SASL mechanism that was used.
    @discardableResult
    mutating func logIn(_ credentials: Credentials) async throws(Failure) -> String {
        guard let mechanism = credentials.choose(from: extensions.auth) else {
            throw credentials.unsupported(extensions.auth)
        }
        var attempt = try LoginAttempt(mechanism, credentials)
        var line = "AUTH \(mechanism.name)"
        // RFC 4954 §4: a command line has 512 octets; longer responses wait for the challenge.
        if let initial = attempt.takeInitialResponse(upTo: 480 - line.utf8.count) {
            // An empty response must not look like none (RFC 4954 §4).
            line += " " + (initial.isEmpty ? "=" : String(decoding: Base64.encode(initial), as: UTF8.self))
        }
        var answer = try await say(line)
        while answer.code == 334 {
            let response = try attempt.answer(Base64.decode(Array(answer.text.utf8)) ?? []).map(Base64.encode)
            guard response?.count ?? 0 <= Self.responseLimit else { throw Self.longResponse(credentials.user) }
            answer = try await say(String(decoding: response ?? [UInt8(ascii: "*")], as: UTF8.self))
        }
        let refusal = answer.isPositive ? nil : SMTPVerdict.loginFailure(answer, user: credentials.user)
        try attempt.conclude(refusal: refusal)
        return mechanism.name
    }

    /// RFC 4954 §4: 12,288 octets with the line's end.
    private static let responseLimit = 12_286

    private static func longResponse(_ user: String) -> Failure {
        Failure(
            .operatorNeeded, .credential, "The login of \(user) is longer than SMTP can carry (12,288 octets).",
            remedy: "Register a shorter password or access token for this mailbox.")
    }
}
