// Logins over IMAP, POP3 and SMTP: what is chosen, how a refusal reads, and whom we do not believe.

import MaloteCore
import MaloteTestKit
import MaloteTransport
import MaloteWire
import Synchronization
import Testing

@Suite struct SASLLoginTests {
    enum Greeter: String, Sendable, CaseIterable { case imap, pop3, smtp }

    /// Offers mechanisms, asks the challenges one by one, and ends with a yes or a no.
    private static func server(
        _ greeter: Greeter, offering mechanisms: [String], challenges: [String], yes: Bool
    ) -> AnsweringStream {
        let asked = Mutex(challenges[...])
        let tag = Mutex("")
        let greeting = [Greeter.imap: "* OK hi\r\n", .pop3: "+OK hi\r\n", .smtp: "220 hi\r\n"][greeter] ?? ""
        return AnsweringStream(greeting: greeting) { line in
            let upper = line.uppercased()
            if greeter == .imap, line.contains(" ") { tag.withLock { $0 = String(line.prefix { $0 != " " }) } }
            let tag = tag.withLock { $0 }
            if upper.hasSuffix("CAPABILITY") {
                let words = mechanisms.map { " AUTH=\($0)" }.joined()
                return "* CAPABILITY IMAP4rev1 SASL-IR LOGINDISABLED\(words)\r\n\(tag) OK done\r\n"
            }
            if upper == "CAPA" {
                return "+OK\r\nUIDL\r\n" + (mechanisms.isEmpty ? "" : "SASL \(mechanisms.joined(separator: " "))\r\n")
                    + ".\r\n"
            }
            if upper.hasPrefix("EHLO") { return "250-hi\r\n250 AUTH \(mechanisms.joined(separator: " "))\r\n" }
            let next = line == "*" ? nil : asked.withLock { $0.popFirst() }
            switch (greeter, next) {
            case (.imap, let text?): return "+ \(encoded(text))\r\n"
            case (.imap, nil): return yes && line != "*" ? "\(tag) OK in\r\n" : "\(tag) NO no\r\n"
            case (.pop3, let text?): return "+ \(encoded(text))\r\n"
            case (.pop3, nil): return yes && line != "*" ? "+OK in\r\n" : "-ERR no\r\n"
            case (.smtp, let text?): return "334 \(encoded(text))\r\n"
            case (.smtp, nil): return yes && line != "*" ? "235 in\r\n" : "535 5.7.8 no\r\n"
            }
        }
    }

