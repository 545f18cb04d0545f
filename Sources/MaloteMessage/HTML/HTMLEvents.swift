// HTML as a stream of tags and text; builds no tree and judges no tag.

/// Takes what the scanner sees; texts are valid only while they are handed over.
protocol HTMLReceiver {
    mutating func start(_ tag: HTMLTag, _ attributes: [HTMLAttribute])
    mutating func end(_ tag: HTMLTag)
    /// UTF-8; character references are read.
    mutating func characters(_ text: UnsafeRawBufferPointer)
    /// True when nothing more is wanted.
    var isFull: Bool { get }
}

/// Reads tags as browsers do (WHATWG HTML §13.2.5), in one pass over the octets: no input makes it look back or keep a
/// stack, so that time is linear whatever is nested or left open.
struct HTMLEvents {
    /// Elements whose content is no markup; all of it is left out.
    private static let raw: HTMLTags = [.script, .style, .title, .textarea, .iframe, .xmp, .noembed, .noframes]
    /// Elements whose content is not for a reader, up to their own end.
    private static let hidden: HTMLTags = [
        .template, .svg, .math, .select, .object, .audio, .video, .applet, .noscript,
    ]
    /// Elements that a style may hide; their end may not be left out, so that it is known where the hidden part ends.
    private static let hideable: HTMLTags = [.div, .span, .table, .center, .section, .font, .a, .b, .i]
    private static let valueLimit = 4096
    private static let textLimit = 16 * 1024

    private let bytes: UnsafeRawBufferPointer
    private var index = 0
    private var skipped: (tag: HTMLTag, depth: Int)?
    /// Of the tag under way.
    private var attributes: [HTMLAttribute] = []

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// - Parameter html: UTF-8, perhaps damaged.
    static func parse<Receiver: HTMLReceiver>(_ html: [UInt8], into receiver: inout Receiver) {
        html.withUnsafeBytes { bytes in
            var events = HTMLEvents(bytes)
            while events.index < bytes.count, !receiver.isFull { events.step(&receiver) }
        }
    }

