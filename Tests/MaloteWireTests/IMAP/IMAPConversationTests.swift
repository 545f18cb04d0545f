// What servers say around a command, and what the conversation makes of it, however it is cut.

import MaloteCore
import MaloteTestKit
import MaloteWire
import Testing

@Suite struct IMAPConversationTests {
    static let greetings = [
        IMAPCase("plain", wire("* OK ready"), [said(.ok, "", "", "ready")]),
        IMAPCase("bare", wire("* OK"), [said(.ok)]),
        IMAPCase("lower case", wire("* ok [alert] Hi"), [said(.ok, "ALERT", "", "Hi")]),
        IMAPCase("known already", wire("* PREAUTH as ana"), [said(.preauth, "", "", "as ana")]),
        IMAPCase("not welcome", wire("* BYE [UNAVAILABLE] later"), [said(.bye, "UNAVAILABLE", "", "later")]),
        IMAPCase(
            "with capabilities", wire("* OK [CAPABILITY IMAP4rev1 SASL-IR] ready"),
            [said(.ok, "CAPABILITY", "IMAP4rev1 SASL-IR", "ready")]),
        IMAPCase(
            "with NUL padding", Array("\0\0\0".utf8) + wire("* OK ready") + [0, 0] + wire("t1 OK done"),
            [said(.ok, "", "", "ready"), done()]),
        IMAPCase("LF alone", Array("* OK ready\nt1 OK done\n".utf8), [said(.ok, "", "", "ready"), done()]),
        IMAPCase("code without end", wire("* OK [ALERT hi"), [said(.ok, "", "", "[ALERT hi")]),
        IMAPCase("code alone", wire("[ALERT] read this"), [said(.ok, "ALERT", "", "read this")]),
        IMAPCase(
            "words alone", wire("Server Unavailable. 15"), [said(.bye, "UNAVAILABLE", "", "Server Unavailable. 15")]),
        IMAPCase("no MODSEQ", wire("* OK [NOMODSEQ] none"), [said(.ok, "NOMODSEQ", "", "none")]),
        IMAPCase("negative MODSEQ", wire("* OK [HIGHESTMODSEQ -1] x"), [said(.ok, "HIGHESTMODSEQ", "-1", "x")]),
        IMAPCase(
            "somewhere else", wire("t1 NO [REFERRAL imap://other/] go"),
            [.completed(IMAPStatus(.no, code: "REFERRAL", codeArgument: "imap://other/", text: "go"))]),
        IMAPCase("code without OK", wire("* [HIGHESTMODSEQ 9] x"), [said(.ok, "HIGHESTMODSEQ", "9", "x")]),
    ]

    static let answers = [
        IMAPCase("OK", wire("t1 OK done"), [done()]),
        IMAPCase("NO", wire("t1 NO [NOPERM] no"), [.completed(IMAPStatus(.no, code: "NOPERM", text: "no"))]),
        IMAPCase("BAD", wire("t1 BAD what?"), [done(.bad, "what?")]),
        IMAPCase("no text", wire("t1 OK"), [done(.ok, "")]),
        IMAPCase("text with brackets", wire("t1 OK a [b] c"), [done(.ok, "a [b] c")]),
        IMAPCase(
            "code with spaces", wire("* OK [UIDNEXT  17]  next"), [said(.ok, "UIDNEXT", "17", "next")]),
        IMAPCase("blank lines", wire("", "* 2 EXISTS", "", "", "t1 OK done", ""), [.untagged(.exists(2)), done()]),
        IMAPCase(
            "nothing of ours", wire("* 1 RECENT", "* FLAGS (a [b] c)", "* LSUB (\\A) \"/\" \"x\""),
            [
                .untagged(.other("RECENT")), .untagged(.other("FLAGS")), .untagged(.other("LSUB")),
            ]),
        IMAPCase(
            "unsolicited data", wire("* 5 EXISTS", "* 2 EXPUNGE", "* SEARCH 4", "* 3 FETCH (FLAGS ())", "t1 OK done"),
            [
                .untagged(.exists(5)), .untagged(.expunge(2)), .untagged(.search([4])), fetched { $0.flags = [] },
                done(),
            ]),
        IMAPCase("stray plus", wire("+ idling", "+", "t1 OK done"), [done()]),
        IMAPCase("goodbye", wire("* BYE see you", "t1 OK done"), [said(.bye, "", "", "see you"), done()]),
        IMAPCase(
            "numbers beyond reason", wire("* 99999999999999999999 EXISTS", "* -5 EXISTS"),
            [
                .untagged(.other("99999999999999999999")), .untagged(.other("-5")),
            ]),
        IMAPCase("no line end yet", Array("t1 OK done".utf8)),
    ]

