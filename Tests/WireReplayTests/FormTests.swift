// The forms that a transcript may have, and the words of a refusal; the grammar is tested with the machines.

import Foundation
import Testing
import wire_replay

@Suite struct FormTests {
    private static func events(_ text: String, _ wire: WireProtocol) -> [String] {
        let played = Replay.play(Array(text.utf8), as: wire)
        let names = played.events.map { event in
            guard case .string(let name) = event["event"] else { return "" }
            if case .object = event["content"] { return "long \(name)" }
            return name
        }
        return names + (played.refusal.map { ["refused: \($0)"] } ?? [])
    }

    /// Name, transcript, events.
    private static let imapCases: [(String, String, [String])] = [
        ("nothing", "", []),
        ("only blank lines and comments", "# a server\r\n\r\n", []),
        ("without the last line end", "* OK hi\r\na OK done", ["greeting", "tagged"]),
        ("no greeting", "* 3 EXISTS\r\n* OK [UIDNEXT 4] x\r\n", ["exists", "status"]),
        (
            "literal counted with CRLF", "* OK hi\n* 1 FETCH (BODY[] {4}\na\nb)\n* 2 EXISTS\n",
            ["greeting", "fetch", "exists"]
        ),
        (
            "literal counted with LF", "* OK hi\n* 1 FETCH (BODY[] {3}\na\nb)\n* 2 EXISTS\n",
            ["greeting", "fetch", "exists"]
        ),
        ("letters", "S: * OK hi\nC: a NOOP\nS: a OK done\n", ["greeting", "tagged"]),
        ("arrows", "# note\n< * OK hi\n> a NOOP\n# note\n< a OK done\n", ["greeting", "tagged"]),
        (
            "a line without a mark goes on",
            "S: * OK hi\nC: a UID FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {4}\nab\nS: )\nS: a OK x\n",
            ["greeting", "fetch", "tagged"]
        ),
        (
            "a tag that is not the client's", "S: * OK hi\nC: a NOOP\nS: b OK done\n",
            ["greeting", "refused: The server answered a command that the client did not send. (line 3, octet 21)"]
        ),
        (
            "a challenge", "S: * OK hi\nC: a AUTHENTICATE PLAIN\nS: +\nC: AGEAYg==\nS: a OK in\nS: + idle\n",
            ["greeting", "challenge", "tagged", "continuation"]
        ),
        (
            "a mail of the client's is no command",
            "S: * OK hi\nC: a APPEND x {8}\nS: + ok\nC: b NOOP\nC: \nS: a OK\nS: b OK\n",
            [
                "greeting", "continuation", "tagged",
                "refused: The server answered a command that the client did not send. (line 7, octet 59)",
            ]
        ),
        (
            "cut short", "* OK hi\r\n* 1 FETCH (BODY[] {9}\r\nabc\r\n",
            ["greeting", "refused: The transcript ends within a reply. (line 2, octet 9)"]
        ),
        (
            "not IMAP", "* OK hi\r\nHTTP/1.1 400 Bad Request\r\n",
            ["greeting", "refused: The server sent a line that is no IMAP response. (line 2, octet 9)"]
        ),
    ]

    @Test(arguments: imapCases.indices) func imap(_ index: Int) {
        let (name, text, expected) = Self.imapCases[index]
        #expect(Self.events(text, .imap) == expected, "\(name)")
    }

