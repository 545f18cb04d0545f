// What is built is read by another program, Python's email package, as it was meant.

import Foundation
import MaloteCore
import MaloteMessage
import Testing

struct PythonReadsTests {
    private static let longWord = String(repeating: "wort", count: 400)
    /// Of subjects, names, texts and file names alike.
    private static let words = [
        "Hello", "Olá, ação", "日本語の件名", "👩‍👩‍👧‍👦🇧🇷👍🏽", "e\u{301}a\u{308}\u{323}", "עברית שלום", "\u{202E}gpj.exe",
        String(repeating: "👩‍👩‍👧‍👦", count: 10), String(repeating: "ação ", count: 30) + "fim", "=?utf-8?Q?not_a_word?=",
        "a \"b\" \\ c", "x: y; z=1, (w) <v@example.com>", String(repeating: "x", count: 250), "100% 'of' it",
        "a\u{A0}b",
    ]
    private static let texts =
        words + [
            "", ".\n..\n.x\n.", "From me\n>From you\n From", "trailing \t \nblanks  \n", longWord, "\u{0}\u{1}\u{7F}",
            String(repeating: "é", count: 2000), "--\n-- \n--=_x--", "a=b=3D=", "line\u{2028}separator",
        ]

    private static func message(_ number: Int) -> OutgoingMessage {
        let word = words[number % words.count]
        // Python puts blanks between the encoded-words of one name, wherever they are cut.
        let name = word.utf8.count <= 40 ? word : "Ana"
        var message = OutgoingMessage(
            from: MailAddress(name: name, address: "desk@example.com"),
            to: [
                MailAddress(name: "B", address: "b@example.com"), MailAddress(name: name, address: "ana@example.com"),
            ],
            subject: word, text: texts[number], messageID: "<\(number)@example.com>",
            date: Timestamp(seconds: 1_795_000_000))
        message.html = number.isMultiple(of: 2) ? "<p>\(texts[number])</p>" : nil
        if !number.isMultiple(of: 3) {
            message.attachments = [
                .init(name: word, type: "image/png", content: Array(word.utf8), contentID: "i\(number)@example.com"),
                .init(name: word, type: "application/pdf", content: Array(word.utf8)),
            ]
        }
        message.inReplyTo = "<parent@example.com>"
        message.references = ["<root@example.com>", "<parent@example.com>"]
        message.autoSubmitted = "auto-generated"
        return message
    }

    /// What Python makes of one mail.
    private struct Seen: Decodable, Equatable {
        struct Person: Decodable, Equatable { var name, address: String }
        struct File: Decodable, Equatable { var name, content, disposition, contentID: String }
        var subject, text, html, references, parent, automatic: String
        var from, to: [Person]
        var files: [File]
        var defects: [String]

        /// What it should make of it.
        init(_ message: OutgoingMessage) {
            func person(_ address: MailAddress) -> Person {
                Person(name: address.name ?? "", address: address.address)
            }
            func ended(_ text: String) -> String { text.isEmpty || text.hasSuffix("\n") ? text : text + "\n" }
            subject = message.subject
            text = ended(message.text)
            html = message.html.map(ended) ?? ""
            references = message.references.joined(separator: " ")
            parent = message.inReplyTo ?? ""
            automatic = message.autoSubmitted ?? ""
            from = [person(message.from)]
            to = message.to.map(person)
            files = message.attachments.map { file in
                let contentID = message.html == nil ? nil : file.contentID
                return File(
                    name: file.name, content: Data(file.content).base64EncodedString(),
                    disposition: contentID == nil ? "attachment" : "inline",
                    contentID: contentID.map { "<\($0)>" } ?? "")
            }
            defects = []
        }
    }

    private static let script = """
        import base64, email, email.policy, json, sys

        def people(field):
            return [{"name": a.display_name, "address": a.addr_spec} for a in field.addresses]

        def text(part):
            return part.get_content().replace("\\r\\n", "\\n") if part else ""

        seen = []
        for octets in json.load(sys.stdin):
            mail = email.message_from_bytes(base64.b64decode(octets), policy=email.policy.default)
            parts = list(mail.walk())
            seen.append({
                "subject": mail["subject"], "from": people(mail["from"]), "to": people(mail["to"]),
                "text": text(mail.get_body(("plain",))), "html": text(mail.get_body(("html",))),
                "references": mail["references"], "parent": mail["in-reply-to"], "automatic": mail["auto-submitted"],
                "files": [{
                    "name": part.get_filename(), "disposition": part.get_content_disposition(),
                    "content": base64.b64encode(part.get_payload(decode=True)).decode(),
                    "contentID": part["content-id"] or ""} for part in parts if part.get_content_disposition()],
                "defects": [str(defect) for part in parts for defect in part.defects]
                    + [str(defect) for name in ("subject", "from", "to") for defect in mail[name].defects],
            })
        print(json.dumps(seen))
        """

    private static func read(_ mails: [[UInt8]]) throws -> [Seen] {
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", "-c", script]
        let (input, output) = (Pipe(), Pipe())
        (python.standardInput, python.standardOutput) = (input, output)
        try python.run()
        let question = try JSONEncoder().encode(mails.map { Data($0) })
        try input.fileHandleForWriting.write(contentsOf: question)
        try input.fileHandleForWriting.close()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        python.waitUntilExit()
        return try JSONDecoder().decode([Seen].self, from: answer)
    }

    @Test func whatIsBuiltIsReadAsItWasMeant() throws {
        let codec = MailCodec(hashing: PlainHashing())
        let messages = Self.texts.indices.map(Self.message)
        let mails = try messages.map(codec.build)
        let seen = try Self.read(mails)
        #expect(seen.count == messages.count)
        for (message, seen) in zip(messages, seen) { #expect(seen == Seen(message)) }
        // And by ourselves.
        for (message, mail) in zip(messages, mails) {
            let view = try codec.view(RawMessage(mail))
            #expect(view.subject == message.subject)
            #expect(view.from == message.from)
            #expect(view.to == message.to)
            #expect(view.defects.isEmpty)
            #expect(view.attachments.count == message.attachments.count)
        }
    }
}
