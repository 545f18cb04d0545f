// Logins with access tokens over IMAP, POP3 and SMTP: which mechanism, what is said, and what a refusal leads to.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteTransport

@Suite struct TokenLoginTests {
    enum Greeter: String, Sendable, CaseIterable { case imap, pop3, smtp }

    private static func role(_ greeter: Greeter) -> Mailbox.Role {
        switch greeter {
        case .imap: .inbox(Inbox(access: .imap))
        case .pop3: .inbox(Inbox(access: .pop3))
        case .smtp: .outbox(Outbox(senders: []))
        }
    }

    private static func logIn(
        _ greeter: Greeter, _ house: TokenHouse, _ server: TokenMailServer, sasl: SASLMechanism? = nil,
        security: Mailbox.Security = .implicit
    ) async throws -> Failure? {
        var mailbox = house.mailbox
        mailbox.role = role(greeter)
        mailbox.security = security
        mailbox.login?.sasl = sasl
        let connector = MailConnector(
            streams: server, secrets: GivenSecrets(), tokens: house.keeper, spool: MemorySpool(),
            clientName: "client.test")
        return await failure {
            switch mailbox.role {
            case .inbox(let inbox):
                _ = try await connector.open(mailbox, inbox: inbox, limits: InboxLimits(messageOctets: 1000))
            case .outbox(let outbox): _ = try await connector.open(mailbox, outbox: outbox)
            }
        }
    }

    // MARK: - Choosing

    @Test(
        arguments: Greeter.allCases,
        [
            (["PLAIN", "XOAUTH2"], nil, "XOAUTH2"), (["PLAIN", "OAUTHBEARER"], nil, "OAUTHBEARER"),
            (["OAUTHBEARER", "XOAUTH2", "SCRAM-SHA-256"], nil, "XOAUTH2"),
            (["OAUTHBEARER", "XOAUTH2"], SASLMechanism.oauthBearer, "OAUTHBEARER"),
        ] as [([String], SASLMechanism?, String)])
    func theServersKindOfTokenLoginIsTaken(
        _ greeter: Greeter, _ given: (offered: [String], pin: SASLMechanism?, expected: String)
    ) async throws {
        let house = try TokenHouse(.clientCredentials)
        let server = TokenMailServer(greeter, offering: given.offered, house.provider)
        #expect(try await Self.logIn(greeter, house, server, sasl: given.pin) == nil)
        #expect(server.mechanisms == [given.expected])
        // Microsoft's POP3 takes the mechanism and the token on two lines, and nothing else.
        if greeter == .pop3 { #expect(server.lines.contains("AUTH \(given.expected)")) }
    }

    @Test(arguments: Greeter.allCases)
    func aServerThatTakesNoTokenIsToldNothing(_ greeter: Greeter) async throws {
        let house = try TokenHouse(.clientCredentials)
        for offered in [[], ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"]] {
            let server = TokenMailServer(greeter, offering: offered, house.provider)
            let failure = try #require(try await Self.logIn(greeter, house, server))
            #expect(failure.cause == .authUnsupported && failure.kind == .operatorNeeded)
            #expect(server.mechanisms.isEmpty && !server.said.contains("canary"))
            #expect(!server.lines.contains { $0.uppercased().contains("LOGIN ") || $0.hasPrefix("USER") })
        }
    }

    @Test(arguments: Greeter.allCases)
    func aTokenNeverCrossesTheNetworkInClear(_ greeter: Greeter) async throws {
        let house = try TokenHouse(.clientCredentials)
        let server = TokenMailServer(greeter, offering: ["XOAUTH2"], house.provider)
        let failure = try #require(try await Self.logIn(greeter, house, server, security: .none))
        #expect(failure.cause == .credential && failure.detail.contains("in clear"))
        #expect(server.connections == 0 && house.server.reached == 0)
        // Nor one that somebody registered as a password.
        var other = house
        other.mailbox.login = .init(user: "x", password: .literal(Secret("canary-static")), sasl: .xoauth2)
        #expect(try await Self.logIn(greeter, other, server, sasl: .xoauth2, security: .none)?.cause == .credential)
        #expect(server.connections == 0)
    }

    // MARK: - Refusals

    @Test(arguments: Greeter.allCases)
    func aRefusedTokenIsReplacedAndTheLoginSucceeds(_ greeter: Greeter) async throws {
        let house = try TokenHouse(.clientCredentials)
        let server = TokenMailServer(greeter, offering: ["XOAUTH2"], house.provider)
        #expect(try await Self.logIn(greeter, house, server) == nil)
        house.provider.revokeAccessTokens()
        #expect(try await Self.logIn(greeter, house, server) == nil)
        #expect(house.server.reached == 2 && server.connections == 3)
    }

    @Test(arguments: Greeter.allCases)
    func aServerThatRefusesEveryTokenGetsTwo(_ greeter: Greeter) async throws {
        let house = try TokenHouse(.clientCredentials)
        let server = TokenMailServer(greeter, offering: ["XOAUTH2"], house.provider, refuses: true)
        let failure = try #require(try await Self.logIn(greeter, house, server))
        #expect(failure.cause == .authRefused && failure.kind == .operatorNeeded)
        #expect(failure.remedy.contains("user") && !"\(failure)".contains("canary"))
        #expect(house.server.reached == 2 && server.connections == 2)
        // The next poll tries what it has, and asks for no more.
        _ = try await Self.logIn(greeter, house, server)
        #expect(house.server.reached == 2 && server.connections == 3)
    }

    @Test func withoutATokenNoServerIsConnectedTo() async throws {
        let house = try TokenHouse(.clientCredentials)
        house.server.fail(with: Failure(.transient, .connect, "The token server is gone."))
        let server = TokenMailServer(.imap, offering: ["XOAUTH2"], house.provider)
        let failure = try #require(try await Self.logIn(.imap, house, server))
        #expect(failure.kind == .transient && failure.cause == .connect && server.connections == 0)
    }
}

/// A mail server that takes its provider's valid tokens, one conversation a connection.
final class TokenMailServer: StreamOpener {
    private let greeter: TokenLoginTests.Greeter
    private let offered: [String]
    private let provider: TokenProvider
    private let refuses: Bool
    private let opened = Mutex<[TokenMailStream]>([])

