// Which mechanism a login takes; knows no dialogue.

import MaloteCore

extension SASLMechanism {
    private static let overTLS: [SASLMechanism] = [.scramSHA256, .scramSHA1, .plain, .login]
    // CRAM-MD5 hides the password from the wire and makes the server keep it in clear: TLS does the first better.
    private static let inClear: [SASLMechanism] = [.scramSHA256, .scramSHA1, .cramMD5, .plain, .login]

    // Who offers both means the same by them; the first is what the large providers' own pages describe.
    private static let forTokens: [SASLMechanism] = [.xoauth2, .oauthBearer]

    /// The pinned mechanism if the server offers it, or the best for a password, or for an access token. There is one
    /// choice a connection: what follows a refusal is never a weaker mechanism.
    /// - Parameters:
    ///   - offered: mechanism names in any case.
    ///   - isToken: whether there is an access token and no password.
    package static func choose(
        from offered: some Sequence<String>, pinned: SASLMechanism? = nil, isEncrypted: Bool, isToken: Bool = false
    ) -> SASLMechanism? {
        let names = Set(offered.map { $0.uppercased() })
        let order = pinned.map { [$0] } ?? (isToken ? forTokens : isEncrypted ? overTLS : inClear)
        return order.first { names.contains($0.name) }
    }
}
