// Mail made to hurt: it must end soon and stay within the caps, whatever it is.

import MaloteCore
import MaloteMessage
import Testing

/// Octets of one shape, made when needed.
struct Attack: Sendable, CustomTestStringConvertible {
    var testDescription: String
    private var make: @Sendable () -> [UInt8]
    init(_ name: String, _ make: @escaping @Sendable () -> [UInt8]) {
        testDescription = name
        self.make = make
    }

    /// Only the start of it under a sanitizer, where an octet costs twenty times as much.
    var octets: [UInt8] { isSanitized ? Array(make().prefix(500_000)) : make() }
}

@Suite(.timeLimit(.minutes(1))) struct HostileTests {
    private static let limits = MailLimits()
    private static let megabytes = 5_000_000

    private static func filled(_ head: String, _ run: String) -> Attack {
        Attack("\(head.prefix(40)) \(run.prefix(20))…") { octets(head) + many(run, megabytes / run.utf8.count) }
    }

    private static func html(_ parts: (String, Int)...) -> Attack {
        Attack("HTML " + parts.map { "\($0.1) × \($0.0)" }.joined(separator: " ")) {
            octets("Content-Type: text/html\n\n") + parts.flatMap { many($0.0, $0.1) }
        }
    }

    static let attacks: [Attack] = [
        Attack("a million empty parts") {
            octets("Content-Type: multipart/mixed; boundary=b\n\n") + many("--b\r\n", 1_000_000)
        },
        Attack("half a million headers") { many("A: b\r\n", 500_000) },
        Attack("half a million headers without a colon") { octets("A: b\n") + many("noise\r\n", 500_000) },
        Attack("twenty thousand levels") {
            (0..<20_000).flatMap { octets("Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n") }
        },
        Attack("twenty thousand forwarded mails") { many("Content-Type: message/rfc822\r\n\r\n", 20_000) },
        Attack("boundaries of dashes") {
            octets("Content-Type: multipart/mixed; boundary=\"\(String(repeating: "-", count: 60))x\"\n\n")
                + many("-", megabytes)
        },
        Attack("many fields of quotes that never end") {
            many("To: " + String(repeating: "\\\"", count: 8000) + "\r\n", 300)
        },
        Attack("many fields of comments that never end") {
            many("To: " + String(repeating: "(", count: 16_000) + "\r\n", 300)
        },
        Attack("many fields of brackets") {
            many("References: " + String(repeating: "<", count: 16_000) + "\r\n", 300)
        },
        Attack("boundaries with tails") {
            octets("Content-Type: multipart/mixed; boundary=b\n\n") + many("--b     x\n", 500_000)
        },
        filled("Subject: ", "=?"), filled("Subject: ", "=?utf-8?Q?"),
        filled("Subject: ", "=?big5?Q?a?= =?koi8-r?Q?b?= "),
        filled("Subject: a", "\r\n b"), filled("To: ", "("), filled("To: ", "<"), filled("To: ", "\""),
        filled("To: ", "\\\""),
        filled("To: ", "a@b,"), filled("To: a", " @ "), filled("To: ", ":"), filled("References: ", "<"),
        filled("References: ", "<a@b>"), filled("Date: ", "("), filled("Date: ", "1 "),
        filled("Content-Type: a/b", "; a*1*=b"),
        filled("Content-Type: a/b", "; a=\""), filled("", "\r\n"), filled("", ":"), filled("From ", " "),
        filled("Content-Transfer-Encoding: quoted-printable\n\n", "="),
        filled("Content-Transfer-Encoding: quoted-printable\n\n", "= "),
        filled("Content-Transfer-Encoding: base64\n\n", "="),
        filled("Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n", "#86)C\n"),
        filled("Content-Type: text/plain; charset=iso-2022-jp\n\n", "\u{1B}"),
        filled("Content-Type: text/plain; charset=gb18030\n\n", "\u{7F}é"),
        filled("Content-Type: text/plain; format=flowed\n\n", "a \n"),
        filled("Content-Type: text/plain; format=flowed\n\n", ">"),
        filled("Content-Type: text/plain; charset=utf-8\n\na", "\u{301}"),
        filled("Content-Type: text/plain; charset=utf-8\n\n", "\u{1F1E7}"),
        html(("<", megabytes)), html(("<b>", 200_000), ("</i>", 200_000)),
        html(("<div>", 200_000), ("</div>", 200_000)),
        html(("<a>", 500_000)), html(("<!--", 1_000_000)), html(("<p ", 1), ("a ", 2_000_000)), html(("&", megabytes)),
        html(("<a href=\"", 500_000)), html(("<script>", 300_000)), html(("<svg>", 500_000)), html(("<li>", 500_000)),
        html(("<ul><li>", 300_000)), html(("<blockquote>a", 300_000)),
        html(("<p title=\"", 1), ("&quot;", 800_000), ("\">", 1)),
        html(("</", 1_000_000)), html(("<table><tr><td>", 200_000)), html(("<pre>", 1), ("\n", 2_000_000)),
        Attack("boundaries that are almost one of a hundred") {
            (0..<100).flatMap {
                octets("Content-Type: multipart/mixed; boundary=aaaaaaaa\(100 + $0)\n\n--aaaaaaaa\(100 + $0)\n")
            }
                + octets("\n") + many("--aaaaaaaaxyz\r\n", 100_000)
        },
        Attack("boundaries behind headers without an end") {
            octets("Content-Type: multipart/mixed; boundary=b\n\n")
                + many(
                    "--b\r\nContent-Type: multipart/mixed; boundary=c" + String(repeating: "; a=b", count: 2000)
                        + "\r\n"
                        + String(repeating: "--x\r\nX-A: b\r\n", count: 6000), 20)
        },
        Attack("a thousand reports") {
            octets("Content-Type: multipart/mixed; boundary=b\n\n")
                + many(
                    "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
                        + String(repeating: "A: b\r\n\r\n", count: 100), 999)
        },
        filled("Content-Type: a/b\n\n", "\r"), filled("Content-Type: a/b\n\n", "-\n"),
        filled("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n", "YQ=="),
        filled("X: y\n\nx", "\nbegin 644 a\n"), filled("X: y\n\nx", "\nbegin 644 a\n#86)C\nend\n"),
        Attack("introductions without end") { octets("X: y\n\n") + many("On 1 a@b 10:10 2026 x:\n", 4900) },
        Attack("headers of replies without end") { octets("X: y\n\n") + many("From: a\nx\n", 2400) },
        Attack("HTML with 300,000 different attributes") {
            octets("Content-Type: text/html\n\n<p ") + (0..<300_000).flatMap { Array("a\($0) ".utf8) }
        },
    ]

    @Test(arguments: attacks)
    func endsWithinTheCaps(_ attack: Attack) {
        let seen = view(attack.octets)
        let limits = Self.limits
        #expect(seen.headers.count <= limits.fields)
        #expect(seen.headers.allSatisfy { $0.value.utf8.count <= limits.fieldOctets * 3 })
        #expect(seen.to.count <= limits.addresses)
        #expect(seen.attachments.count <= limits.parts)
        #expect(seen.text.utf8.count <= limits.text)
        // What is open when the limit comes is still closed.
        #expect((seen.html?.utf8.count ?? 0) <= limits.text + 200 * 16)
        #expect(seen.defects.count <= 10)
    }

    @Test func whatIsCutIsSaid() {
        let parts = octets("Content-Type: multipart/mixed; boundary=b\n\n") + many("--b\r\n", 5000)
        #expect(view(parts).defects.contains { $0.contains("more than 1000 parts") })
        #expect(view(many("A: b\r\n", 5000)).defects == ["The header is larger than what is looked at."])
        #expect(view(octets("\n\n") + many("text ", 300_000)).defects == ["The text is longer than what is shown."])
        #expect(
            view(octets("Content-Type: text/html\n\n") + many("text ", 300_000)).defects.first
                == "The HTML is longer than what is shown.")
        let deep = (0..<200).flatMap { octets("Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n") }
        #expect(view(deep).defects.contains { $0.contains("deeper than 100 levels") })
    }

    @Test func limitsAreKeptToTheOctet() {
        var limits = MailLimits()
        limits.text = 5
        limits.fields = 2
        limits.addresses = 1
        let seen = view(octets("A: 1\nTo: a@b.example, c@d.example\nC: 3\n folded\n\néééé"), limits: limits)
        #expect(seen.text == "éé")
        #expect(seen.headers.map(\.value) == ["1", "a@b.example, c@d.example"])
        #expect(seen.to.map(\.address) == ["a@b.example"])
        let html = view(octets("Content-Type: text/html\n\n<b>é</b>é"), limits: limits)
        #expect(html.html == "<b>é</b>")
    }

    /// A mail that was cut is read up to there.
    @Test func everyStartOfAMailIsRead() {
        let whole = octets(
            "From: \"A, B\" <a@b.example>\nSubject: =?utf-8?Q?caf=C3=A9?=\nDate: Fri, 21 Nov 1997 09:55:06 -0600 (CST)\n"
                + "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/html\n\n<p title='x'>a&eacute;<b>c</b>\n"
                + "--b\nContent-Type: a/b; name*=utf-8''%C3%A9\nContent-Transfer-Encoding: base64\n\nYWJj\n--b--\n")
        for end in 0..<whole.count { _ = view(Array(whole[..<end])) }
        let seen = view(whole)
        #expect(seen.subject == "café")
        #expect(seen.text == "aéc")
        #expect(seen.attachments.map(\.name) == ["é"])
        #expect(seen.defects.isEmpty)
    }

    /// Every octet sequence is some mail.
    @Test(arguments: 0..<200) func rubbishIsRead(_ seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        let pieces = [
            "Content-Type: multipart/mixed; boundary=b\r\n", "\r\n", "--b", "--", "\n", "\r", "=?utf-8?B?", "?=", "<",
            ">", "\"",
            "(", ")", ":", ";", "=", "@", "a", " ", "\t", "%", "*0*=", "To: ", "Date: ",
            "Content-Type: text/html\r\n\r\n", "&#",
            "<!--", "</", "Content-Transfer-Encoding: base64\r\n", "é", "\u{0}", "1",
        ]
        var bytes: [UInt8] = []
        for _ in 0..<300 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            if state % 9 == 0 { bytes.append(UInt8(truncatingIfNeeded: state >> 8)) }
            bytes += pieces[Int(state >> 16) & 31].utf8
        }
        let seen = view(bytes)
        #expect(!seen.subject.hasControlCharacter)
        #expect((seen.to + seen.cc).allSatisfy { !$0.address.hasControlCharacter && $0.address.contains("@") })
        #expect(
            seen.attachments.allSatisfy { !$0.name.isEmpty && !$0.name.hasControlCharacter && !$0.name.contains("/") })
        #expect(seen.html?.contains("<script") != true)
    }
}
