// Multiparts as they really come: boundaries nested, forgotten, repeated, encoded; and which of the forms is read.

import MaloteCore
import MaloteMessage
import Testing

struct BoundaryTests {
    private static let mixed = "Content-Type: multipart/mixed; boundary=b\n\n"

    @Test(arguments: [
        Case(
            "an outer boundary ends whatever is open",
            mixed
                + "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: multipart/mixed; boundary=d\n\n--d\n\none\n--b\n\ntwo\n--d\nstill two\n--b--\n",
            "one\ntwo\n--d\nstill two"),
        Case(
            "the same boundary inside itself",
            mixed + "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--\n",
            "one\ntwo"),
        Case(
            "a boundary that ends like a last one",
            "Content-Type: multipart/mixed; boundary=\"b--\"\n\n--b--\n\none\n--b--\n\ntwo\n--b----\n", "one\ntwo"),
        Case(
            "quotes and blanks around the boundary",
            "Content-Type: multipart/mixed; boundary=\" b \"\n\n--b\n\none\n--b--\n", "one"),
        Case(
            "a boundary that looks encoded",
            "Content-Type: multipart/mixed; boundary=\"=?utf-8?Q?a?=\"\n\n--=?utf-8?Q?a?=\n\none\n--=?utf-8?Q?a?=--\n",
            "one"),
        Case(
            "a boundary in pieces",
            "Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\n\n--bc\n\none\n--bc--\n", "one"),
        Case(
            "a comment before the boundary", "Content-Type: multipart/mixed (x); boundary=b\n\n--b\n\none\n--b--\n",
            "one"),
        Case("no semicolon", "Content-Type: multipart/mixed boundary=b\n\n--b\n\none\n--b--\n", "one"),
        Case(
            "no blank line behind the mail's header", "Content-Type: multipart/mixed; boundary=b\n--b\n\none\n--b--\n",
            "one"),
        Case(
            "no blank line behind a part's header",
            mixed + "--b\nContent-Type: text/plain\nHello Ana,\nwell\n\nmore\n--b--\n", "Hello Ana,\nwell\n\nmore"),
        Case("only a header", mixed + "--b\nContent-Type: text/plain\n--b\n\none\n--b--\n", "one"),
        Case("a blank last line stays", mixed + "--b\n\none\n\n--b--\n", "one\n"),
        Case("a last boundary first", mixed + "one\n--b--\n", "one"),
        Case("what follows the end is nobody's", mixed + "--b\n\none\n--b--\n--b\n\ntwo\n", "one"),
        Case("a bare CR before a boundary", mixed + "--b\n\none\r--b--\n", "one"),
        Case("the end of the mail is the end of the line", mixed + "--b\n\none\n--b--", "one"),
        Case("boundaries in capitals differ", mixed + "--b\n\none\n--B\ntwo\n--b--\n", "one\n--B\ntwo"),
    ])
    func text(_ item: Case<String>) {
        #expect(view(item.given).text == item.expected)
    }

    @Test func anEncodedMultipartIsRead() {
        let inner = Array("--b\r\n\r\nbody\r\n--b\r\nContent-Type: a/b\r\n\r\nabc\r\n--b--\r\n".utf8)
        let seen = view(
            octets("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n") + base64(inner))
        #expect(seen.text == "body")
        #expect(seen.attachments.map(\.size) == [3])
        #expect(seen.defects.isEmpty)
    }

    @Test func aMultipartThatOnlySaysBase64IsRead() {
        let seen = view(
            "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\nbody\n--b--\n")
        #expect(seen.text == "body")
    }

    @Test func encodingsAroundEachOtherHaveAnEnd() {
        func nested(_ levels: Int) -> MessageView {
            func head(_ level: Int) -> [UInt8] {
                octets("Content-Type: multipart/mixed; boundary=b\(level)\nContent-Transfer-Encoding: base64\n\n")
            }
            var mail = octets("--b1\n\nbody\n--b1--\n")
            for level in 1..<levels {
                mail = octets("--b\(level + 1)\n") + head(level) + base64(mail) + octets("\n--b\(level + 1)--\n")
            }
            return view(head(levels) + base64(mail))
        }
        #expect(nested(3).text == "body")
        #expect(nested(3).defects.isEmpty)
        #expect(nested(4).text == "")
        #expect(nested(4).attachments.map(\.type) == ["multipart/mixed"])
        #expect(nested(4).defects.contains { $0.contains("3 encodings") })
    }

