// The second lock on the HTML of mails: passes only what the first one writes, token by token; knows no mail.

import MaloteCore

/// HTML that was made safe is read once more, octet by octet, by a reader that understands nothing but what making safe
/// writes: these elements, these attributes, quoted values without `<`, `>` and `"`. Anything else, and all is refused.
struct MailMarkup {
    private static let elements: Set<String> = [
        "a", "abbr", "address", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "col",
        "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
        "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
        "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
    ]
    private static let attributes: Set<String> = [
        "align", "alt", "border", "cellpadding", "cellspacing", "colspan", "dir", "height", "lang", "rowspan", "title",
        "valign", "width",
    ]
    private static let linksKept = 1000

    /// With the images in place of their names, and behind each link, which opens nothing, where it would lead.
    var markup: String { String(decoding: output, as: UTF8.self) }
    /// Where links lead, each once, in order.
    private(set) var links: [String] = []

    private var output: [UInt8] = []
    private var known: Set<String> = []
    /// Links that are open: the address as it stood in the markup, and where their text begins.
    private var open: [(address: String, start: Int)] = []
    private let images: [String: String]
    private let bytes: [UInt8]
    private var index = 0

    /// - Parameters:
    ///   - html: as the mail room made it safe.
    ///   - images: for each Content-ID the `data:` address that stands for it.
    /// - Returns: `nil` if there is anything in it that should not be.
    init?(_ html: String, images: [String: String] = [:]) {
        self.images = images
        bytes = Array(html.utf8)
        output.reserveCapacity(bytes.count)
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "<") ? tag() : text() else { return nil }
        }
    }

    /// Up to one of these octets, or to the end.
    private func span(upTo stops: UInt8...) -> ArraySlice<UInt8> { bytes[index...].prefix { !stops.contains($0) } }

    private mutating func text() -> Bool {
        let piece = span(upTo: UInt8(ascii: "<"))
        index = piece.endIndex
        output += piece
        return !piece.contains(UInt8(ascii: ">"))
    }

    private mutating func takes(_ octet: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: octet) else { return false }
        index += 1
        return true
    }

    // MARK: - Tags

    /// `<name ...>` or `</name>`.
    private mutating func tag() -> Bool {
        index += 1
        let isEnd = takes("/")
        let name = word()
        guard Self.elements.contains(name) else { return false }
        output += (isEnd ? "</\(name)" : "<\(name)").utf8
        var link: String?
        while !isEnd, takes(" ") { guard attribute(of: name, &link) else { return false } }
        output.append(UInt8(ascii: ">"))
        if name == "a" { isEnd ? closeLink() : open.append((link ?? "", output.count)) }
        return takes(">")
    }

    /// Small letters and digits.
    private mutating func word() -> String {
        let piece = bytes[index...].prefix { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        index = piece.endIndex
        return String(decoding: piece, as: UTF8.self)
    }

    /// `name="value"`.
    private mutating func attribute(of element: String, _ link: inout String?) -> Bool {
        let name = word()
        guard takes("="), takes("\"") else { return false }
        let value = span(upTo: UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"))
        index = value.endIndex
        guard takes("\"") else { return false }
        let text = String(decoding: value, as: UTF8.self)
        switch (element, name) {
        case ("a", "href"):
            link = text
            return keepLink(Self.decoded(text))
        case ("a", "rel"): return text == "noopener noreferrer nofollow"
        case ("img", "src"): return writeImage(Self.decoded(text))
        default:
            guard Self.attributes.contains(name) else { return false }
            output += " \(name)=\"\(text)\"".utf8
            return true
        }
    }

    /// A link in the frame is none: browsers connect to where one leads when it is only pressed. It can be followed from the
    /// list below the frame.
    private mutating func keepLink(_ address: String) -> Bool {
        let start = address.prefix(8).lowercased()
        guard ["https:", "http:", "mailto:"].contains(where: start.hasPrefix) else { return false }
        if links.count < Self.linksKept, known.insert(address).inserted { links.append(address) }
        return true
    }

    /// Where it leads, unless that is its text.
    private mutating func closeLink() {
        guard let link = open.popLast(), !link.address.isEmpty else { return }
        guard !output[link.start...].elementsEqual((link.address + "</a>").utf8) else { return }
        output += " <span class=\"to\">&lt;\(link.address)&gt;</span>".utf8
    }

    /// One that did not come along shows its description.
    private mutating func writeImage(_ address: String) -> Bool {
        guard address.prefix(4).lowercased() == "cid:" else { return false }
        if let image = images[Self.contentID(address)] { output += " src=\"\(image)\"".utf8 }
        return true
    }

    /// The references that making safe writes, and no others.
    private static func decoded(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
            .reduce(text) { $0.utf8.contains(UInt8(ascii: "&")) ? $0.replacing($1.0, with: $1.1) : $0 }.trimmed
    }

    /// RFC 2392 §2: what is behind `cid:`, percent-decoded.
    private static func contentID(_ address: String) -> String {
        let text = String(address.dropFirst(4))
        guard text.contains("%") else { return text }
        let field = "x=" + text.replacing("+", with: "%2B").replacing("&", with: "%26")
        return FormFields(Array(field.utf8))["x"] ?? text
    }
}
