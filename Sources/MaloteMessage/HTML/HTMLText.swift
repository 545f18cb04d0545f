// HTML as a person would read it aloud: paragraphs, lists, quotes and links as plain text.

struct HTMLText: HTMLReceiver {
    private static let paragraphs: HTMLTags = [
        .p, .h1, .h2, .h3, .h4, .h5, .h6, .ul, .ol, .dl, .table, .pre, .blockquote, .hr, .center,
    ]
    private static let lines: HTMLTags = [
        .div, .li, .tr, .dt, .dd, .address, .section, .article, .header, .footer,
    ]
    private static let space = UInt8(ascii: " ")

    private let limit: Int
    private var output: [UInt8] = []
    private var line: [UInt8] = []
    private var blankLines = 2
    private var quoteDepth = 0
    private var preDepth = 0
    private var lists: [Int?] = []
    private var link: (url: String, start: Int)?
    private var pendingBlank = false
    private var quoteStart: Int?

    private init(limit: Int) { self.limit = limit }

    /// - Parameter source: UTF-8, perhaps damaged.
    /// - Returns: the text, and the octet of it at which a quoted mail begins; `nil` if the HTML does not say.
    static func make(_ source: [UInt8], limit: Int) -> (text: String, quoteStart: Int?) {
        var writer = HTMLText(limit: limit)
        writer.output.reserveCapacity(min(source.count, limit))
        HTMLEvents.parse(source, into: &writer)
        writer.breakLine()
        let indent = writer.output.prefix(while: \.isBlank).count
        let text = String(decoding: writer.output[...].trimmed, as: UTF8.self)
        return (text, writer.quoteStart.map { max(0, $0 - indent) })
    }

    var isFull: Bool { output.count + line.count >= limit }

    // MARK: - Events

    mutating func start(_ tag: HTMLTag, _ attributes: [HTMLAttribute]) {
        separate(tag)
        switch tag {
        case .br: newLine()
        case .blockquote: quoteDepth = min(quoteDepth + 1, 20)
        case .pre: preDepth += 1
        case .ul, .ol: if lists.count < 100 { lists.append(tag == .ol ? 1 : nil) }
        case .li: line += bullet().utf8
        case .td, .th: if !line.isEmpty { pendingBlank = true }
        case .hr:
            if quoteStart == nil, QuoteMark.isOne(attributes) { markQuote() }
            line += "----".utf8
            separate(tag)
        case .a:
            closeLink()
            link = (attributes[.href]?.value ?? "", output.count + line.count)
        case .img:
            let description = attributes[.alt]?.value ?? ""
            if !description.isEmpty { Array("[\(description)]".utf8).withUnsafeBytes { characters($0) } }
        case .div, .span: if quoteStart == nil, QuoteMark.isOne(attributes) { markQuote() }
        default: break
        }
    }

    mutating func end(_ tag: HTMLTag) {
        switch tag {
        case .blockquote:
            breakLine()
            quoteDepth = max(quoteDepth - 1, 0)
        case .pre: preDepth = max(preDepth - 1, 0)
        case .ul, .ol: _ = lists.popLast()
        case .a: closeLink()
        default: break
        }
        separate(tag)
    }

    mutating func characters(_ text: UnsafeRawBufferPointer) {
        guard preDepth == 0 else { return preformatted(text) }
        var isLead = false
        for byte in text {
            // A no-break space is C2 A0.
            if byte <= Self.space || isLead && byte == 0xA0 {
                pendingBlank = pendingBlank || !line.isEmpty
            } else if !isLead, byte == 0xC2 {
                isLead = true
                continue
            } else {
                if pendingBlank { line.append(Self.space) }
                pendingBlank = false
                if isLead { line.append(0xC2) }
                line.append(byte)
            }
            isLead = false
        }
    }

    private mutating func preformatted(_ text: UnsafeRawBufferPointer) {
        var start = 0
        while start < text.count {
            let end = text.place(of: 0x0A, from: start)
            line += UnsafeRawBufferPointer(rebasing: text[start..<end])
            if end < text.count { newLine() }
            start = end + 1
        }
    }

    // MARK: - Lines

    private mutating func markQuote() {
        breakLine()
        quoteStart = output.count
    }

    private mutating func separate(_ tag: HTMLTag) {
        if Self.paragraphs.contains(tag) {
            breakLine()
            // Inside a list or table a blank line between items would tear it apart.
            if lists.isEmpty { blankLine() }
        } else if Self.lines.contains(tag) {
            breakLine()
        }
    }

    /// Ends the line if there is anything on it.
    private mutating func breakLine() {
        pendingBlank = false
        if !line.isEmpty { newLine() }
    }

    private mutating func newLine() {
        pendingBlank = false
        let isBlank = line.isEmpty
        if !isBlank || blankLines < 2 { emitLine() }
        blankLines = isBlank ? blankLines + 1 : 0
        line.removeAll(keepingCapacity: true)
    }

    private mutating func blankLine() {
        guard blankLines == 0 else { return }
        emitLine()
        blankLines = 1
    }

    private mutating func emitLine() {
        output += repeatElement(UInt8(ascii: ">"), count: quoteDepth)
        if quoteDepth > 0, !line.isEmpty { output.append(Self.space) }
        output += line
        output.append(0x0A)
    }

    private mutating func bullet() -> String {
        let indent = String(repeating: "  ", count: min(max(lists.count - 1, 0), 10))
        guard let last = lists.indices.last, let number = lists[last] else { return indent + "- " }
        lists[last] = number + 1
        return indent + "\(number). "
    }

    /// `text <url>`, unless the text is the address already.
    private mutating func closeLink() {
        guard let link else { return }
        self.link = nil
        let url = link.url.trimmingBlanks
        guard url.lowercased().hasPrefix("http"), url.utf8.count <= 2000, output.count + line.count > link.start,
            !line.suffix(url.utf8.count).elementsEqual(url.utf8)
        else { return }
        line += " <\(url)>".utf8
    }
}

/// How mail programs mark in HTML where the mail that they quote begins.
private enum QuoteMark {
    private static let classes = [
        "gmail_quote", "gmail_attr", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "tutanota_quote",
        "zmail_extra", "mailspring-quote", "front-blockquote", "x_gmail_quote", "x_yahoo_quoted",
    ]
    private static let ids: Set<String> = [
        "divrplyfwdmsg", "appendonsend", "reply-intro", "olk_src_body_section",
        "mail-editor-reference-message-container", "isforwardcontent", "zwchr",
        "ms-outlook-mobile-reference-message", "x_divrplyfwdmsg", "x_appendonsend", "stopspelling",
    ]

    static func isOne(_ attributes: [HTMLAttribute]) -> Bool {
        if let id = attributes[.id]?.value.lowercased(), ids.contains(id) { return true }
        guard let value = attributes[.class]?.value.utf8 else { return false }
        return value.split(separator: 0x20).contains { name in classes.contains { name.elementsEqual($0.utf8) } }
    }
}
