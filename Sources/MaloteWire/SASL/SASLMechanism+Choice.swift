// Which mechanism a login takes; knows no dialogue.

import MaloteCore

extension SASLMechanism {
    // A password is no token, so OAuth is never chosen unasked.
    private static let overTLS: [SASLMechanism] = [.scramSHA256, .scramSHA1, .plain, .login]
    // CRAM-MD5 hides the password from the wire and makes the server keep it in clear: TLS does the first better.
    private static let inClear: [SASLMechanism] = [.scramSHA256, .scramSHA1, .cramMD5, .plain, .login]

    /// The pinned mechanism if the server offers it, or the best for a password. There is one choice a connection:
    /// what follows a refusal is never a weaker mechanism.
    /// - Parameter offered: mechanism names in any case.
    package static func choose(
        from offered: some Sequence<String>, pinned: SASLMechanism? = nil, isEncrypted: Bool
    ) -> SASLMechanism? {
        let names = Set(offered.map { $0.uppercased() })
        let order = pinned.map { [$0] } ?? (isEncrypted ? overTLS : inClear)
        return order.first { names.contains($0.name) }
    }
}
