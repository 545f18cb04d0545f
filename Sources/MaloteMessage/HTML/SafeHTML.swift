// HTML made safe: written anew from what is allowed, never by cutting from what was sent.

/// No script, no style sheet, no form, no remote load. Links lead to https, http and mailto only; images show only what
/// is in the same mail (`cid:`).
struct SafeHTML: HTMLReceiver {
    private static let plain: HTMLTags = [
        .a, .abbr, .address, .b, .bdi, .bdo, .blockquote, .br, .caption, .center, .cite, .code, .col, .colgroup, .dd,
        .del, .div, .dl, .dt, .em, .font, .h1, .h2, .h3, .h4, .h5, .h6, .hr, .i, .img, .ins, .kbd, .li, .ol, .p, .pre,
        .q, .s, .samp, .small, .span, .strike, .strong, .sub, .sup, .table, .tbody, .td, .tfoot, .th, .thead, .tr, .tt,
        .u, .ul, .var,
    ]
    private static let empty: HTMLTags = [.br, .hr, .img, .col]

    /// Elements that a new one of this name ends, when they are the innermost (WHATWG HTML §13.1.2.4).
    private static func ended(by tag: HTMLTag) -> HTMLTags {
        switch tag {
        case .li: [.li, .p]
        case .dt, .dd: [.dt, .dd, .p]
        case .td, .th: [.td, .th, .p]
        case .tr: [.td, .th, .tr, .p]
        case .tbody, .tfoot, .thead: [.td, .th, .tr, .tbody, .tfoot, .thead, .caption, .colgroup]
        case .address, .blockquote, .center, .div, .dl, .hr, .ol, .p, .pre, .table, .ul, .h1, .h2, .h3, .h4, .h5, .h6:
            [.p]
        default: []
        }
    }

    /// Octets of one attribute's value.
    private static let valueLimit = 2000

    private let limit: Int
    private var html: [UInt8] = []
    private var open: [HTMLTag] = []
    private(set) var isFull = false

    private init(limit: Int) { self.limit = limit }

    /// - Parameter source: UTF-8, perhaps damaged.
    /// - Returns: the safe HTML, whole elements only, and whether some of the source did not fit into `limit` octets.
    static func make(_ source: [UInt8], limit: Int) -> (html: String, isCut: Bool) {
        var writer = SafeHTML(limit: limit)
        writer.html.reserveCapacity(min(source.count, limit))
        HTMLEvents.parse(source, into: &writer)
        for tag in writer.open.reversed() { writer.appendEnd(tag) }
        return (String(decoding: writer.html, as: UTF8.self), writer.isFull)
    }

    /// All that `write` appends, or nothing of it if it does not fit.
    private mutating func whole(_ write: (inout SafeHTML) -> Void) {
        guard !isFull else { return }
        let length = html.count
        write(&self)
        guard html.count > limit else { return }
        html.removeLast(html.count - length)
        isFull = true
    }

