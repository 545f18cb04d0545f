// Receivers get exactly this JSON, whatever the mail holds.

import Foundation
import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct TicketEventBuilderTests {
    static let builder = TicketEventBuilder(
        contract: Sample.registry.numbered.contracts[0], id: EventID(rawValue: "evt_1"), time: Sample.now)

    private static let digest = Digest(Array(repeating: 0xAB, count: 32))

    private func facts(
        _ view: MessageView, _ ticket: Ticket? = Sample.ticket, reason: String? = nil
    ) throws -> TicketEventBuilder.MailFacts {
        .init(
            message: MessageID(rawValue: 7),
            mail: MessageJSON(view, size: 1234, sha256: try #require(Self.digest)), ticket: ticket, reason: reason)
    }

    private func parsed(_ event: TicketEvent) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(event.json.utf8)) as? [String: Any])
    }

    private func mail(in event: TicketEvent) throws -> [String: Any] {
        let data = try #require(parsed(event)["data"] as? [String: Any])
        return try #require(data["message"] as? [String: Any])
    }

    @Test func whatRulesSetAndWhatIsRefusedIsTold() throws {
        let view = edited(MessageView()) {
            $0.attachments = [
                .init(name: "a.exe", type: "x/y", size: 9, sha256: nil),
                .init(name: "b", type: "x/y", size: 9, sha256: nil),
            ]
        }
        let contract = edited(Sample.registry.numbered.contracts[0]) { $0.attachments.forbid = ["exe"] }
        var facts = try facts(view)
        facts.fields = ["priority": "high", "a\"": "b\n"]
        let event = TicketEventBuilder(contract: contract, id: EventID(rawValue: "e"), time: Sample.now).mail(
            .ticketOpened, inbox: name("acme-in"), facts)
        let data = try #require(parsed(event)["data"] as? [String: Any])
        #expect(data["fields"] as? [String: String] == ["priority": "high", "a\"": "b\n"])
        let attachments = try #require(mail(in: event)["attachments"] as? [[String: Any]])
        #expect(attachments.map { $0["refused"] as? String } == ["Names that end in .exe are refused.", nil])
    }

    @Test func anOpenedTicketIsTold() throws {
        let view = edited(MessageView()) {
            $0.messageID = "<q@acme.example>"
            $0.from = Sample.address("ana@acme.example", "Ana \"A\" Ção")
            $0.to = [Sample.address("help@acme.example")]
            $0.cc = [Sample.address("bia@acme.example", "Bia"), Sample.address("cid@acme.example")]
            $0.subject = "Printer"
            $0.date = Timestamp(rfc3339: "2026-11-21T05:50:15.042Z")
            $0.text = "It burns.\r\nHelp\\!"
            $0.html = "<p>It burns.</p>"
            $0.attachments = [.init(name: "a.pdf", type: "application/pdf", size: 9, sha256: Self.digest)]
            $0.defects = ["One.", "Two."]
        }
        let event = Self.builder.mail(.ticketOpened, inbox: name("acme-in"), try facts(view))
        let sha = String(repeating: "ab", count: 32)
        let expected =
            #"{"specversion":"1.0","id":"evt_1","source":"/contracts/acme/inboxes/acme-in","#
            + #""type":"malote.ticket.opened.v1","subject":"ACME-42","time":"2026-09-21T14:13:20.000Z","#
            + #""datacontenttype":"application/json","data":{"contract":"acme","#
            + #""ticket":{"key":"ACME-42","external":null},"message":{"id":"7","messageId":"<q@acme.example>","#
            + #""from":{"name":"Ana \"A\" Ção","address":"ana@acme.example"},"#
            + #""to":[{"name":null,"address":"help@acme.example"}],"#
            + #""cc":[{"name":"Bia","address":"bia@acme.example"},{"name":null,"address":"cid@acme.example"}],"#
            + #""replyTo":[],"subject":"Printer","date":"2026-11-21T05:50:15.042Z","#
            + #""text":"It burns.\r\nHelp\\!","newText":"It burns.\r\nHelp\\!","html":"<p>It burns.</p>","#
            + #""attachments":[{"name":"a.pdf","type":"application/pdf","size":9,"sha256":"\#(sha)","refused":null}],"#
            + #""defects":"One. Two.","raw":{"size":1234,"sha256":"\#(sha)"}}}}"#
        #expect(event.json == expected)
        #expect(event.kind == .ticketOpened && event.subject == "ACME-42" && event.time == Sample.now)
        #expect(event.contract == ContractID(rawValue: 1) && event.id.rawValue == "evt_1")
        let message = try mail(in: event)
        #expect(message["text"] as? String == view.text)
        #expect((message["raw"] as? [String: Any])?["size"] as? Int == 1234)
        #expect((message["from"] as? [String: Any])?["name"] as? String == "Ana \"A\" Ção")
    }

    @Test func anIgnoredMailIsToldWithItsReason() throws {
        let facts = try facts(MessageView(), nil, reason: "It is a list's.")
        let event = Self.builder.mail(.messageIgnored, inbox: name("acme-in"), facts)
        let data = try #require(parsed(event)["data"] as? [String: Any])
        #expect(event.subject == "acme-in")
        #expect(data["reason"] as? String == "It is a list's.")
        #expect(data["ticket"] == nil)
        let message = try mail(in: event)
        #expect(message["from"] is NSNull && message["messageId"] is NSNull && message["html"] is NSNull)
        #expect(message["truncated"] == nil && message["defects"] == nil)
    }

    static let texts = [
        (0...0x1F).compactMap { Unicode.Scalar($0).map(String.init) }.joined(), "\"\\/\u{7F}\u{80}\u{9F}\u{A0}",
        "\u{2028}\u{2029}\u{FEFF}\u{FFFD}\u{FFFF}", "não \u{1F468}\u{200D}\u{1F469} e\u{301}\r\n", "\"", "\\", "",
        "{\"a\":[1]}", "</script><!--",
    ]

    @Test(arguments: texts)
    func everyTextComesBack(_ text: String) throws {
        let view = edited(MessageView()) {
            ($0.subject, $0.text, $0.html) = (text, text, text)
            $0.from = Sample.address(text, text)
        }
        let event = Self.builder.mail(.ticketReplied, inbox: name("acme-in"), try facts(view))
        #expect(!event.json.utf8.contains { $0 < 0x20 }, "one line, nothing raw")
        let message = try mail(in: event)
        for key in ["subject", "text", "newText", "html"] {
            let found = try #require(message[key] as? String)
            #expect(Array(found.unicodeScalars) == Array(text.unicodeScalars), "\(key)")
        }
    }

    static let limit = MessageJSON.textLimit

    /// A text, and how many octets of it are left.
    static let long: [(String, Int)] = [
        (String(repeating: "a", count: limit), limit), (String(repeating: "a", count: limit + 1), limit),
        ("a" + String(repeating: "é", count: limit / 2), limit - 1),
        ("abc" + String(repeating: "\u{1F600}", count: limit / 4), limit - 1),
        ("a" + String(repeating: "e\u{301}", count: limit / 3 + 1), limit - (limit - 1) % 3),
        (String(repeating: "a", count: limit - 1) + "\r\n", limit - 1),
        ("a" + String(repeating: "\u{301}", count: limit), 0),
    ]

    @Test(arguments: long.indices)
    func aLongTextIsCutAtACharacter(_ index: Int) throws {
        let (text, octets) = Self.long[index]
        for isHTML in [false, true] {
            let view = edited(MessageView()) { if isHTML { $0.html = text } else { $0.text = text } }
            let event = Self.builder.mail(.ticketOpened, inbox: name("acme-in"), try facts(view))
            let message = try mail(in: event)
            let found = try #require(message[isHTML ? "html" : "text"] as? String)
            #expect(found.utf8.count == octets)
            #expect(text.unicodeScalars.starts(with: found.unicodeScalars))
            #expect(message["truncated"] as? Bool == (text.utf8.count > Self.limit ? true : nil))
        }
    }

    @Test func aMailThatCouldNotBeFetchedIsTold() throws {
        let event = Self.builder.unfetchable(inbox: name("acme-in"), uid: "77", reason: "Too large.")
        let root = try parsed(event)
        #expect(root["type"] as? String == "malote.message.quarantined.v1")
        #expect(root["data"] as? [String: String] == ["contract": "acme", "reason": "Too large.", "uid": "77"])
    }

    @Test func aFailingMailboxIsTold() throws {
        let health = MailboxHealth(
            mailbox: MailboxID(rawValue: 1), failure: Failure(.operatorNeeded, .authRefused, "Refused.", remedy: "Do."),
            failingSince: Sample.now)
        let event = Self.builder.mailbox(.mailboxFailing, Sample.acmeOut, health)
        let root = try parsed(event)
        #expect(root["source"] as? String == "/contracts/acme/mailboxes/acme-out")
        let data = try #require(root["data"] as? [String: Any])
        #expect(
            data["mailbox"] as? [String: String] == [
                "name": "acme-out", "type": "outbox", "server": "smtp.acme.example",
            ])
        #expect(
            data["failure"] as? [String: String] == [
                "kind": "operator-needed", "cause": "auth-refused", "detail": "Refused.", "remedy": "Do.",
            ])
        #expect(data["since"] as? String == "2026-09-21T14:13:20.000Z")
        let well = Self.builder.mailbox(
            .mailboxRecovered, Sample.acmeIn, MailboxHealth(mailbox: MailboxID(rawValue: 1)))
        #expect((try parsed(well)["data"] as? [String: Any])?["failure"] == nil)
    }
}
