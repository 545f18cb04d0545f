// JSON's way of escaping characters beyond U+FFFF, put into YAML's; knows no document.

/// JSON escapes such a character as two halves (RFC 8259 §7), YAML as one number, and libyaml refuses the halves.
enum SurrogatePairs {
    private static let backslash = UInt8(ascii: "\\")

    /// `\uD83D\uDE00` as `\U0001F600`; everything else, lone halves too, stays as it is. Linear; adds no lines.
    static func joined(_ bytes: [UInt8]) -> [UInt8] {
        var joined: [UInt8] = []
        joined.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if let high = half(bytes, index, 0xD800...0xDBFF), let low = half(bytes, index + 6, 0xDC00...0xDFFF) {
                let number = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
                let digits = String(number, radix: 16)
                joined += "\\U\(String(repeating: "0", count: 8 - digits.count))\(digits)".utf8
                index += 12
            } else {
                // An escaped backslash begins no escape.
                let length = bytes[index] == backslash ? 2 : 1
                joined += bytes[index..<min(index + length, bytes.count)]
                index += length
            }
        }
        return joined
    }

    private static func half(_ bytes: [UInt8], _ start: Int, _ range: ClosedRange<Int>) -> Int? {
        guard start + 6 <= bytes.count, bytes[start] == backslash, bytes[start + 1] == UInt8(ascii: "u") else {
            return nil
        }
        let digits = String(decoding: bytes[start + 2..<start + 6], as: UTF8.self)
        guard let number = Int(digits, radix: 16), range.contains(number) else { return nil }
        return number
    }
}
