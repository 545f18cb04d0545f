// The worst mails there are, of any size; knows no parser.

import MaloteCore

struct HostileMail: Sendable {
    var name: String
    /// A mail of about so many octets.
    var make: @Sendable (_ octets: Int) -> [UInt8]

    /// A head, then one line again and again.
    private init(_ name: String, _ head: String = "", again line: String, end: String = "") {
        self.name = name
        make = { Array(head.utf8) + Self.many(line, $0 - head.utf8.count) + Array(end.utf8) }
    }

    private init(_ name: String, make: @escaping @Sendable (Int) -> [UInt8]) {
        self.name = name
        self.make = make
    }

    private static func many(_ text: String, _ octets: Int) -> [UInt8] {
        let line = Array(text.utf8)
        var all: [UInt8] = []
        all.reserveCapacity(max(octets, 0) + line.count)
        while all.count < octets { all += line }
        return all
    }

    /// Octets without any order, the same on each run.
    private static func junk(_ octets: Int, in alphabet: String) -> [UInt8] {
        let letters = Array(alphabet.utf8)
        var state: UInt64 = 0x2545_F491_4F6C_DD1D
        return (0..<octets).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return letters[Int(state >> 33) % letters.count]
        }
    }

    private static let html = "Content-Type: text/html; charset=utf-8\r\n\r\n"
    private static let mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    private static let base64 = "Content-Transfer-Encoding: base64\r\n"
    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    static let all: [HostileMail] = headers + parts + encodings + texts + pages

    private static let headers = [
        HostileMail("one header line", "Subject: ", again: "x"),
        HostileMail("one header line of quotes", "To: ", again: "\""),
        HostileMail("many headers", again: "X-A: b\r\n"),
        HostileMail("many folded lines", "Subject: a\r\n", again: " b\r\n"),
        HostileMail("many lines that are no header", "Subject: a\r\n", again: "no header\r\n"),
        HostileMail("many encoded-words", "Subject: a\r\n", again: " =?utf-8?Q?=C3=A9?=\r\n"),
        HostileMail("headers of encoded-words", again: "X: =?iso-2022-jp?Q?=1B?= =?koi8-r?B?4Q==?= =?x?Q?a?=\r\n"),
        HostileMail("words that never end", again: "X: =?utf-8?Q?=?utf-8?Q?=?utf-8?Q?=?utf-8?Q?\r\n"),
        HostileMail("many addresses", "To: a@x.example\r\n", again: " , \"b\" (c) <b@x.example>\r\n"),
        HostileMail("many To", again: "To: (((((((\"<@a,@b,@c,@d,@e,@f,@g,@h:<<<<<,,,,,;;;;;:::::\\\"\r\n"),
        HostileMail("many parameters", "Content-Type: text/plain\r\n", again: " ; name*1*=utf-8''%41\r\n"),
        HostileMail("many boundaries", again: "Content-Type: multipart/mixed; boundary=b\r\n"),
        HostileMail("many References", "References: <a@b>\r\n", again: " <a@b>\r\n"),
        HostileMail("high octets") { octets in
            Array("Subject: a\r\n".utf8) + many("X: \u{E9}\u{80}\r\n", octets).filter { $0 != 0xC2 }
        },
    ]

    private static let parts = [
        HostileMail("empty parts", mixed, again: "--b\r\n\r\n"),
        HostileMail("parts without lines", mixed, again: "--b\n"),
        HostileMail("deep multiparts") { octets in
            var mail = Array(mixed.utf8)
            var depth = 0
            while mail.count < octets {
                mail +=
                    "--b\(depth == 0 ? "" : "\(depth)")\r\nContent-Type: multipart/mixed; boundary=b\(depth + 1)\r\n\r\n"
                    .utf8
                depth += 1
            }
            return mail
        },
        HostileMail("deep multiparts of one boundary", mixed, again: "--b\r\n" + mixed),
        HostileMail("lines like boundaries", deepHead(90) + "x\r\n", again: "--bx\r\n"),
        HostileMail("a header again and again", mixed, again: "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"),
        HostileMail("mails in mails", again: "Content-Type: message/rfc822\r\n\r\n"),
        HostileMail(
            "a report of groups", "Content-Type: message/delivery-status\r\n\r\n", again: "Action: failed\r\n\r\n"),
        HostileMail(
            "alternatives", "Content-Type: multipart/alternative; boundary=b\r\n\r\n",
            again: "--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n"),
    ]

    /// So many multiparts around each other, with boundaries b0, b1, ...
    private static func deepHead(_ depth: Int) -> String {
        let first = "Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
        return first
            + (1..<depth).map { "--b\($0 - 1)\r\nContent-Type: multipart/mixed; boundary=b\($0)\r\n\r\n" }.joined()
    }

    private static let encodings = [
        HostileMail("Base64 of junk") { octets in
            Array(("Content-Type: a/b\r\n" + base64 + "\r\n").utf8) + junk(octets, in: letters + "=\r\n \u{7F}")
        },
        HostileMail("Base64 of gaps", "Content-Type: a/b\r\n" + base64 + "\r\n", again: "Y=\r\n"),
        HostileMail("Base64 as text") { octets in
            Array(("Content-Type: text/plain\r\n" + base64 + "\r\n").utf8) + junk(octets, in: letters)
        },
        HostileMail("an encoded multipart of parts") { octets in
            let inner = many("--b\r\n\r\n", octets * 3 / 4)
            return Array("Content-Type: multipart/mixed; boundary=b\r\n\(base64)\r\n".utf8) + Base64.encode(inner)
        },
        HostileMail("quoted-printable of junk") { octets in
            Array("Content-Transfer-Encoding: quoted-printable\r\n\r\n".utf8) + junk(octets, in: "=0AF \t\r\nx")
        },
        HostileMail("equals signs", "Content-Transfer-Encoding: quoted-printable\r\n\r\n", again: "="),
        HostileMail("winmail.dat of junk") { octets in
            Array("Content-Type: application/ms-tnef\r\n\r\n".utf8) + [0x78, 0x9F, 0x3E, 0x22, 0, 0]
                + junk(octets, in: "\u{0}\u{1}\u{2}\u{6}\u{90}\u{80}\u{10}")
        },
        HostileMail("winmail.dat of files") { octets in
            var mail = Array("Content-Type: application/ms-tnef\r\n\r\n".utf8) + [0x78, 0x9F, 0x3E, 0x22, 0, 0]
            while mail.count < octets { mail += [2, 2, 0x90, 6, 0, 0, 0, 0, 0, 0, 0] }
            return mail
        },
        HostileMail("uuencoded files", "Subject: a\r\n\r\n", again: "begin 644 a\n#86)C\nend\n"),
        HostileMail("begin lines", "Subject: a\r\n\r\n", again: "begin 644 a\n"),
        HostileMail("uuencode", "Content-Transfer-Encoding: x-uuencode\r\n\r\n", again: "begin 644 a\nM86)C\n"),
        HostileMail("UTF-7", "Content-Type: text/plain; charset=utf-7\r\n\r\n", again: "+AGE-+"),
        HostileMail("escapes", "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n", again: "\u{1B}$B\u{1B}(B"),
        HostileMail("an unknown charset", "Content-Type: text/plain; charset=x\r\n\r\n", again: "\u{E9}\u{E8}"),
        HostileMail("a charset that fits nothing", "Content-Type: text/plain; charset=big5\r\n\r\n", again: "\u{FF}"),
        HostileMail("flowed text", "Content-Type: text/plain; format=flowed\r\n\r\n", again: ">> a \r\n"),
    ]

    private static let texts = [
        HostileMail("one line", "Subject: a\r\n\r\n", again: "x"),
        HostileMail("line ends", "Subject: a\r\n\r\n", again: "\r"),
        HostileMail("quotes", "Subject: a\r\n\r\n", again: ">\r\n"),
        HostileMail("quotes and answers", "Subject: a\r\n\r\n", again: "> a\r\nb\r\n"),
        HostileMail("long quotes", "Subject: a\r\n\r\n", again: "> " + String(repeating: "> ", count: 500) + "\r\n"),
        HostileMail("wrote", "Subject: a\r\n\r\n", again: "On Tue, 24 Nov 2026, X wrote:\r\n"),
        HostileMail(
            "wrote, wrapped", "Subject: a\r\n\r\n", again: "On 24 Nov\r\n2026 at\r\n10:00 X <x@y>\r\nwrote::\r\n"),
        HostileMail(
            "long lines that end in colons", "Subject: a\r\n\r\n",
            again: String(repeating: "on 2 @ ", count: 50) + ":\r\n"),
        HostileMail("From lines", "Subject: a\r\n\r\n", again: "From: a\r\nSent: b\r\n"),
        HostileMail("rules", "Subject: a\r\n\r\n", again: "-----\r\n_____\r\n"),
        HostileMail("signatures", "Subject: a\r\n\r\n", again: "-- \r\n\r\nSent from my iPhone\r\n"),
        HostileMail("farewells", "Subject: a\r\n\r\n", again: "Regards,\r\n\r\n"),
    ]

    private static let pages = [
        HostileMail("unclosed tags", html, again: "<div><b><a href=\"http://a\">"),
        HostileMail("a tag that never ends", html, again: "<a "),
        HostileMail("brackets", html, again: "<"),
        HostileMail("comments that never end", html, again: "<!--"),
        HostileMail("attributes", html + "<a ", again: "href=x "),
        HostileMail("a quote that never ends", html + "<a href=\"", again: "x<"),
        HostileMail("styles that never end", html, again: "<style></styl"),
        HostileMail("hidden elements", html, again: "<div style=\"display:none\"><svg>"),
        HostileMail("ends without starts", html, again: "</p></b>"),
        HostileMail("nested quotes", html, again: "<blockquote>a"),
        HostileMail("lists", html, again: "<ul><li>a"),
        HostileMail("tables", html, again: "<table><tr><td>a"),
        HostileMail("references", html, again: "&amp;&#1;&#x10FFFF;&copy&"),
        HostileMail("links", html, again: "<a href=\"http://a/&amp;\">x</a>"),
        HostileMail("breaks", html, again: "<br>"),
        HostileMail("images", html, again: "<img alt=\"&lt;\" src=cid:a>"),
        HostileMail("preformatted", html, again: "<pre>\n\n"),
    ]
}
