// Commands as octets: quoting, literals, and arguments that must never reach the wire.

import MaloteCore
import MaloteTestKit
import MaloteWire
import Testing

@Suite struct IMAPCommandTests {
    private func parts(_ arguments: [IMAPCommand.Argument], plus: Bool = false) throws -> [String] {
        try IMAPCommand("X", arguments).parts(tag: "a1", unasked: plus ? .max : 0).map { String(wire: $0) }
    }

    @Test(arguments: [
        ("", #"a1 X """#), ("ana", #"a1 X "ana""#), (#"a "b" \c"#, #"a1 X "a \"b\" \\c""#), ("{5}", #"a1 X "{5}""#),
        ("a)b", #"a1 X "a)b""#),
    ])
    func plainStringsAreQuoted(_ text: String, _ line: String) throws {
        #expect(try parts([.string(Array(text.utf8))]) == [line + "\r\n"])
    }

    @Test(arguments: ["a\r\nb", "\r", "\n", "tab\t", "\u{7f}", "caf\u{e9}", String(repeating: "x", count: 1001)])
    func otherStringsAreLiterals(_ text: String) throws {
        let argument = [IMAPCommand.Argument.string(Array(text.utf8)), .raw("Z")]
        let count = text.utf8.count
        #expect(try parts(argument) == ["a1 X {\(count)}\r\n", "\(text) Z\r\n"])
        #expect(try parts(argument, plus: true) == ["a1 X {\(count)+}\r\n\(text) Z\r\n"])
    }

    /// RFC 7888 §5: LITERAL- is LITERAL+ up to 4,096 octets.
    @Test(arguments: [(4096, true), (4097, false)])
    func longLiteralsMayHaveToWait(_ octets: Int, _ isUnasked: Bool) throws {
        let bytes = [UInt8](repeating: 0xE9, count: octets)
        let parts = try IMAPCommand("X", [.string(bytes)]).parts(tag: "a1", unasked: 4096)
        #expect(parts.count == (isUnasked ? 1 : 2))
    }

    @Test func listsOfStrings() throws {
        #expect(try parts([.list(["name", "a \"b\""])]) == ["a1 X (\"name\" \"a \\\"b\\\"\")\r\n"])
        #expect(try parts([.list([])]) == ["a1 X ()\r\n"])
    }

    @Test(
        arguments: [
            .string([0x61, 0]), .raw("a\rb"), .raw("a\nb"), .raw("a\r\nb"), .raw("a\0b"), .raw("a\tb"), .raw("a\u{7f}"),
        ] as [IMAPCommand.Argument])
    func refused(_ argument: IMAPCommand.Argument) {
        #expect {
            try IMAPCommand("X", [argument]).parts(tag: "a1", unasked: .max)
        } throws: { ($0 as? WireError)?.kind == .argument }
    }

    /// No line end in any argument ends a line of ours: what follows one is counted by a literal.
    @Test func noArgumentEndsItsLine() throws {
        let evil = Array("x\r\na2 DELETE INBOX\r\n".utf8)
        for plus in [false, true] {
            let sent = try IMAPCommand("LOGIN", [.string(evil), .string(evil)]).parts(
                tag: "a1", unasked: plus ? .max : 0)
            let trace = IMAPFramer(limits: .init(literal: 100)).traceEveryWay(Array(sent.joined()))
            let pieces: [IMAPFrame.Piece] = [
                .text(Array("a1 LOGIN ".utf8)), .literal(evil), .text([0x20]), .literal(evil), .text([]),
            ]
            #expect(trace == Trace(steps: [.frame(IMAPFrame(pieces: pieces))]))
        }
    }

    @Test(arguments: [
        ("INBOX", "INBOX"), ("a&b", "a&-b"),
        (
            "~peter/mail/\u{53f0}\u{5317}/\u{65e5}\u{672c}\u{8a9e}",
            "~peter/mail/&U,BTFw-/&ZeVnLIqe-"
        ), ("Entw\u{fc}rfe", "Entw&APw-rfe"), ("&", "&-"), ("", ""),
        ("\u{1f600}", "&2D3eAA-"), ("a\r\nb", "a&AA0ACg-b"), ("\0", "&AAA-"), ("\u{263a}!", "&Jjo-!"),
    ])
    func mailboxNames(_ name: String, _ written: String) throws {
        #expect(String(wire: IMAPMailboxName.encode(name)) == written)
        #expect(try parts([.mailbox(name)]) == ["a1 X \"\(written)\"\r\n"])
    }

    @Test func everyMailboxNameIsPlainAndKeepsItsMeaning() {
        var chance = Chance(seed: 5)
        let letters = Array("a&-/ ,+\u{e9}\u{fc}\u{53f0}\u{1f600}\r\n\0").map(String.init)
        for _ in 0..<500 {
            let name = (0..<8).compactMap { _ in letters.randomElement(using: &chance) }.joined()
            let written = IMAPMailboxName.encode(name)
            #expect(written.allSatisfy { (0x20...0x7E).contains($0) })
            #expect(Self.decode(written) == Array(name.utf16))
        }
    }

    /// Modified UTF-7 backwards, by the letter of RFC 3501 §5.1.3.
    private static func decode(_ written: [UInt8]) -> [UInt16]? {
        var units: [UInt16] = []
        var rest = written[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "&") else {
                units.append(UInt16(byte))
                continue
            }
            guard let end = rest.firstIndex(of: UInt8(ascii: "-")) else { return nil }
            let inner = rest[..<end].map { $0 == UInt8(ascii: ",") ? UInt8(ascii: "/") : $0 }
            rest = rest[(end + 1)...]
            if inner.isEmpty { units.append(0x26) }
            let padding = [UInt8](repeating: UInt8(ascii: "="), count: (4 - inner.count % 4) % 4)
            guard let octets = Base64.decode(inner + padding), octets.count.isMultiple(of: 2) else { return nil }
            for pair in stride(from: 0, to: octets.count, by: 2) {
                units.append(UInt16(octets[pair]) << 8 | UInt16(octets[pair + 1]))
            }
        }
        return units
    }
}
