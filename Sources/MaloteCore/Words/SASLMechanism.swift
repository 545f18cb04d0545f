// The kinds of login that mail servers offer; knows no dialogue.

/// A SASL mechanism, by the word with which the operator pins it (`sasl`).
package enum SASLMechanism: String, Sendable, Hashable, CaseIterable {
    /// RFC 4616.
    case plain
    /// draft-murchison-sasl-login: obsolete, and the only one that some servers offer.
    case login
    /// RFC 2195.
    case cramMD5 = "cram-md5"
    /// RFC 5802.
    case scramSHA1 = "scram-sha-1"
    /// RFC 7677.
    case scramSHA256 = "scram-sha-256"
    /// Google's and Microsoft's own; what RFC 7628 came from.
    case xoauth2
    /// RFC 7628.
    case oauthBearer = "oauthbearer"

    /// As servers announce it.
    package var name: String { rawValue.uppercased() }

    /// The secret is an OAuth access token: ours by `oauth2`, or somebody else's work by `password`.
    package var takesToken: Bool { self == .xoauth2 || self == .oauthBearer }

    /// The server learns that we know the secret, and never the secret itself.
    package var keepsSecret: Bool { self == .cramMD5 || self == .scramSHA1 || self == .scramSHA256 }
}
