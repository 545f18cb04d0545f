// SMTP replies and EHLO keywords, however they are cut.

import MaloteTestKit
import MaloteWire
import Testing

@Suite struct SMTPReplyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var input: [UInt8]
        var replies: [SMTPReply]
        var error: WireError.Kind?

        init(_ name: String, _ input: [UInt8], _ replies: [SMTPReply] = [], error: WireError.Kind? = nil) {
            self.name = name
            self.input = input
            self.replies = replies
            self.error = error
        }

        var testDescription: String { name }
    }

    static let replies = [
        Case("one line", wire("250 fine"), [SMTPReply(code: 250, lines: ["fine"])]),
        Case(
            "code alone", wire("354", "250 "), [SMTPReply(code: 354, lines: [""]), SMTPReply(code: 250, lines: [""])]),
        Case("LF alone", Array("250-a\n250 b\n".utf8), [SMTPReply(code: 250, lines: ["a", "b"])]),
        Case("many lines", wire("220-a", "220-", "220 c"), [SMTPReply(code: 220, lines: ["a", "", "c"])]),
        Case(
            "status", wire("550 5.1.1 <a@b> unknown"),
            [
                SMTPReply(code: 550, status: "5.1.1", lines: ["<a@b> unknown"])
            ]),
        Case(
            "status on each line", wire("421-4.7.28 slow", "421 4.7.0 down"),
            [
                SMTPReply(code: 421, status: "4.7.28", lines: ["slow", "down"])
            ]),
        Case(
            "status on a later line", wire("554-no", "554 5.7.1 spam"),
            [
                SMTPReply(code: 554, status: "5.7.1", lines: ["no", "spam"])
            ]),
        Case(
            "no status", wire("550 1.2.3 a", "550 5.1 a", "550 5.1.1.1 a", "550 5.1111.1 a", "550 5..1 a"),
            [
                "1.2.3 a", "5.1 a", "5.1.1.1 a", "5.1111.1 a", "5..1 a",
            ].map { SMTPReply(code: 550, lines: [$0]) }),
        Case("digits that are none", wire("550 5.1\u{301}.1 a"), [SMTPReply(code: 550, lines: ["5.1\u{301}.1 a"])]),
        Case("changing codes", wire("250-a", "550 b"), [SMTPReply(code: 550, lines: ["a", "b"])]),
        Case(
            "one after the other", wire("250 a", "450 b", "354 c"),
            [
                SMTPReply(code: 250, lines: ["a"]), SMTPReply(code: 450, lines: ["b"]),
                SMTPReply(code: 354, lines: ["c"]),
            ]),
        Case("no end yet", wire("250-a")),
        Case(
            "a challenge as long as RFC 4954 allows", wire("334 " + String(repeating: "A", count: 12_280)),
            [SMTPReply(code: 334, lines: [String(repeating: "A", count: 12_280)])]),
        // Nobody who reads it in a log or a terminal sees more than words.
        Case(
            "control characters", Array("250 a\rb\u{1B}[2J\0c\u{85}\u{2028}d\r\n".utf8),
            [SMTPReply(code: 250, lines: ["a b [2J c  d"])]),
    ]

    static let refused =
        [
            "", "25", "x50 a", "250+a", "250\ta", "150 a", "600 a", "999 a", "000", "* OK IMAP", "+OK POP",
            "HTTP/1.1 400",
        ]
        .map { Case($0, wire("250 a", $0), [SMTPReply(code: 250, lines: ["a"])], error: .malformed) } + [
            Case("long line", wire("250 " + String(repeating: "x", count: 13_000)), error: .limit),
            Case("endless line", [UInt8](repeating: 0x32, count: 13_000), error: .limit),
            Case("endless reply", Array(repeatElement(wire("250-a"), count: 300).joined()), error: .limit),
        ]

    @Test(arguments: replies + refused)
    func transcript(_ sample: Case) {
        let trace = SMTPReplyParser().traceEveryWay(sample.input)
        #expect(trace.steps == sample.replies)
        #expect(trace.error?.kind == sample.error)
    }

    @Test func nothingMayFollowBeforeTLS() throws {
        var parser = SMTPReplyParser()
        parser.feed(wire("220 go ahead"))
        #expect(try parser.next() != nil)
        #expect(parser.isDrained)
        parser.feed(wire("250-x"))
        #expect(!parser.isDrained)
        #expect(try parser.next() == nil)
        #expect(!parser.isDrained)
    }

    @Test func damage() {
        let seed = wire("250-mx.example", "250-SIZE 100", "250 2.0.0 ok", "354 go", "550 5.1.1 no")
        let telling = Array("2345 -.\r\n\0x".utf8)
        var chance = Chance(seed: 3)
        for _ in 0..<3000 {
            let input = chance.damage(seed, with: telling)
            let whole = SMTPReplyParser().trace([input[...]])
            guard SMTPReplyParser().trace(chance.cut(input)) == whole,
                SMTPReplyParser().trace(input.indices.map { input[$0...$0] }) == whole
            else {
                Issue.record("cuts matter for \(String(wire: input).debugDescription)")
                return
            }
        }
    }

    // MARK: - EHLO

    private func extensions(_ lines: [String]) -> SMTPExtensions {
        SMTPExtensions(ehlo: SMTPReply(code: 250, lines: ["PIPELINING greets you"] + lines))
    }

    @Test func everyKeyword() {
        var all = SMTPExtensions()
        all.size = 35_882_577
        all.pipelining = true
        all.chunking = true
        all.dsn = true
        all.eightBitMIME = true
        all.smtpUTF8 = true
        all.startTLS = true
        all.auth = ["PLAIN", "LOGIN"]
        let lines = [
            "size 35882577", "Pipelining", "CHUNKING", "dsn", "8BITMIME", "SMTPUTF8", "STARTTLS", "AUTH PLAIN LOGIN",
            "X-ODD", "",
        ]
        #expect(extensions(lines) == all)
    }

    @Test func theGreetingIsNoKeyword() { #expect(extensions([]) == SMTPExtensions()) }

    @Test(arguments: ["SIZE", "SIZE 0", "SIZE -5", "SIZE x", "SIZE 99999999999999999999"])
    func noSizeLimit(_ line: String) { #expect(extensions([line]).size == nil) }

    @Test(arguments: [
        (["AUTH=PLAIN LOGIN"], ["PLAIN", "LOGIN"]), (["AUTH LOGIN", "AUTH=LOGIN PLAIN"], ["LOGIN", "PLAIN"]),
        (["auth plain"], ["PLAIN"]), (["AUTH"], []), (["AUTHENTIC PLAIN"], []),
    ])
    func mechanisms(_ lines: [String], _ mechanisms: [String]) { #expect(extensions(lines).auth == mechanisms) }
}
