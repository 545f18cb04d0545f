// What becomes of each recipient of a message, above all when the server or the connection fails half-way.

import MaloteCore
import MaloteTransport
import Synchronization
import Testing

struct SMTPSubmitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var script: String
        /// One word a recipient; or the failure of the whole submission.
        var ends: [String]
        var isReusable = true
        /// How often the journal was told that the final dot leaves.
        var dots = 0

        init(_ name: String, _ script: String, _ ends: [String], isReusable: Bool = true, dots: Int = 0) {
            testDescription = name
            self.script = script
            self.ends = ends
            self.isReusable = isReusable
            self.dots = dots
        }
    }

    private static let mail = "C: MAIL FROM:<me@client.test>\n"
    private static let (first, second, third) = (
        "C: RCPT TO:<a@x.test>\n", "C: RCPT TO:<b@x.test>\n", "C: RCPT TO:<c@x.test>\n"
    )
    private static let content = "C: Subject: hi\nC:\nC: ..dot\nC: text\nC: .\n"
    private static let toDot = mail + ok + first + ok + second + ok + third + ok + "C: DATA\nS: 354 go\n" + content
    private static let (ok, no, later) = ("S: 250 2.0.0 ok\n", "S: 550 5.1.1 unknown\n", "S: 450 4.2.1 later\n")
    private static let unknown = "transient unknown-outcome"

    static let sequential = [
        Case("all accepted", toDot + "S: 250 2.0.0 queued", ["sent 250", "sent 250", "sent 250"], dots: 1),
        Case(
            "one of each", mail + ok + first + ok + second + later + third + no + "C: DATA\nS: 354 go\n" + content + ok,
            ["sent 250", "transient greylisted", "permanent rejected"], dots: 1),
        Case(
            "nobody accepted", mail + ok + first + no + second + no + third + later + "C: RSET\n" + ok,
            ["permanent rejected", "permanent rejected", "transient greylisted"]),
        Case(
            "nobody accepted, lost while tidying up",
            mail + ok + first + no + second + no + third + no + "C: RSET\ncloses",
            ["permanent rejected", "permanent rejected", "permanent rejected"], isReusable: false),
        Case(
            "sender refused", mail + "S: 550 5.7.1 not you\n",
            ["operator-needed rejected", "operator-needed rejected", "operator-needed rejected"]),
        Case(
            "DATA refused",
            mail + ok + first + ok + second + no + third + ok + "C: DATA\nS: 452 4.3.1 full\nC: RSET\n" + ok,
            ["transient greylisted", "permanent rejected", "transient greylisted"]),
        Case(
            "message refused", toDot + "S: 554 5.6.0 spam",
            ["permanent rejected", "permanent rejected", "permanent rejected"], dots: 1),
        Case("421 at MAIL", mail + "S: 421 4.3.2 closing\n", throttled, isReusable: false),
        Case(
            "421 at RCPT", mail + ok + first + ok + second + "S: 421 4.3.2 closing\n",
            ["transient disconnected", "transient throttled", "transient disconnected"], isReusable: false),
        Case(
            "421 at DATA", mail + ok + first + ok + second + no + third + ok + "C: DATA\nS: 421 4.3.2 closing\n",
            ["transient throttled", "permanent rejected", "transient throttled"], isReusable: false),
        Case("421 at the dot", toDot + "S: 421 4.3.2 closing\n", throttled, isReusable: false, dots: 1),
        Case("lost at MAIL", mail + "closes", ["transient disconnected"], isReusable: false),
        Case(
            "lost at DATA", mail + ok + first + ok + second + ok + third + ok + "C: DATA\ncloses",
            ["transient disconnected"], isReusable: false),
        Case("lost at the dot", toDot + "closes", [unknown, unknown, unknown], isReusable: false, dots: 1),
        Case("broken at the dot", toDot + "breaks", [unknown, unknown, unknown], isReusable: false, dots: 1),
        Case(
            "half an answer to the dot", toDot + "S: 250-almost\ncloses", [unknown, unknown, unknown],
            isReusable: false, dots: 1),
        Case("rubbish at the dot", toDot + "S: rubbish\n", [unknown, unknown, unknown], isReusable: false, dots: 1),
        Case(
            "out of step at the dot", toDot + "S: 354 go on\n", [unknown, unknown, unknown], isReusable: false, dots: 1),
        Case(
            "lost at the dot, one refused before",
            mail + ok + first + ok + second + no + third + ok + "C: DATA\nS: 354 go\n" + content + "closes",
            [unknown, "permanent rejected", unknown], isReusable: false, dots: 1),
        Case("out of step at MAIL", mail + "S: 354 go\n", ["transient protocol-broken"], isReusable: false),
    ]

    private static let throttled = ["transient throttled", "transient throttled", "transient throttled"]
    private static let envelope = mail + first + second + third + "C: DATA\n"

    static let pipelined = [
        Case(
            "all accepted", envelope + ok + ok + ok + ok + "S: 354 go\n" + content + ok,
            ["sent 250", "sent 250", "sent 250"], dots: 1),
        Case(
            "one of each", envelope + ok + ok + later + no + "S: 354 go\n" + content + ok,
            ["sent 250", "transient greylisted", "permanent rejected"], dots: 1),
        Case(
            "nobody accepted, yet 354: the lone dot", envelope + ok + no + no + no + "S: 354 go\nC: .\nS: 554 nobody\n",
            ["permanent rejected", "permanent rejected", "permanent rejected"]),
        Case(
            "nobody accepted", envelope + ok + no + no + later + "S: 503 nobody\nC: RSET\n" + ok,
            ["permanent rejected", "permanent rejected", "transient greylisted"]),
        Case(
            "421 half-way", envelope + ok + ok + "S: 421 4.3.2 closing\ncloses",
            ["transient disconnected", "transient throttled", "transient disconnected"], isReusable: false),
        Case("lost half-way", envelope + ok + ok + "closes", ["transient disconnected"], isReusable: false),
        Case(
            "lost at the dot", envelope + ok + ok + no + ok + "S: 354 go\n" + content + "closes",
            [unknown, "permanent rejected", unknown], isReusable: false, dots: 1),
    ]

    private static func opened(_ extensions: String = "") -> String {
        "S: 220 hi\nC: EHLO client.test\nS: 250-hi\n\(extensions)S: 250 HELP\n"
    }

    @Test(arguments: sequential.map { ("", $0) } + pipelined.map { ("S: 250-PIPELINING\n", $0) })
    func submits(extensions: String, entry: Case) async throws {
        // A session that can go on says goodbye; another one leaves.
        let script = Self.opened(extensions) + entry.script + (entry.isReusable ? "\nC: QUIT" : "")
        try await play(script) { stream in
            let session = try await Sample(hasLogin: false).openOutbox(stream)
            let submission = await submit(session, stream, ["a@x.test", "b@x.test", "c@x.test"])
            #expect(submission.ends == entry.ends)
            #expect(submission.isReusable == entry.isReusable)
            #expect(submission.dots == entry.dots)
            await session.close()
            #expect(stream.isClosed)
        }
    }

    private struct Summary {
        var ends: [String]
        var isReusable = false
        var dots = 0
    }

    private func submit(
        _ session: any OutboxSession, _ stream: ScriptedStream, _ recipients: [String],
        content: String = "Subject: hi\r\n\r\n.dot\r\ntext", envid: String? = nil, mayEnd: Bool = true
    ) async -> Summary {
        let dots = Mutex(0)
        var summary = Summary(ends: [])
        let failure = await failure {
            let envelope = Envelope(from: "me@client.test", recipients: recipients, envid: envid)
            let submission = try await session.submit(envelope, content: Array(content.utf8)) {
                let sent = stream.sent
                #expect(!sent.hasSuffix("\r\n.\r\n") && !sent.hasSuffix(content), "its end has left already")
                dots.withLock { $0 += 1 }
                return mayEnd
            }
            summary.isReusable = submission.isReusable
            summary.ends = submission.outcomes.map { outcome in
                switch outcome {
                case .sent(let reply): "sent \(reply.code)"
                case .refused(let failure): words(failure)
                }
            }
        }
        if let failure { summary.ends = [words(failure)] }
        summary.dots = dots.withLock { $0 }
        return summary
    }

    // MARK: - Sizes and addresses

    @Test func whatIsTooLargeIsNotSaid() async throws {
        try await play(Self.opened("S: 250-SIZE 20\n") + "C: QUIT") { stream in
            let session = try await Sample(hasLogin: false).openOutbox(stream)
            let summary = await submit(session, stream, ["a@x.test"], content: String(repeating: "x", count: 21))
            #expect(summary.ends == ["permanent too-large"] && summary.isReusable && summary.dots == 0)
            await session.close()
        }
    }

    @Test(arguments: ["a@x.test>\r\nRCPT TO:<b@x.test", "a b@x.test", "ü@x.test", ""])
    func whatIsNoAddressIsNotSaid(recipient: String) async throws {
        try await play(Self.opened()) { stream in
            let session = try await Sample(hasLogin: false).openOutbox(stream)
            let summary = await submit(session, stream, [recipient])
            #expect(summary.ends == ["permanent rejected"] && summary.isReusable)
        }
    }

    @Test func saysSizeAndSMTPUTF8WhereTheyAreKnown() async throws {
        let script =
            Self.opened("S: 250-SIZE\nS: 250-SMTPUTF8\nS: 250-8BITMIME\n")
            + "C: MAIL FROM:<me@client.test> SMTPUTF8\n" + Self.ok + "C: RCPT TO:<ü@x.test>\n" + Self.no
            + "C: RSET\n" + Self.ok
        let sized = Self.opened("S: 250-SIZE 100\n") + "C: MAIL FROM:<me@client.test> SIZE=7\n" + Self.no
        try await play(script) { stream in
            let session = try await Sample(hasLogin: false).openOutbox(stream)
            #expect(await submit(session, stream, ["ü@x.test"]).ends == ["permanent rejected"])
        }
        try await play(sized) { stream in
            let session = try await Sample(hasLogin: false).openOutbox(stream)
            #expect(await submit(session, stream, ["a@x.test"], content: "12345").ends == ["operator-needed rejected"])
        }
    }

    // MARK: - Long contents

    private static let lines = String(repeating: "0123456789\r\n", count: 50_000)
    private static let toContent = opened() + mail + ok + first + ok + "C: DATA\nS: 354 go\n"

    /// BDAT: the message as it is, and its last octets only once the journal has been told.
    @Test(arguments: ["", "S: 250-PIPELINING\n"])
    func largeMessagesGoAsTheyAre(extensions: String) async throws {
        let script =
            Self.opened(extensions + "S: 250-CHUNKING\n") + Self.mail + (extensions.isEmpty ? Self.ok : "") + Self.first
            + (extensions.isEmpty ? "" : Self.ok) + Self.ok + "C: BDAT 600004 LAST\nC: .0\n"
            + String(repeating: "C: 0123456789\n", count: 50_000) + Self.ok
        let stream = ScriptedStream(script, piece: .max)
        let session = try await Sample(hasLogin: false).openOutbox(stream)
        let summary = await submit(session, stream, ["a@x.test"], content: ".0\r\n" + Self.lines)
        #expect(summary.ends == ["sent 250"] && summary.isReusable && summary.dots == 1)
        stream.expectEnd()
    }

    /// The operator's way out of what a server offers and does not keep.
    @Test func whatIsNotWantedIsNotUsed() async throws {
        let script =
            Self.opened("S: 250-PIPELINING\nS: 250-CHUNKING\nS: 250-DSN\nS: 250-SIZE 5\n") + Self.mail + Self.ok
            + Self.first + Self.ok + "C: DATA\nS: 354 go\n" + Self.content + Self.ok
        try await play(script) { stream in
            let session = try await Sample(hasLogin: false, without: [.pipelining, .chunking, .dsn, .size])
                .openOutbox(stream)
            #expect(await submit(session, stream, ["a@x.test"]).ends == ["sent 250"])
        }
    }

    @Test func asksForReportsWhereTheyAreOffered() async throws {
        let script =
            Self.opened("S: 250-DSN\n") + "C: MAIL FROM:<me@client.test> RET=HDRS ENVID=12.ab\n" + Self.ok
            + "C: RCPT TO:<a@x.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a@x.test\n" + Self.ok + "C: DATA\nS: 354 go\n"
            + Self.content + Self.ok
        try await play(script) { stream in
            let session = try await Sample(hasLogin: false).openOutbox(stream)
            #expect(await submit(session, stream, ["a@x.test"], envid: "12.ab").ends == ["sent 250"])
        }
    }

    @Test func theDotLeavesAfterAllElse() async throws {
        let script = Self.toContent + String(repeating: "C: 0123456789\n", count: 50_000) + "C: .\n" + Self.ok
        let stream = ScriptedStream(script, piece: .max)
        let session = try await Sample(hasLogin: false).openOutbox(stream)
        let summary = await submit(session, stream, ["a@x.test"], content: Self.lines)
        #expect(summary.ends == ["sent 250"] && summary.isReusable && summary.dots == 1)
        stream.expectEnd()
    }

    /// A node whose lease is over may not complete what another one may send by now.
    @Test(arguments: [("", "C: DATA\nS: 354 go\n"), ("S: 250-CHUNKING\n", "")])
    func whatIsCalledOffHasNoEnd(extensions: String, data: String) async throws {
        try await play(Self.opened(extensions) + Self.mail + Self.ok + Self.first + Self.ok + data) { stream in
            let session = try await Sample(hasLogin: false).openOutbox(stream)
            let summary = await submit(
                session, stream, ["a@x.test"], content: "Subject: hi\r\n\r\ntext\r\n", mayEnd: false)
            #expect(summary.ends == ["transient shutting-down"] && summary.dots == 1)
            let sent = stream.sent
            #expect(!sent.contains("text"))
            await session.close()
            #expect(stream.sent == sent && stream.isClosed, "the session is of no use any more")
        }
    }

    @Test func contentThatBreaksOffIsNotSent() async throws {
        try await play(Self.toContent + "breaks") { stream in
            let session = try await Sample(hasLogin: false).openOutbox(stream)
            let summary = await submit(session, stream, ["a@x.test"], content: Self.lines)
            #expect(summary.ends == ["transient disconnected"] && summary.dots == 0)
        }
    }

    @Test func oneSessionCarriesManyMessages() async throws {
        let message = Self.mail + Self.ok + Self.first + Self.ok + "C: DATA\nS: 354 go\n" + Self.content + Self.ok
        try await play(Self.opened() + message + message + "C: QUIT") { stream in
            let session = try await Sample(hasLogin: false).openOutbox(stream)
            for _ in 1...2 { #expect(await submit(session, stream, ["a@x.test"]).ends == ["sent 250"]) }
            await session.close()
        }
    }
}
