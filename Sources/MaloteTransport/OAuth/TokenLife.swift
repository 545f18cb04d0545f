// When an access token is used, renewed, or waited for: arithmetic on times alone; fetches nothing.

import MaloteCore

/// An access token in memory.
package struct AccessToken: Sendable, Hashable {
    package var secret: Secret
    package var obtained: Timestamp
    package var ends: Timestamp
    /// Empty when the server did not say.
    package var scope: String

    package init(secret: Secret, obtained: Timestamp, ends: Timestamp, scope: String) {
        self.secret = secret
        self.obtained = obtained
        self.ends = ends
        self.scope = scope
    }
}

/// What one account knows of its token and of its last tries to get one.
struct TokenLife: Sendable {
    enum Wish: Sendable {
        case valid
        /// A person wants to see that one can be had, whatever there is.
        case new
    }

    enum Advice: Sendable {
        case use(AccessToken)
        case obtain
        case refuse(Failure)
    }

    /// Renewed this long before its end, so that no login starts with a token that ends on the way; short lives are
    /// renewed in their last fifth.
    private static let early = Duration.seconds(300)
    /// A mail server that refuses every token gets no more than one new one in this time.
    private static let betweenReplacements = Duration.seconds(300)
    private static let transientRests = [5, 10, 30, 60, 120, 300, 900]
    private static let otherRests = [60, 300, 900, 3600]

    private(set) var token: AccessToken?
    private(set) var failure: Failure?
    private(set) var failingSince: Timestamp?
    private(set) var nextTry: Timestamp?
    private(set) var lastRefresh: Timestamp?
    private var lastTry: Timestamp?
    private var failures = 0
    private var lastReplacement: Timestamp?

    // MARK: - What next

    func advice(_ wish: Wish, now: Timestamp) -> Advice {
        if wish == .valid, let token, now < token.ends {
            // A token that still works is used while a new one cannot be had.
            return now < renewal(token) || isResting(now) ? .use(token) : .obtain
        }
        guard let failure, isResting(now, serverAsked: wish == .new) else { return .obtain }
        return .refuse(rested(failure, now))
    }

    private func renewal(_ token: AccessToken) -> Timestamp {
        let life = token.ends - token.obtained
        return token.ends + .milliseconds(-min(Self.early.milliseconds, life.milliseconds / 5))
    }

    /// - Parameter serverAsked: only a rest that the server itself asked for counts.
    private func isResting(_ now: Timestamp, serverAsked: Bool = false) -> Bool {
        guard let failure, let nextTry, let lastTry, !serverAsked || failure.retryAfterSeconds != nil else {
            return false
        }
        // A clock that was set back must not make us wait for it.
        return now >= lastTry && now < nextTry
    }

    private func rested(_ failure: Failure, _ now: Timestamp) -> Failure {
        guard let nextTry, failure.kind == .transient else { return failure }
        var failure = failure
        failure.retryAfterSeconds = Int((nextTry - now).milliseconds / 1000) + 1
        return failure
    }

    // MARK: - What happened

    mutating func obtained(_ granted: GrantedToken, now: Timestamp) -> AccessToken {
        let token = AccessToken(
            secret: granted.access, obtained: now, ends: now + .seconds(granted.life), scope: granted.scope)
        self.token = token
        lastRefresh = now
        endFailures()
        return token
    }

    mutating func failed(_ failure: Failure, now: Timestamp) {
        failures += 1
        failingSince = failingSince ?? now
        self.failure = failure
        lastTry = now
        let rests = failure.kind == .transient ? Self.transientRests : Self.otherRests
        let rest = rests[min(failures, rests.count) - 1]
        nextTry = now + .seconds(max(rest, min(failure.retryAfterSeconds ?? 0, RetryAfter.longest)))
    }

    /// A pause that the server has asked for is kept.
    mutating func forgetFailures() {
        if failure?.retryAfterSeconds == nil { endFailures() }
    }

    private mutating func endFailures() {
        failure = nil
        failingSince = nil
        nextTry = nil
        failures = 0
    }

    /// The mail server has refused a token.
    /// - Returns: whether another may be had for it: one that came meanwhile, or, not too often, a new one.
    mutating func mayReplace(_ refused: AccessToken, now: Timestamp) -> Bool {
        guard token?.secret == refused.secret else { return true }
        if let lastReplacement, now >= lastReplacement, now - lastReplacement < Self.betweenReplacements {
            return false
        }
        lastReplacement = now
        token = nil
        return true
    }
}
