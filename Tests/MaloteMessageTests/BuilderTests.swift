// What is built can be read again, is well formed, and cannot be broken out of.

import Foundation
import MaloteCore
import MaloteMessage
import Testing

struct BuilderTests {
    private static let codec = MailCodec(hashing: PlainHashing())

    private static func message(_ change: (inout OutgoingMessage) -> Void = { _ in }) -> OutgoingMessage {
        var message = OutgoingMessage(
            from: MailAddress(name: "Service Desk", address: "desk@example.com"),
            to: [MailAddress(address: "ana@example.com")], subject: "Hello", text: "Hello\n",
            messageID: "<1@example.com>", date: Timestamp(seconds: 1_795_000_000))
        change(&message)
        return message
    }

    /// Builds, checks the form of every line, and reads again.
    private static func built(_ change: (inout OutgoingMessage) -> Void) throws -> MessageView {
        let bytes = try codec.build(message(change))
        try expectForm(bytes)
        return try codec.view(RawMessage(bytes))
    }

    private static func expectForm(_ bytes: [UInt8]) throws {
        #expect(bytes.allSatisfy { $0 == 0x0D || $0 == 0x0A || $0 == 0x09 || (0x20...0x7E).contains($0) })
        let text = try #require(String(validating: bytes, as: UTF8.self))
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        #expect(lines.dropLast().allSatisfy { $0.utf8.last == 0x0D && $0.utf8.filter { $0 == 0x0D }.count == 1 })
        #expect(lines.last == "")
        #expect(lines.allSatisfy { $0.utf8.count <= 999 })
        for line in lines.prefix(while: { $0 != "\r" }).map({ String($0.unicodeScalars.dropLast()) }) {
            // What is longer has nowhere to fold: a name and one word.
            let words = line.split(separator: " ")
            #expect(line.utf8.count <= 78 || words.count <= 2, "\(line)")
            #expect(words.allSatisfy { !$0.hasPrefix("=?") || $0.utf8.count <= 75 })
            #expect(!line.contains { $0 == "\t" } && line.contains { $0 != " " })
            if line.contains("=?UTF-8?") { #expect(line.utf8.count <= 76, "\(line)") }
        }
    }

    @Test(arguments: [
        "", "Hello", "Olá", "日本語の件名", String(repeating: "ação ", count: 60) + "fim", String(repeating: "x", count: 300),
        String(repeating: "word ", count: 100) + "end", "a  b   c", "=?utf-8?Q?not_a_word?=",
        "[ACME-42] Re: \"x\", <y>; (z)",
        "👩‍👩‍👧‍👦🇧🇷" + String(repeating: "👩‍👩‍👧‍👦", count: 20), "a?=b =? c", "e\u{301}", "x: y", String(repeating: "=", count: 200),
        String(repeating: "é", count: 38) + " " + String(repeating: "z", count: 1500),
    ])
    func subjects(_ subject: String) throws {
        #expect(try Self.built { $0.subject = subject }.subject == subject)
    }

    @Test(arguments: [
        "Ana", "Ana Lima", "Lima, Ana", "Ana \"A\" Lima", #"back\slash"#, "João", "a@b.example", "x <y@z.example>",
        "(comment)",
        "Team: one; two", "=?utf-8?Q?x?=", "a  b", String(repeating: "Ana Maria ", count: 30) + "Lima", "日本語", ".", "-",
        "O'Hara",
    ])
    func names(_ name: String) throws {
        let person = MailAddress(name: name, address: "ana@example.com")
        let other = MailAddress(name: "B", address: "b@example.com")
        let seen = try Self.built {
            $0.from = person
            $0.to = [person, other, person]
            $0.replyTo = [person]
        }
        #expect(seen.from == person)
        #expect(seen.to == [person, other, person])
        #expect(seen.replyTo == [person])
    }

    @Test(arguments: [
        "", "a", "Hello\nthere\n", ".\n..\n.x\nend", "trailing blank \nand tab\t\nend", "Olá, ação: 日本語 👩‍👩‍👧‍👦",
        "From me\n>From you\nFrom",
        String(repeating: "x", count: 5000), String(repeating: "é", count: 3000), "a=b=3D=\n=", "--\n-- \nAna",
        "--=_x\n--=_x--",
        "\n\n\nleading", "tab\there", "\u{0}\u{1}\u{7F}", String(repeating: " ", count: 200),
        "café" + String(repeating: " ", count: 100) + "x",
    ])
    func texts(_ text: String) throws {
        let ended = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
        #expect(try Self.built { $0.text = text }.text == ended)
        let seen = try Self.built {
            $0.text = text
            $0.html = "<p>é</p>"
            $0.attachments = [.init(name: "a.bin", type: "application/octet-stream", content: [0, 255, 10, 13])]
        }
        if !ended.allSatisfy({ $0 == " " || $0 == "\n" }) { #expect(seen.text == ended) }
        #expect(seen.html == "<p>é</p>\n")
        #expect(seen.attachments.map(\.size) == [4])
    }

    @Test(arguments: ["a\r\nb", "a\rb", "a\nb"])
    func lineEndsBecomeOne(_ text: String) throws {
        #expect(try Self.built { $0.text = text }.text == "a\nb\n")
    }

    @Test(arguments: [
        "a.pdf", "report 1.pdf", "café.pdf", "日本語.txt", "a\"b.pdf", "a;b=c.pdf", "100%.pdf", "it's.pdf",
        "=?utf-8?Q?x?=.pdf",
        String(repeating: "long", count: 40) + ".pdf", String(repeating: "é", count: 100) + ".pdf", "a  b.pdf",
        ".hidden", "👍.png",
    ])
    func fileNames(_ name: String) throws {
        let seen = try Self.built {
            $0.attachments = [.init(name: name, type: "application/pdf", content: Array("x".utf8))]
        }
        #expect(seen.attachments.map(\.name) == [name])
        #expect(seen.attachments.map(\.type) == ["application/pdf"])
        #expect(seen.text == "Hello\n")
    }

    /// Programs that do not know RFC 2231 read the name beside the type.
    @Test func aFileNameForAll() throws {
        let bytes = try Self.codec.build(
            Self.message { $0.attachments = [.init(name: "ação.pdf", type: "a/b", content: [])] })
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("Content-Type: a/b;\r\n name=\"=?UTF-8?B?YcOnw6NvLnBkZg==?=\"\r\n"))
        #expect(text.contains("Content-Disposition: attachment;\r\n filename*=utf-8''a%C3%A7%C3%A3o.pdf\r\n"))
    }

    @Test func imagesThatTheHTMLShows() throws {
        let image = OutgoingMessage.Attachment(
            name: "logo.png", type: "image/png", content: [1, 2, 3], contentID: "logo@example.com")
        let file = OutgoingMessage.Attachment(name: "a.pdf", type: "application/pdf", content: [4])
        let seen = try Self.built {
            $0.html = "<p><img src=\"cid:logo@example.com\"></p>"
            $0.attachments = [image, file]
        }
        #expect(seen.attachments.map(\.name) == ["logo.png", "a.pdf"])
        #expect(seen.attachments.map(\.contentID) == ["logo@example.com", nil])
        #expect(seen.attachments.map(\.isInline) == [true, false])
        #expect(seen.html == "<p><img src=\"cid:logo@example.com\"></p>\n")
        #expect(seen.text == "Hello\n")
        // Without HTML it is a file like others.
        let plain = try Self.built { $0.attachments = [image] }
        #expect(plain.attachments.map(\.isInline) == [false])
    }

    @Test(arguments: ["", "a b", "a>b", "<a", "a\r\nX: y", "é", String(repeating: "x", count: 300)])
    func aBadContentIDIsRefused(_ contentID: String) {
        let message = Self.message {
            $0.html = "x"
            $0.attachments = [.init(name: "a", type: "a/b", content: [], contentID: contentID)]
        }
        #expect(throws: Failure.self) { try Self.codec.build(message) }
    }

    @Test func aLongThreadIsBounded() throws {
        let references = (0..<2000).map { "<\($0)@example.com>" }
        #expect(try Self.built { $0.references = references }.references == references.suffix(100))
    }

    /// A family of four takes 25 octets, and stays in one piece.
    @Test func encodedWordsKeepCharactersWhole() throws {
        let bytes = try Self.codec.build(Self.message { $0.subject = String(repeating: "👩‍👩‍👧‍👦", count: 9) })
        let header = String(decoding: bytes, as: UTF8.self).components(separatedBy: "Message-ID")[0]
        let words = header.components(separatedBy: "=?UTF-8?B?").dropFirst().map { $0.components(separatedBy: "?=")[0] }
        #expect(words.count == 9)
        #expect(Set(words).count == 1)
    }

    @Test(arguments: [0, 1, 2, 3, 56, 57, 58, 1000]) func contents(_ count: Int) throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let seen = try Self.built { $0.attachments = [.init(name: "a", type: "a/b", content: content)] }
        #expect(seen.attachments.first?.sha256 == content.withUnsafeBytes(PlainHashing().sha256))
    }

