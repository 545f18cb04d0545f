// HTML as a person would read it aloud: paragraphs, lists, quotes and links as plain text.

final class HTMLText: HTMLReceiver {
    private static let paragraphs: Set<String> = [
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "blockquote", "hr", "center",
    ]
    private static let lines: Set<String> = [
        "div", "li", "tr", "dt", "dd", "address", "section", "article", "header", "footer",
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

    init(limit: Int) { self.limit = limit }

    /// - Parameter source: UTF-8.
    /// - Returns: the text, and the octet of it at which a quoted mail begins; `nil` if the HTML does not say.
    static func make(_ source: [UInt8], limit: Int) -> (text: String, quoteStart: Int?) {
        let writer = HTMLText(limit: limit)
        HTMLEvents.parse(source, into: writer)
        writer.breakLine()
        let indent = writer.output.prefix(while: \.isBlank).count
        let text = String(decoding: writer.output[...].trimmed, as: UTF8.self)
        return (text, writer.quoteStart.map { max(0, $0 - indent) })
    }

    var isFull: Bool { output.count + line.count >= limit }

    // MARK: - Events

    func start(_ name: String, _ attributes: [(name: String, value: String)]) {
        separate(name)
        switch name {
        case "br": newLine()
        case "blockquote": quoteDepth = min(quoteDepth + 1, 20)
        case "pre": preDepth += 1
        case "ul", "ol": if lists.count < 100 { lists.append(name == "ol" ? 1 : nil) }
        case "li": line += bullet().utf8
        case "td", "th": if !line.isEmpty { pendingBlank = true }
        case "hr":
            line += "----".utf8
            separate(name)
        case "a":
            closeLink()
            link = (attributes.first { $0.name == "href" }?.value ?? "", output.count + line.count)
        case "img":
            let description = attributes.first { $0.name == "alt" }?.value ?? ""
            if !description.isEmpty { characters("[\(description)]") }
        case "div", "span": if quoteStart == nil, QuoteMark.isOne(attributes) { markQuote() }
        default: break
        }
    }

    func end(_ name: String) {
        switch name {
        case "blockquote":
            breakLine()
            quoteDepth = max(quoteDepth - 1, 0)
        case "pre": preDepth = max(preDepth - 1, 0)
        case "ul", "ol": _ = lists.popLast()
        case "a": closeLink()
        default: break
        }
        separate(name)
    }

    func characters(_ text: String) {
        guard preDepth == 0 else { return preformatted(text) }
        var isLead = false
        for byte in text.utf8 {
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

    private func preformatted(_ text: String) {
        for (place, part) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if place > 0 { newLine() }
            line += part
        }
    }

    // MARK: - Lines

    private func markQuote() {
        breakLine()
        quoteStart = output.count
    }

    private func separate(_ name: String) {
        if Self.paragraphs.contains(name) {
            breakLine()
            // Inside a list or table a blank line between items would tear it apart.
            if lists.isEmpty { blankLine() }
        } else if Self.lines.contains(name) {
            breakLine()
        }
    }

    /// Ends the line if there is anything on it.
    private func breakLine() {
        pendingBlank = false
        if !line.isEmpty { newLine() }
    }

    private func newLine() {
        pendingBlank = false
        let isBlank = line.isEmpty
        if !isBlank || blankLines < 2 { emitLine() }
        blankLines = isBlank ? blankLines + 1 : 0
        line.removeAll(keepingCapacity: true)
    }

    private func blankLine() {
        guard blankLines == 0 else { return }
        emitLine()
        blankLines = 1
    }

    private func emitLine() {
        output += repeatElement(UInt8(ascii: ">"), count: quoteDepth)
        if quoteDepth > 0, !line.isEmpty { output.append(Self.space) }
        output += line
        output.append(0x0A)
    }

    private func bullet() -> String {
        let indent = String(repeating: "  ", count: min(max(lists.count - 1, 0), 10))
        guard let last = lists.indices.last, let number = lists[last] else { return indent + "- " }
        lists[last] = number + 1
        return indent + "\(number). "
    }

    /// `text <url>`, unless the text is the address already.
    private func closeLink() {
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
        "zmail_extra", "mailspring-quote", "front-blockquote",
    ]
    private static let ids: Set<String> = [
        "divrplyfwdmsg", "appendonsend", "reply-intro", "olk_src_body_section",
        "mail-editor-reference-message-container", "isforwardcontent", "zwchr",
    ]

    static func isOne(_ attributes: [(name: String, value: String)]) -> Bool {
        attributes.contains { name, value in
            switch name {
            case "class": classes.contains { value.split(separator: " ").contains(Substring($0)) }
            case "id": ids.contains(value.lowercased())
            default: false
            }
        }
    }
}
