// Message-IDs of our own that name a ticket and cannot be forged; pure.

import MaloteCore

/// `<KEY.NONCE.MAC@domain>`: the ticket's key, 16 hex digits of chance, and 24 of an HMAC under the contract's key. A
/// reply that quotes one proves that its writer had our mail.
package struct SignedMessageID: Sendable {
    private let key: [UInt8]
    private let hashing: any Hashing
    private static let macDigits = 24

    /// - Parameter key: the contract's own key; see `contractKey`.
    package init(key: [UInt8], hashing: any Hashing) {
        self.key = key
        self.hashing = hashing
    }

    /// The key of one contract, derived from the daemon's, so that no contract's ids verify for another.
    package static func contractKey(master: [UInt8], contract: ContractID, hashing: any Hashing) -> [UInt8] {
        hashing.hmacSHA256(key: master, Array("message-id of contract \(contract)".utf8))
    }

    /// - Parameters:
    ///   - subject: a ticket key, or another word of letters, digits and '-'.
    ///   - domain: the sender's domain.
    package func make(_ subject: String, domain: String) -> String {
        let nonce = Hexadecimal.encode(hashing.random(8))
        return "<\(subject).\(nonce).\(mac(subject, nonce))@\(domain)>"
    }

    /// - Returns: the subject it was made for, or `nil` if it is not ours.
    package func verify(_ messageID: String) -> String? {
        guard messageID.hasPrefix("<"), messageID.hasSuffix(">"), let at = messageID.lastIndex(of: "@") else {
            return nil
        }
        let parts = messageID[messageID.index(after: messageID.startIndex)..<at].split(separator: ".")
        guard parts.count == 3, isEqual(mac(String(parts[0]), String(parts[1])), String(parts[2])) else { return nil }
        return String(parts[0])
    }

    private func mac(_ subject: String, _ nonce: String) -> String {
        let mac = hashing.hmacSHA256(key: key, Array("\(subject).\(nonce)".utf8))
        return String(Hexadecimal.encode(mac).prefix(Self.macDigits))
    }

    /// In time that does not tell how much of it was right.
    private func isEqual(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
