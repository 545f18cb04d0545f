// The part of the operators' port that is about access tokens, and about who changed what: the audit log.

/// Makes and ends access tokens, and remembers what their bearers changed.
package protocol TokenControl: AccessControl {
    /// By name.
    func accessTokens() async throws(Problem) -> [AccessTokenView]

    /// Makes a token. Nobody can see it again.
    func issue(_ wish: AccessTokenWish) async throws(Problem) -> IssuedToken

    /// It opens nothing from now on.
    func revoke(accessToken name: String) async throws(Problem)

    /// Latest first.
    func audit(_ query: AuditQuery) async throws(Problem) -> [AuditEntry]

    /// Tells of a change whose transaction did not: because it had none, or because it was refused.
    func record(_ deed: Deed, refusal: Problem?) async
}

/// A token to be made.
package struct AccessTokenWish: Sendable, Hashable, Codable {
    package var name: String
    /// `admin`, `contract` or `read-only`.
    package var role: String
    /// Needed by `contract`; narrows `read-only`.
    package var contract: String?
    /// A time in UTC or a date; `nil` if it does not end by itself.
    package var expires: String?

    package init(name: String, role: String, contract: String? = nil, expires: String? = nil) {
        self.name = name
        self.role = role
        self.contract = contract
        self.expires = expires
    }
}

/// A token as operators see it.
package struct AccessTokenView: Sendable, Hashable, Codable {
    package var name: String
    package var role: APIToken.Role
    package var contract: String?
    package var created: Timestamp
    package var expires: Timestamp?
    /// To the hour.
    package var lastUsed: Timestamp?
    /// False when it has expired, or its contract is gone.
    package var isValid: Bool

    package init(_ token: APIToken, contract: String?, isValid: Bool) {
        name = token.name.text
        role = token.role
        self.contract = contract
        created = token.created
        expires = token.expires
        lastUsed = token.lastUsed
        self.isValid = isValid
    }
}

/// A token and what opens with it, told this once.
package struct IssuedToken: Sendable, Hashable {
    package var token: Secret
    package var view: AccessTokenView

    package init(token: Secret, view: AccessTokenView) {
        self.token = token
        self.view = view
    }
}

/// Which lines of the audit log to show; every given field must match.
package struct AuditQuery: Sendable, Hashable {
    package var contract: String?
    package var who: String?
    /// `YYYY-MM-DD`, or with a time in UTC.
    package var since: String?
    package var page: PageWish

    package init(
        contract: String? = nil, who: String? = nil, since: String? = nil, page: PageWish = PageWish(limit: 100)
    ) {
        self.contract = contract
        self.who = who
        self.since = since
        self.page = page
    }
}
