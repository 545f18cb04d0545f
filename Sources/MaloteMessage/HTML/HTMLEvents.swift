// HTML as a stream of tags and text; builds no tree and judges no tag.

/// Takes what the scanner sees. Names are lower case; values and text are decoded.
protocol HTMLReceiver: AnyObject {
    func start(_ name: String, _ attributes: [(name: String, value: String)])
    func end(_ name: String)
    func characters(_ text: String)
    /// True when nothing more is wanted.
    var isFull: Bool { get }
}

/// Reads tags as browsers do (WHATWG HTML §13.2.5), in one pass over the octets: no input makes it look back or keep a
/// stack, so that time is linear whatever is nested or left open.
struct HTMLEvents {
    /// Elements whose content is no markup; all of it is left out.
    private static let raw: Set<String> = [
        "script", "style", "title", "textarea", "iframe", "xmp", "noembed", "noframes",
    ]
    /// Elements whose content is not for a reader, up to their own end.
    private static let hidden: Set<String> = [
        "template", "svg", "math", "select", "object", "audio", "video", "applet", "noscript",
    ]
    /// Elements that a style may hide; their end may not be left out, so that it is known where the hidden part ends.
    private static let hideable: Set<String> = ["div", "span", "table", "center", "section", "font", "a", "b", "i"]
    private static let attributeLimit = 32
    private static let valueLimit = 4096
    private static let textLimit = 16 * 1024

    private let bytes: [UInt8]
    private var index = 0
    private let receiver: any HTMLReceiver
    private var skipped: (name: String, depth: Int)?

    private init(_ bytes: [UInt8], _ receiver: any HTMLReceiver) {
        self.bytes = bytes
        self.receiver = receiver
    }

    /// - Parameter html: UTF-8.
    static func parse(_ html: [UInt8], into receiver: any HTMLReceiver) {
        var events = HTMLEvents(html, receiver)
        while events.index < events.bytes.count, !receiver.isFull { events.step() }
    }

