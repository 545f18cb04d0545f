// RFC 2047 as mail writes it: what stands in the standard, and what stands in inboxes.

import MaloteCore
import Testing

struct EncodedWordTests {
    @Test(arguments: [
        Case("plain text", "Hello there", "Hello there"),
        Case("one word", "=?utf-8?Q?caf=C3=A9?=", "café"),
        Case("Base64 with one pad", "=?utf-8?B?Y2Fmw6k=?=", "café"),
        Case("Base64 with two pads", "=?utf-8?B?YQ==?=", "a"),
        Case("Base64 without its pads", "=?utf-8?B?Y2Fmw6k?=", "café"),
        Case("lower case b and q", "=?UTF-8?b?YQ==?= =?UTF-8?q?b?=", "ab"),
        Case("blanks between words vanish", "=?utf-8?Q?a?=   =?utf-8?Q?b?=", "ab"),
        Case("a fold between words vanishes", "=?utf-8?Q?a?=\n =?utf-8?Q?b?=", "ab"),
        Case("words without a blank between", "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        Case("blanks beside text stay", "x =?utf-8?Q?a?= y", "x a y"),
        Case("text right against a word", "x=?utf-8?Q?a?=y", "xay"),
        Case("a character split over two words", "=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
        Case("a character split over Base64 words", "=?utf-8?B?Y2Fmww==?= =?utf-8?B?qQ==?=", "café"),
        Case("a character split over B and Q", "=?utf-8?B?Y2Fmww==?= =?UTF-8?Q?=A9?=", "café"),
        Case("Base64 cut in the middle of its groups", "=?utf-8?B?Y2Fmw6kgYQ?= =?utf-8?B?==?=", "café a"),
        Case("two charsets side by side", "=?iso-8859-1?Q?=E9?= =?koi8-r?Q?=C1?=", "éа"),
        Case(
            "ISO-2022-JP, each word with its own escapes",
            "=?ISO-2022-JP?B?GyRCJUYlOSVIGyhC?= =?ISO-2022-JP?B?GyRCJUYlOSVIGyhC?=", "テストテスト"),
        Case("underscore is a blank in Q", "=?utf-8?Q?a_b=5Fc?=", "a b_c"),
        Case("underscore is not one in B", "=?utf-8?B?YV9i?=", "a_b"),
        Case("raw blanks inside a word", "=?utf-8?Q?a b c?=", "a b c"),
        Case("a language", "=?utf-8*pt-BR?Q?Ol=C3=A1?=", "Olá"),
        Case("an unknown charset that is UTF-8", "=?x-nobody?Q?=C3=A9?=", "é"),
        Case("an unknown charset that is not", "=?x-nobody?Q?=E9?=", "é"),
        Case("no charset", "=??Q?a?=", "=??Q?a?="),
        Case("an unknown encoding", "=?utf-8?X?a?=", "=?utf-8?X?a?="),
        Case("a word that never ends", "=?utf-8?Q?abc", "=?utf-8?Q?abc"),
        Case("a word that never ends before one that does", "=?utf-8?Q?abc =?utf-8?Q?d?=", "=?utf-8?Q?abc d"),
        Case("an empty word", "a =?utf-8?Q??= b", "a  b"),
        Case("Q that starts with an escape", "=?utf-8?Q?=41?=", "A"),
        Case("Q that ends in a bare equals sign", "=?utf-8?Q?a=?=", "a"),
        Case("Q with a bad escape", "=?utf-8?Q?a=ZZb?=", "a=ZZb"),
        Case("B with rubbish inside", "=?utf-8?B?Y*2F m!w6k=?=", "café"),
        Case("a decoded line break starts no header", "=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x"),
        Case("a decoded NUL", "=?utf-8?Q?a=00b?=", "a b"),
        Case("invalid UTF-8", "=?utf-8?Q?a=FFb?=", "a\u{FFFD}b"),
        Case("raw UTF-8", "Säying Hello", "Säying Hello"),
        Case("question marks and equals signs", "a=b? c?=d", "a=b? c?=d"),
    ])
    func subject(_ item: Case<String>) {
        #expect(view("Subject: \(item.given)\n\n").subject == item.expected)
    }

    @Test func rawLatinIsRead() {
        #expect(view(Array("Subject: caf".utf8) + [0xE9, 0x0A, 0x0A]).subject == "café")
    }

    @Test func everyHeaderOfTheViewIsDecoded() {
        #expect(view("X-Note: =?utf-8?Q?caf=C3=A9?=\n\n").header("x-note") == "café")
    }
}
