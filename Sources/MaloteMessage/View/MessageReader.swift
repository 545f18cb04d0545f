// From the octets of a mail to the view that the desk works on; decides what is body and what is attachment.

import MaloteCore

struct MessageReader {
    private let limits: MailLimits
    private var view = MessageView()
    /// Of each attachment, if it was kept.
    private var contents: [[UInt8]?] = []

    static func read(
        _ raw: RawMessage, hashing: any Hashing, limits: MailLimits
    ) throws(Failure) -> MessageView {
        var reader = MessageReader(limits: limits)
        return reader.read(try parse(raw, hashing, limits))
    }

    /// The attachments with their contents, in the view's order.
    static func files(
        _ raw: RawMessage, hashing: any Hashing, limits: MailLimits
    ) throws(Failure) -> [OutgoingMessage.Attachment?] {
        var reader = MessageReader(limits: limits)
        for part in try parse(raw, hashing, limits).parts { reader.listFiles(of: part) }
        return zip(reader.view.attachments, reader.contents).map { attachment, content in
            content.map { .init(name: attachment.name, type: attachment.type, content: $0) }
        }
    }

    private static func parse(
        _ raw: RawMessage, _ hashing: any Hashing, _ limits: MailLimits
    ) throws(Failure) -> MIMEParser.Result {
        var parser = MIMEParser(limits: limits, hashing: hashing)
        try raw.forEachPiece { piece throws(Failure) in parser.feed(piece) }
        return parser.finish()
    }

    private init(limits: MailLimits) { self.limits = limits }

    private mutating func read(_ mail: MIMEParser.Result) -> MessageView {
        view.defects = mail.defects
        view.contentType = mail.mediaType
        readHeader(mail.header)
        for part in mail.parts { listFiles(of: part) }
        let body = MailBody(mail.parts, limits: limits)
        view.text = body.text
        view.newText = ReplyText.newText(of: body.text, subject: view.subject, quoteStart: body.quoteStart)
        view.html = body.html
        body.defects.forEach { note($0) }
        NoticeReader.read(&view, limits: limits)
        return view
    }

    private mutating func note(_ defect: String) {
        if !view.defects.contains(defect) { view.defects.append(defect) }
    }

    // MARK: - Header

    private mutating func readHeader(_ header: HeaderBlock) {
        view.headers = Self.decoded(header.fields)
        view.contentTypeParameters = Parameters(header.first("content-type") ?? []).all
        view.subject = zip(header.fields, view.headers).first { $0.0.key == "subject" }?.1.value ?? ""
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

    private static func decoded(_ fields: [RawField]) -> [MessageView.Header] {
        fields.map { .init(name: $0.name, value: EncodedWords.decode($0.value[...])) }
    }

    /// All fields of the name together: two To fields are wrong and happen.
    private mutating func addresses(_ header: HeaderBlock, _ key: String) -> [MailAddress] {
        var found: [MailAddress] = []
        for field in header.fields where field.key == key {
            found += AddressList.parse(field.value[...], limit: limits.addresses + 1 - found.count)
        }
        guard found.count > limits.addresses else { return found }
        note("A header has more than \(limits.addresses) addresses.")
        return Array(found.prefix(limits.addresses))
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

    // MARK: - Files

    private mutating func listFiles(of part: MailPart) {
        switch part.content {
        case .file(let file):
            if part.alternative == nil || !part.facts.isOtherForm { list(part.facts, file) }
            take(file.inside, part.facts.mediaType)
        case .text(let text): list(text.files)
        case .parts: break
        }
    }

    private mutating func take(_ inside: FileContent.Inside, _ type: String) {
        switch inside {
        case .nothing: break
        case .header(let fields): if view.enclosedHeaders.isEmpty { view.enclosedHeaders = Self.decoded(fields) }
        case .files(let files): list(files)
        case .report(let groups, let isCut):
            if isCut { note("A report is longer than what is looked at.") }
            if view.report == nil { view.report = .init(type: type, groups: groups.map(Self.decoded)) }
        }
    }

    private mutating func list(_ facts: PartFacts, _ file: FileContent) {
        var name = AttachmentName.safe(facts.fileName ?? "")
        if name.isEmpty, case .header(let fields) = file.inside {
            let subject = fields.first { $0.key == "subject" }.map { EncodedWords.decode($0.value[...]) } ?? ""
            let safe = AttachmentName.safe(subject)
            name = (safe.isEmpty ? "message" : safe) + ".eml"
        }
        if name.isEmpty { name = AttachmentName.number(view.attachments.count + 1, facts.mediaType) }
        contents.append(file.octets)
        view.attachments.append(
            MessageView.Attachment(
                name: name.cut(toOctets: limits.fileName, keepingEndingOf: 20), type: facts.mediaType, size: file.size,
                sha256: file.sha256, contentID: facts.contentID, isInline: facts.isInline))
    }

    private mutating func list(_ files: [InnerFile]) {
        for file in files {
            var name = AttachmentName.safe(file.name ?? "")
            if name.isEmpty { name = AttachmentName.number(view.attachments.count + 1, "") }
            contents.append(nil)
            view.attachments.append(
                MessageView.Attachment(
                    name: name.cut(toOctets: limits.fileName, keepingEndingOf: 20), type: "application/octet-stream",
                    size: file.size, sha256: file.sha256))
        }
    }
}
