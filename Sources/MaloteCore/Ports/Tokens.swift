// The ports to access tokens: where refresh tokens are kept, how people consent, what is to come; knows no HTTP.

/// Refresh tokens over restarts, sealed as passwords are.
package protocol TokenStore: Sendable {
    /// - Throws: `.storage`; `.credential` when it was sealed under another key.
    func refreshToken(of mailbox: MailboxID) async throws(Failure) -> KeptToken?

    /// Returns once the token is durable, in place of the mailbox's last.
    /// - Throws: `.storage` or `.diskFull`; `.registry` when there is no such mailbox any more.
    func keep(_ token: KeptToken, of mailbox: MailboxID) async throws(Failure)
}

/// A refresh token as it is kept.
package struct KeptToken: Sendable, Hashable {
    package var token: Secret
    /// Of the grant it belongs to: to another registration of the same mailbox it is void.
    package var origin: Digest
    package var since: Timestamp
    /// When it ends, if the provider said so.
    package var expires: Timestamp?

    package init(token: Secret, origin: Digest, since: Timestamp, expires: Timestamp? = nil) {
        self.token = token
        self.origin = origin
        self.since = since
        self.expires = expires
    }
}

/// What operators do about tokens, and see of them. A mailbox that logs in otherwise has none.
package protocol TokenDesk: Sendable {
    func forecast(_ mailbox: Mailbox) async -> TokenForecast?

    /// Asks the provider for a code by which a person may consent in a browser (RFC 8628).
    func beginConsent(_ mailbox: Mailbox) async throws(Failure) -> Consent

    /// How the consent stands; waits at most so long for a decision, at the pace the provider allows.
    func consent(_ mailbox: Mailbox, waitingAtMost limit: Duration) async throws(Failure) -> Consent

    /// Takes a refresh token, tries it, and keeps it if the provider takes it.
    func accept(_ refreshToken: Secret, for mailbox: Mailbox) async throws(Failure) -> TokenForecast

    /// The next wish for a token is tried at once, whatever failed before; but a pause that a token server has asked
    /// for is kept.
    /// - Parameter mailbox: `nil` for all of them.
    func forgetFailures(of mailbox: MailboxID?) async
}

/// A person's consent on its way. Holds nothing secret: the user code is for showing.
package struct Consent: Sendable, Hashable, Codable {
    package enum State: String, Sendable, Codable, CaseIterable { case waiting, granted }

    package var state: State
    /// Where the person goes.
    package var verificationURL: String
    /// What the person types there.
    package var userCode: String
    package var expires: Timestamp

    package init(state: State, verificationURL: String, userCode: String, expires: Timestamp) {
        self.state = state
        self.verificationURL = verificationURL
        self.userCode = userCode
        self.expires = expires
    }
}

/// How a mailbox stands with its tokens, and until when.
package struct TokenForecast: Sendable, Hashable, Codable {
    /// Whether there is all that a token can be had with: `false` until somebody authorizes the mailbox.
    package var isAuthorized: Bool
    /// When the access token ends; `nil` when there is none.
    package var accessExpires: Timestamp?
    package var lastRefresh: Timestamp?
    /// As the provider granted it; empty when it did not say.
    package var scope: String
    /// When the refresh token in use was given; `nil` for none, or for one that the registry names.
    package var refreshTokenSince: Timestamp?
    package var refreshTokenExpires: Timestamp?
    package var failingSince: Timestamp?
    package var failure: Failure?
    package var nextTry: Timestamp?

    package init(
        isAuthorized: Bool, accessExpires: Timestamp? = nil, lastRefresh: Timestamp? = nil, scope: String = "",
        refreshTokenSince: Timestamp? = nil, refreshTokenExpires: Timestamp? = nil, failingSince: Timestamp? = nil,
        failure: Failure? = nil, nextTry: Timestamp? = nil
    ) {
        self.isAuthorized = isAuthorized
        self.accessExpires = accessExpires
        self.lastRefresh = lastRefresh
        self.scope = scope
        self.refreshTokenSince = refreshTokenSince
        self.refreshTokenExpires = refreshTokenExpires
        self.failingSince = failingSince
        self.failure = failure
        self.nextTry = nextTry
    }
}