    private static let pop3Cases: [(String, String, [String])] = [
        ("short answers", "+OK hi\r\n+OK\r\n+OK\r\n-ERR no\r\n", ["greeting", "reply", "reply", "reply"]),
        (
            "long answers", "+OK hi\r\n+OK\r\nUIDL\r\n.\r\n+OK\r\n.\r\n+OK bye\r\n",
            ["greeting", "long reply", "long reply", "reply"]
        ),
        ("a long answer alone", "+OK 12 octets\r\nSubject: x\r\n\r\n..\r\n.\r\n", ["long reply"]),
        ("blank lines at the end", "+OK hi\n+OK bye\n\n\n", ["greeting", "reply"]),
        ("a body that begins blank", "+OK hi\r\n+OK\r\n\r\ntext\r\n.\r\n", ["greeting", "long reply"]),
        (
            "login", "+OK hi\r\n+ \r\n+ VXNlcg==\r\n+OK in\r\n+OK 1 2\r\n",
            ["greeting", "challenge", "challenge", "reply", "reply"]
        ),
        (
            "what the commands say", "S: +OK hi\nC: RETR 1\nS: +OK\nS: +OK is the first line\nS: .\nC: QUIT\nS: +OK\n",
            ["greeting", "long reply", "reply"]
        ),
        (
            "pipelined",
            "S: +OK\nC: STAT\nC: LIST\nC: LIST 1\nC: UIDL\nS: +OK\nS: +OK\nS: 1 2\nS: .\nS: +OK\nS: -ERR\n",
            ["greeting", "reply", "long reply", "reply", "reply"]
        ),
        (
            "nobody asked", "S: +OK\nC: STAT\nS: +OK\nS: +OK\n",
            ["greeting", "reply", "refused: The server said something that nobody asked for. (line 4, octet 22)"]
        ),
        ("not POP3", "+OK\r\nhello\r\n", ["refused: The transcript ends within a reply. (line 1, octet 0)"]),
        (
            "an HTTP server", "HTTP/1.1 400 Bad Request\r\n\r\n",
            ["refused: The server sent a line that is no POP3 reply. (line 1, octet 0)"]
        ),
    ]

    @Test(arguments: pop3Cases.indices) func pop3(_ index: Int) {
        let (name, text, expected) = Self.pop3Cases[index]
        #expect(Self.events(text, .pop3) == expected, "\(name)")
    }

    private static let smtpCases: [(String, String, [String])] = [
        ("EHLO after the greeting", "220 hi\r\n250-mx\r\n250 SIZE\r\n", ["greeting", "reply", "extensions"]),
        ("one reply alone", "550 5.1.1 nobody\n", ["greeting"]),
        ("one good reply alone", "250 2.1.0 fine\n", ["reply"]),
        (
            "asked for more", "220 x\r\n334 VXNlcm5hbWU6\r\n235 in\r\n354 go\r\n250 queued\r\n",
            ["greeting", "challenge", "reply", "continuation", "reply"]
        ),
        (
            "mail and answers are no commands",
            "S: 220 x\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: EHLO\nS: 235 in\nC: DATA\nS: 354 go\nC: EHLO\nC: .\nS: 250-a\nS: 250 b\n",
            ["greeting", "challenge", "reply", "continuation", "reply"]
        ),
        (
            "chunks are no commands", "S: 220 x\nC: BDAT 6\nC: EHLO\nS: 250 a\nC: EHLO x\nS: 250-a\nS: 250 b\n",
            ["greeting", "reply", "reply", "extensions"]
        ),
        ("unasked", "S: 220 x\nS: 421 bye\n", ["greeting", "reply"]),
        (
            "cut short", "220 x\r\n250-mx\r\n",
            ["greeting", "refused: The transcript ends within a reply. (line 2, octet 7)"]
        ),
        (
            "within", "220 x\r\n250-mx\r\nhm\r\n",
            ["greeting", "refused: The server sent a line that is no SMTP reply. (line 2, octet 7)"]
        ),
    ]

    @Test(arguments: smtpCases.indices) func smtp(_ index: Int) {
        let (name, text, expected) = Self.smtpCases[index]
        #expect(Self.events(text, .smtp) == expected, "\(name)")
    }
}

/// Bodies that the machines hand over in pieces are told whole.
@Suite struct LongBodyTests {
    private static let body = Array(String(repeating: "0123456789abcdef\r\n", count: 20_000).utf8)

    private static func content(_ octets: [UInt8], _ wire: WireProtocol, _ key: String) -> [JSON?] {
        let pieces = stride(from: 0, to: octets.count, by: 7001).map { octets[$0..<min($0 + 7001, octets.count)] }
        return [[octets[...]], pieces].map { play($0, as: wire).events.last?[key] }
    }

    @Test func isTheSameByEitherProtocol() throws {
        let line = "* 1 FETCH (UID 1 BODY[] {\(Self.body.count)}\r\n"
        let imap = Self.content(Array(line.utf8) + Self.body + Array(")\r\n".utf8), .imap, "body")
        let pop3 = Self.content(Array("+OK\r\n".utf8) + Self.body + Array(".\r\n".utf8), .pop3, "content")
        var hash = SHA256()
        hash.absorb(Self.body)
        let expected: JSON = ["octets": .number(Self.body.count), "sha256": .string(hash.digest)]
        #expect(imap == [expected, expected] && pop3 == [expected, expected])
    }
}
