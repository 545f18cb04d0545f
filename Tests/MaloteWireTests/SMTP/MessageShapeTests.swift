// What a message's octets tell about how they may be sent.

import MaloteWire
import Testing

@Suite struct MessageShapeTests {
    /// `|` is CRLF.
    @Test(
        arguments: [
            ("", 0, false), ("a", 3, false), ("a|", 3, true), ("a||b|", 8, true), (".|", 3, true), ("a\r", 4, false),
            ("a\n", 2, false), ("a\nb|", 5, false), ("a\rb|", 5, false), ("a\r|", 4, false), ("|\n", 3, false),
            ("\r", 3, false),
        ] as [(String, Int, Bool)])
    func linesAndSize(_ text: String, _ size: Int, _ isCanonical: Bool) {
        let shape = MessageShape(Array(text.replacing("|", with: "\r\n").utf8))
        #expect(shape.size == size && shape.isCanonical == isCanonical && !shape.isEightBit)
    }

    @Test func octetsOver127() { #expect(MessageShape([0x61, 0x80, 0x0D, 0x0A]).isEightBit) }
}
