// What lies inside attachments: returned headers, reports for machines, files in texts and in a winmail.dat.

import MaloteCore
import Testing

struct InsideTests {
    private static let mixed = "Content-Type: multipart/mixed; boundary=b\n\n"

    // MARK: - Mails inside

    @Test(arguments: [
        Case("a mail", "message/rfc822\n\nSubject: in\nMessage-ID: <m@x.example>\n\nbody\n", "in.eml"),
        Case(
            "a mail in Base64",
            "message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaW4NCk1lc3NhZ2UtSUQ6IDxtQHguZXhhbXBsZT4NCg0KSGk=\n",
            "in.eml"),
        Case("a header alone", "text/rfc822-headers\n\nSubject: in\nMessage-ID: <m@x.example>\n", "in.eml"),
        Case(
            "a header in UTF-8", "message/global-headers; name=h.txt\n\nSubject: in\nMessage-ID: <m@x.example>\n",
            "h.txt"),
        Case("blank lines first", "message/rfc822\n\n\n\nSubject: in\nMessage-ID: <m@x.example>\n\n", "in.eml"),
    ])
    func enclosedHeaders(_ item: Case<String>) {
        let seen = view(Self.mixed + "--b\n\nbody\n--b\nContent-Type: \(item.given)\n--b--\n")
        #expect(seen.enclosedHeaders.map(\.name) == ["Subject", "Message-ID"])
        #expect(seen.enclosedHeaders.map(\.value) == ["in", "<m@x.example>"])
        #expect(seen.attachments.map(\.name) == [item.expected])
        #expect(seen.report == nil)
    }

    @Test func theFirstEnclosedHeaderCountsAndAllAreNamed() {
        let seen = view(
            "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: =?utf-8?Q?caf=C3=A9?=\nX-A: 1\n\nx\n--b\n\nSubject: two\n\nx\n--b\n\nX-A: 3\n\nx\n--b--\n"
        )
        #expect(seen.enclosedHeaders.map(\.value) == ["café", "1"])
        #expect(seen.attachments.map(\.name) == ["café.eml", "two.eml", "message.eml"])
    }

    @Test func aMailWithoutOneHasNone() {
        let seen = view("Subject: x\n\nbody")
        #expect(seen.enclosedHeaders.isEmpty)
        #expect(seen.report == nil)
    }

    // MARK: - Reports

