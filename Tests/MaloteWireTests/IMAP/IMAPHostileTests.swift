// Servers that send too much or nonsense: limits hold, nothing traps, cuts change nothing.

import MaloteTestKit
import MaloteWire
import Testing

@Suite struct IMAPHostileTests {
    private func trace(_ limits: IMAPFramer.Limits, _ input: [UInt8]) -> Trace<IMAPFramer.Step> {
        IMAPFramer(limits: limits).traceEveryWay(input, cuts: 5)
    }

    /// The line's CR counts, its LF does not.
    @Test func lines() {
        let limits = IMAPFramer.Limits(line: 100, literal: 10)
        let fits = String(repeating: "x", count: 99)
        #expect(trace(limits, wire(fits)) == Trace(steps: [.frame(IMAPFrame(pieces: [.text(Array(fits.utf8))]))]))
        #expect(trace(limits, wire(fits + "x")).error?.kind == .limit)
        #expect(trace(limits, [UInt8](repeating: 0x78, count: 101)).error?.kind == .limit)
        #expect(trace(limits, [UInt8](repeating: 0x78, count: 100)) == Trace())
    }

    @Test func literalsTogether() {
        let input = wire("a {10}\r\n0123456789 b {10}\r\n0123456789 c", "next")
        let digits = Array("0123456789".utf8)
        func frames(_ second: IMAPFrame.Piece) -> Trace<IMAPFramer.Step> {
            let first = IMAPFrame(pieces: [
                .text(Array("a ".utf8)), .literal(digits), .text(Array(" b ".utf8)), second, .text(Array(" c".utf8)),
            ])
            return Trace(steps: [.frame(first), .frame(IMAPFrame(pieces: [.text(Array("next".utf8))]))])
        }
        #expect(trace(.init(literal: 10, response: 100), input) == frames(.literal(digits)))
        #expect(trace(.init(literal: 10, response: 30), input) == frames(.omitted(octets: 10)))
        #expect(trace(.init(literal: 10, response: 20), input).error?.kind == .limit)
    }

    @Test func piecesWithoutEnd() {
        let input = [UInt8](String(repeating: "{0}\r\n", count: 20_001).utf8)
        #expect(trace(.init(literal: 10), input).error?.kind == .limit)
    }

    /// Nothing is reserved on the server's word, and more than any message has is refused.
    @Test(arguments: [("4294967295", nil), ("4294967296", WireError.Kind.limit), ("999999999999999", .limit)])
    func hugeAnnouncements(_ octets: String, _ error: WireError.Kind?) {
        let input = wire("* 1 FETCH (BODY[] {\(octets)}", "abc")
        #expect(trace(.init(literal: .max / 2, response: .max), input).error?.kind == error)
        #expect(trace(.init(literal: 10), input).error?.kind == error)
    }

    @Test func everySearchAnswerOfALargeFolder() throws {
        let uids = (100_000_000..<UInt32(100_200_000))
        let line = "* SEARCH " + uids.map(String.init).joined(separator: " ")
        let trace = try conversation().trace([wire(line, "t1 OK done")[...]])
        #expect(trace.steps == [.untagged(.search(Array(uids))), done()])
    }

    private static let seeds = [
        wire("* OK [CAPABILITY IMAP4rev1 LITERAL+] hi", "* 3 EXISTS", "t1 OK [READ-ONLY] done"),
        wire("* ESEARCH (TAG \"t1\") UID COUNT 3 ALL 4:5,9", "* SEARCH 1 2 (MODSEQ 3)", "t1 NO [LIMIT] x"),
        wire("* 1 FETCH (UID 7 FLAGS (\\Seen) BODY[] {5}\r\nhello INTERNALDATE \"x \\\" y\")", "t1 OK done"),
        wire("* 2 FETCH (BODYSTRUCTURE ((\"a\" (NIL {2}\r\n() 5) \"b\")) BINARY[1] ~{1}\r\nx UID 9)", "", "t1 BAD x"),
    ]

    @Test(arguments: seeds.indices)
    func damage(_ seed: Int) throws {
        let telling = Array("{}()[]\"\\ \r\n*+~:,0129tUID\0\u{e9}".utf8)
        var chance = Chance(seed: UInt64(seed))
        let conversation = try conversation(limits: .init(line: 200, literal: 4))
        for _ in 0..<1500 {
            let input = chance.damage(Self.seeds[seed], with: telling)
            let whole = conversation.trace([input[...]])
            guard conversation.trace(chance.cut(input)) == whole,
                conversation.trace(input.indices.map { input[$0...$0] }) == whole
            else {
                Issue.record("cuts matter for \(String(wire: input).debugDescription)")
                return
            }
        }
    }
}
