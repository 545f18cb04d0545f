// Attempts to write a header, a recipient or a part of one's own through a value: all are refused, naming the field.

import MaloteCore
import MaloteMessage
import Testing

/// A field and how a value gets into it.
struct Entry: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var write: @Sendable (inout OutgoingMessage, String) -> Void
    init(_ name: String, _ write: @escaping @Sendable (inout OutgoingMessage, String) -> Void) {
        testDescription = name
        self.write = write
    }
}

struct InjectionTests {
    static let addresses: [Entry] = [
        Entry("From") { $0.from.address = $1 },
        Entry("To") { $0.to = [MailAddress(address: "a@b.example"), MailAddress(address: $1)] },
        Entry("Reply-To") { $0.replyTo = [MailAddress(address: $1)] },
    ]
    static let texts: [Entry] = [
        Entry("From") { $0.from.name = $1 },
        Entry("To") { $0.to[0].name = $1 },
        Entry("Reply-To") { $0.replyTo = [MailAddress(name: $1, address: "a@b.example")] },
        Entry("Subject") { $0.subject = $1 },
        Entry("Message-ID") { $0.messageID = $1 },
        Entry("In-Reply-To") { $0.inReplyTo = $1 },
        Entry("References") { $0.references = ["<a@b>", $1] },
        Entry("Auto-Submitted") { $0.autoSubmitted = $1 },
        Entry("X-Extra") { $0.extraHeaders = [.init(name: "X-Extra", value: $1)] },
    ]

    private func refusal(_ write: (inout OutgoingMessage) -> Void) -> Failure? {
        var message = OutgoingMessage(
            from: MailAddress(address: "desk@example.com"), to: [MailAddress(address: "ana@example.com")],
            subject: "Hello", text: "Hello", messageID: "<1@example.com>", date: Timestamp(seconds: 0))
        write(&message)
        do {
            _ = try MailCodec(hashing: PlainHashing()).build(message)
            return nil
        } catch {
            return error
        }
    }

    private func expectRefusal(_ failure: Failure?, naming field: String) {
        #expect(failure?.kind == .permanent)
        #expect(failure?.cause == .rejected)
        #expect(failure?.detail.contains(field) == true)
        #expect(failure?.description.hasControlCharacter == false)
    }

    @Test(
        arguments: addresses + texts,
        [
            "a@b.example\r\nBcc: x@y.example", "a@b.example\nX: y", "a\r\n\r\nbody", "a\rb@c", "a\u{0}@b",
            "a\u{2028}b@c", "a\u{85}b@c", "a\u{7F}@b",
        ])
    func lineBreaksAndControls(_ entry: Entry, _ value: String) {
        expectRefusal(refusal { entry.write(&$0, value) }, naming: entry.testDescription)
    }

    @Test(
        arguments: addresses,
        [
            "a@b.example, x@y.example", "a@b.example>,<x@y.example", "x@y.example (a@b.example)", "a,b@c.example",
            "a;b@c.example",
            "Group:a@b.example", "\"a\"b\"@c.example", "\"a\\\"@c.example", "a b@c.example", "@c.example", "a@", "",
            "a",
        ])
    func secondRecipients(_ entry: Entry, _ address: String) {
        expectRefusal(refusal { entry.write(&$0, address) }, naming: entry.testDescription)
    }

    @Test(arguments: [
        "", "X Y", "X:", "X\r\nY", "Ünï", "Bcc\u{0}", "Subject", "FROM", "content-type", "Content-Transfer-Encoding",
        "MIME-Version",
        String(repeating: "X", count: 51),
    ])
    func namesOfExtraHeaders(_ name: String) {
        expectRefusal(refusal { $0.extraHeaders = [.init(name: name, value: "x")] }, naming: "extra header")
    }

    @Test(arguments: [
        ("a\r\nX: y", "a/b"), ("a\nb", "a/b"), ("", "a/b"), ("a\u{2028}", "a/b"), ("a", ""), ("a", "a"), ("a", "a/b/c"),
        ("a", "a/b; name=c"), ("a", "a/b\r\nX: y"), ("a", "a /b"), ("a", "é/b"),
        ("a", "a/" + String(repeating: "b", count: 200)),
    ])
    func attachments(_ name: String, _ type: String) {
        let failure = refusal { $0.attachments = [.init(name: name, type: type, content: [])] }
        expectRefusal(failure, naming: "attachment")
    }

    @Test(arguments: ["Message-ID", "In-Reply-To", "References", "To"])
    func wordsThatFitNoLine(_ field: String) {
        let long = "<" + String(repeating: "a", count: 1000) + "@b>"
        let failure = refusal { message in
            (Self.texts.filter { $0.testDescription != "To" } + Self.addresses).first { $0.testDescription == field }?
                .write(&message, long)
        }
        expectRefusal(failure, naming: field)
    }

    @Test func nonASCIIStaysOutOfIdentifiers() {
        expectRefusal(refusal { $0.messageID = "<é@b>" }, naming: "Message-ID")
    }
}
