// The octets that requests to receivers are signed with (Standard Webhooks 1.0); knows not where a secret is kept.

import MaloteCore

package enum WebhookSecret {
    private static let mark = Array("whsec_".utf8)

    /// `whsec_` and Base64 stands for what it decodes to; any other text for its own octets.
    /// - Returns: `nil` if what follows the mark is not Base64, with or without its padding.
    package static func octets(of secret: Secret) -> [UInt8]? {
        secret.reveal { text in
            guard text.starts(with: mark) else { return text }
            let encoded = Array(text.dropFirst(mark.count))
            let padding = [UInt8](repeating: UInt8(ascii: "="), count: (4 - encoded.count % 4) % 4)
            guard let octets = Base64.decode(encoded + padding), !octets.isEmpty else { return nil }
            return octets
        }
    }
}