    private func base64(_ bytes: [UInt8]) -> [UInt8] { Base64.encode(bytes) }

    @Test(arguments: [
        Case("plain counts", "--b\n\nplain\n--b\nContent-Type: text/html\n\n<p>rich\n--b--\n", "plain"),
        Case("whatever the order", "--b\nContent-Type: text/html\n\n<p>rich\n--b\n\nplain\n--b--\n", "plain"),
        Case("unless it is empty", "--b\n\n \n\n--b\nContent-Type: text/html\n\n<p>rich\n--b--\n", "rich"),
        Case(
            "HTML among images",
            "--b\n\nplain\n--b\nContent-Type: multipart/related; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>rich\n--c\nContent-Type: image/png\n\nx\n--c--\n--b--\n",
            "plain"),
        Case(
            "other forms are no attachments",
            "--b\n\nplain\n--b\nContent-Type: text/x-amp-html\n\n<amp>\n--b\nContent-Type: text/html\n\n<p>rich\n--b--\n",
            "plain"),
    ])
    func alternatives(_ item: Case<String>) {
        let seen = view("Content-Type: multipart/alternative; boundary=b\n\n" + item.given)
        #expect(seen.text == item.expected)
        #expect(seen.html == "<p>rich</p>" || seen.html == "<p>rich\n</p>")
        #expect(seen.attachments.allSatisfy { $0.type == "image/png" })
    }

    @Test func aFooterBehindHTMLIsNotTheText() {
        let seen = view(
            Self.mixed + "--b\nContent-Type: text/html\n\n<p>Please help</p>\n--b\n\n_____\nlist footer\n--b--\n")
        #expect(seen.text == "Please help\n_____\nlist footer")
    }

    @Test func plainTextBeforeHTMLIsTheText() {
        #expect(view(Self.mixed + "--b\n\nplain\n--b\nContent-Type: text/html\n\n<p>the same\n--b--\n").text == "plain")
    }

    @Test func theOnlyTextIsReadWhateverItsName() {
        #expect(view("Content-Type: text/plain; name=a.txt\n\nHello").text == "Hello")
        let attached = view("Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nHello")
        #expect(attached.text == "")
        #expect(attached.attachments.map(\.name) == ["a.txt"])
    }

    @Test(arguments: [
        "message/partial; id=x; number=1; total=2", "message/external-body; access-type=x", "message/http", "text/csv",
    ])
    func whateverElseIsListed(_ type: String) {
        let seen = view(Self.mixed + "--b\n\nbody\n--b\nContent-Type: \(type)\n\nabc\n--b--\n")
        #expect(seen.text == "body")
        #expect(seen.attachments.map(\.size) == [3])
    }

    @Test(arguments: [
        Case("text follows", "Subject: a\nHello Ana,\nthis is: text\n\nmore", "Hello Ana,\nthis is: text\n\nmore"),
        Case("text that is folded", "Subject: a\nHello\n  indented\n\nmore", "Hello\n  indented\n\nmore"),
        Case("text to the end", "Subject: a\nHello", "Hello"),
        Case("noise among the fields", "Subject: a\n__\n x\nX-A: b\n\nmore", "more"),
        Case("noise before a known field", "Subject: a\nnoise\nDate: b\n\nmore", "more"),
        Case("a blank folded line", "Subject: a\n \t\nX-A: b\n\nmore", "more"),
        Case("no header", "Hello: not\nreally\n\nmore", "really\n\nmore"),
    ])
    func headersWithoutAnEnd(_ item: Case<String>) {
        #expect(view(item.given).text == item.expected)
    }
}