    static let searches = [
        IMAPCase("some", wire("* SEARCH 2 84 4294967295"), [.untagged(.search([2, 84, 4_294_967_295]))]),
        IMAPCase("none", wire("* SEARCH", "* SEARCH "), [.untagged(.search([])), .untagged(.search([]))]),
        IMAPCase("MODSEQ", wire("* SEARCH 2 5 (MODSEQ 917162500)"), [.untagged(.search([2, 5]))]),
        IMAPCase("noise", wire("* SEARCH 2 x 4294967296 5"), [.untagged(.search([2, 5]))]),
        IMAPCase("ESEARCH", wire("* ESEARCH (TAG \"t1\") UID ALL 4:6,9"), [.untagged(.search([4, 5, 6, 9]))]),
        IMAPCase(
            "ESEARCH with more", wire("* ESEARCH (TAG \"a ) b\") UID COUNT 2 PARTIAL (1:9 4,5) MODSEQ 9 all 5:4"),
            [.untagged(.search([4, 5]))]),
        IMAPCase(
            "ESEARCH empty", wire("* ESEARCH", "* ESEARCH (TAG \"t1\") UID"),
            [
                .untagged(.search([])), .untagged(.search([])),
            ]),
        IMAPCase("highest UID", wire("* ESEARCH ALL 4294967295"), [.untagged(.search([.max]))]),
        IMAPCase("all UIDs there can be", wire("* ESEARCH ALL 1:4294967295"), error: .limit),
        IMAPCase("absurd in sum", wire("* ESEARCH ALL 1:9,1:2000000"), error: .limit),
        IMAPCase("star", wire("* ESEARCH ALL *"), error: .malformed),
        IMAPCase("three bounds", wire("* ESEARCH ALL 1:2:3"), error: .malformed),
        IMAPCase("beyond 32 bits", wire("* ESEARCH ALL 4294967296"), error: .malformed),
        IMAPCase("ALL of nothing", wire("* ESEARCH ALL"), error: .malformed),
    ]

    static let refused = [
        IMAPCase("a tag to come", wire("t2 OK done"), error: .unexpected),
        IMAPCase("tag in other case", wire("T1 OK done"), error: .unexpected),
        IMAPCase("empty-handed", wire("x OK done"), error: .unexpected),
        IMAPCase("twice", wire("t1 OK done", "t1 OK done"), [done()], error: .unexpected),
        IMAPCase("no response", wire("gibberish"), error: .malformed),
        IMAPCase("no status", wire("t1 MAYBE"), error: .malformed),
        IMAPCase("star alone", wire("*"), error: .malformed),
        IMAPCase("number alone", wire("* 1"), error: .malformed),
        IMAPCase("other protocol", wire("+OK POP3 ready", "220 smtp ready"), error: .malformed),
        IMAPCase("what came before stands", wire("* 1 EXISTS", "t9 OK"), [.untagged(.exists(1))], error: .unexpected),
    ]

    @Test(arguments: greetings + answers + searches + refused)
    func transcript(_ sample: IMAPCase) throws {
        let trace = try conversation().traceEveryWay(sample.input)
        #expect(trace.steps == sample.steps)
        #expect(trace.error?.kind == sample.error)
    }

    // MARK: - State