    init(
        _ greeter: TokenLoginTests.Greeter, offering offered: [String], _ provider: TokenProvider, refuses: Bool = false
    ) {
        self.greeter = greeter
        self.offered = offered
        self.provider = provider
        self.refuses = refuses
    }

    var connections: Int { opened.withLock { $0.count } }
    var lines: [String] { opened.withLock { $0.flatMap(\.lines) } }
    var mechanisms: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            return words.firstIndex { $0 == "AUTHENTICATE" || $0 == "AUTH" }.map { words[$0 + 1] }
        }
    }
    /// All lines, and what is in their Base64.
    var said: String {
        lines.flatMap { line in
            [line]
                + line.split(separator: " ").compactMap { word in
                    Base64.decode(Array(word.utf8)).map { String(decoding: $0, as: UTF8.self) }
                }
        }.joined(separator: "\n")
    }

    func open(_ endpoint: Endpoint) async throws(Failure) -> any ByteStream {
        let stream = TokenMailStream(greeter, offered) { [provider, refuses] text in
            !refuses && provider.valid.contains { text.contains("auth=Bearer \($0)\u{1}\u{1}") }
        }
        opened.withLock { $0.append(stream) }
        return stream
    }
}

final class TokenMailStream: ByteStream {
    private struct State {
        var unread: [UInt8]
        var lines: [String] = []
        var tag = ""
        var isRefused = false
    }

    private let greeter: TokenLoginTests.Greeter
    private let offered: [String]
    private let isGood: @Sendable (String) -> Bool
    private let state: Mutex<State>

    init(_ greeter: TokenLoginTests.Greeter, _ offered: [String], isGood: @escaping @Sendable (String) -> Bool) {
        self.greeter = greeter
        self.offered = offered
        self.isGood = isGood
        let greeting = [TokenLoginTests.Greeter.imap: "* OK hi", .pop3: "+OK hi", .smtp: "220 hi"][greeter] ?? ""
        state = Mutex(State(unread: Array((greeting + "\r\n").utf8)))
    }

    var lines: [String] { state.withLock { $0.lines } }

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
            state.withLock { state in
                state.lines.append(String(line))
                state.unread += Array(answer(String(line), &state).utf8)
            }
        }
    }

    private func answer(_ line: String, _ state: inout State) -> String {
        let words = line.split(separator: " ").map(String.init)
        let command = (greeter == .imap ? words.dropFirst().first : words.first) ?? ""
        if greeter == .imap, words.count > 1 { state.tag = words[0] }
        switch command {
        case "CAPABILITY":
            return "* CAPABILITY IMAP4rev1 SASL-IR\(offered.map { " AUTH=\($0)" }.joined())\r\n\(state.tag) OK done\r\n"
        case "CAPA": return "+OK\r\nUIDL\r\nSASL \(offered.joined(separator: " "))\r\n.\r\n"
        case "EHLO": return "250-hi\r\n250 AUTH \(offered.joined(separator: " "))\r\n"
        case "SELECT": return "* OK [UIDVALIDITY 1] x\r\n\(state.tag) OK [READ-WRITE] x\r\n"
        case "AUTH" where words.count == 2: return greeter == .pop3 ? "+ \r\n" : "334 \r\n"
        default: return verdict(words.last ?? "", &state)
        }
    }

    /// A token, or the client's answer to why it was refused.
    private func verdict(_ word: String, _ state: inout State) -> String {
        let text = String(decoding: Base64.decode(Array(word.utf8)) ?? [], as: UTF8.self)
        let no = [TokenLoginTests.Greeter.imap: "\(state.tag) NO no", .pop3: "-ERR no", .smtp: "535 5.7.8 no"]
        let yes = [TokenLoginTests.Greeter.imap: "\(state.tag) OK in", .pop3: "+OK in", .smtp: "235 in"]
        guard !state.isRefused else { return (no[greeter] ?? "") + "\r\n" }
        if isGood(text) { return (yes[greeter] ?? "") + "\r\n" }
        state.isRefused = true
        let why = String(decoding: Base64.encode(Array(#"{"status":"401"}"#.utf8)), as: UTF8.self)
        return (greeter == .smtp ? "334 " : "+ ") + why + "\r\n"
    }

    func close() async {}
}
