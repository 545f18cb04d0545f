// A SCRAM server's first message, taken apart and checked; knows no digest.

import MaloteCore

/// `r=` nonce `,s=` salt `,i=` iterations and extensions that may be passed over (RFC 5802 §7).
struct SCRAMServerFirst: Sendable {
    let text: String
    let nonce: String
    let salt: [UInt8]
    let iterations: Int

    /// - Parameters:
    ///   - nonce: ours, with which the server's must begin.
    ///   - range: the iteration counts that are gone along with.
    /// - Throws: `malformed`; `unexpected` for an extension that we must not pass over; `untrusted` for another login's
    ///   nonce; `limit` for too few or too many iterations.
    init(_ message: [UInt8], nonce clientNonce: String, iterations range: ClosedRange<Int>) throws(WireError) {
        guard message.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw Self.broken }
        text = String(decoding: message, as: UTF8.self)
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard !text.hasPrefix("m=") else {
            throw .unexpected("The server wants a SCRAM extension that we do not know.")
        }
        guard fields.count >= 3, fields[0].hasPrefix("r="), fields[1].hasPrefix("s="), fields[2].hasPrefix("i="),
            let salt = Base64.decode(Array(fields[1].utf8.dropFirst(2))), !salt.isEmpty
        else { throw Self.broken }
        nonce = String(fields[0].dropFirst(2))
        guard nonce.hasPrefix(clientNonce), nonce.utf8.count > clientNonce.utf8.count else {
            throw .untrusted("The server's SCRAM challenge does not belong to this login.")
        }
        let digits = fields[2].utf8.dropFirst(2)
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { throw Self.broken }
        // A number that is too large for Int is too large.
        let iterations = Int(String(decoding: digits, as: UTF8.self)) ?? .max
        guard range.contains(iterations) else {
            throw .limit(
                "The server wants \(String(decoding: digits.prefix(20), as: UTF8.self)) rounds of hashing for a SCRAM "
                    + "login; \(range.lowerBound) to \(range.upperBound) are accepted.")
        }
        self.salt = salt
        self.iterations = iterations
    }

    private static let broken = WireError.malformed("The server sent a SCRAM challenge that cannot be read.")
}
