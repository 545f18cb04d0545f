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