    @Test func groupsOfADeliveryReport() {
        let seen = view(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\nFinal-Recipient: rfc822; a@x.example\nDiagnostic-Code: smtp; 550\n  no such user\nnot a field\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; b@x.example\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <m@x.example>\n--b--\n"
        )
        #expect(seen.text == "It failed.")
        #expect(seen.report?.type == "message/delivery-status")
        #expect(
            seen.report?.groups.map { $0.map(\.name) } == [
                ["Reporting-MTA"], ["Final-Recipient", "Diagnostic-Code", "Status"], ["Final-Recipient"],
            ])
        #expect(seen.report?.groups[1][1].value == "smtp; 550 no such user")
        #expect(seen.enclosedHeaders.map(\.value) == ["<m@x.example>"])
        #expect(seen.attachments.map(\.type) == ["message/delivery-status", "text/rfc822-headers"])
    }

    @Test(arguments: [
        "message/global-delivery-status", "message/disposition-notification", "message/feedback-report",
        "message/tracking-status",
    ])
    func otherReports(_ type: String) {
        let seen = view(
            Self.mixed + "--b\nContent-Type: \(type)\nContent-Transfer-Encoding: base64\n\nQTogYg0KDQpDOiBk\n--b--\n")
        #expect(
            seen.report == .init(type: type, groups: [[.init(name: "A", value: "b")], [.init(name: "C", value: "d")]]))
    }

    // MARK: - Files in a text

    @Test(arguments: [
        Case("among lines", "see\nbegin 644 a b.txt\n#86)C\n`\nend\nthere\n", ["see\nthere\n", "a b.txt 3"]),
        Case("two", "begin 644 a\n#86)C\n`\nend\nbegin 0600 c\n#86)C\n#86)C\n`\nend\n", ["", "a 3", "c 6"]),
        Case("no end", "begin 644 a\n#86)C\n", ["", "a 3"]),
        Case("text where data should be", "begin 644 a\n#86)C\nThat was it.\n", ["That was it.\n", "a 3"]),
        Case("words that are no start", "begin 644 x of a list\nand so on\n", ["begin 644 x of a list\nand so on\n"]),
        Case("a start without a mode", "begin here\n#86)C\n", ["begin here\n#86)C\n"]),
        Case("a start at the end", "see\nbegin 644 a", ["see\nbegin 644 a"]),
        Case("a start before a start", "begin 644 a\nbegin 644 b\n#86)C\n`\nend\n", ["begin 644 a\n", "b 3"]),
        Case("not at the start of a line", " begin 644 a\n#86)C\n", [" begin 644 a\n#86)C\n"]),
    ])
    func uuencoded(_ item: Case<[String]>) {
        let seen = view("Subject: x\n\n" + item.given)
        #expect([seen.text] + seen.attachments.map { "\($0.name) \($0.size)" } == item.expected)
    }

    @Test func theDigestIsOfTheFile() {
        let seen = view("Subject: x\n\nbegin 644 a\n#86)C\n`\nend\n")
        #expect(seen.attachments.first?.sha256 == Array("abc".utf8).withUnsafeBytes(PlainHashing().sha256))
    }

    /// Blanks mean zeros; some relays trim them.
    @Test func theZerosAtTheEndOfALineAreKept() {
        let seen = view("Content-Type: a/b\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n$86)C\n`\nend\n")
        #expect(seen.attachments.first?.sha256 == Array("abc\0".utf8).withUnsafeBytes(PlainHashing().sha256))
    }

    // MARK: - winmail.dat

    private func tnef(_ content: [UInt8], _ type: String = "application/ms-tnef; name=winmail.dat") -> MessageView {
        view(mail("Content-Type: \(type)", content))
    }

    @Test(arguments: ["application/ms-tnef", "application/vnd.ms-tnef", "application/octet-stream; name=WinMail.dat"])
    func filesOfAWinmail(_ type: String) {
        let content = TNEFSample.bytes([
            ("A.TXT", nil, "abc"), ("LONGFI~1.TXT", "Relatório.txt", "defgh"), ("E", nil, ""),
        ])
        let seen = tnef(content, type)
        #expect(seen.attachments.map(\.name).dropFirst() == ["A.TXT", "Relatório.txt", "E"])
        #expect(seen.attachments.map(\.size) == [content.count, 3, 5, 0])
        #expect(seen.attachments[1].sha256 == Array("abc".utf8).withUnsafeBytes(PlainHashing().sha256))
        #expect(seen.defects.isEmpty)
    }

    @Test func aCutWinmailGivesWhatItHas() {
        let content = TNEFSample.bytes([("A.TXT", nil, "abc"), ("B.TXT", "bbbb.txt", "defgh")])
        for end in 0...content.count {
            let seen = tnef(Array(content[..<end]))
            #expect(seen.attachments.first?.size == end)
            #expect(seen.attachments.dropFirst().allSatisfy { $0.size <= 5 })
        }
    }

    @Test func whatIsNoWinmailIsAnAttachment() {
        #expect(tnef(Array("no TNEF at all".utf8)).attachments.map(\.name) == ["winmail.dat"])
        // A length beyond the end and a level that is none.
        #expect(tnef([0x78, 0x9F, 0x3E, 0x22, 1, 0, 2, 0x02, 0x90, 6, 0, 255, 255, 255, 255]).attachments.count == 2)
        #expect(tnef([0x78, 0x9F, 0x3E, 0x22, 1, 0, 9, 0x02, 0x90, 6, 0, 1, 0, 0, 0]).attachments.count == 1)
    }

    @Test func rubbishPropertiesOfAWinmailAreSkipped() {
        for seed in 0..<300 as Range<UInt64> {
            var dice = Dice(seed)
            var content = TNEFSample.bytes([("A.TXT", "long name.txt", "abc")])
            for _ in 0...dice.roll(8) { content[dice.roll(content.count)] = UInt8(truncatingIfNeeded: dice.roll(256)) }
            #expect(tnef(content).attachments.allSatisfy { !$0.name.isEmpty && !$0.name.hasControlCharacter })
        }
    }
}
