// Every cap: kept to the octet, and said when it is reached.

import MaloteCore
import MaloteMessage
import Testing

struct LimitTests {
    private func limits(_ change: (inout MailLimits) -> Void) -> MailLimits {
        var limits = MailLimits()
        change(&limits)
        return limits
    }

    @Test func headerBlock() {
        let limits = limits { $0.headerOctets = 20 }
        let seen = view(octets("A: 12345\nB: 12345\nC: 1\n\nbody"), limits: limits)
        #expect(seen.headers.map(\.name) == ["A", "B"])
        #expect(seen.text == "body")
        #expect(seen.defects == ["The header is larger than what is looked at."])
        #expect(view(octets("A: 12345\nB: 12345\n\nbody"), limits: limits).defects.isEmpty)
    }

    @Test func oneHeader() {
        let limits = limits { $0.fieldOctets = 10 }
        let seen = view(octets("A: 1234\n 56789\nB: 12345678901\nC: 1234567890\n\nbody"), limits: limits)
        #expect(seen.headers.map(\.value) == ["1234 56789", "1234567890", "1234567890"])
        #expect(seen.defects == ["The header is larger than what is looked at."])
        #expect(view(octets("C: 1234567890\n\n"), limits: limits).defects.isEmpty)
    }

    @Test func fields() {
        let seen = view(octets("A: 1\nB: 2\nC: 3\n folded\n\nbody"), limits: limits { $0.fields = 2 })
        #expect(seen.headers.map(\.value) == ["1", "2"])
        #expect(seen.defects == ["The header is larger than what is looked at."])
    }

    @Test func addresses() {
        let limits = limits { $0.addresses = 2 }
        let seen = view(octets("To: a@x.example, b@x.example\nTo: c@x.example\n\n"), limits: limits)
        #expect(seen.to.map(\.address) == ["a@x.example", "b@x.example"])
        #expect(seen.defects == ["A header has more than 2 addresses."])
        #expect(view(octets("To: a@x.example, b@x.example\n\n"), limits: limits).defects.isEmpty)
    }

    @Test func parts() {
        let limits = limits { $0.parts = 3 }
        let head = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: a/b\n\nx\n"
        #expect(view(octets(head + "--b--\n"), limits: limits).defects.isEmpty)
        let seen = view(octets(head + "--b\n\ntwo\n--b--\n"), limits: limits)
        #expect(seen.text == "one")
        #expect(seen.attachments.count == 1)
        #expect(seen.defects == ["The mail has more than 3 parts."])
    }

    @Test func depth() {
        func nested(_ levels: Int) -> MessageView {
            let open = (0..<levels).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
            let close = (0..<levels).reversed().map { "\n--b\($0)--\n" }.joined()
            return view(octets(open + "\nbody" + close), limits: limits { $0.depth = 5 })
        }
        #expect(nested(5).text == "body")
        #expect(nested(5).defects.isEmpty)
        #expect(nested(6).text == "")
        #expect(nested(6).attachments.map(\.type) == ["multipart/mixed"])
        #expect(nested(6).defects == ["Parts are nested deeper than 5 levels or 3 encodings."])
    }

    @Test func boundary() {
        let limits = limits { $0.boundary = 3 }
        func mail(_ boundary: String) -> [UInt8] {
            octets("Content-Type: multipart/mixed; boundary=\(boundary)\n\n--\(boundary)\n\nbody\n--\(boundary)--\n")
        }
        #expect(view(mail("abc"), limits: limits).text == "body")
        #expect(
            view(mail("abcd"), limits: limits).defects == ["A multipart has no usable boundary; it is read as text."])
    }

    @Test func fileName() {
        let limits = limits { $0.fileName = 10 }
        let seen = view(octets("Content-Type: a/b; name=\"long name.exe\"\n\nx"), limits: limits)
        #expect(seen.attachments.map(\.name) == ["long n.exe"])
        #expect(seen.defects == ["The name of an attachment is longer than what is shown."])
    }

    @Test func text() {
        let limits = limits { $0.text = 4 }
        #expect(view(octets("\n\nfour"), limits: limits).defects.isEmpty)
        let seen = view(octets("\n\néée"), limits: limits)
        #expect(seen.text == "éé")
        #expect(seen.defects == ["The text is longer than what is shown."])
    }

    @Test func textOfAllPartsTogether() {
        let part = "--b\n\n0123456789012345678901234567890123456789\n"
        let seen = view(
            octets("Content-Type: multipart/mixed; boundary=b\n\n" + part + part + part + "--b--\n"),
            limits: limits { $0.text = 50 })
        #expect(seen.text.utf8.count == 50)
        #expect(seen.defects == ["The text is longer than what is shown."])
    }

    @Test func html() {
        let limits = limits { $0.html = 10 }
        let seen = view(octets("Content-Type: text/html\n\n<p>" + String(repeating: "a", count: 100)), limits: limits)
        #expect(seen.html == "<p>" + String(repeating: "a", count: 23) + "</p>")
        #expect(seen.defects == ["The HTML is longer than what is shown."])
    }

    @Test func filesInsideAPart() {
        let file = "begin 644 a\n#86)C\n`\nend\n"
        let seen = view(octets("\n\n" + file + file + file), limits: limits { $0.parts = 2 })
        #expect(seen.attachments.count == 2)
        #expect(seen.text == file)
    }

    @Test func reports() {
        let seen = view(
            octets("Content-Type: message/delivery-status\n\n" + String(repeating: "A: b\n\n", count: 30)),
            limits: limits { $0.headerOctets = 80 })
        #expect(seen.report?.groups.count == 10)
        #expect(seen.defects == ["A report is longer than what is looked at."])
    }

    /// Nothing is unpacked: no octet counts twice, but those of a winmail.dat.
    @Test(arguments: SampleMails.all) func decodedIsNeverMoreThanTwiceTheSource(_ sample: SampleMail) {
        let seen = view(sample.octets)
        #expect(seen.attachments.map(\.size).reduce(0, +) <= 2 * sample.octets.count)
    }
}
