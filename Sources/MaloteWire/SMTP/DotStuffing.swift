// A message as the octets between DATA and the final dot; pure.

/// RFC 5321 §4.5.2 transparency and §2.3.8 line ends.
package enum DotStuffing {
    /// Every CR, LF or CRLF becomes CRLF, lines that start with a dot get another, and the text ends with CRLF.
    ///
    /// No bare CR or LF leaves us, so no server that takes one for a line end can be made to see an end of data that
    /// we did not send (SMTP smuggling).
    package static func encode(_ content: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(content.count + content.count / 64 + 8)
        var isLineStart = true
        var previous: UInt8 = 0
        for byte in content {
            switch byte {
            case 0x0A where previous == 0x0D: break
            case 0x0A, 0x0D:
                text.append(0x0D)
                text.append(0x0A)
                isLineStart = true
            default:
                if isLineStart, byte == UInt8(ascii: ".") { text.append(byte) }
                text.append(byte)
                isLineStart = false
            }
            previous = byte
        }
        if !isLineStart { text += [0x0D, 0x0A] }
        return text
    }

    /// The line that ends the data.
    package static let finalDot: [UInt8] = [UInt8(ascii: "."), 0x0D, 0x0A]
}
