// Character references of HTML (`&amp;`, `&#233;`) to characters; knows no tag.

import CXML

enum HTMLReference {
    /// Octets of the longest that is understood, with `&` and `;`.
    static let longest = 12

    /// - Parameter needsSemicolon: whether a name without `;` stays as it is, as in addresses (`?a=1&copy=2`).
    /// - Returns: `nil` if there is nothing to decode.
    static func decode(_ bytes: UnsafeRawBufferPointer, needsSemicolon: Bool) -> [UInt8]? {
        var index = bytes.place(of: UInt8(ascii: "&"), from: 0)
        guard index < bytes.count else { return nil }
        var decoded = Array(UnsafeRawBufferPointer(rebasing: bytes[..<index]))
        decoded.reserveCapacity(bytes.count)
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "&"),
                let (scalar, end) = reference(bytes, index + 1, needsSemicolon: needsSemicolon)
            {
                decoded += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
                index = end
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }

    private static func reference(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, needsSemicolon: Bool
    ) -> (Unicode.Scalar, end: Int)? {
        let isNumber = start < bytes.count && bytes[start] == UInt8(ascii: "#")
        var end = isNumber ? start + 1 : start
        while end < bytes.count, end - start < longest - 2, bytes[end].isDigit || bytes[end].isLetter { end += 1 }
        let body = Array(bytes[start..<end])
        let hasSemicolon = end < bytes.count && bytes[end] == UInt8(ascii: ";")
        guard hasSemicolon || isNumber || !needsSemicolon,
            let scalar = isNumber ? number(body.dropFirst()) : names[body]
        else { return nil }
        return (scalar, hasSemicolon ? end + 1 : end)
    }

    private static func number(_ digits: Bytes) -> Unicode.Scalar? {
        let isHex = digits.first?.lowercased == UInt8(ascii: "x")
        let text = String(decoding: isHex ? digits.dropFirst() : digits, as: UTF8.self)
        guard let value = UInt32(text, radix: isHex ? 16 : 10) else { return nil }
        // Numbers of the C1 controls mean windows-1252 (WHATWG HTML §13.2.5.80).
        if (0x80...0x9F).contains(value) {
            return Charset.decode([UInt8(truncatingIfNeeded: value)], label: "windows-1252").unicodeScalars.first
        }
        return value == 0 ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    /// libxml2's table, which it searches from end to end for each name, as a dictionary. Its last value is U+2666.
    private static let names: [[UInt8]: Unicode.Scalar] = {
        var names: [[UInt8]: Unicode.Scalar] = ["apos": "'"].reduce(into: [:]) { $0[Array($1.key.utf8)] = $1.value }
        for value in 0x22...UInt32(0x2666) {
            guard let entity = htmlEntityValueLookup(value), let scalar = Unicode.Scalar(value) else { continue }
            names[Array(String(cString: entity.pointee.name).utf8)] = scalar
        }
        return names
    }()
}