    @Test(arguments: [
        "* OK [CAPABILITY IMAP4rev1 literal+] hi", "* CAPABILITY IMAP4rev1 literal+",
        "t1 OK [CAPABILITY IMAP4rev1 literal+] done", "* CAPABILITY IMAP4rev1 LITERAL +",
    ])
    func capabilitiesFromAnywhere(_ line: String) throws {
        var conversation = try conversation()
        conversation.feed(wire("* CAPABILITY OLD", line))
        while try conversation.next() != nil {}
        #expect(conversation.capabilities == ["IMAP4REV1", "LITERAL+"])
        #expect(conversation.has("LITERAL+") && !conversation.has("OLD"))
    }

    @Test func oneCommandAtATime() throws {
        var conversation = try conversation()
        #expect(!conversation.isIdle)
        #expect { try conversation.start(IMAPCommand("NOOP")) } throws: { ($0 as? WireError)?.kind == .unexpected }
        conversation.feed(wire("t1 OK done"))
        #expect(try conversation.next() == done())
        #expect(conversation.isIdle)
        #expect(try conversation.start(IMAPCommand("NOOP")) == wire("t2 NOOP"))
    }

    /// A refused argument must not leave a command under way.
    @Test func aBadArgumentStartsNothing() throws {
        var conversation = IMAPConversation(tagPrefix: "t", limits: .init(literal: 10))
        #expect(throws: WireError.self) { try conversation.start(IMAPCommand("X", [.raw("a\r\nb")])) }
        #expect(conversation.isIdle)
    }

    // MARK: - Literals of ours

    private static let login = IMAPCommand("LOGIN", [.string(Array("\u{e9}".utf8)), .string(Array("\u{fc}!".utf8))])

    @Test func literalsWaitForThePlus() throws {
        var conversation = IMAPConversation(tagPrefix: "t", limits: .init(literal: 10))
        #expect(String(wire: try conversation.start(Self.login)) == "t1 LOGIN {2}\r\n")
        let trace = conversation.traceEveryWay(wire("* 1 EXISTS", "+ go", "+", "+ surplus", "t1 OK done"))
        let parts: [IMAPStep] = [.send(Array("\u{e9} {3}\r\n".utf8)), .send(Array("\u{fc}!\r\n".utf8))]
        #expect(trace == Trace(steps: [.untagged(.exists(1))] + parts + [done()]))
    }

    @Test func aRefusedLiteralIsNeverSent() throws {
        var conversation = try conversation(Self.login)
        conversation.feed(wire("t1 BAD too long", "+ now"))
        #expect(try conversation.next() == done(.bad, "too long"))
        #expect(try conversation.next() == nil)
        _ = try conversation.start(IMAPCommand("NOOP"))
        conversation.feed(wire("+ now", "t2 OK done"))
        #expect(try conversation.next() == done())
    }

    @Test func literalPlusGoesAtOnce() throws {
        var conversation = IMAPConversation(tagPrefix: "t", limits: .init(literal: 10))
        conversation.feed(wire("* OK [CAPABILITY LITERAL+] hi"))
        _ = try conversation.next()
        #expect(String(wire: try conversation.start(Self.login)) == "t1 LOGIN {2+}\r\n\u{e9} {3+}\r\n\u{fc}!\r\n")
    }

    // MARK: - SASL

    @Test func challengesAreDecoded() throws {
        let conversation = try conversation(IMAPCommand("AUTHENTICATE", [.raw("LOGIN")]))
        let trace = conversation.traceEveryWay(wire("+ VXNlcm5hbWU6", "+ ", "+", "t1 OK done", "+ x"))
        #expect(trace == Trace(steps: [.challenge(Array("Username:".utf8)), .challenge([]), .challenge([]), done()]))
    }

    @Test func aChallengeThatIsNotBase64() throws {
        let trace = try conversation(IMAPCommand("AUTHENTICATE", [.raw("LOGIN")])).traceEveryWay(wire("+ user?"))
        #expect(trace.error?.kind == .malformed)
    }

    @Test func answersAreEncodedOrCancelled() throws {
        var conversation = try conversation(IMAPCommand("AUTHENTICATE", [.raw("LOGIN")]))
        #expect(conversation.answer(Array("foo".utf8)) == wire("Zm9v"))
        #expect(conversation.answer([]) == wire(""))
        #expect(conversation.answer(nil) == wire("*"))
    }
}
