// What the events of all protocols have in common; knows none of them.

import MaloteCore

extension JSON {
    /// The class of a fault, as the engine decides by it.
    static func verdict(_ failure: Failure) -> JSON {
        ["kind": .string(failure.kind.rawValue), "cause": .string(failure.cause.rawValue)]
    }

    /// Octets by their number and digest.
    static func content(_ octets: [UInt8]) -> JSON {
        var hash = SHA256()
        hash.absorb(octets)
        return content(count: octets.count, hash: hash)
    }

    /// - Parameters:
    ///   - count: `nil` if there are none.
    ///   - hash: `nil` if there are none, or they were too many to take.
    static func content(count: Int?, hash: SHA256?) -> JSON {
        ["octets": .optional(count, JSON.number), "sha256": .optional(hash) { .string($0.digest) }]
    }

    /// A SASL challenge, decoded; `nil` if it was not base64.
    static func challenge(_ octets: [UInt8]?) -> JSON {
        [
            "event": "challenge", "octets": .optional(octets?.count, JSON.number),
            "text": .optional(octets) { .string(String(decoding: $0, as: UTF8.self)) },
        ]
    }
}
