// POP3 replies of one line and many, however they are cut.

import MaloteTestKit
import MaloteWire
import Testing

@Suite struct POP3ConversationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var commands: [(line: String, answer: POP3Conversation.Answer)]
        var input: [UInt8]
        /// One line a reply: sign, code, text, content, octets.
        var replies: [String]
        var error: WireError.Kind?

        init(
            _ name: String, _ commands: [(String, POP3Conversation.Answer)], _ input: [UInt8], _ replies: [String],
            error: WireError.Kind? = nil
        ) {
            self.name = name
            self.commands = commands
            self.input = input
            self.replies = replies
            self.error = error
        }

        var testDescription: String { name }
    }

    private static let line: [(String, POP3Conversation.Answer)] = [("NOOP", .line)]
    private static let lines: [(String, POP3Conversation.Answer)] = [("RETR 1", .lines(limit: 100))]
    private static let auth: [(String, POP3Conversation.Answer)] = [("AUTH LOGIN", .line)]

    static let statusLines = [
        Case("OK", line, wire("+OK"), ["+OK [] "]), Case("lower case", line, wire("+ok fine"), ["+OK [] fine"]),
        Case("LF alone", line, Array("+OK fine\n".utf8), ["+OK [] fine"]),
        Case("ERR", line, wire("-ERR no"), ["-ERR [] no"]), Case("bare ERR", line, wire("-err"), ["-ERR [] "]),
        Case(
            "code", line, wire("-ERR [IN-USE] Do you have another session?"),
            [
                "-ERR [IN-USE] Do you have another session?"
            ]),
        Case("code with slash", line, wire("-ERR  [sys/temp]later"), ["-ERR [SYS/TEMP] later"]),
        Case("code without end", line, wire("-ERR [AUTH no"), ["-ERR [] [AUTH no"]),
        Case("code later in the text", line, wire("-ERR no [AUTH]"), ["-ERR [] no [AUTH]"]),
        Case("not yet", line, Array("+OK".utf8), []),
    ]

    static let contents = [
        Case("some lines", lines, wire("+OK 120 octets", "a", "", "b", "."), ["+OK [] 120 octets <a||b|> 8"]),
        Case("no lines", lines, wire("+OK", "."), ["+OK []  <> 0"]),
        Case("refused", lines, wire("-ERR no such message"), ["-ERR [] no such message"]),
        Case("dots", lines, wire("+OK", "..", "..a", "...", "a.", "..", "."), ["+OK []  <.|.a|..|a.|.|> 18"]),
        Case("dot that was not stuffed", lines, wire("+OK", ".a", "."), ["+OK []  <a|> 3"]),
        Case("dot and CR", lines, Array("+OK\r\n.\rx\r\n.\r\r\n.\r\n".utf8), ["+OK []  <\\rx|\\r|> 7"]),
        Case(
            "replies in the body", lines, wire("+OK", "+OK 3 octets", "-ERR x", "+", "."),
            [
                "+OK []  <+OK 3 octets|-ERR x|+|> 25"
            ]),
        Case(
            "bare line feeds", lines, Array("+OK\r\na\n.\nb\n.\r\nc\r\n.\r\n".utf8),
            [
                "+OK []  <a\\n.\\nb\\n.|c|> 12"
            ]),
        Case("dot before a bare line feed", lines, Array("+OK\r\na\r\n.\nb\r\n.\r\n".utf8), ["+OK []  <a|\\nb|> 7"]),
        Case("end between bare CRs", lines, Array("+OK\r\na\r.\rb\r\n.\r\n".utf8), ["+OK []  <a\\r.\\rb|> 7"]),
        Case("a server that writes LF only", lines, Array("+OK\na\n..b\n\n.\n".utf8), ["+OK []  <a|.b||> 9"]),
        Case("a server that writes LF and CRLF", lines, Array("+OK\na\r\nb\n.\r\n".utf8), ["+OK []  <a|b|> 6"]),
        Case("no end yet", lines, wire("+OK", "a", ".."), []),
    ]

    static let dialogues = [
        Case(
            "pipelined",
            [
                ("RETR 1", .lines(limit: 9)), ("RETR 2", .lines(limit: 9)), ("RETR 3", .lines(limit: 9)),
                ("QUIT", .line),
            ],
            wire("+OK 1", "one", ".", "-ERR gone", "+OK 3", ".", "+OK bye"),
            ["+OK [] 1 <one|> 5", "-ERR [] gone", "+OK [] 3 <> 0", "+OK [] bye"]),
        Case("as long as is kept", [("RETR 1", .lines(limit: 8))], wire("+OK", "abcdef", "."), ["+OK []  <abcdef|> 8"]),
        Case(
            "longer than is kept", [("RETR 1", .lines(limit: 7)), ("NOOP", .line)], wire("+OK", "abcdef", ".", "+OK"),
            ["+OK []  dropped 8", "+OK [] "]),
        Case("challenge", auth, wire("+ VXNlcg==", "+", "+OK in"), ["+ [] VXNlcg==", "+ [] ", "+OK [] in"]),
        Case("challenge to no login", lines, wire("+ go"), [], error: .malformed),
        Case("challenge to a password", [("PASS x", .line)], wire("+ go"), [], error: .malformed),
        Case("nobody asked", line, wire("+OK", "+OK"), ["+OK [] "], error: .unexpected),
        Case("no reply", line, wire("* OK IMAP4 ready"), [], error: .malformed),
        Case("blank", line, wire(""), [], error: .malformed),
        Case("endless status", line, [UInt8](repeating: 0x2B, count: 70_000), [], error: .limit),
    ]

    @Test(arguments: statusLines + contents + dialogues)
    func transcript(_ sample: Case) throws {
        var conversation = POP3Conversation()
        for (line, answer) in sample.commands {
            #expect(try conversation.command(line, answer: answer) == wire(line))
        }
        let trace = conversation.traceEveryWay(sample.input, cuts: sample.input.count > 10_000 ? 3 : 30)
        #expect(trace.steps.map(\.told) == sample.replies)
        #expect(trace.error?.kind == sample.error)
        let drained = DrainedPOP3(conversation).traceEveryWay(sample.input, cuts: sample.input.count > 10_000 ? 3 : 30)
        #expect(drained == trace)
    }

    /// Nothing is kept of what has been drained.
    @Test func drainingLeavesOnlyWhatHasJustCome() throws {
        var conversation = POP3Conversation()
        _ = try conversation.command("RETR 1", answer: .lines(limit: 1000))
        conversation.feed(wire("+OK", "one", "..two"))
        #expect(try conversation.next() == nil)
        #expect(conversation.drain() == wire("one", ".two"))
        #expect(conversation.drain() == [])
        conversation.feed(wire("three", ".", "+OK"))
        let reply = try #require(try conversation.next())
        #expect(reply.content == wire("three") && reply.octets == 18)
        #expect(conversation.drain() == [])
    }

    @Test func theServerSpeaksFirst() throws {
        var conversation = POP3Conversation()
        conversation.expectGreeting()
        #expect(conversation.traceEveryWay(wire("+OK ready <1@x>")).steps.map(\.told) == ["+OK [] ready <1@x>"])
    }

    /// One odd mail must not make a maildrop unreadable.
    @Test func linesOfAnyLength() throws {
        var conversation = POP3Conversation()
        _ = try conversation.command("RETR 1", answer: .lines(limit: 1 << 20))
        let long = String(repeating: "x", count: 200_000)
        let reply = try #require(conversation.trace([wire("+OK", long, ".")[...]]).steps.first)
        #expect(reply.content == wire(long) && reply.octets == 200_002)
    }

    @Test(arguments: ["USER a\r\nDELE 1", "USER a\nb", "PASS a\rb", "PASS a\0"])
    func noArgumentEndsItsLine(_ line: String) {
        var conversation = POP3Conversation()
        #expect { try conversation.command(line) } throws: { ($0 as? WireError)?.kind == .argument }
    }

    @Test func damage() throws {
        let telling = Array("+-.[] \r\n\0OKER".utf8)
        var conversation = POP3Conversation()
        for line in ["RETR 1", "RETR 2", "NOOP", "NOOP"] {
            _ = try conversation.command(line, answer: line == "NOOP" ? .line : .lines(limit: 10))
        }
        let seed = wire("+OK", "a", "..b", "", ".", "+OK [X] y", "0123456789012", ".", "-ERR [AUTH] no", "+OK")
        var chance = Chance(seed: 7)
        for _ in 0..<3000 {
            let input = chance.damage(seed, with: telling)
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

/// A conversation whose lines are taken away as they come. Put together again they must be what it keeps otherwise.
private struct DrainedPOP3: Fed {
    private var conversation: POP3Conversation
    private var drained: [UInt8] = []

    init(_ conversation: POP3Conversation) { self.conversation = conversation }

    mutating func feed(_ bytes: some Collection<UInt8>) { conversation.feed(bytes) }

    mutating func next() throws(WireError) -> POP3Conversation.Reply? {
        guard var reply = try conversation.next() else {
            drained += conversation.drain()
            return nil
        }
        if let rest = reply.content { reply.content = drained + rest }
        drained = []
        return reply
    }
}

extension POP3Conversation.Reply {
    /// In one line: `|` is CRLF, `\r` and `\n` stand alone.
    var told: String {
        let sign = isChallenge ? "+" : isPositive ? "+OK" : "-ERR"
        let head = "\(sign) [\(code)] \(text)"
        guard let content else { return octets > 0 ? "\(head) dropped \(octets)" : head }
        var shown = ""
        for character in String(decoding: content, as: UTF8.self) {
            switch character {
            case "\r\n": shown += "|"
            case "\r": shown += "\\r"
            case "\n": shown += "\\n"
            default: shown.append(character)
            }
        }
        return "\(head) <\(shown)> \(octets)"
    }
}
