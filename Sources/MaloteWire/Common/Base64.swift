// Base64 as SASL uses it (RFC 4648 §4); knows no protocol.

/// Strict base64 for protocol lines. Mail bodies have their own, lenient decoder.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let padded = Array(group) + [UInt8](repeating: 0, count: 3 - group.count)
            let bits = UInt32(padded[0]) << 16 | UInt32(padded[1]) << 8 | UInt32(padded[2])
            for position in 0..<4 {
                let isPadding = position > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> (18 - 6 * UInt32(position)) & 63)])
            }
        }
        return text
    }

    /// - Returns: `nil` unless `text` is base64 with its padding and nothing else.
    package static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        for start in stride(from: 0, to: text.count, by: 4) {
            let isLast = start + 4 == text.count
            guard let group = decode(group: text[start..<start + 4], isLast: isLast) else { return nil }
            bytes += group
        }
        return bytes
    }

    private static func decode(group: ArraySlice<UInt8>, isLast: Bool) -> ArraySlice<UInt8>? {
        let padding = group.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding == 0 || (isLast && padding <= 2) else { return nil }
        var bits: UInt32 = 0
        for character in group.dropLast(padding) {
            guard let value = value(character) else { return nil }
            bits = bits << 6 | UInt32(value)
        }
        bits <<= 6 * UInt32(padding)
        let bytes = [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
        return bytes[..<(3 - padding)]
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x41...0x5A: character - 0x41
        case 0x61...0x7A: character - 0x61 + 26
        case 0x30...0x39: character - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
