// From raw source to the view that the desk works on; decides what is body and what is attachment, nothing more.

import MaloteCore

struct MessageReader {
    private let hashing: any Hashing
    private let limits: MailLimits
    private var view = MessageView()
    private var texts: [String] = []
    private var htmls: [String] = []

    init(hashing: any Hashing, limits: MailLimits) {
        self.hashing = hashing
        self.limits = limits
    }

    static func read(
        _ raw: RawMessage, hashing: any Hashing, limits: MailLimits
    ) throws(Failure) -> MessageView {
        var reader = MessageReader(hashing: hashing, limits: limits)
        var parser = MIMEParser(limits: limits)
        let root = parser.parse(try raw.bytes()[...])
        reader.readHeader(root)
        reader.view.defects = parser.defects
        reader.readBody(root)
        return reader.view
    }

    // MARK: - Header

    private mutating func readHeader(_ root: MIMEPart) {
        let header = root.header
        view.headers = header.fields.map { .init(name: $0.name, value: EncodedWords.decode($0.value[...])) }
        view.contentType = root.mediaType
        view.contentTypeParameters = root.type.all
        view.subject = header.first("subject").map(EncodedWords.decode) ?? ""
        view.messageID = header.first("message-id").flatMap { Self.messageIDs($0).first }
        view.inReplyTo = header.first("in-reply-to").map(Self.messageIDs) ?? []
        view.references = header.first("references").map(Self.messageIDs) ?? []
        view.date = header.first("date").flatMap(MailDate.parse)
        view.from = addresses(header, "from").first
        view.sender = addresses(header, "sender").first
        view.replyTo = addresses(header, "reply-to")
        view.to = addresses(header, "to")
        view.cc = addresses(header, "cc")
    }

    /// All fields of the name together: two To fields are wrong and happen.
    private func addresses(_ header: HeaderBlock, _ key: String) -> [MailAddress] {
        let lists = header.fields.filter { $0.key == key }
        return Array(
            lists.flatMap { AddressList.parse($0.value[...], limit: limits.addresses) }.prefix(limits.addresses))
    }

    /// Everything in angle brackets that may be a Message-ID; at most 100, the last ones. Only printable ASCII that fits
    /// on one line is one, so that a reply can always name it.
    private static func messageIDs(_ value: Bytes) -> [String] {
        let value = value.contains(UInt8(ascii: "?")) ? Array(EncodedWords.decode(value).utf8)[...] : value
        var found: [String] = []
        var start: Int?
        for (index, byte) in zip(value.indices, value) {
            if byte == UInt8(ascii: "<") {
                start = index
            } else if !(0x21...0x7E).contains(byte) {
                start = nil
            } else if byte == UInt8(ascii: ">"), let open = start {
                let inner = value[open...index]
                if (5...900).contains(inner.count) { found.append(String(decoding: inner, as: UTF8.self)) }
                start = nil
            }
        }
        return Array(found.suffix(100))
    }

    // MARK: - Body

    private mutating func readBody(_ root: MIMEPart) {
        walk(root)
        let html = htmls.joined(separator: "\n").normalisedLines
        let plain = texts.joined(separator: "\n").normalisedLines
        if !html.isEmpty {
            let safe = SafeHTML.make(html, limit: limits.text)
            view.html = safe.html
            if safe.isCut { view.defects.append("The HTML is longer than what is shown.") }
        }
        // text/plain unless empty, else HTML made readable.
        view.text = plain.trimmingBlanks.isEmpty && !html.isEmpty ? HTMLText.make(html, limit: limits.text) : plain
        if view.text.utf8.count > limits.text {
            view.text = view.text.cut(toOctets: limits.text)
            view.defects.append("The text is longer than what is shown.")
        }
    }

    private mutating func walk(_ part: MIMEPart) {
        if !part.children.isEmpty {
            for child in part.children { walk(child) }
        } else if part.isAttachment {
            attach(part)
        } else if part.mediaType == "text/html" {
            htmls.append(part.text)
        } else {
            texts.append(part.text)
        }
    }

    private mutating func attach(_ part: MIMEPart) {
        let content = part.decoded
        let digest = content.withUnsafeBytes { hashing.sha256($0) }
        view.attachments.append(
            MessageView.Attachment(
                name: name(of: part, content), type: part.mediaType, size: content.count, sha256: digest,
                contentID: part.contentID,
                isInline: part.disposition.value == "inline"
                    || (part.disposition.value.isEmpty && part.contentID != nil)))
    }

    /// What a person may save it as: no path, no control character, never empty.
    private func name(of part: MIMEPart, _ content: [UInt8]) -> String {
        var name = Self.safe(part.fileName ?? "")
        if name.isEmpty, part.mediaType == "message/rfc822" {
            let subject = Self.safe(subject(of: content))
            name = (subject.isEmpty ? "message" : subject) + ".eml"
        }
        if name.isEmpty { name = "attachment-\(view.attachments.count + 1)" + Self.ending(part.mediaType) }
        return name.cut(toOctets: limits.fileName, keepingEndingOf: 20)
    }

    private func subject(of mail: [UInt8]) -> String {
        var budget = limits.headerOctets
        let header = HeaderBlock(mail[...], isWholeMail: true, limits: limits, budget: &budget)
        return header.first("subject").map(EncodedWords.decode) ?? ""
    }

    private static func safe(_ name: String) -> String {
        let scalars = name.unicodeScalars.map { scalar -> Character in
            // Marks that turn the reading direction make `gpj.exe` look like `exe.jpg`.
            let turns = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            let isPath = scalar == "/" || scalar == "\\"
            return turns || isPath || String(scalar).hasControlCharacter ? "_" : Character(scalar)
        }
        let safe = String(scalars).trimmingBlanks
        return safe == "." || safe == ".." ? "_" : safe
    }

    private static func ending(_ type: String) -> String {
        let endings = [
            "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "image/png": ".png",
            "image/jpeg": ".jpg", "image/gif": ".gif", "application/pdf": ".pdf", "message/rfc822": ".eml",
            "message/delivery-status": ".txt",
        ]
        return endings[type] ?? ""
    }
}

extension String {
    /// One kind of line end.
    fileprivate var normalisedLines: String {
        guard utf8.contains(0x0D) else { return self }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        Array(utf8)[...].forEachLine { line in
            bytes += line
            bytes.append(0x0A)
        }
        if let last = utf8.last, !last.isLineEnd { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The longest start of whole scalars that fits.
    func cut(toOctets limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > startIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
        return String(self[..<end])
    }

    /// Cuts in the middle, so that a name of any length still ends in its `.exe`.
    fileprivate func cut(toOctets limit: Int, keepingEndingOf longest: Int) -> String {
        guard utf8.count > limit, let dot = lastIndex(of: "."), self[dot...].utf8.count <= min(longest, limit) else {
            return cut(toOctets: limit)
        }
        return cut(toOctets: limit - self[dot...].utf8.count) + self[dot...]
    }
}