    private mutating func step<Receiver: HTMLReceiver>(_ receiver: inout Receiver) {
        guard isMarkup(index) else { return text(&receiver) }
        let next = bytes[index + 1]
        if next == UInt8(ascii: "/") {
            endTag(&receiver)
        } else if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") {
            declaration()
        } else {
            startTag(&receiver)
        }
    }

    private func isMarkup(_ place: Int) -> Bool {
        guard bytes[place] == UInt8(ascii: "<"), place + 1 < bytes.count else { return false }
        let next = bytes[place + 1]
        return next.isLetter || next == UInt8(ascii: "/") || next == UInt8(ascii: "!") || next == UInt8(ascii: "?")
    }

    // MARK: - Text

    /// Up to the next tag, in pieces of bounded size that split neither a character nor a reference.
    private mutating func text<Receiver: HTMLReceiver>(_ receiver: inout Receiver) {
        let start = index
        let limit = min(bytes.count, start + Self.textLimit)
        let piece = slice(0..<limit)
        repeat { index = piece.place(of: UInt8(ascii: "<"), from: index + 1) } while index < limit && !isMarkup(index)
        if index == limit, index < bytes.count { index = Self.cut(bytes, start, index) }
        guard skipped == nil else { return }
        let text = slice(start..<index)
        if let decoded = HTMLReference.decode(text, needsSemicolon: false) {
            decoded.withUnsafeBytes { receiver.characters($0) }
        } else {
            receiver.characters(text)
        }
    }

    private func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

    private static func cut(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
        var cut = end
        while cut > start + 1, bytes[cut] & 0xC0 == 0x80 { cut -= 1 }
        let tail = max(start + 1, cut - HTMLReference.longest)..<cut
        return bytes[tail].lastIndex(of: UInt8(ascii: "&")) ?? cut
    }

    // MARK: - Tags

    private mutating func tag() -> HTMLTag? {
        let start = index
        while index < bytes.count, !bytes[index].isHTMLBlank, bytes[index] != UInt8(ascii: "/"),
            bytes[index] != UInt8(ascii: ">")
        { index += 1 }
        return HTMLTag(slice(start..<index))
    }

    private mutating func endTag<Receiver: HTMLReceiver>(_ receiver: inout Receiver) {
        index += 2
        guard index < bytes.count, bytes[index].isLetter else { return skip(past: UInt8(ascii: ">")) }
        let tag = tag()
        _ = readAttributes()
        guard let tag else { return }
        guard let open = skipped else { return receiver.end(tag) }
        if open.tag == tag { skipped = open.depth > 1 ? (tag, open.depth - 1) : nil }
    }

    private mutating func startTag<Receiver: HTMLReceiver>(_ receiver: inout Receiver) {
        index += 1
        let tag = tag()
        // A tag that never ends is no tag, and nothing comes behind it.
        guard let isClosed = readAttributes(), let tag else { return }
        if let open = skipped {
            if open.tag == tag, !isClosed || Self.hideable.contains(tag) { skipped = (tag, open.depth + 1) }
        } else if Self.raw.contains(tag) {
            skipRaw(tag.name)
        } else if Self.hideable.contains(tag), hidesContent {
            skipped = (tag, 1)
        } else if Self.hidden.contains(tag) {
            if !isClosed { skipped = (tag, 1) }
        } else {
            receiver.start(tag, attributes)
        }
    }

    /// Preview lines and what is meant for machines only: without its style it would show.
    private var hidesContent: Bool {
        attributes[.hidden] != nil
            || attributes[.style]?.withOctets { style in
                style.indices.contains {
                    style[$0].lowercased == UInt8(ascii: "d") && Self.isStart(of: style[$0...], "display:none")
                }
            } ?? false
    }

    /// Whether the octets start with the text, blanks aside.
    /// - Parameter text: in lower case.
    private static func isStart(of octets: Slice<UnsafeRawBufferPointer>, _ text: StaticString) -> Bool {
        var matched = 0
        for octet in octets where !octet.isHTMLBlank {
            guard octet.lowercased == text.utf8Start[matched] else { return false }
            matched += 1
            if matched == text.utf8CodeUnitCount { return true }
        }
        return false
    }

    /// Takes down those that have a name here.
    /// - Returns: whether the element is closed; `nil` if the tag never ends.
    private mutating func readAttributes() -> Bool? {
        attributes.removeAll(keepingCapacity: true)
        var isClosed = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ">") {
                index += 1
                return isClosed
            }
            isClosed = byte == UInt8(ascii: "/")
            if isClosed || byte.isHTMLBlank {
                index += 1
                continue
            }
            // The first of a name counts, as in browsers.
            if let attribute = attribute(), attributes[attribute.name] == nil { attributes.append(attribute) }
        }
        return nil
    }

    private mutating func attribute() -> HTMLAttribute? {
        let start = index
        index += 1
        while index < bytes.count, !bytes[index].isHTMLBlank, bytes[index] != UInt8(ascii: "="),
            bytes[index] != UInt8(ascii: "/"), bytes[index] != UInt8(ascii: ">")
        { index += 1 }
        let name = HTMLAttribute.Name(slice(start..<index))
        skipBlanks()
        var raw = slice(0..<0)
        if index < bytes.count, bytes[index] == UInt8(ascii: "=") {
            index += 1
            skipBlanks()
            raw = value()
        }
        return name.map { HTMLAttribute(name: $0, raw: raw.count > Self.valueLimit ? slice(0..<0) : raw) }
    }

    private mutating func value() -> UnsafeRawBufferPointer {
        guard index < bytes.count else { return slice(0..<0) }
        let quote = bytes[index]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let start = index
            while index < bytes.count, !bytes[index].isHTMLBlank, bytes[index] != UInt8(ascii: ">") { index += 1 }
            return slice(start..<index)
        }
        index += 1
        let start = index
        skip(past: quote)
        return slice(start..<max(start, index - 1))
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
        guard slice(index..<bytes.count).hasPrefix("<!--") else {
            index += 1
            return skip(past: UInt8(ascii: ">"))
        }
        // `<!-->` is a whole comment.
        index += 1
        repeat {
            index = bytes.place(of: UInt8(ascii: "-"), from: index + 1)
        } while index < bytes.count && !slice(index..<bytes.count).hasPrefix("-->")
        index = min(index + 3, bytes.count)
    }

    private mutating func skipRaw(_ name: [UInt8]) {
        while true {
            index = bytes.place(of: UInt8(ascii: "<"), from: index)
            guard index < bytes.count else { return }
            if slice(index..<bytes.count).hasPrefix("</"),
                bytes[(index + 2)...].prefix(name.count).elementsEqual(name, by: { $0.lowercased == $1 })
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
