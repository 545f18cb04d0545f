// A token server without a network, a place for refresh tokens, and mailboxes with OAuth; decides nothing.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteTransport

/// Asks a provider in this process, and may be held up.
final class FakeTokenServer: TokenServer {
    private struct State {
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var failures: [Failure] = []
        var reached = 0
    }

    let provider: TokenProvider
    private let state = Mutex(State())

    init(_ provider: TokenProvider) { self.provider = provider }

    var reached: Int { state.withLock { $0.reached } }
    func hold() { state.withLock { $0.isHeld = true } }
    func fail(with failures: Failure...) { state.withLock { $0.failures += failures } }

    func letGo() {
        let waiting = state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func post(_ request: TokenRequest) async throws(Failure) -> TokenReply {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                state.reached += 1
                if state.isHeld { state.waiting.append(continuation) }
                return !state.isHeld
            }
            if isFree { continuation.resume() }
        }
        if let failure = state.withLock({ $0.failures.isEmpty ? nil : $0.failures.removeFirst() }) { throw failure }
        let path = String(request.url.dropFirst("https://provider.example".count))
        let answer = provider.answer(path, form: request.form.reveal { TokenProvider.form($0) })
        return TokenReply(
            status: answer.status, retryAfter: answer.headers["Retry-After"], body: Array(answer.body.utf8))
    }
}

/// Keeps tokens in memory, unless told to refuse.
final class MemoryTokens: TokenStore {
    private struct State {
        var kept: [MailboxID: KeptToken] = [:]
        var refusal: Failure?
    }

    private let state = Mutex(State())

    func kept(_ mailbox: MailboxID) -> String? {
        state.withLock { $0.kept[mailbox].map { $0.token.reveal { String(decoding: $0, as: UTF8.self) } } }
    }
    func refuse(_ failure: Failure?) { state.withLock { $0.refusal = failure } }

    func refreshToken(of mailbox: MailboxID) async throws(Failure) -> KeptToken? { state.withLock { $0.kept[mailbox] } }

    func keep(_ token: KeptToken, of mailbox: MailboxID) async throws(Failure) {
        let refusal = state.withLock { state in
            if state.refusal == nil { state.kept[mailbox] = token }
            return state.refusal
        }
        if let refusal { throw refusal }
    }
}

/// What is logged, in one text.
final class Logged: Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    var log: Log { Log { _, sentence, _ in self.lines.withLock { $0.append(sentence) } } }
}

/// One mailbox's provider, server, store and keeper.
struct TokenHouse {
    static let start = Timestamp(seconds: 1_800_000_000)
    static let full = Failure(.transient, .diskFull, "The disk is full.")

    let provider = TokenProvider(user: "help@acme.example")
    let server: FakeTokenServer
    let store = MemoryTokens()
    let clock = FakeClock(now: start)
    let logged = Logged()
    let keeper: TokenKeeper
    var mailbox: Mailbox

    init(_ flow: OAuthGrant.Flow, change: (inout OAuthGrant) -> Void = { _ in }) throws {
        server = FakeTokenServer(provider)
        keeper = TokenKeeper(
            server: server, store: store, secrets: GivenSecrets(), time: clock, log: logged.log)
        mailbox = try Self.mailbox(Self.grant(flow, change))
    }

    /// The same provider and store after a restart.
    func restarted() -> TokenKeeper {
        TokenKeeper(server: server, store: store, secrets: GivenSecrets(), time: clock, log: logged.log)
    }

    static func grant(_ flow: OAuthGrant.Flow, _ change: (inout OAuthGrant) -> Void = { _ in }) -> OAuthGrant {
        var grant = OAuthGrant(
            provider: .custom, flow: flow, clientID: "desk", clientSecret: .literal(Secret("canary-client")),
            scope: "mail", tokenURL: "https://provider.example/token", deviceURL: "https://provider.example/device")
        if flow == .refreshToken { grant.refreshToken = .literal(Secret("canary-refresh-0")) }
        change(&grant)
        return grant
    }

    static func mailbox(
        _ grant: OAuthGrant, role: Mailbox.Role = .inbox(Inbox(access: .imap)), id: Int64 = 7
    ) throws -> Mailbox {
        Mailbox(
            id: MailboxID(rawValue: id), name: try #require(MailboxName("acme-in")), server: "mail.acme.example",
            port: 993, security: .implicit, login: .init(user: "help@acme.example", proof: .oauth(grant)), role: role)
    }

    /// The access token in clear.
    func token(isNew: Bool = false, by other: TokenKeeper? = nil) async throws -> String {
        try await access(isNew: isNew, by: other).secret.reveal { String(decoding: $0, as: UTF8.self) }
    }

    func access(isNew: Bool = false, by other: TokenKeeper? = nil) async throws -> AccessToken {
        let login = try #require(mailbox.login)
        let grant = try #require(login.oauth)
        return try await (other ?? keeper).token(for: mailbox, login, grant, isNew: isNew)
    }

    func replacement(of token: AccessToken) async throws -> AccessToken? {
        let login = try #require(mailbox.login)
        let grant = try #require(login.oauth)
        return try await keeper.replacement(of: token, for: mailbox, login, grant)
    }

    func wait(_ seconds: Int) { clock.move(to: clock.now() + .seconds(seconds)) }
}
