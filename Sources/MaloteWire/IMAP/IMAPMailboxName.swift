// Folder names between what people read and what IMAP writes: modified UTF-7 (RFC 3501 §5.1.3); pure.

package enum IMAPMailboxName {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,".utf8)

    package static func encode(_ name: String) -> [UInt8] {
        var text: [UInt8] = []
        var pending: [UInt8] = []
        for unit in name.utf16 {
            guard (0x20...0x7E).contains(unit) else {
                pending += [UInt8(unit >> 8), UInt8(unit & 255)]
                continue
            }
            flush(&pending, into: &text)
            text.append(UInt8(unit))
            if unit == 0x26 { text.append(UInt8(ascii: "-")) }
        }
        flush(&pending, into: &text)
        return text
    }

    /// The name that people read. What is no modified UTF-7 stays as it is: some servers write names in UTF-8.
    package static func decode(_ written: [UInt8]) -> String {
        var units: [UInt16] = []
        var rest = written[...]
        while let byte = rest.first {
            guard byte == UInt8(ascii: "&") else {
                units.append(UInt16(byte))
                rest = rest.dropFirst()
                // Octets beyond ASCII have no place in it.
                guard byte < 0x80 else { return String(decoding: written, as: UTF8.self) }
                continue
            }
            guard let end = rest.firstIndex(of: UInt8(ascii: "-")), let shifted = unshift(rest[..<end].dropFirst())
            else { return String(decoding: written, as: UTF8.self) }
            units += shifted
            rest = rest[(end + 1)...]
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// What stands between `&` and `-`; nothing stands for the `&` itself.
    private static func unshift(_ letters: ArraySlice<UInt8>) -> [UInt16]? {
        if letters.isEmpty { return [0x26] }
        var units: [UInt16] = []
        var bits: UInt32 = 0
        var count = 0
        for letter in letters {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0x3F_FFFF
            count += 6
            if count >= 16 {
                count -= 16
                units.append(UInt16(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return units
    }

    private static func flush(_ pending: inout [UInt8], into text: inout [UInt8]) {
        guard !pending.isEmpty else { return }
        text.append(UInt8(ascii: "&"))
        var bits: UInt32 = 0
        var count = 0
        for byte in pending {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        text.append(UInt8(ascii: "-"))
        pending = []
    }
}
