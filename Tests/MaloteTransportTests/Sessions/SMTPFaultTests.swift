// Submission servers that say no, or nothing, at every place where they can (S1 to S9), in the clear and behind TLS.

import MaloteCore
import MaloteTransport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct SMTPFaultTests {
    /// Where the server turns from its script, and what it says there.
    struct Fault: Sendable, CustomTestStringConvertible {
        enum Place: String, Sendable, CaseIterable { case connect, ehlo, auth, mail, first, second, data, dot, quit }

        var place: Place
        var answer: String
        /// How the login fails; or how each of two recipients ends; or how the whole message does.
        var ends: [String]
        var isReusable: Bool
        var testDescription: String { "\(answer) at \(place.rawValue)" }

        init(_ place: Place, _ answer: String, _ ends: String..., isReusable: Bool = false) {
            (self.place, self.answer, self.ends, self.isReusable) = (place, answer, ends, isReusable)
        }
    }

    private static let (sent, later, never) = ("sent 250", "transient greylisted", "permanent rejected")
    private static let (throttled, lost) = ("transient throttled", "transient disconnected")
    private static let (unknown, sender) = ("transient unknown-outcome", "operator-needed rejected")

    static let faults: [Fault] = [
        .init(.connect, "451 4.3.0 not now", later), .init(.connect, "554 5.7.1 listed", sender),
        .init(.connect, "421 4.3.2 busy", throttled), .init(.connect, "closes", lost),
        .init(.connect, "silent", "transient silent-peer"),
        .init(.connect, "HTTP/1.1 400 Bad Request", "transient protocol-broken"),
        .init(.ehlo, "451 4.3.0 not now", later), .init(.ehlo, "421 4.3.2 busy", throttled),
        .init(.ehlo, "closes", lost),
        .init(.auth, "454 4.7.0 not now", "transient auth-temporary"),
        .init(.auth, "535 5.7.8 no", "operator-needed auth-refused"),
        .init(.auth, "421 4.3.2 busy", "transient auth-temporary"), .init(.auth, "closes", lost),
        .init(.mail, "451 4.3.0 not now", later, later, isReusable: true),
        .init(.mail, "550 5.7.1 not you", sender, sender, isReusable: true),
        .init(
            .mail, "530 5.7.0 log in", "operator-needed auth-refused", "operator-needed auth-refused", isReusable: true),
        .init(.mail, "552 5.3.4 too big", "permanent too-large", "permanent too-large", isReusable: true),
        .init(.mail, "555 5.5.4 what SIZE?", sender, sender, isReusable: true),
        .init(.mail, "421 4.3.2 busy", throttled, throttled), .init(.mail, "closes", lost),
        .init(.mail, "silent", "transient silent-peer"),
        .init(.first, "450 4.2.0 greylisted", later, sent, isReusable: true),
        .init(.first, "550 5.1.1 unknown", never, sent, isReusable: true),
        .init(.first, "452 4.2.2 full", "transient quota", sent, isReusable: true),
        .init(.first, "421 4.3.2 busy", throttled, lost), .init(.first, "closes", lost),
        .init(.second, "450 4.2.0 greylisted", sent, later, isReusable: true),
        .init(.second, "550 5.1.1 unknown", sent, never, isReusable: true),
        .init(.second, "452 4.5.3 too many", sent, throttled, isReusable: true),
        .init(.second, "421 4.3.2 busy", lost, throttled), .init(.second, "closes", lost),
        .init(.data, "451 4.3.0 not now", later, later, isReusable: true),
        .init(.data, "554 5.7.1 no", never, never, isReusable: true),
        .init(.data, "421 4.3.2 busy", throttled, throttled), .init(.data, "closes", lost),
        .init(.data, "250 fine", "transient protocol-broken"),
        .init(.dot, "451 4.3.0 not now", later, later, isReusable: true),
        .init(.dot, "554 5.6.0 spam", never, never, isReusable: true),
        .init(.dot, "552 5.2.2 full", "permanent quota", "permanent quota", isReusable: true),
        .init(.dot, "421 4.3.2 busy", throttled, throttled), .init(.dot, "closes", unknown, unknown),
        .init(.dot, "breaks", unknown, unknown), .init(.dot, "silent", unknown, unknown),
        .init(.dot, "25", unknown, unknown), .init(.dot, "250-half", unknown, unknown),
        // Whatever QUIT is answered: nobody waits for it.
        .init(.quit, "closes", sent, sent, isReusable: true), .init(.quit, "breaks", sent, sent, isReusable: true),
    ]

    /// The dialogue up to the fault, and what is said to tidy up behind it.
    private func script(_ fault: Fault, isChunked: Bool) -> String {
        func answer(_ place: Fault.Place, _ usual: String) -> String {
            guard place == fault.place else { return "S: \(usual)\n" }
            let isWord = ["closes", "breaks", "silent"].contains(fault.answer)
            return (isWord ? fault.answer : "S: \(fault.answer)") + (fault.answer == "250-half" ? "\ncloses\n" : "\n")
        }
        let chunking = isChunked ? "S: 250-CHUNKING\n" : ""
        let content = "C: Subject: hi\nC:\nC: text\n"
        let last = isChunked ? "C: BDAT 21 LAST\n" + content : content + "C: .\n"
        var steps: [(Fault.Place, String)] = [
            (.connect, answer(.connect, "220 hi")),
            (
                .ehlo,
                "C: EHLO client.test\n"
                    + (fault.place == .ehlo ? answer(.ehlo, "") : "S: 250-hi\n\(chunking)S: 250 AUTH PLAIN\n")
            ),
            (.auth, "C: AUTH PLAIN AHJlYWRlcgBzZXNhbWU=\n" + answer(.auth, "235 in")),
            (.mail, "C: MAIL FROM:<me@client.test>\n" + answer(.mail, "250 ok")),
            (.first, "C: RCPT TO:<a@x.test>\n" + answer(.first, "250 ok")),
            (.second, "C: RCPT TO:<b@x.test>\n" + answer(.second, "250 ok")),
            (.data, "C: DATA\n" + answer(.data, "354 go")), (.dot, last + answer(.dot, "250 2.0.0 taken")),
            (.quit, "C: QUIT\n" + (fault.place == .quit ? answer(.quit, "") : "")),
        ]
        if isChunked { steps.removeAll { $0.0 == .data } }
        // A refused recipient does not end the message, a refused dot not the connection.
        let goesOn = [.first, .second].contains(fault.place) && fault.isReusable
        guard !goesOn, fault.place != .quit else { return steps.map(\.1).joined() }
        let end = steps.firstIndex { $0.0 == fault.place } ?? 0
        let tidied = fault.isReusable ? (fault.place == .data ? "C: RSET\nS: 250 ok\n" : "") + "C: QUIT\n" : ""
        return steps[...end].map(\.1).joined() + tidied
    }

    @Test(arguments: faults, [false, true])
    func endsAsItShould(fault: Fault, isChunked: Bool) async throws {
        guard !isChunked || fault.place != .data else { return }
        try await play(script(fault, isChunked: isChunked)) { stream in
            var ends: [String] = []
            let failure = await failure {
                let session = try await Sample().openOutbox(stream)
                let result = await submit(session)
                ends = result.ends
                #expect(result.isReusable == fault.isReusable)
                // The journal is told before the message's last octet, and of no message without a recipient.
                #expect(
                    result.dots
                        == ([.first, .second, .dot, .quit].contains(fault.place) && ends.count > 1
                            && (fault.place == .dot || fault.isReusable) ? 1 : 0))
                await session.close()
            }
            #expect((failure.map { [words($0)] } ?? ends) == fault.ends)
            #expect(stream.isClosed)
        }
    }

    private struct Result {
        var ends: [String] = []
        var isReusable = false
        var dots = 0
    }

    private func submit(
        _ session: any OutboxSession, _ recipients: [String] = ["a@x.test", "b@x.test"],
        content: String = "Subject: hi\r\n\r\ntext\r\n"
    ) async -> Result {
        let dots = Mutex(0)
        var result = Result()
        let failure = await failure {
            let submission = try await session.submit(
                Envelope(from: "me@client.test", recipients: recipients), content: Array(content.utf8)
            ) {
                dots.withLock { $0 += 1 }
                return true
            }
            result.isReusable = submission.isReusable
            result.ends = submission.outcomes.map { outcome in
                switch outcome {
                case .sent(let reply): "sent \(reply.code)"
                case .refused(let failure): words(failure)
                }
            }
        }
        if let failure { result.ends = [words(failure)] }
        result.dots = dots.withLock { $0 }
        return result
    }

    // MARK: - S2, S4, S9 and connections that carry several messages

    private static let opened = "S: 220 hi\nC: EHLO client.test\nS: 250 hi\n"
    private static let message =
        "C: MAIL FROM:<me@client.test>\nS: 250 ok\nC: RCPT TO:<a@x.test>\nS: 250 ok\nC: DATA\nS: 354 go\n"
        + "C: Subject: hi\nC:\nC: text\nC: .\n"

    /// A server that limits what one connection may carry has nothing against the next message.
    @Test func aConnectionThatHasServedMayEndWithoutFault() async throws {
        try await play(Self.opened + Self.message + "S: 250 ok\nC: MAIL FROM:<me@client.test>\nS: 421 4.7.0 enough") {
            let session = try await Sample(hasLogin: false).openOutbox($0)
            #expect(await submit(session, ["a@x.test"]).ends == ["sent 250"])
            #expect(await submit(session, ["a@x.test"]).ends == ["transient disconnected"])
            await session.close()
        }
    }

    /// As an LMTP server would: the next message must not take the second answer for its own.
    @Test func whoAnswersTwiceIsLeft() async throws {
        let stream = ScriptedStream(Self.opened + Self.message + "S: 250 for a\nS: 550 for b", piece: .max)
        let session = try await Sample(hasLogin: false).openOutbox(stream)
        let result = await submit(session, ["a@x.test"])
        #expect(result.ends == ["sent 250"] && !result.isReusable)
        await session.close()
        #expect(stream.isClosed && !stream.sent.contains("QUIT"))
    }

    /// RFC 5321 §4.5.3.2.6: less than ten minutes make duplicates.
    @Test func theLastAnswerMayTakeTenMinutes() async throws {
        let stream = ScriptedStream(Self.opened + Self.message + "silent", piece: .max)
        let session = try await Sample(hasLogin: false).openOutbox(stream)
        #expect(await submit(session, ["a@x.test"]).ends == [Self.unknown])
        #expect(stream.waits == [.seconds(600)])
    }

    @Test func endlessRepliesEnd() async throws {
        let stream = ScriptedStream(
            Self.opened + "C: MAIL FROM:<me@client.test>\n" + String(repeating: "S: 250-more\n", count: 300),
            piece: .max)
        let session = try await Sample(hasLogin: false).openOutbox(stream)
        #expect(await submit(session).ends == ["transient protocol-broken"])
    }

    // MARK: - S7 what the server cannot take

    @Test func recipientsThatCannotBeSaidCostTheOthersNothing() async throws {
        try await play(Self.opened + Self.message + "S: 250 ok\nC: QUIT") { stream in
            let session = try await Sample(hasLogin: false).openOutbox(stream)
            let result = await submit(
                session, ["\u{fc}@x.test", "a@x.test", "b@x.test\r\nRCPT TO:<evil@x.test>", "b\0@x.test"])
            #expect(result.ends == [Self.never, "sent 250", Self.never, Self.never] && result.isReusable)
            await session.close()
        }
    }

    @Test func eightBitContentIsNotSaidToWhoCannotTakeIt() async throws {
        try await play(Self.opened + "C: QUIT") { stream in
            let session = try await Sample(hasLogin: false).openOutbox(stream)
            let result = await submit(session, ["a@x.test"], content: "\u{fc}\r\n")
            #expect(result.ends == [Self.never] && result.isReusable && result.dots == 0)
            await session.close()
        }
    }

    // MARK: - Behind TLS

    /// Where the connection is cut, and what becomes of the message.
    @Test(arguments: [("MAIL", lost), ("RCPT", lost), ("DATA", lost), (".", unknown)])
    func cutBehindTLS(command: String, ends: String) async throws {
        let server = try LoopbackServer(Certificates.here, isImplicit: true) { peer in
            peer.say("220 hi\r\n")
            while let line = peer.line(), !line.hasPrefix(command) {
                if line == "DATA" { peer.say("354 go\r\n") }
                if ["EHLO", "MAIL", "RCPT"].contains(line.prefix(4)) { peer.say("250 ok\r\n") }
            }
        }
        let sample = Sample(port: server.port, security: .implicit, hasLogin: false)
        let session = try await sample.openOutbox(by: sharedNetwork())
        let result = await submit(session, ["a@x.test"])
        #expect(result.ends == [ends] && result.dots == (command == "." ? 1 : 0))
        await session.close()
    }
}
