// One message's dialogue against every mix of answers; and what may not be said at all.

import MaloteCore
import MaloteWire
import Testing

@Suite struct SMTPTransactionTests {
    private static func extensions(
        pipelined: Bool = false, chunked: Bool = false, utf8: Bool = false, size: Int? = nil
    ) -> SMTPExtensions {
        var extensions = SMTPExtensions()
        extensions.pipelining = pipelined
        extensions.chunking = chunked
        extensions.smtpUTF8 = utf8
        extensions.eightBitMIME = utf8
        extensions.size = size
        return extensions
    }

    private func fresh(
        _ from: String = "desk@x", _ recipients: [String] = ["a@x"], _ extensions: SMTPExtensions = extensions()
    ) throws(WireError) -> SMTPTransaction {
        try SMTPTransaction(
            Envelope(from: from, recipients: recipients), MessageShape(size: 10), extensions: extensions)
    }

    private struct Play {
        var transaction: SMTPTransaction
        var server: ScriptedServer
        /// False when the connection was lost first.
        var isFinished: Bool
    }

    /// Plays a script to its end.
    private func play(_ script: SMTPScript, pipelined: Bool, chunked: Bool = false) throws -> Play {
        // Large enough for BDAT even where DATA can be pipelined.
        var transaction = try SMTPTransaction(
            Envelope(from: "desk@x", recipients: script.recipients.indices.map { "r\($0)@x" }),
            MessageShape(size: SMTPTransaction.largeSize),
            extensions: Self.extensions(pipelined: pipelined, chunked: chunked))
        var server = ScriptedServer(script)
        server.hear(transaction.start())
        while let reply = server.say() {
            switch try transaction.receive(reply) {
            case .wait: continue
            case .finished: return Play(transaction: transaction, server: server, isFinished: true)
            case .send(let bytes): server.hear(bytes)
            case .sendContent: server.hearContent()
            }
        }
        return Play(transaction: transaction, server: server, isFinished: false)
    }

    @Test(arguments: [0, 1, 2, 3], [false, true])
    func everyMixOfAnswers(_ count: Int, _ pipelined: Bool) throws {
        for script in SMTPScript.all(count) {
            let play = try play(script, pipelined: pipelined)
            let (transaction, server) = (play.transaction, play.server)
            guard transaction.results == script.results else {
                Issue.record("\(script): \(transaction.results), not \(script.results); heard \(server.heard)")
                return
            }
            guard server.heard.contains("CONTENT") == script.isContentSent else {
                Issue.record("\(script): heard \(server.heard)")
                return
            }
            guard transaction.isClosing == (server.end == .closing), play.isFinished == (server.end != .lost) else {
                Issue.record("\(script): closing \(transaction.isClosing), finished \(play.isFinished)")
                return
            }
            guard server.end == nil else { continue }
            // What lives on is fit for another message.
            guard server.owesNothing, Self.isClean(script, server.heard) else {
                Issue.record("\(script): left behind after \(server.heard)")
                return
            }
        }
    }

    /// A sender that was accepted is followed by the message, the lone dot or RSET.
    private static func isClean(_ script: SMTPScript, _ heard: [String]) -> Bool {
        script.mail != .yes || ["CONTENT", ".", "RSET"].contains(heard.last)
    }

