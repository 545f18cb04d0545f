// How a mailbox gets its access tokens, as the operator describes it; knows neither HTTP nor any provider's address.

/// What stands in a login in place of a password: the way to access tokens (RFC 6749). What is not given has the
/// provider's own default.
package struct OAuthGrant: Sendable, Hashable {
    package enum Provider: String, Sendable, Hashable, CaseIterable { case microsoft, google, custom }

    package enum Flow: String, Sendable, Hashable, CaseIterable {
        /// The registered client in its own name (RFC 6749 §4.4).
        case clientCredentials = "client-credentials"
        /// A refresh token that somebody hands in (RFC 6749 §6).
        case refreshToken = "refresh-token"
        /// A signed statement of a service account (RFC 7523).
        case serviceAccount = "service-account"
        /// A refresh token that a person consents to in a browser (RFC 8628).
        case deviceCode = "device-code"

        /// It lives on a refresh token, which a person authorizes and which may be replaced at each use.
        package var needsRefreshToken: Bool { self == .refreshToken || self == .deviceCode }
    }

    package var provider: Provider
    package var flow: Flow
    /// Microsoft's directory, by id or domain; or `common`, `organizations`, `consumers`.
    package var tenant: String?
    package var clientID: String?
    package var clientSecret: SecretSource?
    /// The last day on which the provider takes the secret, as it told whoever made it: nobody else can know.
    package var clientSecretExpires: CivilDate?
    /// The first refresh token; what replaces it is kept in the store.
    package var refreshToken: SecretSource?
    package var scope: String?
    package var tokenURL: String?
    /// Where a device asks for consent (RFC 8628 §3.1).
    package var deviceURL: String?
    /// The service account's key, as the JSON that Google gives.
    package var key: SecretSource?
    /// Whom the service account speaks for; `nil` means the login's user.
    package var subject: String?
    /// PEM file of authorities for the token server; `nil` means the daemon's own.
    package var caFile: String?

    package init(
        provider: Provider, flow: Flow, tenant: String? = nil, clientID: String? = nil,
        clientSecret: SecretSource? = nil, clientSecretExpires: CivilDate? = nil, refreshToken: SecretSource? = nil,
        scope: String? = nil,
        tokenURL: String? = nil, deviceURL: String? = nil, key: SecretSource? = nil, subject: String? = nil,
        caFile: String? = nil
    ) {
        self.provider = provider
        self.flow = flow
        self.tenant = tenant
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.clientSecretExpires = clientSecretExpires
        self.refreshToken = refreshToken
        self.scope = scope
        self.tokenURL = tokenURL
        self.deviceURL = deviceURL
        self.key = key
        self.subject = subject
        self.caFile = caFile
    }

    /// Its secrets by the fields that hold them: who walks over all of them forgets none.
    package static let secretFields: [(name: String, path: any WritableKeyPath<OAuthGrant, SecretSource?> & Sendable)] =
        [
            ("client_secret", \.clientSecret), ("refresh_token", \.refreshToken), ("key", \.key),
        ]

    /// Whether secrets may go to this address: `https`, or `http` that does not leave this machine.
    package static func mayReceiveSecrets(_ url: String) -> Bool { WebAddress(url) != nil }
}