    private mutating func append(_ text: StaticString) {
        html += UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    private mutating func appendEnd(_ tag: HTMLTag) { html += Self.endTags[Int(tag.rawValue)] }

    private static let startTags = HTMLTag.allCases.map { Array("<\($0)".utf8) }
    private static let endTags = HTMLTag.allCases.map { Array("</\($0)>".utf8) }
    private static let attributes = HTMLAttribute.Name.allCases.map { Array(" \($0)=\"".utf8) }

    // MARK: - Events

    mutating func start(_ tag: HTMLTag, _ attributes: [HTMLAttribute]) {
        guard Self.plain.contains(tag) else { return }
        let ended = Self.ended(by: tag)
        while let last = open.last, ended.contains(last) { end(last) }
        // Deeper nesting shows nothing and costs every reader.
        guard open.count < 200 else { return }
        guard tag != .img || attributes[.src]?.withOctets(Self.isContentID) == true else {
            return writePlaceholder(attributes)
        }
        whole { writer in
            writer.html += Self.startTags[Int(tag.rawValue)]
            for attribute in attributes { writer.append(attribute, of: tag) }
            writer.html.append(UInt8(ascii: ">"))
        }
        if !isFull, !Self.empty.contains(tag) { open.append(tag) }
    }

    mutating func end(_ tag: HTMLTag) {
        guard !isFull, let place = open.lastIndex(of: tag) else { return }
        for inner in open[place...].reversed() { appendEnd(inner) }
        open.removeSubrange(place...)
    }

    mutating func characters(_ text: UnsafeRawBufferPointer) { whole { $0.appendEscaped(text) } }

    /// A remote image is not loaded: its description stands for it.
    private mutating func writePlaceholder(_ attributes: [HTMLAttribute]) {
        guard let description = attributes[.alt], !description.raw.isEmpty else { return }
        whole { writer in
            writer.append("[")
            description.withOctets { writer.appendEscaped($0) }
            writer.append("]")
        }
    }

    // MARK: - Attributes

    private mutating func append(_ attribute: HTMLAttribute, of tag: HTMLTag) {
        let isLinkName = attribute.name == .href && tag == .a
        guard isLinkName || attribute.name == .src && tag == .img || Self.isPlain(attribute.name) else {
            return
        }
        attribute.withOctets { value in
            guard value.count <= Self.valueLimit, !isLinkName || Self.isSafeLink(value) else { return }
            html += Self.attributes[Int(attribute.name.rawValue)]
            appendEscaped(value)
            html.append(UInt8(ascii: "\""))
            if isLinkName { append(" rel=\"noopener noreferrer nofollow\"") }
        }
    }

    private static func isPlain(_ name: HTMLAttribute.Name) -> Bool {
        switch name {
        case .align, .alt, .border, .cellpadding, .cellspacing, .colspan, .dir, .height, .lang, .rowspan, .title,
            .valign, .width:
            true
        case .class, .hidden, .href, .id, .src, .style: false
        }
    }

    private static func isContentID(_ url: UnsafeRawBufferPointer) -> Bool { hasScheme(url, "cid:") }

    private static func isSafeLink(_ url: UnsafeRawBufferPointer) -> Bool {
        (hasScheme(url, "https:") || hasScheme(url, "http:") || hasScheme(url, "mailto:")) && !turnsDirection(url)
    }

    /// Whether it holds U+202A to U+202E or U+2066 to U+2069: it would read as another address.
    private static func turnsDirection(_ url: UnsafeRawBufferPointer) -> Bool {
        url.indices.dropLast(2).contains { place in
            guard url[place] == 0xE2 else { return false }
            let (second, third) = (url[place + 1], url[place + 2])
            return second == 0x80 && (0xAA...0xAE).contains(third) || second == 0x81 && (0xA6...0xA9).contains(third)
        }
    }

    /// Only what is spelt plainly is known: browsers find a scheme behind controls and breaks too, but none of ours.
    private static func hasScheme(_ url: UnsafeRawBufferPointer, _ scheme: StaticString) -> Bool {
        url.trimmed.hasPrefix(scheme)
    }

    private mutating func appendEscaped(_ text: UnsafeRawBufferPointer) {
        var start = 0
        // Beyond these all octets stand for themselves.
        for place in text.indices where text[place] <= UInt8(ascii: ">") || text[place] == 0x7F {
            guard let escaped = Self.escaped(text[place]) else { continue }
            html += UnsafeRawBufferPointer(rebasing: text[start..<place])
            append(escaped)
            start = place + 1
        }
        html += UnsafeRawBufferPointer(rebasing: text[start...])
    }

    /// - Returns: `nil` for what stands for itself.
    private static func escaped(_ byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        // No other control character has a meaning here.
        case 0x00..<0x09, 0x0B, 0x0C, 0x0E..<0x20, 0x7F: ""
        default: nil
        }
    }
}