    @Test func threadAndDate() throws {
        let references = (0..<40).map { "<\($0).some.long.identifier@mail.example.com>" }
        let seen = try Self.built {
            $0.inReplyTo = "<parent@example.com>"
            $0.references = references
            $0.autoSubmitted = "auto-replied"
            $0.extraHeaders = [.init(name: "X-Note", value: "café")]
        }
        #expect(seen.messageID == "<1@example.com>")
        #expect(seen.inReplyTo == ["<parent@example.com>"])
        #expect(seen.references == references)
        #expect(seen.date == Timestamp(seconds: 1_795_000_000))
        #expect(seen.header("auto-submitted") == "auto-replied")
        #expect(seen.header("x-note") == "café")
    }

    @Test(arguments: [-86_401, -1, 0, 951_782_400, 4_102_444_799] as [Int64]) func dates(_ seconds: Int64) throws {
        #expect(try Self.built { $0.date = Timestamp(seconds: seconds) }.date == Timestamp(seconds: seconds))
    }

    @Test func theSameMessageGivesTheSameOctets() throws {
        let message = Self.message {
            $0.html = "<p>é"
            $0.attachments = [.init(name: "é", type: "a/b", content: [1])]
        }
        #expect(try Self.codec.build(message) == Self.codec.build(message))
    }

    @Test func aTextCannotHoldTheBoundary() throws {
        let first = try Self.codec.build(Self.message { $0.html = "x" })
        let line = try #require(
            String(decoding: first, as: UTF8.self).split(separator: "\r\n").first { $0.hasPrefix("--=_") })
        let seen = try Self.built {
            $0.text = "\(line)\n\nforged\n\(line)--\n"
            $0.html = "x"
        }
        #expect(seen.text == "\(line)\n\nforged\n\(line)--\n")
    }

    @Test func addressesBeyondASCIIAreKept() throws {
        let bytes = try Self.codec.build(Self.message { $0.to = [MailAddress(name: "Ж", address: "жанна@пример.рф")] })
        #expect(try Self.codec.view(RawMessage(bytes)).to == [MailAddress(name: "Ж", address: "жанна@пример.рф")])
    }
}
