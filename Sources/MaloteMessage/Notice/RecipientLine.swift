// One line that starts with the address of a recipient, behind bullets, a label or a name; knows no other line.

import MaloteCore

struct RecipientLine {
    /// More than one if the line is a list.
    private(set) var addresses: [String]
    /// What stands behind the last one.
    private(set) var rest: Bytes
    /// Whether the line itself says that these are recipients: by a label, an address type, or as `<kim@example.com>:`.
    private(set) var isCertain: Bool
    private(set) var isLabelled: Bool

    init?(_ line: NoticeText.Line) {
        var start = Self.withoutBullets(line.octets.prefix(2000))
        guard !Self.isSession(start), start.contains(UInt8(ascii: "@")) else { return nil }
        let label = Self.label(start)
        if let label { start = start[label...].drop { $0.isBlank } }
        guard let first = NoticedAddress.first(in: start.prefix(400)) else { return nil }
        let before = start.prefix(first.range.lowerBound)
        let isTyped = Self.isTyped(before)
        guard before.isEmpty || isTyped || Self.isName(before, in: start, first) else { return nil }
        let next = Self.withoutDouble(start.dropFirst(first.range.upperBound), first.text)
        addresses = [first.text]
        rest = Self.takeList(next, &addresses)
        isLabelled = label != nil
        let isForm = start.first == UInt8(ascii: "<") && rest.first == UInt8(ascii: ":")
        isCertain = isLabelled || isTyped || isForm
        guard rest.isEmpty || isCertain || Self.isReason(rest, isApart: next.first?.isBlank == true) else { return nil }
    }

    private static func withoutBullets(_ line: Bytes) -> Bytes {
        if line.starts(with: "•".utf8) || line.starts(with: "·".utf8) { return line.drop { $0 > 0x7F || $0.isBlank } }
        if line.hasPrefix(">>> ") || line.hasPrefix("<<< ") {
            let said = line.dropFirst(4)
            if line[line.startIndex] == UInt8(ascii: "<") || said.hasPrefix("rcpt ") || said.hasPrefix("mail ") {
                return line
            }
        }
        return line.drop { $0.isBlank || "*-|>#+".utf8.contains($0) }
    }

    /// What servers said to each other is read elsewhere.
    private static func isSession(_ line: Bytes) -> Bool {
        line.hasPrefix("<<< ") || line.hasPrefix(">>> ") || ReplyCode.start(of: line) != nil
    }

    /// Where `Recipient:` ends.
    private static func label(_ line: Bytes) -> Int? {
        let wide = Array("：".utf8)
        let mark = line.prefix(80).indices.first {
            line[$0] == UInt8(ascii: ":") || line[$0] == UInt8(ascii: ";") || line[$0...].starts(with: wide)
        }
        guard let mark, mark > line.startIndex else { return nil }
        let isWide = line[mark] == wide[0]
        let name = Folded.text(String(decoding: line[..<mark], as: UTF8.self))
        let folded = name + [isWide ? UInt8(ascii: ":") : line[mark]]
        return NoticeWords.labels.start(of: folded) != nil ? mark + (isWide ? wide.count : 1) : nil
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
        guard name.count < 60, name.last == 0x20, line[line.startIndex + address.range.lowerBound] == UInt8(ascii: "<"),
            name.split(separator: 0x20).count <= 4, !name.contains(where: { ":;!?".utf8.contains($0) })
        else { return false }
        let folded = Folded.text(String(decoding: name, as: UTF8.self))
        return !NoticeWords.failures.occurs(in: folded) && DiagnosisWords.specific.first(in: folded) == nil
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

    /// Takes further addresses behind commas or semicolons.
    /// - Returns: what stands behind the last.
    private static func takeList(_ rest: Bytes, _ addresses: inout [String]) -> Bytes {
        var rest = rest.drop { $0.isBlank || $0 == UInt8(ascii: "]") }
        while let mark = rest.first, mark == UInt8(ascii: ",") || mark == UInt8(ascii: ";"), addresses.count < 100 {
            let next = rest.dropFirst().drop { $0.isBlank }
            guard let address = NoticedAddress.first(in: next.prefix(400)), address.range.lowerBound == 0 else { break }
            addresses.append(address.text)
            rest = next.dropFirst(address.range.upperBound).drop { $0.isBlank }
        }
        return rest
    }

    /// Whether what stands behind the address may be why it was not reached.
    /// - Parameter isApart: whether a blank stands between them.
    private static func isReason(_ rest: Bytes, isApart: Bool) -> Bool {
        guard let mark = rest.first, isApart || ":.,;([|".utf8.contains(mark) else { return false }
        if rest.count < 3 || ":([".utf8.contains(mark) || rest.starts(with: "...".utf8) { return true }
        let folded = Folded.text(String(decoding: rest.prefix(1000), as: UTF8.self))
        return ReplyCode.first(in: rest) != nil || DiagnosisWords.specific.first(in: folded) != nil
            || folded.starts(with: "on ".utf8) || folded.starts(with: "- ".utf8)
    }
}
