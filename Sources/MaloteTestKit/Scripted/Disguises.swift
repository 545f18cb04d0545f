// The forms in which a secret could leave unnoticed; sends nothing.

import MaloteCore

/// A secret as it is, and as base64 shows it wherever in the encoded text it may begin.
package struct Disguises: Sendable {
    package let forms: [[UInt8]]

    package init(_ secret: String) {
        let octets = Array(secret.utf8)
        forms =
            [octets]
            + (0..<3).map { shift in
                let encoded = Base64.encode(Array(repeating: 0, count: shift) + octets)
                // Only the letters that come from the secret alone.
                return Array(encoded.dropFirst((shift * 8 + 5) / 6).prefix((octets.count * 8 - 4) / 6))
            }
    }

    /// - Returns: what of it is in the octets.
    package func found(in octets: some Collection<UInt8>) -> [String] {
        forms.filter { octets.firstRange(of: $0) != nil }.map { String(decoding: $0, as: UTF8.self) }
    }
}
