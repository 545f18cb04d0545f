// What a message's octets are like, as far as it decides how they may be sent; pure.

/// Found in one pass, before anything is said to the server.
package struct MessageShape: Sendable, Hashable {
    /// In octets, without transparency's dots (RFC 1870 §3).
    package var size: Int
    /// It has octets over 127 (RFC 6152).
    package var isEightBit = false
    /// Its lines end with CRLF, all of them, and no CR or LF stands alone: it may be sent as it is (RFC 3030).
    package var isCanonical = true

    /// A message of which no more is known.
    package init(size: Int) { self.size = size }

    package init(_ content: [UInt8]) {
        var previous: UInt8 = 0
        var high: UInt8 = 0
        var isStray = false
        content.withUnsafeBufferPointer { octets in
            for octet in octets {
                high |= octet
                if (octet == 0x0A) != (previous == 0x0D) { isStray = true }
                previous = octet
            }
        }
        size = content.count + (previous == 0x0A || content.isEmpty ? 0 : 2)
        isEightBit = high >= 0x80
        isCanonical = !isStray && previous == 0x0A
    }
}
