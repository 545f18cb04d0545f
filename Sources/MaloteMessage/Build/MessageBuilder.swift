// An outgoing message as octets: header, text, HTML, attachments; the same message always gives the same octets.

import MaloteCore

struct MessageBuilder {
    let message: OutgoingMessage
    let hashing: any Hashing

    func build() throws(Failure) -> [UInt8] {
        var header = HeaderWriter()
        try writeHeader(&header)
        let body = try body()
        return header.bytes + body
    }

    private func writeHeader(_ header: inout HeaderWriter) throws(Failure) {
        try header.structured("Date", Self.date(message.date))
        try header.addresses("From", [message.from])
        try header.addresses("To", message.to)
        try header.addresses("Reply-To", message.replyTo)
        try header.text("Subject", message.subject)
        try header.structured("Message-ID", message.messageID)
        if let parent = message.inReplyTo { try header.structured("In-Reply-To", parent) }
        if !message.references.isEmpty {
            let newest = message.references.suffix(Self.longestThread)
            try header.structured("References", newest.joined(separator: " "))
        }
        if let value = message.autoSubmitted { try header.structured("Auto-Submitted", value) }
        for extra in message.extraHeaders {
            try Self.checkName(extra.name)
            try header.text(extra.name, extra.value)
        }
        try header.structured("MIME-Version", "1.0")
    }

    /// References of a long thread: the last ones tie it together (RFC 5322 §3.6.4).
    private static let longestThread = 100

    /// Fields that are written from the message itself.
    private static let own: Set<String> = [
        "date", "from", "to", "reply-to", "subject", "message-id", "in-reply-to", "references", "auto-submitted",
        "mime-version",
    ]

    private static func checkName(_ name: String) throws(Failure) {
        let isName =
            (1...50).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
        let key = name.lowercased()
        guard isName, !own.contains(key), !key.hasPrefix("content-") else {
            throw Failure(
                .permanent, .rejected, "\"\(shown(name))\" cannot be the name of an extra header.",
                remedy: "Use letters, digits and hyphens, and no name that every mail has.")
        }
    }

    /// Outside text as it may stand in a log.
    private static func shown(_ text: String) -> String {
        String(text.prefix(60).map { String($0).hasControlCharacter ? "?" : $0 })
    }

    // MARK: - Body

    /// Text, beside it HTML with the images that it shows (RFC 2387), beside both the files.
    private func body() throws(Failure) -> [UInt8] {
        var images: [[UInt8]] = []
        var files: [[UInt8]] = []
        for attachment in message.attachments {
            if message.html != nil, let contentID = attachment.contentID {
                images.append(try part(attachment, shownAs: contentID))
            } else {
                files.append(try part(attachment, shownAs: nil))
            }
        }
        var whole = text("plain", message.text)
        if let html = message.html {
            let page = text("html", html)
            let shown = images.isEmpty ? page : multipart("related; type=\"text/html\"", [page] + images, number: 3)
            whole = multipart("alternative", [whole, shown], number: 1)
        }
        return files.isEmpty ? whole : multipart("mixed", [whole] + files, number: 2)
    }

    private func text(_ subtype: String, _ text: String) -> [UInt8] {
        let octets = Array(text.utf8)
        let isPlain = BodyEncoding.isPlain(octets)
        let charset = octets.allSatisfy { $0 < 0x80 } ? "us-ascii" : "utf-8"
        let head =
            "Content-Type: text/\(subtype); charset=\(charset)\r\n"
            + "Content-Transfer-Encoding: \(isPlain ? "7bit" : "quoted-printable")\r\n\r\n"
        return Array(head.utf8) + (isPlain ? BodyEncoding.lines(octets) : BodyEncoding.quotedPrintable(octets))
    }

    private func part(
        _ attachment: OutgoingMessage.Attachment, shownAs contentID: String?
    ) throws(Failure) -> [UInt8] {
        let type = attachment.type
        let isToken =
            type.split(separator: "/").count == 2
            && type.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") } && type.utf8.count <= 127
        guard isToken, !attachment.name.hasControlCharacter, !attachment.name.isEmpty else {
            throw Failure(
                .permanent, .rejected, "The attachment \"\(Self.shown(attachment.name))\" has no valid name and type.",
                remedy: "Give it a name on one line and a type such as application/pdf.")
        }
        var head = "Content-Type: \(type);\r\n \(FileName.parameter(name: attachment.name))\r\n"
        head += "Content-Transfer-Encoding: base64\r\n"
        if let contentID { head += "Content-ID: <\(try Self.checked(contentID))>\r\n" }
        head += "Content-Disposition: \(contentID == nil ? "attachment" : "inline");\r\n"
        head += " \(FileName.parameter(filename: attachment.name))\r\n\r\n"
        return Array(head.utf8) + BodyEncoding.base64(attachment.content)
    }

    /// What stands in a header and in a `cid:` of the HTML alike.
    private static func checked(_ contentID: String) throws(Failure) -> String {
        let isPlain = contentID.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3C && $0 != 0x3E }
        guard isPlain, (1...200).contains(contentID.utf8.count) else {
            throw Failure(
                .permanent, .rejected, "\"\(shown(contentID))\" cannot be the Content-ID of an image.",
                remedy: "Use up to 200 letters, digits and signs without blanks and angle brackets.")
        }
        return contentID
    }

    /// The boundary comes from the Message-ID and cannot occur in the parts: they are 7bit text that we wrote, checked
    /// here all the same.
    private func multipart(_ subtype: String, _ parts: [[UInt8]], number: Int) -> [UInt8] {
        var boundary = ""
        var attempt = 0
        repeat {
            let seed = Array("\(message.messageID) \(number) \(attempt)".utf8)
            boundary = "=_" + Hexadecimal.encode(hashing.hmacSHA256(key: Array("boundary".utf8), seed).prefix(16))
            attempt += 1
        } while parts.contains { $0.containsRun(Array(boundary.utf8)) }
        var bytes = Array("Content-Type: multipart/\(subtype);\r\n boundary=\"\(boundary)\"\r\n\r\n".utf8)
        for part in parts {
            bytes += "--\(boundary)\r\n".utf8
            bytes += part
            bytes += "\r\n".utf8
        }
        return bytes + "--\(boundary)--\r\n".utf8
    }

    // MARK: - Date

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// RFC 5322 §3.3, in UTC.
    static func date(_ time: Timestamp) -> String {
        let seconds = time.milliseconds / 1000
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let inDay = seconds - days * 86_400
        let date = CivilDate(daysSinceEpoch: days)
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let day = Self.days[Int(((days % 7) + 7) % 7)]
        return "\(day), \(two(date.day)) \(months[Int(date.month) - 1]) \(date.year) "
            + "\(two(inDay / 3600)):\(two(inDay / 60 % 60)):\(two(inDay % 60)) +0000"
    }
}
