// Mails of about 8 KB as a service desk gets them, the same on each run; knows no parser.

import MaloteCore

/// Of ten: four replies in text and HTML, three of these with a file, two plain texts, one HTML alone.
enum MailMix {
    static func mails(_ count: Int) -> [[UInt8]] {
        var words = Words()
        return (0..<count).map { number in
            let body =
                switch number % 10 {
                case 0..<4: reply(&words, octets: 1700)
                case 4..<7: mixed(&words)
                case 7..<9: plain(&words)
                default: html(&words)
                }
            return Array((header(number, &words) + body).utf8).withCRLF
        }
    }

    // MARK: - Header

    private static func header(_ number: Int, _ words: inout Words) -> String {
        let hops = (1...4).map { hop in
            """
            Received: from mx\(hop).example.net (mx\(hop).example.net [192.0.2.\(hop)])
             by relay\(hop).example.org (Postfix) with ESMTPS id 4T\(number)Qx\(hop)z9
             for <help@desk.example>; Tue, 24 Nov 2026 09:1\(hop):24 +0000 (UTC)
            """
        }
        return hops.joined(separator: "\n") + """

            DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=s2026; t=1795511664;
             h=from:to:subject:date:message-id:in-reply-to:references:mime-version:content-type;
             bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
             b=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzRabcdefghijklmnopqrstuvw
              xyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZdzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00
            From: =?UTF-8?Q?Jo=C3=A3o?= da Silva <joao.\(number)@example.net>
            To: "Help Desk" <help@desk.example>, =?UTF-8?B?QW5hIFNpbHZh?= <ana@desk.example>
            Cc: Team <team@example.net>, Bruno Costa <bruno.costa@example.net>
            Subject: =?UTF-8?Q?Re:_[ACME-\(number)]_Situa=C3=A7=C3=A3o_do_?= =?UTF-8?Q?pedido_\(number)?=
            Date: Tue, 24 Nov 2026 09:14:24 -0300
            Message-ID: <CAF\(number).\(words.word())@mail.example.net>
            In-Reply-To: <acme-\(number)-1@desk.example>
            References: <acme-\(number)-0@desk.example> <acme-\(number)-1@desk.example>
            MIME-Version: 1.0
            X-Mailer: Mail 16.0
            Authentication-Results: mx1.example.org; dkim=pass header.i=@example.net; spf=pass smtp.mailfrom=example.net

            """
    }

    // MARK: - Bodies

    private static let textHead = "Content-Type: text/plain; charset=\"UTF-8\"\n"
    private static let htmlHead = "Content-Type: text/html; charset=\"UTF-8\"\n"
    private static let printable = "Content-Transfer-Encoding: quoted-printable\n\n"

    private static func reply(_ words: inout Words, octets: Int) -> String {
        let (new, old) = (words.lines(octets / 3), words.lines(octets * 2 / 3))
        let introduction = "Em ter., 24 de nov. de 2026 às 08:02, Help Desk <help@desk.example> escreveu:"
        let text = new + ["", introduction, ""] + old.map { "> " + $0 }
        return "Content-Type: multipart/alternative; boundary=\"000000000000alt\"\n\n"
            + "--000000000000alt\n" + textHead + printable + quotedPrintable(text.joined(separator: "\n"))
            + "\n--000000000000alt\n" + htmlHead + printable
            + quotedPrintable(page(new, quoted: old, introduction)) + "\n--000000000000alt--\n"
    }

    private static func page(_ new: [String], quoted old: [String], _ introduction: String) -> String {
        let style = "font-family:Calibri,sans-serif;font-size:11pt;color:#1f497d"
        let own = new.map { "<p class=\"MsoNormal\"><span style=\"\(style)\">\($0)</span></p>" }
        return "<html><head><style>p{margin:0}</style></head><body><div dir=\"ltr\">\(own.joined(separator: "\n"))"
            + "<a href=\"https://example.net/pedidos?id=7&amp;x=1\">pedido</a></div><br>"
            + "<div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">\(introduction)<br></div>"
            + "<blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex\">"
            + old.map { "<div>\($0)<br></div>" }.joined(separator: "\n") + "</blockquote></div></body></html>"
    }

    private static func mixed(_ words: inout Words) -> String {
        let file = base64(words.octets(2200))
        return "Content-Type: multipart/mixed; boundary=\"000000000000mix\"\n\n--000000000000mix\n"
            + reply(&words, octets: 600) + "\n--000000000000mix\n"
            + "Content-Type: application/pdf; name=\"=?UTF-8?Q?Relat=C3=B3rio?=.pdf\"\n"
            + "Content-Disposition: attachment; filename*=utf-8''Relat%C3%B3rio.pdf\n"
            + "Content-Transfer-Encoding: base64\n\n" + file + "--000000000000mix--\n"
    }

    private static func plain(_ words: inout Words) -> String {
        let text = words.lines(2000) + ["", "On Tue, Nov 24, 2026 at 8:02 AM Help Desk", "<help@desk.example> wrote:"]
        return "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
            + (text + words.lines(3000).map { "> " + $0 }).joined(separator: "\n") + "\n"
    }

    private static func html(_ words: inout Words) -> String {
        htmlHead + "Content-Transfer-Encoding: base64\n\n"
            + base64(Array(page(words.lines(1000), quoted: words.lines(1300), "Em 24/11/2026 escreveu:").utf8))
    }

    // MARK: - Encodings

    private static func quotedPrintable(_ text: String) -> String {
        var output = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var column = 0
            for byte in line.utf8 {
                let isPlain = (0x20...0x7E).contains(byte) && byte != 0x3D
                let piece = isPlain ? String(UnicodeScalar(byte)) : "=" + String(byte, radix: 16, uppercase: true)
                if column + piece.utf8.count > 75 {
                    output += "=\n"
                    column = 0
                }
                output += piece
                column += piece.utf8.count
            }
            output += "\n"
        }
        return output
    }

    private static func base64(_ octets: [UInt8]) -> String {
        stride(from: 0, to: octets.count, by: 57).map {
            String(decoding: Base64.encode(Array(octets[$0..<min($0 + 57, octets.count)])), as: UTF8.self) + "\n"
        }.joined()
    }
}

/// Words of mail in several languages, by a generator with a fixed seed.
private struct Words {
    private static let vocabulary = [
        "the", "order", "invoice", "não", "é", "você", "pedido", "situação", "obrigado", "para", "with", "delivery",
        "ação",
        "customer", "müssen", "Gerät", "années", "été", "señor", "mañana", "system", "printer", "reinicié", "error",
        "please", "window", "again", "since", "versão", "ticket", "a", "of", "and", "por", "favor", "senha", "日本",
    ]
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func number() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func word() -> String { Self.vocabulary[Int(number() % UInt64(Self.vocabulary.count))] }

    /// Lines as people write them, about so many octets in all.
    mutating func lines(_ octets: Int) -> [String] {
        var lines: [String] = []
        var left = octets
        while left > 0 {
            let line = (0..<11).map { _ in word() }.joined(separator: " ")
            lines.append(number() % 8 == 0 ? "" : line)
            left -= (lines.last?.utf8.count ?? 0) + 1
        }
        return lines
    }

    mutating func octets(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: number()) } }
}

extension [UInt8] {
    fileprivate var withCRLF: [UInt8] { flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] } }
}
