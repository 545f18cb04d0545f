// What a submission server can do, as its EHLO reply says; pure.

import MaloteCore

/// RFC 5321 §4.1.1.1 keywords that change what we send.
package struct SMTPExtensions: Sendable, Hashable {
    /// Largest message in octets (RFC 1870); `nil` if not told or unlimited.
    package var size: Int?
    /// RFC 2920.
    package var pipelining = false
    /// RFC 3030.
    package var chunking = false
    /// RFC 3461.
    package var dsn = false
    /// RFC 6152.
    package var eightBitMIME = false
    /// RFC 6531.
    package var smtpUTF8 = false
    /// RFC 3207.
    package var startTLS = false
    /// SASL mechanisms (RFC 4954).
    package var auth: [String] = []

    /// What a server that knows only HELO can do.
    package init() {}

    package init(ehlo reply: SMTPReply) {
        // The first line is the server's greeting, not a keyword.
        for line in reply.lines.dropFirst() {
            // `AUTH=PLAIN` is the form of servers older than RFC 2554.
            let words = line.uppercased().split { $0 == " " || $0 == "=" }.map(String.init)
            guard let keyword = words.first else { continue }
            switch keyword {
            case "SIZE": size = words.dropFirst().first.flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
            case "PIPELINING": pipelining = true
            case "CHUNKING": chunking = true
            case "DSN": dsn = true
            case "8BITMIME": eightBitMIME = true
            case "SMTPUTF8": smtpUTF8 = true
            case "STARTTLS": startTLS = true
            case "AUTH": auth += words.dropFirst().filter { !auth.contains($0) }
            default: break
            }
        }
    }

    /// As if the server had not offered these.
    package func without(_ unwanted: Set<Outbox.Extension>) -> SMTPExtensions {
        var rest = self
        for keyword in unwanted {
            switch keyword {
            case .chunking: rest.chunking = false
            case .dsn: rest.dsn = false
            case .pipelining: rest.pipelining = false
            case .size: rest.size = nil
            case .eightBitMIME: rest.eightBitMIME = false
            case .smtpUTF8: rest.smtpUTF8 = false
            }
        }
        return rest
    }
}
