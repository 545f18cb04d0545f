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
        return "<\(subject).\(nonce).\(mac("\(subject).\(nonce)"))@\(domain)>"
    }

    /// - Returns: the subject it was made for, or `nil` if it is not ours.
    package func verify(_ messageID: String) -> String? {
        guard messageID.hasPrefix("<"), messageID.hasSuffix(">"), let at = messageID.lastIndex(of: "@") else {
            return nil
        }
        let parts = messageID[messageID.index(after: messageID.startIndex)..<at].split(separator: ".")
        guard parts.count == 3, ConstantTime.isEqual(mac("\(parts[0]).\(parts[1])").utf8, parts[2].utf8) else {
            return nil
        }
        return String(parts[0])
    }

    // MARK: - Envelopes

    /// What a report of non-delivery names a notification by (ENVID, RFC 3461 §4.4): `NUMBER.MAC`, the same for every
    /// attempt, and derived from the number alone.
    package func envid(_ notification: NotificationID) -> String {
        "\(notification).\(mac("envid \(notification)"))"
    }

    /// - Returns: the notification that a report's Original-Envelope-Id names, or `nil` if it is not ours.
    package func notification(envid: String) -> NotificationID? {
        let parts = envid.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int64(parts[0]) else { return nil }
        let id = NotificationID(rawValue: number)
        return ConstantTime.isEqual(self.envid(id).utf8, envid.utf8) ? id : nil
    }

    func mac(_ text: String) -> String {
        let mac = hashing.hmacSHA256(key: key, Array(text.utf8))
        return String(Hexadecimal.encode(mac).prefix(Self.macDigits))
    }
}