    private static func encoded(_ text: String) -> String {
        String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self)
    }

    /// How the login fails; `nil` if it does not.
    private func logIn(
        _ greeter: Greeter, _ stream: AnsweringStream, pin: SASLMechanism?, security: Mailbox.Security = .implicit
    ) async throws -> Failure? {
        let connector = MailConnector(
            streams: stream, secrets: Given(), spool: MemorySpool(), clientName: "client.test")
        let inbox = Inbox(access: greeter == .pop3 ? .pop3 : .imap)
        let outbox = Outbox(senders: [])
        let mailbox = Mailbox(
            name: try #require(MailboxName("sample")), server: "mail.acme.example", port: 993, security: security,
            login: .init(user: "ana", password: .literal(Secret("canary")), sasl: pin),
            role: greeter == .smtp ? .outbox(outbox) : .inbox(inbox))
        do throws(Failure) {
            if greeter == .smtp {
                _ = try await connector.open(mailbox, outbox: outbox)
            } else {
                _ = try await connector.open(mailbox, inbox: inbox, limits: InboxLimits(messageOctets: 1000))
            }
            return nil
        } catch { return error }
    }

    /// The mechanisms that the client has named.
    private func asked(_ stream: AnsweringStream) -> [String] {
        stream.lines.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            let place = words.firstIndex { $0 == "AUTHENTICATE" || $0 == "AUTH" }
            return place.map { words[$0 + 1] }
        }
    }

    // MARK: - Choosing

    @Test(arguments: Greeter.allCases, SASLMechanism.allCases)
    func aPinIsUsedOverAllOthers(_ greeter: Greeter, _ pin: SASLMechanism) async throws {
        let all = SASLMechanism.allCases.map(\.name)
        let stream = Self.server(greeter, offering: all, challenges: [], yes: false)
        let failure = try await logIn(greeter, stream, pin: pin)
        #expect(asked(stream) == [pin.name])
        #expect(failure?.cause == .authRefused && failure?.kind == .operatorNeeded, "\(String(describing: failure))")
    }

    @Test(arguments: Greeter.allCases, SASLMechanism.allCases)
    func aPinThatIsNotOfferedIsSaidAndNothingIsSent(_ greeter: Greeter, _ pin: SASLMechanism) async throws {
        let others = SASLMechanism.allCases.filter { $0 != pin }.map(\.name)
        let stream = Self.server(greeter, offering: others, challenges: [], yes: true)
        let failure = try #require(try await logIn(greeter, stream, pin: pin))
        #expect(failure.cause == .authUnsupported && failure.kind == .operatorNeeded)
        #expect(failure.detail.contains("does not offer \(pin.name),"))
        #expect(others.allSatisfy { failure.detail.contains($0) })
        #expect(asked(stream).isEmpty && !stream.lines.joined().contains("canary"))
    }

    @Test(arguments: Greeter.allCases)
    func aRefusalIsNotFollowedByAWeakerMechanism(_ greeter: Greeter) async throws {
        let stream = Self.server(
            greeter, offering: ["LOGIN", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"], challenges: [], yes: false)
        let failure = try await logIn(greeter, stream, pin: nil)
        #expect(asked(stream) == ["SCRAM-SHA-256"])
        #expect(failure?.cause == .authRefused)
        #expect(failure?.remedy.contains("set sasl to another") == true)
    }

    @Test(
        arguments: Greeter.allCases, [(Mailbox.Security.none, "CRAM-MD5"), (.implicit, "PLAIN"), (.starttls, "PLAIN")])
    func onlyACleartextConnectionPrefersCRAM(_ greeter: Greeter, _ expected: (Mailbox.Security, String)) async throws {
        let stream = Self.server(greeter, offering: ["PLAIN", "CRAM-MD5"], challenges: [], yes: false)
        if expected.0 == .starttls { stream.dropGreeting() }
        _ = try await logIn(greeter, stream, pin: nil, security: expected.0)
        #expect(asked(stream) == [expected.1])
    }

    // MARK: - Servers that are not believed

    @Test(arguments: Greeter.allCases, [SASLMechanism.scramSHA1, .scramSHA256])
    func aYesWithoutProofIsANo(_ greeter: Greeter, _ mechanism: SASLMechanism) async throws {
        let stream = Self.server(greeter, offering: [mechanism.name], challenges: [], yes: true)
        let failure = try #require(try await logIn(greeter, stream, pin: nil))
        #expect(failure.cause == .authRefused && failure.kind == .operatorNeeded)
        #expect(failure.detail.contains("did not prove"))
        #expect(stream.isClosed)
    }

    @Test(
        arguments: Greeter.allCases,
        [
            ("r=mine,s=QSXC,i=4096", "does not belong"), ("r=<nonce>1,s=QSXC,i=1", "rounds"),
            ("r=<nonce>1,s=QSXC,i=999999999", "rounds"), ("nonsense", "cannot be read"),
        ])
    func aWrongChallengeCallsTheLoginOff(_ greeter: Greeter, _ challenge: (String, String)) async throws {
        let stream = Self.server(greeter, offering: ["SCRAM-SHA-256"], challenges: [], yes: true)
        stream.answerNonce(with: { nonce in
            let text = Self.encoded(challenge.0.replacing("<nonce>", with: nonce))
            return (greeter == .smtp ? "334 " : "+ ") + text + "\r\n"
        })
        let failure = try #require(try await logIn(greeter, stream, pin: nil))
        #expect(failure.cause == .authRefused && failure.kind == .operatorNeeded)
        #expect(failure.detail.contains("called off") && failure.detail.contains(challenge.1), "\(failure)")
        #expect(stream.lines.last == "*" && stream.isClosed)
    }

    // MARK: - Tokens

    @Test(arguments: Greeter.allCases, [(SASLMechanism.xoauth2, ""), (.oauthBearer, "AQ==")])
    func aRefusedTokenSaysWhy(_ greeter: Greeter, _ item: (SASLMechanism, String)) async throws {
        // POP3 asks for the initial response first.
        let challenges = (greeter == .pop3 ? [""] : []) + [#"{"status":"invalid_token"}"#]
        let stream = Self.server(greeter, offering: [item.0.name], challenges: challenges, yes: false)
        let failure = try #require(try await logIn(greeter, stream, pin: item.0))
        #expect(failure.cause == .authRefused && failure.detail.contains("invalid_token"), "\(failure)")
        #expect(failure.remedy.contains("token"))
        #expect(stream.lines.last == item.1)
        #expect(!"\(failure)".contains("canary"))
    }
}

private struct Given: SecretReader {
    func reveal(_ source: SecretSource) async throws(Failure) -> Secret { Secret("canary") }
}

/// A pipe to a server that answers each line.
private final class AnsweringStream: ByteStream, StreamOpener {
    private struct State {
        var unread: [UInt8]
        var lines: [String] = []
        var isClosed = false
        var answerNonce: (@Sendable (String) -> String)?
    }

    private let state: Mutex<State>
    private let answer: @Sendable (String) -> String

    init(greeting: String, answer: @escaping @Sendable (String) -> String) {
        state = Mutex(State(unread: Array(greeting.utf8)))
        self.answer = answer
    }

    var lines: [String] { state.withLock { $0.lines } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// STARTTLS has consumed it.
    func dropGreeting() { state.withLock { $0.unread = [] } }

    /// Answers the line with a SCRAM nonce by its nonce.
    func answerNonce(with answer: @escaping @Sendable (String) -> String) { state.withLock { $0.answerNonce = answer } }

    func open(_ endpoint: Endpoint) async throws(Failure) -> any ByteStream { self }

    func read(atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8] {
        state.withLock { state in
            let bytes = Array(state.unread.prefix(limit))
            state.unread.removeFirst(bytes.count)
            return bytes
        }
    }

    func write(_ bytes: [UInt8], within timeout: Duration) async throws(Failure) {
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
            .dropLast()
        {
            let line = String(line)
            let byNonce = state.withLock { state in
                state.lines.append(line)
                return state.answerNonce
            }
            var said = answer(line)
            if let byNonce {
                if let nonce = Self.nonce(line) {
                    said = byNonce(nonce)
                } else if line.hasSuffix("AUTH SCRAM-SHA-256") {
                    said = "+ \r\n"
                }
            }
            state.withLock { $0.unread += Array(said.utf8) }
        }
    }

    private static func nonce(_ line: String) -> String? {
        guard let word = line.split(separator: " ").last, let bytes = Base64.decode(Array(word.utf8)) else {
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.hasPrefix("n,,n=") ? text.split(separator: "r=").last.map(String.init) : nil
    }

    func close() async { state.withLock { $0.isClosed = true } }
}