    private mutating func step() {
        guard isMarkup(index) else { return text() }
        let next = bytes[index + 1]
        if next == UInt8(ascii: "/") {
            endTag()
        } else if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") {
            declaration()
        } else {
            startTag()
        }
    }

    private func isMarkup(_ place: Int) -> Bool {
        guard bytes[place] == UInt8(ascii: "<"), place + 1 < bytes.count else { return false }
        let next = bytes[place + 1]
        return next.isLetter || next == UInt8(ascii: "/") || next == UInt8(ascii: "!") || next == UInt8(ascii: "?")
    }

    // MARK: - Text

    /// Up to the next tag, in pieces of bounded size that split neither a character nor a reference.
    private mutating func text() {
        let start = index
        let limit = min(bytes.count, start + Self.textLimit)
        index += 1
        while index < limit, !isMarkup(index) { index += 1 }
        if index == limit, index < bytes.count { index = Self.cut(bytes, start, index) }
        if skipped == nil { receiver.characters(HTMLReference.decode(bytes[start..<index], needsSemicolon: false)) }
    }

    private static func cut(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
        var cut = end
        while cut > start + 1, bytes[cut] & 0xC0 == 0x80 { cut -= 1 }
        let tail = max(start + 1, cut - HTMLReference.longest)..<cut
        return bytes[tail].lastIndex(of: UInt8(ascii: "&")) ?? cut
    }

    // MARK: - Tags

    private mutating func name() -> String {
        let start = index
        while index < bytes.count, !bytes[index].isHTMLBlank, bytes[index] != UInt8(ascii: "/"),
            bytes[index] != UInt8(ascii: ">")
        { index += 1 }
        return lowercased(start..<min(index, start + 64))
    }

    private func lowercased(_ range: Range<Int>) -> String {
        String(decoding: bytes[range].map(\.lowercased), as: UTF8.self)
    }

    private mutating func endTag() {
        index += 2
        guard index < bytes.count, bytes[index].isLetter else { return skip(past: UInt8(ascii: ">")) }
        let name = name()
        _ = attributes()
        guard let open = skipped else { return receiver.end(name) }
        if open.name == name { skipped = open.depth > 1 ? (name, open.depth - 1) : nil }
    }

    private mutating func startTag() {
        index += 1
        let name = name()
        // A tag that never ends is no tag, and nothing comes behind it.
        guard let (attributes, isClosed) = attributes() else { return }
        if let open = skipped {
            if open.name == name, !isClosed || Self.hideable.contains(name) { skipped = (name, open.depth + 1) }
        } else if Self.raw.contains(name) {
            skipRaw(name)
        } else if Self.hideable.contains(name), Self.hides(attributes) {
            skipped = (name, 1)
        } else if Self.hidden.contains(name) {
            if !isClosed { skipped = (name, 1) }
        } else {
            receiver.start(name, attributes)
        }
    }

    /// Preview lines and what is meant for machines only: without its style it would show.
    private static func hides(_ attributes: [(name: String, value: String)]) -> Bool {
        attributes.contains { name, value in
            guard name == "style" else { return name == "hidden" }
            let style = value.utf8.filter { !$0.isHTMLBlank }.map(\.lowercased)
            return String(decoding: style, as: UTF8.self).contains("display:none")
        }
    }

    /// - Returns: `nil` if the tag never ends.
    private mutating func attributes() -> (list: [(name: String, value: String)], isClosed: Bool)? {
        var list: [(name: String, value: String)] = []
        var isClosed = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ">") {
                index += 1
                return (list, isClosed)
            }
            isClosed = byte == UInt8(ascii: "/")
            if isClosed || byte.isHTMLBlank {
                index += 1
                continue
            }
            let attribute = attribute()
            // The first of a name counts, as in browsers.
            if list.count < Self.attributeLimit, !list.contains(where: { $0.name == attribute.name }) {
                list.append(attribute)
            }
        }
        return nil
    }

    private mutating func attribute() -> (name: String, value: String) {
        let start = index
        index += 1
        while index < bytes.count, !bytes[index].isHTMLBlank, bytes[index] != UInt8(ascii: "="),
            bytes[index] != UInt8(ascii: "/"), bytes[index] != UInt8(ascii: ">")
        { index += 1 }
        let name = lowercased(start..<min(index, start + 64))
        skipBlanks()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { return (name, "") }
        index += 1
        skipBlanks()
        let value = value()
        let isTooLong = value.count > Self.valueLimit
        return (name, isTooLong ? "" : HTMLReference.decode(value, needsSemicolon: true))
    }

    private mutating func value() -> Bytes {
        guard index < bytes.count else { return [] }
        let quote = bytes[index]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let start = index
            while index < bytes.count, !bytes[index].isHTMLBlank, bytes[index] != UInt8(ascii: ">") { index += 1 }
            return bytes[start..<index]
        }
        index += 1
        let start = index
        skip(past: quote)
        return bytes[start..<max(start, index - 1)]
    }

    // MARK: - What is passed over

    private mutating func skipBlanks() {
        while index < bytes.count, bytes[index].isHTMLBlank { index += 1 }
    }

    private mutating func skip(past stop: UInt8) {
        while index < bytes.count, bytes[index] != stop { index += 1 }
        index = min(index + 1, bytes.count)
    }

    private mutating func declaration() {
        guard bytes[index...].hasPrefix("<!--") else {
            index += 1
            return skip(past: UInt8(ascii: ">"))
        }
        // `<!-->` is a whole comment.
        index += 2
        while index < bytes.count, !bytes[index...].hasPrefix("-->") { index += 1 }
        index = min(index + 3, bytes.count)
    }

    private mutating func skipRaw(_ name: String) {
        let name = Array(name.utf8)
        while index < bytes.count {
            let rest = bytes[index...]
            if rest.hasPrefix("</"),
                rest.dropFirst(2).prefix(name.count).elementsEqual(name, by: { $0.lowercased == $1 })
            {
                let after = index + 2 + name.count
                if after >= bytes.count || !bytes[after].isLetter { return }
            }
            index += 1
        }
    }
}

extension UInt8 {
    var isLetter: Bool { (0x61...0x7A).contains(lowercased) }
    fileprivate var isHTMLBlank: Bool { isBlank || self == 0x0C }
}
