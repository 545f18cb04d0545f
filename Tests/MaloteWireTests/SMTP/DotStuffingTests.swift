// The message between DATA and the final dot: no end of data but our own, and nothing lost.

import MaloteWire
import Testing

@Suite struct DotStuffingTests {
    private static let lineEnds: [UInt8] = [0x0D, 0x0A]

    @Test(arguments: [
        ("", ""), ("a", "a|"), ("a|", "a|"), (".", "..|"), (".|", "..|"), ("..|", "...|"), ("a|.b|", "a|..b|"),
        ("a.|", "a.|"), ("|", "|"), ("|.|", "|..|"), ("a||", "a||"),
    ])
    func lines(_ content: String, _ sent: String) {
        func octets(_ text: String) -> [UInt8] { Array(text.replacing("|", with: "\r\n").utf8) }
        #expect(stuffed(octets(content)) == octets(sent))
    }

    /// The nine forms of CR, LF and CRLF around a dot: none leaves us, however a server reads line ends.
    @Test(arguments: ["\r", "\n", "\r\n"], ["\r", "\n", "\r\n"])
    func smuggling(_ before: String, _ after: String) {
        let content = Array("Hello\(before).\(after)MAIL FROM:<evil@x>\(before).\(after)".utf8)
        #expect(Self.loneDots(stuffed(content)) == 1)
        #expect(Self.unstuffed(stuffed(content)) == Self.normalised(content))
    }

    /// Every text of up to seven of these characters.
    @Test func everyShortText() {
        var texts: [[UInt8]] = [[]]
        for _ in 0..<7 {
            for content in texts {
                let stuffed = stuffed(content)
                guard Self.loneDots(stuffed) == 1, Self.unstuffed(stuffed) == Self.normalised(content) else {
                    Issue.record("\(String(wire: content).debugDescription)")
                    return
                }
            }
            texts = texts.flatMap { text in Array(".\r\na".utf8).map { text + [$0] } }
        }
    }

    /// In one piece; octet by octet it must come to the same.
    private func stuffed(_ content: [UInt8]) -> [UInt8] {
        var (whole, single) = (DotStuffing(), DotStuffing())
        let text = whole.encode(content[...]) + whole.end
        #expect(content.indices.flatMap { single.encode(content[$0...$0]) } + single.end == text)
        #expect(text.suffix(3) == DotStuffing.finalDot[...])
        return Array(text.dropLast(3))
    }

    /// Dots between line ends of any kind in what the server gets, our own final one included.
    private static func loneDots(_ stuffed: [UInt8]) -> Int {
        let all = [0x0D, 0x0A] + stuffed + DotStuffing.finalDot
        return all.indices.dropFirst().dropLast().count {
            all[$0] == UInt8(ascii: ".") && lineEnds.contains(all[$0 - 1]) && lineEnds.contains(all[$0 + 1])
        }
    }

    /// As RFC 5321 §4.5.2 has the receiver do it; `nil` if there is a CR or LF alone.
    private static func unstuffed(_ stuffed: [UInt8]) -> [UInt8]? {
        var text: [UInt8] = []
        var rest = stuffed[...]
        while let end = rest.firstIndex(of: 0x0A) {
            guard end > rest.startIndex, rest[end - 1] == 0x0D else { return nil }
            let line = rest[..<(end - 1)]
            guard !line.contains(0x0D) else { return nil }
            text += (line.first == UInt8(ascii: ".") ? line.dropFirst() : line) + [0x0D, 0x0A]
            rest = rest[(end + 1)...]
        }
        return rest.isEmpty ? text : nil
    }

    /// Line by line: a line ends at CRLF, or at a CR or LF alone.
    private static func normalised(_ content: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var rest = content[...]
        while !rest.isEmpty {
            text += rest.prefix { !lineEnds.contains($0) } + [0x0D, 0x0A]
            rest = rest.drop { !lineEnds.contains($0) }
            rest = rest.dropFirst(rest.starts(with: [0x0D, 0x0A]) ? 2 : 1)
        }
        return text
    }
}
