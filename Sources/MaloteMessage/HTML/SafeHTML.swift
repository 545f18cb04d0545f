// HTML made safe: written anew from what is allowed, never by cutting from what was sent.

/// No script, no style sheet, no form, no remote load. Links lead to https, http and mailto only; images show only what
/// is in the same mail (`cid:`).
final class SafeHTML: HTMLReceiver {
    private static let plain: Set<String> = [
        "a", "abbr", "address", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "col",
        "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
        "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
        "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
    ]
    private static let empty: Set<String> = ["br", "hr", "img", "col"]
    private static let attributes: Set<String> = [
        "align", "alt", "border", "cellpadding", "cellspacing", "colspan", "dir", "height", "lang", "rowspan", "title",
        "valign", "width",
    ]

    /// Elements that a new one of this name ends, when they are the innermost (WHATWG HTML §13.1.2.4).
    private static let ended: [String: Set<String>] = {
        var ended: [String: Set<String>] = [
            "li": ["li", "p"], "dt": ["dt", "dd", "p"], "dd": ["dt", "dd", "p"], "td": ["td", "th", "p"],
            "th": ["td", "th", "p"], "tr": ["td", "th", "tr", "p"],
        ]
        for name in ["tbody", "tfoot", "thead"] {
            ended[name] = ["td", "th", "tr", "tbody", "tfoot", "thead", "caption", "colgroup"]
        }
        for name in ["address", "blockquote", "center", "div", "dl", "hr", "ol", "p", "pre", "table", "ul"] {
            ended[name] = ["p"]
        }
        for level in 1...6 { ended["h\(level)"] = ["p"] }
        return ended
    }()
    /// Octets of one attribute's value.
    private static let valueLimit = 2000

    private let limit: Int
    private var html = ""
    private var open: [String] = []
    private(set) var isFull = false

    init(limit: Int) { self.limit = limit }

    /// - Parameter source: UTF-8.
    /// - Returns: the safe HTML, whole elements only, and whether some of the source did not fit into `limit` octets.
    static func make(_ source: [UInt8], limit: Int) -> (html: String, isCut: Bool) {
        let writer = SafeHTML(limit: limit)
        HTMLEvents.parse(source, into: writer)
        return (writer.finish(), writer.isFull)
    }

    private func write(_ text: String) {
        guard !isFull, html.utf8.count + text.utf8.count <= limit else {
            isFull = true
            return
        }
        html += text
    }

    private func finish() -> String {
        for name in open.reversed() { html += "</\(name)>" }
        return html
    }

    // MARK: - Events

    func start(_ name: String, _ attributes: [(name: String, value: String)]) {
        guard Self.plain.contains(name) else { return }
        if let ended = Self.ended[name] {
            while let last = open.last, ended.contains(last) { end(last) }
        }
        // Deeper nesting shows nothing and costs every reader.
        guard open.count < 200 else { return }
        guard name != "img" || attributes.contains(where: { $0.name == "src" && Self.isContentID($0.value) }) else {
            return writePlaceholder(attributes)
        }
        write("<\(name)\(Self.safe(attributes, of: name))>")
        if !isFull, !Self.empty.contains(name) { open.append(name) }
    }

    func end(_ name: String) {
        guard !isFull, let place = open.lastIndex(of: name) else { return }
        for inner in open[place...].reversed() { html += "</\(inner)>" }
        open.removeSubrange(place...)
    }

    func characters(_ text: String) { write(Self.escaped(text)) }

    /// A remote image is not loaded: its description stands for it.
    private func writePlaceholder(_ attributes: [(name: String, value: String)]) {
        let description = attributes.first { $0.name == "alt" }?.value ?? ""
        if !description.isEmpty { write("[\(Self.escaped(description))]") }
    }

    // MARK: - Attributes

    private static func safe(_ attributes: [(name: String, value: String)], of element: String) -> String {
        var text = ""
        for (name, value) in attributes where value.utf8.count <= valueLimit {
            let isLink = name == "href" && element == "a" && isSafeLink(value)
            let isImage = name == "src" && element == "img"
            if isLink || isImage || Self.attributes.contains(name) { text += " \(name)=\"\(escaped(value))\"" }
            if isLink { text += " rel=\"noopener noreferrer nofollow\"" }
        }
        return text
    }

    private static func isContentID(_ url: String) -> Bool { scheme(url) == "cid" }
    private static func isSafeLink(_ url: String) -> Bool { ["https", "http", "mailto"].contains(scheme(url)) }

    /// Only what is spelt plainly is known: browsers find a scheme behind controls and breaks too, but none of ours.
    private static func scheme(_ url: String) -> String {
        let text = url.trimmingBlanks.prefix(20)
        return text.firstIndex(of: ":").map { text[..<$0].lowercased() } ?? ""
    }

    private static func escaped(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): escaped += "&amp;".utf8
            case UInt8(ascii: "<"): escaped += "&lt;".utf8
            case UInt8(ascii: ">"): escaped += "&gt;".utf8
            case UInt8(ascii: "\""): escaped += "&quot;".utf8
            // No other control character has a meaning here.
            case 0x00..<0x09, 0x0B, 0x0C, 0x0E..<0x20, 0x7F: continue
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
