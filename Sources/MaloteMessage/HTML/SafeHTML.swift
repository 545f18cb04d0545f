// HTML made safe: written anew from what is allowed, never by cutting from what was sent.

/// No script, no style sheet, no form, no remote load. Links lead to https, http and mailto only; images show only what
/// is in the same mail (`cid:`).
final class SafeHTML: HTMLReceiver {
    private static let plain: Set<String> = [
        "a", "abbr", "address", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "col",
        "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
        "ins",
        "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table",
        "tbody",
        "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
    ]
    /// Their content is not text.
    private static let hidden: Set<String> = [
        "script", "style", "head", "title", "noscript", "template", "iframe", "object", "embed", "svg", "math",
        "select",
        "textarea", "noframes", "audio", "video", "applet",
    ]
    private static let empty: Set<String> = ["br", "hr", "img", "col"]
    private static let attributes: Set<String> = [
        "align", "alt", "border", "cellpadding", "cellspacing", "colspan", "dir", "height", "lang", "rowspan", "title",
        "valign", "width",
    ]

    private let limit: Int
    private(set) var html = ""
    private var open: [String] = []
    private var hiddenDepth = 0
    private var written = 0

    init(limit: Int) { self.limit = limit }

    static func make(_ source: String, limit: Int) -> String {
        let writer = SafeHTML(limit: limit)
        HTMLEvents.parse(source, into: writer)
        return writer.finish()
    }

    var isFull: Bool { written >= limit }

    private func write(_ text: String) {
        html += text
        written += text.utf8.count
    }

    private func finish() -> String {
        for name in open.reversed() { html += "</\(name)>" }
        return html
    }

    // MARK: - Events

    func start(_ name: String, _ attributes: [(name: String, value: String)]) {
        if hiddenDepth > 0 || Self.hidden.contains(name) {
            hiddenDepth += 1
            return
        }
        // Deeper nesting shows nothing and costs every reader.
        guard Self.plain.contains(name), open.count < 200 else { return }
        guard name != "img" || attributes.contains(where: { $0.name == "src" && Self.isContentID($0.value) }) else {
            return writePlaceholder(attributes)
        }
        write("<\(name)\(Self.safe(attributes, of: name))>")
        if !Self.empty.contains(name) { open.append(name) }
    }

    func end(_ name: String) {
        guard hiddenDepth == 0 else {
            hiddenDepth -= 1
            return
        }
        guard let place = open.lastIndex(of: name) else { return }
        for inner in open[place...].reversed() { write("</\(inner)>") }
        open.removeSubrange(place...)
    }

    func characters(_ text: String) {
        if hiddenDepth == 0 { write(Self.escaped(text)) }
    }

    /// A remote image is not loaded: its description stands for it.
    private func writePlaceholder(_ attributes: [(name: String, value: String)]) {
        let description = attributes.first { $0.name == "alt" }?.value ?? ""
        if !description.isEmpty { write("[\(Self.escaped(description))]") }
    }

    // MARK: - Attributes

    private static func safe(_ attributes: [(name: String, value: String)], of element: String) -> String {
        var text = ""
        for (name, value) in attributes {
            let isLink = name == "href" && element == "a" && isSafeLink(value)
            let isImage = name == "src" && element == "img"
            if isLink || isImage || Self.attributes.contains(name) { text += " \(name)=\"\(escaped(value))\"" }
            if isLink { text += " rel=\"noopener noreferrer nofollow\"" }
        }
        return text
    }

    private static func isContentID(_ url: String) -> Bool { scheme(url) == "cid" }
    private static func isSafeLink(_ url: String) -> Bool { ["https", "http", "mailto"].contains(scheme(url)) }

    /// Browsers ignore blanks and controls inside a scheme, so they must not hide one.
    private static func scheme(_ url: String) -> String {
        let text = url.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F }.prefix(20)
        guard let colon = text.firstIndex(of: ":") else { return "" }
        return String(String.UnicodeScalarView(text[..<colon])).lowercased()
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
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
