// The parts that are read, as one text and one HTML; knows no header and no attachment.

struct MailBody {
    /// One thing to read: a part, or the forms of it that a multipart/alternative offers.
    private struct Block {
        var alternative: Int?
        var plain: [String] = []
        /// UTF-8, perhaps damaged: it is repaired once it has become HTML or text.
        var html: [[UInt8]] = []

        var plainText: String { plain.joinedLines }
    }

    private(set) var text = ""
    /// Made safe; `nil` if there is none.
    private(set) var html: String?
    /// Where in `text` a quoted mail begins, as its HTML says; `nil` if it does not.
    private(set) var quoteStart: Int?
    private(set) var defects: [String] = []

    init(_ parts: [MailPart], limits: MailLimits) {
        let blocks = Self.blocks(parts)
        let source = blocks.flatMap(\.html)
        if !source.isEmpty {
            let safe = SafeHTML.make(source.joinedPages, limit: limits.text)
            html = safe.html
            if safe.isCut || Self.isCut(parts, isHTML: true) {
                defects.append("The HTML is longer than what is shown.")
            }
        }
        chooseText(blocks, limits)
        if text.utf8.count > limits.text || Self.isCut(parts, isHTML: false) {
            text = text.cut(toOctets: limits.text)
            defects.append("The text is longer than what is shown.")
        }
    }

    private static func isCut(_ parts: [MailPart], isHTML: Bool) -> Bool {
        parts.contains {
            guard case .text(let text) = $0.content else { return false }
            return text.isCut && $0.facts.isHTML == isHTML
        }
    }

    private static func blocks(_ parts: [MailPart]) -> [Block] {
        var blocks: [Block] = []
        for part in parts {
            guard case .text(let content) = part.content else { continue }
            if content.octets.isEmpty { continue }
            if part.alternative == nil || blocks.last?.alternative != part.alternative {
                blocks.append(Block(alternative: part.alternative))
            }
            if part.facts.isHTML {
                blocks[blocks.count - 1].html.append(part.facts.html(content.octets))
            } else {
                blocks[blocks.count - 1].plain.append(part.facts.text(content.octets))
            }
        }
        return blocks
    }

    /// text/plain unless empty, else HTML made readable. Where HTML comes first, what follows as plain text is some
    /// list's footer and not instead of it.
    private mutating func chooseText(_ blocks: [Block], _ limits: MailLimits) {
        let isPlain = blocks.first { !$0.plainText.isBlank || !$0.html.isEmpty }.map { !$0.plainText.isBlank } ?? true
        if isPlain {
            text = blocks.flatMap(\.plain).joinedLines
            return
        }
        var texts: [String] = []
        for block in blocks {
            let plain = block.plainText
            guard plain.isBlank, !block.html.isEmpty else {
                if !plain.isBlank { texts.append(plain) }
                continue
            }
            let readable = HTMLText.make(block.html.joinedPages, limit: limits.text)
            if texts.isEmpty { quoteStart = readable.quoteStart }
            texts.append(readable.text)
        }
        text = texts.joinedLines
    }
}

extension PartFacts {
    /// Its content as text whose lines end in LF.
    fileprivate func text(_ octets: [UInt8]) -> String {
        let text = Charset.decode(octets[...], label: charset)
        let isMarked = text.unicodeScalars.first == "\u{FEFF}"
        guard isFlowed || isMarked || isWide else { return text }
        // A byte order mark is no text.
        let octets = Array(text.utf8).dropFirst(isMarked ? 3 : 0)
        let lines = isWide ? Self.normalised(octets) : Array(octets)
        return String(
            decoding: isFlowed ? FlowedText.unwrap(lines, deletesSpace: deletesSpace) : lines, as: UTF8.self)
    }

    /// Its content as UTF-8, perhaps damaged.
    fileprivate func html(_ octets: [UInt8]) -> [UInt8] {
        let html = Charset.utf8(octets, label: charset)
        return html.starts(with: "\u{FEFF}".utf8) ? Array(html.dropFirst(3)) : html
    }

    private static func normalised(_ bytes: Bytes) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(bytes.count)
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: 0x0D) {
            lines += bytes[start..<end]
            lines.append(0x0A)
            start = end + 1
            if start < bytes.endIndex, bytes[start] == 0x0A { start += 1 }
        }
        lines += bytes[start...]
        return lines
    }
}

extension [[UInt8]] {
    /// One behind the other.
    fileprivate var joinedPages: [UInt8] { dropFirst().reduce(into: first ?? []) { $0 += [0x0A] + $1 } }
}

extension [String] {
    /// Each starts on a line of its own.
    fileprivate var joinedLines: String {
        dropFirst().reduce(into: first ?? "") { $0 += $0.utf8.last == 0x0A ? $1 : "\n" + $1 }
    }
}

extension String {
    fileprivate var isBlank: Bool { utf8.allSatisfy(\.isBlank) }
}