    @Test func pipeliningSavesRoundTrips() throws {
        let script = SMTPScript(mail: .yes, recipients: [.yes, .never, .yes], data: .yes, final: .yes)
        let server = try play(script, pipelined: true).server
        #expect(server.writes == 1)
        #expect(
            server.heard == [
                "MAIL FROM:<desk@x>", "RCPT TO:<r0@x>", "RCPT TO:<r1@x>", "RCPT TO:<r2@x>", "DATA", "CONTENT",
            ])
        #expect(try play(script, pipelined: false).server.writes == 5)
    }

    /// With BDAT there is no DATA to be refused, and no message goes out before somebody takes it.
    @Test(arguments: [0, 1, 2], [false, true])
    func everyMixOfAnswersToBDAT(_ count: Int, _ pipelined: Bool) throws {
        for script in SMTPScript.all(count) where script.data == .yes {
            let play = try play(script, pipelined: pipelined, chunked: true)
            let (transaction, server) = (play.transaction, play.server)
            let results = script.results(to: "BDAT")
            guard transaction.results == results, server.heard.contains("CONTENT") == script.isContentSent,
                !server.heard.contains("DATA"), server.end != nil || Self.isClean(script, server.heard)
            else {
                Issue.record("\(script): \(transaction.results), not \(results); heard \(server.heard)")
                return
            }
        }
    }

    @Test(arguments: [
        (10, true, false), (10, false, true), (SMTPTransaction.largeSize, true, true),
        (SMTPTransaction.largeSize, false, true),
    ])
    func chunksWhereItHelps(_ size: Int, _ pipelined: Bool, _ isChunked: Bool) throws {
        var extensions = Self.extensions(pipelined: pipelined, chunked: true)
        func transfer(_ shape: MessageShape) throws -> SMTPTransaction.Transfer {
            try SMTPTransaction(Envelope(from: "a@x", recipients: ["b@x"]), shape, extensions: extensions).transfer
        }
        let chunk = SMTPTransaction.Transfer.chunk(command: wire("BDAT \(size) LAST"))
        #expect(try transfer(MessageShape(size: size)) == (isChunked ? chunk : .data))
        var odd = MessageShape(size: size)
        odd.isCanonical = false
        #expect(try transfer(odd) == .data)
        extensions = extensions.without([.chunking])
        #expect(try transfer(MessageShape(size: size)) == .data)
    }

    @Test func theLoneDot() throws {
        let script = SMTPScript(mail: .yes, recipients: [.never, .later], data: .yes, final: .yes)
        #expect(try play(script, pipelined: true).server.heard.last == ".")
        #expect(try play(script, pipelined: false).server.heard.last == "RSET")
    }

    // MARK: - Lost connections

    @Test func onlyTheFinalDotMakesTheOutcomeUnknown() throws {
        var transaction = try fresh()
        #expect(transaction.results == [.notTried])
        _ = transaction.start()
        for code in [250, 250] {
            _ = try transaction.receive(SMTPReply(code: code))
            #expect(!transaction.awaitsFinalReply && transaction.results == [.notTried])
        }
        #expect(try transaction.receive(SMTPReply(code: 354)) == .sendContent)
        #expect(transaction.awaitsFinalReply && transaction.results == [.unanswered])
        #expect(try transaction.receive(SMTPReply(code: 250)) == .finished)
        #expect(!transaction.awaitsFinalReply && transaction.results == [.sent(SMTPReply(code: 250))])
    }

    // MARK: - Servers out of step

    /// An answer that cannot be one: the codes up to it, and what is left of the recipient.
    @Test(
        arguments: [
            ([354], .notTried), ([250, 354], .notTried), ([250, 250, 250], .notTried),
            ([250, 250, 354, 354], .unanswered),
        ] as [([Int], SMTPTransaction.Result)])
    func outOfStep(_ codes: [Int], _ result: SMTPTransaction.Result) throws {
        for pipelined in [false, true] {
            var transaction = try fresh("desk@x", ["a@x"], Self.extensions(pipelined: pipelined))
            _ = transaction.start()
            for code in codes.dropLast() { _ = try transaction.receive(SMTPReply(code: code)) }
            #expect {
                try transaction.receive(SMTPReply(code: codes.last ?? 0))
            } throws: { ($0 as? WireError)?.kind == .unexpected }
            #expect(transaction.results == [result])
        }
    }

    @Test func nothingIsAnsweredTwice() throws {
        var transaction = try fresh()
        _ = transaction.start()
        #expect(try transaction.receive(SMTPReply(code: 550)) == .finished)
        #expect { try transaction.receive(SMTPReply(code: 250)) } throws: {
            ($0 as? WireError)?.kind == .unexpected
        }
    }

    @Test(arguments: [(250, false), (421, true), (503, true), (354, true)])
    func aRefusedResetEndsTheConnection(_ code: Int, _ isClosing: Bool) throws {
        var transaction = try fresh()
        _ = transaction.start()
        _ = try transaction.receive(SMTPReply(code: 250))
        #expect(try transaction.receive(SMTPReply(code: 550)) == .send(wire("RSET")))
        #expect(try transaction.receive(SMTPReply(code: code)) == .finished)
        #expect(transaction.isClosing == isClosing)
        #expect(transaction.results == [.refused(SMTPReply(code: 550), command: "RCPT")])
    }

    // MARK: - Envelopes

    @Test func theNullSender() throws {
        var transaction = try fresh("")
        #expect(transaction.start() == wire("MAIL FROM:<>"))
    }

    @Test func sizeIsDeclaredWhereItIsOffered() throws {
        var transaction = try fresh("a@x", ["b@x"], Self.extensions(size: 100))
        #expect(transaction.start() == wire("MAIL FROM:<a@x> SIZE=10"))
    }

    @Test(arguments: [("\u{e9}@x", "b@x"), ("a@x", "\u{e9}@\u{e9}.example"), ("", "\u{e9}@x")])
    func internationalAddresses(_ from: String, _ recipient: String) throws {
        var transaction = try fresh(from, [recipient], Self.extensions(utf8: true))
        #expect(String(wire: transaction.start()) == "MAIL FROM:<\(from)> SMTPUTF8\r\n")
    }

    /// One recipient that the server cannot be told of costs the others nothing.
    @Test func withoutSMTPUTF8OnlyWhoNeedsItIsRefused() throws {
        #expect { try fresh("\u{e9}@x") } throws: { ($0 as? WireError)?.sentence.contains("SMTPUTF8") == true }
        var transaction = try fresh("a@x", ["\u{e9}@x", "b@\u{e9}.example"], Self.extensions(pipelined: true))
        #expect(transaction.isPossible)
        #expect(transaction.start() == wire("MAIL FROM:<a@x>", "RCPT TO:<b@xn--9ca.example>", "DATA"))
        for code in [250, 250, 354, 250] { _ = try transaction.receive(SMTPReply(code: code)) }
        guard case .impossible(let error) = transaction.results[0] else {
            Issue.record("\(transaction.results)")
            return
        }
        #expect(error.sentence == "The address \u{e9}@x needs SMTPUTF8, which the server does not offer.")
        #expect(transaction.results[1] == .sent(SMTPReply(code: 250)))
        #expect(try !fresh("a@x", ["\u{e9}@x"]).isPossible)
    }

    @Test func eightBitContentNeeds8BITMIME() throws {
        var (shape, extensions) = (MessageShape(Array("h\u{e9}\r\n".utf8)), Self.extensions())
        let envelope = Envelope(from: "a@x", recipients: ["b@x"])
        let refused = try SMTPTransaction(envelope, shape, extensions: extensions)
        guard !refused.isPossible, case .impossible(let error)? = refused.results.first else {
            Issue.record("\(refused.results)")
            return
        }
        #expect(error.sentence.contains("8BITMIME"))
        extensions.eightBitMIME = true
        var transaction = try SMTPTransaction(envelope, shape, extensions: extensions)
        #expect(transaction.start() == wire("MAIL FROM:<a@x> BODY=8BITMIME"))
        extensions.smtpUTF8 = true
        transaction = try SMTPTransaction(envelope, shape, extensions: extensions)
        #expect(transaction.start() == wire("MAIL FROM:<a@x> SMTPUTF8 BODY=8BITMIME"))
        shape.isEightBit = false
        transaction = try SMTPTransaction(envelope, shape, extensions: extensions)
        #expect(transaction.start() == wire("MAIL FROM:<a@x>"))
    }

    @Test func plainAddressesNeedNoSMTPUTF8() throws {
        var transaction = try fresh("a@x", ["b@x"], Self.extensions(utf8: true))
        #expect(transaction.start() == wire("MAIL FROM:<a@x>"))
    }

    @Test(arguments: [
        "", "a", "@x", "a@", "a b@x", "a@x\r\nRCPT TO:<evil@x>", "a@x>", "<a@x>", "a\0@x", "a\n@x", "a\r@x",
        "a\u{85}@x",
        String(repeating: "a", count: 65) + "@x", "a@" + String(repeating: "x", count: 253),
    ])
    func addressesThatCannotBeSaid(_ address: String) {
        for extensions in [Self.extensions(), Self.extensions(pipelined: true, utf8: true)] {
            if !address.isEmpty {
                #expect { try fresh(address, ["b@x"], extensions) } throws: { ($0 as? WireError)?.kind == .argument }
            }
            for from in ["a@x", ""] {
                guard var transaction = try? fresh(from, [address, "b@x"], extensions) else {
                    Issue.record("\(address)")
                    continue
                }
                guard case .impossible(let error) = transaction.results[0] else {
                    Issue.record("\(transaction.results)")
                    continue
                }
                #expect(error.kind == .argument)
                #expect(!String(wire: transaction.start()).contains("evil"))
            }
        }
    }
}
