// Recipients from a text for people: an address at the start of a line and the reason behind it; knows no fields.

import MaloteCore

/// Three general forms: `<address>: reason`, an address with its reason on the lines below, and an address in a sentence that
/// says that it was not reached.
struct RecipientLines {
    private(set) var entries: NoticeEntries
    /// Addresses alone on a line, of which nothing says what they are.
    private(set) var alone: NoticeEntries
    /// Addresses in sentences, for want of better ones.
    private(set) var mentioned: NoticeEntries
    /// Addresses in what looks like the header of the mail that came back.
    private(set) var addressed: NoticeEntries
    /// Whether a sentence says that something was not delivered.
    private(set) var saysFailure = false

    private let lines: [NoticeText.Line]

    /// - Parameter isStranger: whether an address may be a recipient's at all.
    init(_ text: NoticeText, limit: Int, isStranger: (String) -> Bool) {
        entries = NoticeEntries(limit: limit)
        alone = NoticeEntries(limit: limit)
        mentioned = NoticeEntries(limit: 10)
        addressed = NoticeEntries(limit: 2)
        lines = text.lines
        var bare: [(index: Int, address: String)] = []
        for index in lines.indices where !lines[index].isBlank {
            let line = lines[index]
            let isFailure = NoticeWords.failures.occurs(in: line.folded)
            if let item = Self.item(line) {
                let words = words(item.rest, below: index, isLabelled: item.isLabelled)
                if words.isEmpty {
                    guard isStranger(item.address) else { continue }
                    bare.append((index, item.address))
                }
                if words.isEmpty, !saysFailure, !item.isCertain {
                    alone.add(NoticeEntry(address: item.address))
                } else {
                    entries.add(NoticeEntry(address: item.address, clues: words.isEmpty ? [] : [words]))
                }
            } else if line.octets.hasPrefix("to:"), let address = NoticedAddress.first(in: line.octets.prefix(400)),
                isStranger(address.text)
            {
                addressed.add(NoticeEntry(address: address.text))
            } else if isFailure || Self.isSentence(line) {
                let joined =
                    Array(line.octets.prefix(1000)) + [0x20]
                    + Array(index + 1 < lines.count ? lines[index + 1].octets.prefix(300) : [])
                for address in NoticedAddress.all(
                    in: (isFailure ? joined : Array(line.octets.prefix(1000)))[...], limit: 3)
                where isStranger(address.text) {
                    mentioned.add(NoticeEntry(address: address.text, clues: [String(decoding: joined, as: UTF8.self)]))
                }
            }
            saysFailure = saysFailure || isFailure
        }
        if !saysFailure { dropUncertain(bare.map(\.address)) }
    }

    /// An address alone on a line is a signature unless something says what it is.
    private mutating func dropUncertain(_ bare: [String]) {
        guard entries.all.count > bare.count else { return }
        var kept = NoticeEntries(limit: entries.all.count)
        for entry in entries.all where !bare.contains(entry.address) || !entry.clues.isEmpty { kept.add(entry) }
        entries = kept
    }

    private static func isSentence(_ line: NoticeText.Line) -> Bool {
        DiagnosisWords.specific.first(in: line.folded) != nil
    }

    // MARK: - Lines

    private struct Item {
        var address: String
        var rest: Bytes
        /// Whether the line itself says that this is a recipient.
        var isCertain: Bool
        var isLabelled: Bool
    }

    /// An address at the start of a line, behind bullets or a label.
    private static func item(_ line: NoticeText.Line) -> Item? {
        let octets = line.octets.prefix(2000)
        guard !isSession(octets) else { return nil }
        var start = octets.drop { $0.isBlank || "*-|>#+".utf8.contains($0) || $0 > 0x7F && octets.count < 3 }
        if octets.starts(with: "•".utf8) || octets.starts(with: "·".utf8) {
            start = octets.drop { $0 > 0x7F }.drop { $0.isBlank }
        }
        var isCertain = false
        if let colon = label(start) {
            start = start[colon...].drop { $0.isBlank }
            isCertain = true
        }
        let isLabelled = isCertain
        guard let address = NoticedAddress.first(in: start.prefix(400)) else { return nil }
        let before = start.prefix(address.range.lowerBound)
        let isTyped = isTyped(before)
        isCertain = isCertain || isTyped
        guard before.isEmpty || isTyped || isName(before, in: start, address) else { return nil }
        var rest = start.dropFirst(address.range.upperBound)
        rest = withoutDouble(rest, address.text)
        let ends = rest.drop { $0.isBlank || $0 == UInt8(ascii: "]") }
        if start.first == UInt8(ascii: "<"), ends.first == UInt8(ascii: ":") { isCertain = true }
        if ends.isEmpty { return Item(address: address.text, rest: ends, isCertain: isCertain, isLabelled: isLabelled) }
        let mark = ends[ends.startIndex]
        let isMarked = rest.startIndex == ends.startIndex ? ":.,;([".utf8.contains(mark) : true
        guard isMarked else { return nil }
        // A further address on the line, or words: the words must be about a failure.
        let folded = Folded.text(String(decoding: ends.prefix(1000), as: UTF8.self))
        let isReason =
            mark == UInt8(ascii: ":") || mark == UInt8(ascii: "(") || mark == UInt8(ascii: "[")
            || ends.starts(with: "...".utf8) || ends.count < 3
            || ReplyCode.first(in: ends) != nil || DiagnosisWords.specific.first(in: folded) != nil
            || folded.starts(with: "on ".utf8) || folded.starts(with: "- ".utf8)
        return isReason || isCertain
            ? Item(address: address.text, rest: ends, isCertain: isCertain, isLabelled: isLabelled) : nil
    }

