// A message as the octets between DATA and the final dot; pure.

/// RFC 5321 §4.5.2 transparency and §2.3.8 line ends, for a message in pieces.
///
/// Every CR, LF or CRLF becomes CRLF, lines that start with a dot get another, and the text ends with CRLF. No bare CR
/// or LF leaves us, so no server that takes one for a line end can be made to see an end of data that we did not send
/// (SMTP smuggling).
package struct DotStuffing: Sendable {
    private var isLineStart = true
    private var previous: UInt8 = 0

    package init() {}

    package mutating func encode(_ piece: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(piece.count + piece.count / 64 + 8)
        for byte in piece {
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
        return text
    }

    /// What follows the last piece: its line end if it has none, and the final dot.
    package var end: [UInt8] { (isLineStart ? [] : [0x0D, 0x0A]) + Self.finalDot }

    /// The line that ends the data.
    package static let finalDot: [UInt8] = [UInt8(ascii: "."), 0x0D, 0x0A]
}
