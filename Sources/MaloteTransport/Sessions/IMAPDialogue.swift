// Runs IMAP commands over a stream, one after the other; knows no mailbox rules.

import MaloteCore
import MaloteWire

/// An IMAP conversation with its stream. Used by one session, one command at a time.
struct IMAPDialogue: Sendable {
    /// How long the server may be silent while it works on a command.
    private static let patience = Duration.seconds(120)
    private static let readSize = 256 * 1024

    private(set) var stream: any ByteStream
    private(set) var conversation: IMAPConversation
    /// What is known of this kind of server.
    var quirks: ProviderQuirks
    let host: String
    private(set) var isCompressed = false
    /// The last BYE: it says why the connection ends.
    private var goodbye: IMAPStatus?
    private var outgoing = Outgoing()

    /// - Parameter host: tells what to expect of the server.
    init(stream: any ByteStream, host: String, limits: IMAPFramer.Limits) {
        self.stream = stream
        self.host = host
        quirks = .of(host: host)
        let chance = UInt64.random(in: 0...UInt64.max)
        conversation = IMAPConversation(tagPrefix: "m" + String(chance, radix: 36), limits: limits)
    }

    func has(_ capability: String) -> Bool { conversation.has(capability) }

    /// Waits for the server's first word.
    mutating func greeting() async throws(Failure) -> IMAPStatus {
        while true {
            while let step = try step() {
                if case .untagged(.status(let status)) = step { return status }
            }
            try await receive(for: "the greeting")
        }
    }

    /// Runs a command to its tagged end.
    /// - Parameters:
    ///   - each: called for each untagged response, in order; a long body's comes after its octets.
    ///   - octets: called with the octets of a long body as they come; nothing more is read until it returns.
    /// - Throws: the verdict on a NO or BAD, or what broke the connection.
    @discardableResult
    mutating func run(
        _ command: IMAPCommand, each: (IMAPResponse) async throws(Failure) -> Void = { _ in },
        octets: ([UInt8]) async throws(Failure) -> Void = { _ in }
    ) async throws(Failure) -> IMAPStatus {
        let status = try await finish(command, each: each, octets: octets)
        guard status.kind == .ok else { throw IMAPVerdict.failure(status, command: command.name) }
        return status
    }

    /// Like `run`, but a NO or BAD is returned.
    /// - Parameter answer: what to answer to a SASL challenge; `nil` calls the login off.
    mutating func finish(
        _ command: IMAPCommand, each: (IMAPResponse) async throws(Failure) -> Void = { _ in },
        octets: ([UInt8]) async throws(Failure) -> Void = { _ in },
        answer: ([UInt8]) throws(Failure) -> [UInt8]? = { _ in nil }
    ) async throws(Failure) -> IMAPStatus {
        try await endIdle(within: Self.patience)
        let first: [UInt8]
        do { first = try conversation.start(command) } catch { throw error.failure }
        outgoing.add(first)
        while true {
            guard let step = try step() else {
                try await receive(for: command.name)
                continue
            }
            switch step {
            case .send(let bytes): outgoing.add(bytes)
            case .untagged(let response):
                note(response)
                try await each(response)
            case .octets(let some): try await octets(some)
            case .challenge(let challenge):
                outgoing.add(conversation.answer(try answer(challenge)))
            case .idling: break
            case .completed(let status): return status
            }
        }
    }

    /// LOGOUT. Its answer is not waited for: nothing depends on it.
    mutating func sayGoodbye() async {
        try? await endIdle(within: .seconds(2))
        guard let bytes = try? conversation.start(IMAPCommand("LOGOUT")) else { return }
        try? await stream.write(bytes, within: .seconds(5))
    }

    /// What comes from here on is news.
    mutating func forgetNews() { conversation.forgetNews() }

    mutating func takeAlerts() -> [String] { conversation.takeAlerts() }

    // MARK: - Waiting for news

    /// Starts IDLE (RFC 2177) and waits until the server agrees to it.
    mutating func startIdle() async throws(Failure) {
        try await endIdle()
        let bytes: [UInt8]
        do { bytes = try conversation.start(IMAPCommand("IDLE")) } catch { throw error.failure }
        try await stream.write(bytes, within: Self.patience)
        while true {
            switch try step() {
            case .idling: return
            case .completed(let status): throw IMAPVerdict.failure(status, command: "IDLE")
            case .untagged(let response): note(response)
            case nil: try await receive(for: "IDLE")
            default: break
            }
        }
    }

    /// Listens until there is news, and no longer than `limit`.
    /// - Returns: false if the time is over.
    /// - Throws: also when the server ends the wait by itself: it would do so again and again.
    mutating func listen(for limit: Duration) async throws(Failure) -> Bool {
        let end = ContinuousClock.now + limit
        while !conversation.hasNews {
            if let step = try step() {
                if case .completed(let status) = step { throw IMAPVerdict.failure(status, command: "IDLE") }
                if case .untagged(let response) = step { note(response) }
                continue
            }
            let left = end - .now
            guard left > .zero else { return false }
            do throws(Failure) {
                try await receive(for: "IDLE", within: left)
            } catch {
                guard error.cause == .silentPeer else { throw error }
                return false
            }
        }
        return true
    }

    /// DONE, which must come before anything else, and the tagged end of IDLE. Does nothing if there is none.
    ///
    /// Also for a wait that was called off before the server had agreed to it.
    mutating func endIdle(within patience: Duration = .seconds(30)) async throws(Failure) {
        while conversation.isWaiting {
            if let done = conversation.done {
                try await stream.write(done, within: patience)
                conversation.doneWasSent()
            }
            switch try step() {
            case .completed: return
            case .untagged(let response): note(response)
            case nil: try await receive(for: "IDLE", within: patience)
            default: break
            }
        }
    }

    // MARK: - Compression

    /// From here on all octets are compressed.
    mutating func deflate() throws(Failure) {
        isCompressed = true
        stream = try DeflatedStream(stream, early: conversation.takeUnread())
    }

    // MARK: - Octets

    private mutating func note(_ response: IMAPResponse) {
        if case .status(let status) = response, status.kind == .bye { goodbye = status }
    }

    private mutating func step() throws(Failure) -> IMAPConversation.Step? {
        do { return try conversation.next() } catch { throw error.failure }
    }

    private mutating func receive(
        for what: String, within patience: Duration = Self.patience
    ) async throws(Failure) {
        do throws(Failure) {
            let bytes = try await outgoing.read(stream, atMost: Self.readSize, within: patience)
            guard bytes.isEmpty else { return conversation.feed(bytes) }
            throw Failure(.transient, .disconnected, "The server closed the connection during \(what).")
        } catch {
            // However the connection ended: the reason is what the server said before.
            guard error.cause == .disconnected, let goodbye else { throw error }
            throw IMAPVerdict.failure(goodbye, command: what)
        }
    }
}