    /// What servers said to each other is read elsewhere.
    private static func isSession(_ line: Bytes) -> Bool {
        if line.hasPrefix("<<< ") || ReplyCode.start(of: line) != nil { return true }
        guard line.hasPrefix(">>> ") else { return false }
        let said = line.dropFirst(4)
        return said.hasPrefix("rcpt ") || said.hasPrefix("mail ")
    }

    private static func label(_ line: Bytes) -> Int? {
        let start = line.prefix(80)
        guard let mark = start.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";") || $0 == 0xEF }),
            mark > line.startIndex
        else { return nil }
        let end = line[mark] == 0xEF ? min(mark + 3, line.endIndex) : mark + 1
        var folded = Folded.text(String(decoding: line[..<end], as: UTF8.self))
        if line[mark] == 0xEF { folded = folded.dropLast(3) + [UInt8(ascii: ":")] }
        return NoticeWords.labels.start(of: folded) != nil ? end : nil
    }

    /// `SMTP:kim@example.com`, `[SMTP:kim@example.com]`, or the same at the end of an X.400 address.
    private static func isTyped(_ before: Bytes) -> Bool {
        let folded = Folded.text(String(decoding: before.suffix(80), as: UTF8.self))
        return ["smtp:", "smtp=", "mailto:", "rfc822;", "rfc822:", "["].contains {
            folded.suffix($0.utf8.count).elementsEqual($0.utf8)
        }
    }

    /// `Kim Doe <kim@example.com>`: a name is short and holds no mark of a sentence.
    private static func isName(_ name: Bytes, in line: Bytes, _ address: NoticedAddress) -> Bool {
        guard name.count < 60, name.last == 0x20, line[line.startIndex + address.range.lowerBound] == UInt8(ascii: "<")
        else { return false }
        let words = name.split(separator: 0x20)
        return words.count <= 4 && !name.contains { ":;!?".utf8.contains($0) }
            && NoticeWords.failures.first(in: Folded.text(String(decoding: name, as: UTF8.self))) == nil
            && DiagnosisWords.specific.first(in: Folded.text(String(decoding: name, as: UTF8.self))) == nil
    }

    /// `kim@example.com<mailto:kim@example.com>` and `kim@example.com (kim@example.com)`.
    private static func withoutDouble(_ rest: Bytes, _ address: String) -> Bytes {
        let next = rest.drop { $0.isBlank }
        guard let first = next.first, first == UInt8(ascii: "<") || first == UInt8(ascii: "("),
            let end = next.firstIndex(where: { $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: ")") }),
            let again = NoticedAddress.first(in: next[...end]), again.text.lowercased() == address.lowercased()
        else { return rest }
        return next[(end + 1)...]
    }

    /// What stands behind the address and on the lines below it, up to a blank line or another address.
    private func words(_ rest: Bytes, below index: Int, isLabelled: Bool) -> String {
        var words = String(decoding: rest.prefix(1500), as: UTF8.self)
        var next = index + 1
        while next < lines.count, !lines[next].isBlank, words.utf8.count < 1500, next - index < 30 {
            if isLabelled, NoticeText.isMailField(lines[next]) { break }
            if Self.item(lines[next]) != nil,
                lines[next].indent <= lines[index].indent || next == index + 1 && words.isEmpty
            {
                break
            }
            words += " " + String(decoding: lines[next].octets.prefix(1000), as: UTF8.self)
            next += 1
        }
        return words.drop { ":.,; \t".contains($0) }.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
