// IDLE as the conversation sees it, what counts as news, and what the server wants people to read.

import MaloteTestKit
import MaloteWire
import Testing

@Suite struct IMAPWaitingTests {
    private static let idle = IMAPCommand("IDLE")

    @Test func idleEndsWithDone() throws {
        var conversation = try conversation(Self.idle)
        #expect(conversation.isWaiting && conversation.done == nil)
        conversation.feed(wire("* 1 EXISTS", "+ idling"))
        #expect(try conversation.next() == .untagged(.exists(1)))
        // Not before the server has agreed to it.
        #expect(conversation.done == nil)
        #expect(try conversation.next() == .idling)
        #expect(conversation.done == wire("DONE"))
        #expect(throws: WireError.self) { try conversation.start(IMAPCommand("NOOP")) }
        conversation.doneWasSent()
        #expect(conversation.done == nil && conversation.isWaiting)
        conversation.feed(wire("* 2 EXISTS", "t1 OK over"))
        #expect(try conversation.next() == .untagged(.exists(2)))
        #expect(try conversation.next() == done(.ok, "over"))
        #expect(!conversation.isWaiting && conversation.isIdle)
    }

    static let waits = [
        IMAPCase(
            "still here", wire("+", "* OK Still here", "* 3 EXISTS", "* 1 RECENT", "t1 OK done"),
            [.idling, said(.ok, "", "", "Still here"), .untagged(.exists(3)), .untagged(.other("RECENT")), done()]),
        IMAPCase("refused", wire("t1 BAD no"), [done(.bad, "no")]),
        IMAPCase("ended by the server", wire("+ idling", "t1 OK timeout"), [.idling, done(.ok, "timeout")]),
        IMAPCase("goodbye", wire("+ idling", "* BYE idle"), [.idling, said(.bye, "", "", "idle")]),
        IMAPCase("plus twice", wire("+ idling", "+ again", "t1 OK done"), [.idling, done()]),
    ]

    @Test(arguments: waits)
    func transcript(_ sample: IMAPCase) throws {
        #expect(try conversation(Self.idle).traceEveryWay(sample.input) == Trace(steps: sample.steps))
    }

    /// Lines after a folder of three was opened and looked at; whether they are news; messages after them.
    @Test(arguments: [
        (["* 4 EXISTS"], true, 4), (["* 3 EXISTS"], false, 3), (["* 2 EXPUNGE"], false, 2),
        (["* 2 EXPUNGE", "* 3 EXISTS"], true, 3), (["* 2 EXISTS"], false, 2), (["* 1 RECENT"], false, 3),
        (["* 2 FETCH (FLAGS (\\Seen))"], false, 3), (["* VANISHED 4:5"], false, 1),
        (["* VANISHED 4", "* 3 EXISTS"], true, 3), (["* VANISHED (EARLIER) 4:5"], false, 3),
        (["* VANISHED 1:4294967295"], false, 3),
        (["* 1 EXPUNGE", "* 1 EXPUNGE", "* 1 EXPUNGE", "* 1 EXPUNGE"], false, 0),
    ])
    func onlyMoreMessagesAreNews(_ lines: [String], _ isNews: Bool, _ messages: Int) throws {
        var conversation = try conversation()
        conversation.feed(wire("* 3 EXISTS"))
        _ = try conversation.next()
        conversation.forgetNews()
        for line in lines { conversation.feed(wire(line)) }
        while try conversation.next() != nil {}
        #expect(conversation.hasNews == isNews)
        #expect(conversation.messages == messages)
    }

    @Test func alertsAreKeptOnceAndBounded() throws {
        var conversation = try conversation()
        conversation.feed(
            wire("* OK [ALERT] quota", "* NO [alert] a\u{7}b", "* OK [ALERT] quota", "t1 OK [ALERT] last"))
        while try conversation.next() != nil {}
        #expect(conversation.takeAlerts() == ["quota", "a b", "last"])
        #expect(conversation.takeAlerts().isEmpty)
        for number in 0..<100 { conversation.feed(wire("* OK [ALERT] \(number)")) }
        while try conversation.next() != nil {}
        #expect(conversation.takeAlerts().count == 8)
    }

    @Test(arguments: [
        ("LITERAL+", 5000, true), ("LITERAL-", 5000, false), ("LITERAL-", 9, true), ("IMAP4rev2", 9, true),
        ("X", 9, false),
    ])
    func literalsAreSentUnaskedWhereTheServerTakesThem(_ word: String, _ octets: Int, _ isUnasked: Bool) throws {
        var conversation = IMAPConversation(tagPrefix: "t", limits: .init(literal: 10))
        conversation.feed(wire("* OK [CAPABILITY \(word)] hi"))
        _ = try conversation.next()
        let text = [UInt8](repeating: 0xE9, count: octets)
        let sent = try conversation.start(IMAPCommand("X", [.string(text)]))
        #expect(sent.contains(0xE9) == isUnasked)
    }

    @Test func whatCameBehindAnAnswerCanBeTaken() throws {
        var conversation = try conversation()
        conversation.feed(wire("t1 OK done") + [1, 2, 3])
        #expect(try conversation.next() == done())
        #expect(conversation.takeUnread() == [1, 2, 3])
        #expect(conversation.takeUnread().isEmpty)
    }
}
