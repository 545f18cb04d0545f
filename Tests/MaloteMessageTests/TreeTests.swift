// The tree of parts: which of them is the body, which are attachments, and what damage does.

import MaloteCore
import Testing

struct TreeTests {
    private static let mixed = "Content-Type: multipart/mixed; boundary=b\n\n"

    @Test(arguments: [
        Case("no header of MIME", "Subject: x\n\nHello\n", "Hello\n"),
        Case("no header at all", "Hello there\nSecond line\n", "Hello there\nSecond line\n"),
        Case("no body", "Subject: x\n", ""),
        Case("nothing", "", ""),
        Case(
            "alternative",
            "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<p>rich\n--b--\n",
            "plain"),
        Case(
            "alternative without plain text",
            "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>rich\n--b--\n",
            "rich"),
        Case(
            "alternative with an empty plain text",
            "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\nContent-Type: text/html\n\n<p>rich\n--b--\n",
            "rich"),
        Case("two texts", mixed + "--b\n\none\n--b\n\ntwo\n--b--\n", "one\ntwo"),
        Case("preamble and epilogue", mixed + "ignore\n--b\n\none\n--b--\nignore\n", "one"),
        Case(
            "a part without a header that reads like one", mixed + "--b\n\nNote: this is text\n\nMore\n--b--\n",
            "Note: this is text\n\nMore"),
        Case("a part without its blank line", mixed + "--b\nHello\n--b--\n", "Hello"),
        Case("a missing end", mixed + "--b\n\none\n", "one\n"),
        Case(
            "a missing inner end",
            mixed + "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--\n",
            "one\ntwo"),
        Case(
            "an inner boundary that starts like the outer one",
            mixed + "--b\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n\none\n--bb--\n--b\n\ntwo\n--b--\n",
            "one\ntwo"),
        Case("blanks behind a boundary", mixed + "--b  \n\none\n--b-- \n", "one"),
        Case(
            "a boundary inside a line", mixed + "--b\n\nsee --b here\n --b\n--bx\n--b--\n", "see --b here\n --b\n--bx"),
        Case("no boundary parameter", "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n", "--b\n\none\n--b--\n"),
        Case("a boundary that never comes", mixed + "one\ntwo\n", "one\ntwo\n"),
        Case("a fold that was lost", "Content-Type: multipart/mixed;\nboundary=\"b:\"\n\n--b:\n\none\n--b:--\n", "one"),
        Case("no fold but a body", "Content-Type: text/plain;\n\nboundary=b\n", "boundary=b\n"),
        Case("an unknown type of text", "Content-Type: text\n\none\n", "one\n"),
        Case("a damaged type", "Content-Type: ;charset=utf-8\n\none\n", "one\n"),
    ])
    func text(_ item: Case<String>) {
        #expect(view(item.given).text == item.expected)
    }

