// Mails of every shape that the reader knows, to be cut, mutated and read again.

import Testing

struct SampleMail: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var octets: [UInt8]

    /// A mail written with `\n`, which stands for CRLF.
    init(_ name: String, _ text: String) { self.init(name, octets: MaloteMessageTests.octets(text)) }

    init(_ name: String, octets: [UInt8]) {
        testDescription = name
        self.octets = octets
    }
}

enum SampleMails {
    static let all: [SampleMail] = structure + damage + text + [SampleMail("a winmail.dat", octets: winmail)]

    private static let mixed = "Subject: s\nContent-Type: multipart/mixed; boundary=\"b\"\n\npreamble\n"

    private static let structure: [SampleMail] = [
        SampleMail(
            "plain", "From: Ana <a@x.example>\nTo: b@y.example, c@y.example\nSubject: Hi\n there\n\nHello\n\nBye\n"),
        SampleMail("no header", "Hello there\nSecond line"),
        SampleMail(
            "alternative",
            "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nOlá\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>Olá <b>you</b>\n--b--\nepilogue\n"
        ),
        SampleMail(
            "Base64 in chunks",
            mixed
                + "--b\n\nbody\n--b\nContent-Type: image/png; name=\"a.png\"\nContent-Transfer-Encoding: base64\n\nYWJj\nYQ==\nYg==\n ZGVm\n--b--\n"
        ),
        SampleMail(
            "quoted-printable",
            mixed
                + "--b\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\ncaf=C3=A9 =  \t\nand=\n more=3\nx=ZZ =\n--b--\n"
        ),
        SampleMail(
            "uuencode",
            mixed
                + "--b\nContent-Type: a/b\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a.bin\n#86)C\n`\nend\n--b\n\nsee\nbegin 644 b.bin\n#86)C\n#86)C\n`\nend\nthere\nbegin 644 not really\ntext\n--b--"
        ),
        SampleMail(
            "delivery report",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\nArrival-Date: x\n\nFinal-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; b@x.example\nAction: delayed\n\n--b\nContent-Type: message/rfc822\n\nSubject: =?utf-8?Q?caf=C3=A9?=\nMessage-ID: <m@x.example>\n\nbody\n--b--\n"
        ),
        SampleMail(
            "a digest",
            "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nx\n--b\nContent-Type: text/plain\n\ny\n--b--\n"
        ),
        SampleMail(
            "an encoded multipart",
            "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\nLS1iDQoNCmJvZHkNCi0tYg0KQ29udGVudC1UeXBlOiBhL2INCg0KYWJjDQotLWItLQ0K\n"
        ),
        SampleMail(
            "nested",
            mixed
                + "--b\nContent-Type: multipart/related; boundary=c\n\n--c\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n\nplain\n--bb\nContent-Type: text/html\n\n<img src=\"cid:x@y\">\n--bb--\n--c\nContent-Type: image/gif\nContent-ID: <x@y>\n\nGIF\n--c--\n--b\nContent-Type: message/partial; id=x; number=1\n\nx\n--b--\n"
        ),
    ]

    private static let damage: [SampleMail] = [
        SampleMail("noise before and in the header", "\n\nFrom x@y Mon May  2\nSubject: a\n__\nX-A: b\n\nbody\n"),
        SampleMail("no blank line behind the header", "Subject: a\nHello Ana,\nthis is text\n\nmore\n"),
        SampleMail("no blank line before a boundary", "Content-Type: multipart/mixed; boundary=b\n--b\n\none\n--b--\n"),
        SampleMail("a header that only ends with a boundary", mixed + "--b\nContent-Type: a/b\nx y\n--b--\n"),
        SampleMail(
            "an outer boundary inside",
            mixed + "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b-- \n"),
        SampleMail(
            "one boundary twice",
            mixed + "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--"),
        SampleMail("no end", mixed + "--b\n\none\n--b\nContent-Type: a/b\n\ntwo"),
        SampleMail("no parts", mixed + "only text\n"),
        SampleMail("bare ends of lines", "Subject: a\r\rone\rtwo\n\rthree\r\n\r\nfour"),
        SampleMail("look-alikes", mixed + "--b\n\n-\n--\n--bx\n--b-\n --b\n--b x\n--b---\n--b--\n"),
        SampleMail("long lines", mixed + "--b\n\n" + String(repeating: "-x", count: 12_000) + "\n--b--\n"),
        SampleMail("a long header", "Subject: " + String(repeating: "long ", count: 5000) + "\nX-A: b\n\nbody\n"),
        SampleMail("a long first line", String(repeating: "long ", count: 5000) + "\n\nbody\n"),
    ]

    private static let text: [SampleMail] = [
        SampleMail(
            "flowed", "Content-Type: text/plain; format=flowed; delsp=yes\n\nfoo \nbar\n> a \n> b\n>> c \n-- \nAna\n"),
        SampleMail(
            "split characters",
            "Subject: =?utf-8?B?Y2Fmww==?=\n =?utf-8?Q?=A9?=\nTo: =?utf-8?Q?A=2C_B?= <a@b.example>\n\nx"),
        SampleMail(
            "a quoted reply",
            "Subject: Re: x\n\nYes.\n\nOn Mon, 2 Nov 2026 at 10:00, Ana <a@x.example> wrote:\n> Really?\n> I mean it.\n"
        ),
        SampleMail(
            "HTML with everything",
            "Content-Type: text/html\n\n<html><style>x</style><!-- y --><p title='a&quot;b'>a&eacute;&nbsp;<a href=\"https://x.example\">b</a><ul><li>c<li>d</ul><blockquote>q<br>r</blockquote><pre>p\nq</pre>"
        ),
    ]

    private static let winmail: [UInt8] =
        octets("Content-Type: application/ms-tnef; name=winmail.dat\n\n")
        + TNEFSample.bytes([("A.TXT", nil, "abc"), ("LONGFI~1.TXT", "long file.txt", "def")])
}

/// A winmail.dat as Outlook writes it, as far as its files.
enum TNEFSample {
    static func bytes(_ files: [(name: String, longName: String?, content: String)]) -> [UInt8] {
        var bytes = little(0x223E_9F78, 4) + little(1, 2)
        bytes += attribute(1, 0x0008_9006, little(0x10000, 4))
        for file in files {
            bytes += attribute(2, 0x0006_9002, [UInt8](repeating: 0, count: 14))
            bytes += attribute(2, 0x0001_8010, Array(file.name.utf8) + [0])
            bytes += attribute(2, 0x0006_800F, Array(file.content.utf8))
            if let name = file.longName { bytes += attribute(2, 0x0006_9005, properties(name)) }
        }
        return bytes
    }

    /// A number, a text and then the long file name in UTF-16.
    private static func properties(_ name: String) -> [UInt8] {
        let wide = (Array(name.utf16) + [0]).flatMap { little(UInt32($0), 2) }
        let pad = [UInt8](repeating: 0, count: (4 - wide.count % 4) % 4)
        return little(3, 4) + little(0x0E20_0003, 4) + little(3, 4)
            + little(0x3703_001E, 4) + little(1, 4) + little(5, 4) + Array(".txt\0\0\0\0".utf8)
            + little(0x3707_001F, 4) + little(1, 4) + little(UInt32(wide.count), 4) + wide + pad
    }

    private static func attribute(_ level: UInt8, _ id: UInt32, _ data: [UInt8]) -> [UInt8] {
        [level] + little(id, 4) + little(UInt32(data.count), 4) + data + [0, 0]
    }

    private static func little(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
}
