// HTML as a person would read it aloud: paragraphs, lists, quotes and links as plain text.

final class HTMLText: HTMLReceiver {
    private static let paragraphs: Set<String> = [
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "blockquote", "hr", "center",
    ]
    private static let lines: Set<String> = [
        "div", "li", "tr", "dt", "dd", "address", "section", "article", "header", "footer",
    ]

    private let limit: Int
    private var output = ""
    private var line = ""
    private var size = 0
    private var blankLines = 2
    private var quoteDepth = 0
    private var preDepth = 0
    private var lists: [Int?] = []
    private var link: (url: String, start: Int)?
    private var pendingBlank = false

    init(limit: Int) { self.limit = limit }

    static func make(_ source: String, limit: Int) -> String {
        let writer = HTMLText(limit: limit)
        HTMLEvents.parse(source, into: writer)
        writer.breakLine()
        return writer.output.trimmingBlanks
    }

    var isFull: Bool { size + line.utf8.count >= limit }

    // MARK: - Events

    func start(_ name: String, _ attributes: [(name: String, value: String)]) {
        separate(name)
        switch name {
        case "br": newLine()
        case "blockquote": quoteDepth = min(quoteDepth + 1, 20)
        case "pre": preDepth += 1
        case "ul", "ol": if lists.count < 100 { lists.append(name == "ol" ? 1 : nil) }
        case "li": line += bullet()
        case "td", "th": if !line.isEmpty { pendingBlank = true }
        case "hr":
            line += "----"
            separate(name)
        case "a":
            closeLink()
            link = (attributes.first { $0.name == "href" }?.value ?? "", size + line.utf8.count)
        case "img":
            let description = attributes.first { $0.name == "alt" }?.value ?? ""
            if !description.isEmpty { characters("[\(description)]") }
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
        if preDepth > 0 {
            for (place, part) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
            {
                if place > 0 { newLine() }
                line += part
            }
            return
        }
        for scalar in text.unicodeScalars {
            let isBlank = scalar.value <= 0x20 || scalar.value == 0xA0
            if isBlank {
                pendingBlank = pendingBlank || !line.isEmpty
            } else {
                if pendingBlank { line += " " }
                pendingBlank = false
                line.unicodeScalars.append(scalar)
            }
        }
    }

    // MARK: - Lines

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
        if !isBlank || blankLines < 2 { emit(line) }
        blankLines = isBlank ? blankLines + 1 : 0
        line = ""
    }

    private func blankLine() {
        guard blankLines == 0 else { return }
        emit("")
        blankLines = 1
    }

    private func emit(_ text: String) {
        let quotes = quoteDepth == 0 ? "" : String(repeating: ">", count: quoteDepth) + (text.isEmpty ? "" : " ")
        output += quotes + text + "\n"
        size += quotes.utf8.count + text.utf8.count + 1
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
        guard url.lowercased().hasPrefix("http"), url.utf8.count <= 2000, size + line.utf8.count > link.start,
            !line.hasSuffix(url)
        else { return }
        line += " <\(url)>"
    }
}