    @Test(arguments: ["\n", "\r", "\r\n"])
    func lineEnds(_ end: String) {
        let text =
            "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\ntwo\n--b\nContent-Type: image/png\n\nabc\n--b--\n"
        let seen = view(
            Array(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: end).utf8))
        #expect(seen.subject == "x")
        #expect(seen.text == "one\ntwo")
        #expect(seen.attachments.map(\.size) == [3])
    }

    @Test(arguments: [
        Case(
            "a text attachment",
            "--b\n\nbody\n--b\nContent-Disposition: attachment; filename=a.txt\n\nnot the body\n--b--\n",
            ["a.txt text/plain 12"]),
        Case(
            "a text attachment first", "--b\nContent-Disposition: attachment\n\nnot the body\n--b\n\nbody\n--b--\n",
            ["attachment-1.txt text/plain 12"]),
        Case(
            "a text with a name", "--b\n\nbody\n--b\nContent-Type: text/plain; name=a.log\n\nlog\n--b--\n",
            ["a.log text/plain 3"]),
        Case(
            "HTML as an attachment",
            "--b\n\nbody\n--b\nContent-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n<p>\n--b--\n",
            ["a.html text/html 3"]),
        Case(
            "calendar", "--b\n\nbody\n--b\nContent-Type: text/calendar\n\nBEGIN\n--b--\n",
            ["attachment-1.ics text/calendar 5"]),
        Case(
            "a forwarded mail stays whole",
            "--b\n\nbody\n--b\nContent-Type: message/rfc822\n\nSubject: in\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\ninner\n--c--\n--b--\n",
            ["in.eml message/rfc822 77"]),
        Case(
            "an encoded forwarded mail",
            "--b\n\nbody\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaW4NCg0KSGk=\n--b--\n",
            ["in.eml message/rfc822 17"]),
        Case(
            "a digest",
            "--b\n\nbody\n--b\nContent-Type: multipart/digest; boundary=c\n\n--c\n\nSubject: one\n\nx\n--c\n\nSubject: two\n\ny\n--c--\n--b--\n",
            ["one.eml message/rfc822 17", "two.eml message/rfc822 17"]),
        Case(
            "Base64 counts decoded",
            "--b\n\nbody\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAEC\nAwQ=\n--b--\n",
            ["attachment-1.png image/png 5"]),
        Case("an empty part", "--b\n\nbody\n--b\nContent-Type: image/png\n\n--b--\n", ["attachment-1.png image/png 0"]),
        Case(
            "a type without a slash", "--b\n\nbody\n--b\nContent-Type: strange\n\nx\n--b--\n",
            ["attachment-1 application/octet-stream 1"]),
    ])
    func attachments(_ item: Case<[String]>) {
        let seen = view(Self.mixed + item.given)
        #expect(seen.text == "body")
        #expect(seen.attachments.map { "\($0.name) \($0.type) \($0.size)" } == item.expected)
    }

    @Test func inlineImages() {
        let seen = view(
            Self.mixed
                + "--b\nContent-Type: image/png\nContent-ID: <a@b>\n\nx\n--b\nContent-Type: image/png\nContent-ID: <c@d>\nContent-Disposition: attachment\n\nx\n--b--\n"
        )
        #expect(seen.attachments.map(\.contentID) == ["a@b", "c@d"])
        #expect(seen.attachments.map(\.isInline) == [true, false])
    }

    @Test func digestsAreOfTheDecodedContent() {
        let seen = view("Content-Type: image/png\nContent-Transfer-Encoding: base64\n\nYWJj\n")
        #expect(seen.attachments.first?.sha256 == Array("abc".utf8).withUnsafeBytes(PlainHashing().sha256))
    }

    @Test(arguments: [
        Case("a missing end", mixed + "--b\n\none\n", "A multipart has no end."),
        Case(
            "no boundary", "Content-Type: multipart/mixed\n\none\n",
            "A multipart has no usable boundary; it is read as text."),
        Case("no parts", mixed + "one\n", "A multipart has no parts; it is read as text."),
    ])
    func defects(_ item: Case<String>) {
        #expect(view(item.given).defects == [item.expected])
    }

    @Test func noiseBeforeAndAmongTheFields() {
        let seen = view(
            "\n\n>From x@y Mon May  2 16:07:05 2005\nSubject: a\n__\n not of the subject\nX-Note: y\n\nbody\n")
        #expect(seen.subject == "a")
        #expect(seen.headers.map(\.name) == ["Subject", "X-Note"])
        #expect(seen.text == "body\n")
    }

    @Test(arguments: [
        Case("one", "<a@b>", ["<a@b>"]),
        Case("several, folded", "<a@b>\n <c@d>\t<e@f>", ["<a@b>", "<c@d>", "<e@f>"]),
        Case("without blanks", "<a@b><c@d>,<e@f>", ["<a@b>", "<c@d>", "<e@f>"]),
        Case("text around", "Your message of Monday <a@b> (x)", ["<a@b>"]),
        Case("no at sign", "<5fa9c763>", ["<5fa9c763>"]),
        Case("encoded", "=?utf-8?Q?=3Ca=40b=3E?=", ["<a@b>"]),
        Case("blank inside", "<a b@c> <d@e>", ["<d@e>"]),
        Case("never ends", "<a@b <c@d>", ["<c@d>"]),
        Case("not ASCII", "<é@b> <c@d>", ["<c@d>"]),
        Case("too short", "<a> <>", []),
        Case("no brackets", "a@b", []),
    ])
    func messageIDs(_ item: Case<[String]>) {
        let seen = view("Message-ID: \(item.given)\nIn-Reply-To: \(item.given)\nReferences: \(item.given)\n\n")
        #expect(seen.references == item.expected)
        #expect(seen.inReplyTo == item.expected)
        #expect(seen.messageID == item.expected.first)
    }

    @Test func theLastReferencesCount() {
        let all = (0..<300).map { "<\($0)@example>" }
        #expect(view("References: " + all.joined(separator: "\n ") + "\n\n").references == Array(all.suffix(100)))
    }
}
