// One mailbox's tokens: one exchange at a time, whose outcome all who wait share; knows no HTTP.

import MaloteCore

/// An access token lives in memory alone. A refresh token that replaces another is durable before the access token that
/// came with it is used: some providers take the old one no more.
actor TokenAccount {
    struct Parts: Sendable {
        var server: any TokenServer
        var store: any TokenStore
        var secrets: any SecretReader
        var time: any TimeSource
        var log: Log
    }

    /// A replaced refresh token that could not be stored yet, and what came with it.
    private struct Unsaved {
        var kept: KeptToken
        var granted: GrantedToken
        var since: Timestamp
    }

    let parts: Parts
    private(set) var plan: GrantPlan
    var life = TokenLife()
    var consent: DeviceConsent?
    private var kept: KeptToken?
    private var isLoaded = false
    private var unsaved: Unsaved?

    private var isExchanging = false
    /// Rings at the end of each exchange. Its generation is read in the turn that finds one under way: where the wait
    /// itself begins is up to the scheduler, and that may be after the end.
    private let exchanged = Bell()

    init(_ plan: GrantPlan, _ parts: Parts) {
        self.plan = plan
        self.parts = parts
    }

    var now: Timestamp { parts.time.now() }

    /// Another registration begins anew, without what was learnt of the last.
    func adopt(_ plan: GrantPlan) {
        guard plan != self.plan else { return }
        self.plan = plan
        life = TokenLife()
        consent = nil
    }

    // MARK: - Asking

    func token(_ wish: TokenLife.Wish) async throws(Failure) -> AccessToken {
        var wish = wish
        while true {
            switch life.advice(wish, now: now) {
            case .use(let token): return token
            case .refuse(let failure): throw failure
            case .obtain where isExchanging:
                await exchanged.rung(after: exchanged.generation)
                if Task.isCancelled { throw .stopped }
            case .obtain:
                let mine = plan
                if let failure = await exchange(), mine == plan, wish == .new || !hasToken { throw failure }
            }
            // Whoever's it was, it is new enough.
            wish = .valid
        }
    }

    func replacement(of refused: AccessToken) async throws(Failure) -> AccessToken? {
        guard life.mayReplace(refused, now: now) else { return nil }
        return try await token(.valid)
    }

    func forgetFailures() { life.forgetFailures() }

    private var hasToken: Bool { life.token.map { now < $0.ends } ?? false }

    // MARK: - The exchange

    /// An answer that comes is kept, even if the task that happens to lead has been cancelled meanwhile: it may hold the
    /// only refresh token there is.
    /// - Returns: why it failed; `nil` if it did not.
    private func exchange() async -> Failure? {
        let mine = plan
        do throws(Failure) {
            try await exclusively { () throws(Failure) in
                let (granted, since) = try await obtain(mine)
                if mine == plan { succeeded(granted, since: since) }
            }
            return nil
        } catch {
            // Who went away has learnt nothing of the server; the next one asks again.
            if mine == plan, error.cause != .shuttingDown { failed(error) }
            return error
        }
    }

    /// Nothing else uses or replaces the refresh token meanwhile. Who waits for it waits through: what he brings may
    /// be the only refresh token there is. An exchange has a deadline of its own.
    func exclusively(_ body: () async throws(Failure) -> Void) async throws(Failure) {
        while isExchanging { await exchanged.rungUncancelled(after: exchanged.generation) }
        isExchanging = true
        defer {
            isExchanging = false
            exchanged.ring()
        }
        try await body()
    }

    private func obtain(_ plan: GrantPlan) async throws(Failure) -> (GrantedToken, since: Timestamp) {
        let unsaved = unsaved
        if let unsaved { try await save(unsaved.kept) }
        let origin = try await origin(plan)
        // What came with it is good for as long as it lives.
        if let unsaved, unsaved.kept.origin == origin.digest, now < unsaved.since + .seconds(unsaved.granted.life) {
            return (unsaved.granted, unsaved.since)
        }
        let request = try await request(plan, refreshToken: origin.token)
        let asked = now
        let granted = try await granted(request, plan)
        if let refresh = granted.refresh, refresh != origin.token {
            try await keep(refresh, granted, plan, since: asked)
        }
        return (granted, asked)
    }

    func granted(_ request: TokenRequest, _ plan: GrantPlan) async throws(Failure) -> GrantedToken {
        let reply = try await parts.server.post(request)
        guard reply.status == 200, let granted = GrantedToken(reply.body) else {
            throw TokenRefusal(reply).failure(plan, now: now)
        }
        return granted
    }

    private func request(_ plan: GrantPlan, refreshToken: Secret?) async throws(Failure) -> TokenRequest {
        let clientSecret = try await reveal(plan.grant.clientSecret)
        switch plan.grant.flow {
        case .clientCredentials: return .token(plan, clientSecret: clientSecret, .client)
        case .serviceAccount:
            guard let key = try await reveal(plan.grant.key) else { throw Self.unauthorized(plan) }
            let assertion = try ServiceAccount.read(key).assertion(plan, now: now)
            return .token(plan, clientSecret: nil, .assertion(assertion))
        case .refreshToken, .deviceCode:
            guard let refreshToken else { throw Self.unauthorized(plan) }
            return .token(plan, clientSecret: clientSecret, .refreshToken(refreshToken))
        }
    }

    func reveal(_ source: SecretSource?) async throws(Failure) -> Secret? {
        guard let source else { return nil }
        return try await parts.secrets.reveal(source)
    }

    static func unauthorized(_ plan: GrantPlan) -> Failure {
        Failure(
            .operatorNeeded, .credential, "Nobody has authorized mailbox \(plan.name) yet.",
            remedy: "Run: malotectl mailbox authorize \(plan.name)")
    }

    // MARK: - Refresh tokens

    /// What the grant's refresh tokens belong to, and the one to use; none for flows that need none.
    private func origin(_ plan: GrantPlan) async throws(Failure) -> (digest: Digest, token: Secret?) {
        let registered = try await reveal(plan.grant.refreshToken)
        let digest = try plan.origin(registered: registered)
        guard plan.grant.flow.needsRefreshToken else { return (digest, nil) }
        try await load()
        return (digest, kept?.origin == digest ? kept?.token : registered)
    }

    private func load() async throws(Failure) {
        guard !isLoaded else { return }
        let found = try await parts.store.refreshToken(of: plan.mailbox)
        // Another may have been kept meanwhile.
        guard !isLoaded else { return }
        kept = found
        isLoaded = true
    }

    /// - Throws: when it could not be made durable; then nothing that came with it may be used, and it is tried again
    ///   before anything else.
    func keep(
        _ token: Secret, _ granted: GrantedToken, _ plan: GrantPlan, since: Timestamp
    ) async throws(Failure) {
        let origin = try plan.origin(registered: try await reveal(plan.grant.refreshToken))
        let new = KeptToken(
            token: token, origin: origin, since: since, expires: granted.refreshLife.map { since + .seconds($0) })
        unsaved = Unsaved(kept: new, granted: granted, since: since)
        try await save(new)
    }

    private func save(_ token: KeptToken) async throws(Failure) {
        try await parts.store.keep(token, of: plan.mailbox)
        kept = token
        isLoaded = true
        if unsaved?.kept == token { unsaved = nil }
    }

    // MARK: - What came of it

    func succeeded(_ granted: GrantedToken, since: Timestamp) {
        if life.failure != nil { say(.notice, "gets access tokens again.") }
        _ = life.obtained(granted, now: since)
        say(.debug, "has a new access token for \(granted.life) s.")
    }

    private func failed(_ failure: Failure) {
        // Every repetition of a fault is told by the poll or the lane that it stops.
        if life.failure?.cause != failure.cause {
            say(.warning, "gets no access token: \(failure)", [.cause: failure.cause.rawValue])
        }
        life.failed(failure, now: now)
    }

    private func say(_ level: Log.Level, _ sentence: String, _ fields: [Log.Field: String] = [:]) {
        parts.log(
            level, "Mailbox \(plan.name) \(sentence)", fields.merging([.mailbox: plan.name.text]) { own, _ in own })
    }

    // MARK: - Looking ahead

    func forecast() async -> TokenForecast {
        let grant = plan.grant
        if grant.flow.needsRefreshToken { try? await load() }
        let held = grant.flow.needsRefreshToken ? held : nil
        let access = life.token.flatMap { now < $0.ends ? $0 : nil }
        return TokenForecast(
            isAuthorized: !grant.flow.needsRefreshToken || held != nil || grant.refreshToken != nil,
            accessExpires: access?.ends,
            lastRefresh: life.lastRefresh, scope: access?.scope ?? "", refreshTokenSince: held?.since,
            refreshTokenExpires: held?.expires, failingSince: life.failingSince, failure: life.failure,
            nextTry: life.nextTry)
    }

    /// The kept token, if it is this grant's. No file is read for that: whoever looks must not wait for one.
    private var held: KeptToken? {
        switch plan.grant.refreshToken {
        case nil: kept?.origin == (try? plan.origin(registered: nil)) ? kept : nil
        case .literal(let registered): kept?.origin == (try? plan.origin(registered: registered)) ? kept : nil
        case .file, .credential, .unopened: kept
        }
    }
}
