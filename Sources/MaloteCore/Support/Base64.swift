// Base64 (RFC 4648 §4) both ways; knows neither protocols nor mail.

/// Decoding is strict, for protocol lines. Mail bodies, which hold anything, have a lenient decoder of their own.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        append(bytes[...], to: &text)
        return text
    }

    /// Writes the Base64 of `bytes`, with its padding, behind what `text` holds.
    package static func append(_ bytes: ArraySlice<UInt8>, to text: inout [UInt8]) {
        let padding = UInt8(ascii: "=")
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let left = bytes.endIndex - index
            let bits =
                UInt32(bytes[index]) << 16 | UInt32(left > 1 ? bytes[index + 1] : 0) << 8
                | UInt32(left > 2 ? bytes[index + 2] : 0)
            text.append(alphabet[Int(bits >> 18 & 63)])
            text.append(alphabet[Int(bits >> 12 & 63)])
            text.append(left > 1 ? alphabet[Int(bits >> 6 & 63)] : padding)
            text.append(left > 2 ? alphabet[Int(bits & 63)] : padding)
            index += 3
        }
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
