// Octets to text: charsets declared rightly, wrongly and not at all; transfer encodings whole and damaged.

import MaloteCore
import Testing

struct Octets: Sendable, CustomTestStringConvertible {
    var label: String
    var octets: [UInt8]
    var text: String
    init(_ label: String, _ octets: [UInt8], _ text: String) {
        self.label = label
        self.octets = octets
        self.text = text
    }
    var testDescription: String { "\(label): \(text)" }
}

struct CharsetTests {
    @Test(arguments: [
        Octets("utf-8", [0xC3, 0xA9], "é"),
        Octets("UTF8", [0xC3, 0xA9], "é"),
        Octets("\"utf-8\"", [0xC3, 0xA9], "é"),
        Octets("utf-8 (Unicode)", [0xC3, 0xA9], "é"),
        Octets("utf-8", [0x61, 0xFF, 0x62], "a\u{FFFD}b"),
        Octets("iso-8859-1", [0xE9], "é"),
        Octets("iso-8859-1", [0x93, 0x80, 0x94], "\u{201C}€\u{201D}"),
        Octets("windows-1252", [0x80, 0x81], "€\u{FFFD}"),
        Octets("cp1252", [0x80], "€"),
        Octets("iso-8859-15", [0xA4], "€"),
        Octets("windows-1251", [0xC0, 0xE0], "Аа"),
        Octets("koi8-r", [0xC1, 0xE1], "аА"),
        Octets("iso-2022-jp", Array("\u{1B}$B%F%9%H\u{1B}(B".utf8), "テスト"),
        Octets("shift_jis", [0x83, 0x65], "テ"),
        Octets("euc-jp", [0xA5, 0xC6], "テ"),
        Octets("gb2312", [0xC4, 0xE3, 0xBA, 0xC3], "你好"),
        Octets("gb18030", [0xC4, 0xE3, 0x81, 0x30, 0x84, 0x36], "你\u{A5}"),
        Octets("big5", [0xA7, 0x41], "你"),
        Octets("tis-620", [0xA1], "ก"),
        Octets("utf-8", [0xEF, 0xBB, 0xBF, 0x61], "a"),
        Octets("ks_c_5601-1987", [0xC7, 0xD1], "한"),
        Octets("euc-kr", [0xC7, 0xD1], "한"),
        Octets("utf-16le", [0x61, 0x00, 0xE9, 0x00], "aé"),
        Octets("us-ascii", [0xC3, 0xA9], "é"),
        Octets("us-ascii", [0xE9], "é"),
        Octets("x-unknown", [0xC3, 0xA9], "é"),
        Octets("no-such-charset", [0xC3, 0xA9], "é"),
        Octets("no-such-charset", [0xE9], "é"),
        Octets("utf-8//TRANSLIT", [0xC3, 0xA9], "é"),
        Octets("", [0xC3, 0xA9], "é"),
        Octets("", [0xE9, 0x80], "é€"),
        Octets("", Array("\u{1B}$B%F%9%H\u{1B}(B".utf8), "テスト"),
        Octets("iso-2022-jp", Array("\u{1B}$B-!\u{1B}(B \u{1B}(I1\u{1B}(B".utf8), "① ｱ"),
        Octets("iso-2022-jp", Array("\u{1B}$B%F\nabc".utf8), "テ\nabc"),
        Octets("iso-2022-jp", Array("a\u{1B}$".utf8), "a\u{1B}$"),
        Octets("x-sjis", [0x87, 0x40], "①"),
        Octets("", [0xE3, 0xE4, 0xE5], "ãäå"),
        // Other scripts show without being declared; among Latin ones the West is likeliest.
        Octets("", [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x2C, 0x20, 0xEC, 0xE8, 0xF0], "Привет, мир"),
        Octets("us-ascii", [0xF0, 0xD2, 0xC9, 0xD7, 0xC5, 0xD4, 0x2C, 0x20, 0xCD, 0xC9, 0xD2], "Привет, мир"),
        Octets(
            "",
            [
                0xC4, 0xFA, 0xBA, 0xC3, 0xA3, 0xAC, 0xCE, 0xD2, 0xCE, 0xDE, 0xB7, 0xA8, 0xB5, 0xC7, 0xC2, 0xBC, 0xCF,
                0xB5, 0xCD, 0xB3,
            ],
            "您好，我无法登录系统"),
        Octets("", [0x56, 0x6F, 0x63, 0xEA, 0x20, 0x6A, 0xE1, 0x20, 0x76, 0x69, 0x75, 0x3F], "Você já viu?"),
    ])
    func text(_ item: Octets) {
        let type = "Content-Type: text/plain" + (item.label.isEmpty ? "" : "; charset=\(item.label)")
        #expect(view(mail(type, item.octets)).text == item.text)
    }

    @Test(arguments: [
        Case("base64", "base64\n\nY2Fmw6k=\n", "café"),
        Case("base64 without pads", "base64\n\nY2Fmw6k\n", "café"),
        Case("base64 of padded chunks", "BASE64\n\nYQ==\nYg==\nYw==\n", "abc"),
        Case("base64 with blanks and rubbish", " base64 (x)\n\nY 2\n F.m-w6k=\n", "café"),
        Case("base64 with a comment", "base64;\n\nYQ==\n", "a"),
        Case("quoted-printable", "quoted-printable\n\ncaf=C3=A9", "café"),
        Case("lower case escapes", "quoted-printable\n\ncaf=c3=a9", "café"),
        Case("soft breaks", "quoted-printable\n\nab=\ncd", "abcd"),
        Case("soft breaks with blanks", "quoted-printable\n\nab= \t \ncd", "abcd"),
        Case("an equals sign at the end", "quoted-printable\n\nab=", "ab"),
        Case("bad escapes stay", "quoted-printable\n\na=b=4", "a=b=4"),
        Case("a character split by a soft break", "quoted-printable\n\ncaf=C3=\n=A9", "café"),
        Case("uuencode", "x-uuencode\n\nbegin 644 a.txt\n#86)C\n`\nend\n", "abc"),
        Case("8bit", "8bit\n\ncafé", "café"),
        Case("unknown", "rot13\n\ncafé", "café"),
        Case("empty", "\n\ncafé", "café"),
    ])
    func transferEncoding(_ item: Case<String>) {
        let seen = view("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: \(item.given)").text
        #expect(seen == item.expected)
    }

    @Test func uuencodedDataMayReadEnd() {
        let data = "begin 644 a\n#86)C\nEND\n#86)C\n`\nend\n"
        let seen = view("Content-Transfer-Encoding: uuencode\n\n" + data).text
        #expect(seen.hasPrefix("abc") && seen.hasSuffix("abc"))
    }

    @Test(arguments: [
        Case("soft lines", "one \ntwo\nthree", "one two\nthree"),
        Case("quotes of one depth", "> a \n> b\nc", "> a b\nc"),
        Case("quotes of two depths", "> a \n>> b", "> a \n>> b"),
        Case("stuffed", "  indented\n >not a quote\n From me", " indented\n>not a quote\nFrom me"),
        Case("signature", "text \n-- \nAna", "text \n-- \nAna"),
        Case("a soft line at the end", "text ", "text "),
    ])
    func flowed(_ item: Case<String>) {
        #expect(view("Content-Type: text/plain; format=Flowed\n\n\(item.given)").text == item.expected)
    }

    @Test func flowedWithoutItsBlanks() {
        #expect(view("Content-Type: text/plain; format=flowed; delsp=yes\n\nfoo \nbar").text == "foobar")
    }
}
