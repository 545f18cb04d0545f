// The text of a report as lines, and the returned mail that may stand below; judges no recipient.

import MaloteCore

/// The lines that tell about the delivery, and what follows them.
struct NoticeText {
    struct Line {
        /// Without the blanks around it.
        var octets: Bytes
        /// Blanks before it.
        var indent: Int

        var isBlank: Bool { octets.isEmpty }
        var text: String { String(decoding: octets, as: UTF8.self) }
        var folded: [UInt8] { Folded.text(String(decoding: octets.prefix(1000), as: UTF8.self)) }
    }

    /// Octets and lines of a text that are looked at.
    static let limit = 256 * 1024
    private static let lineLimit = 10_000

    private(set) var lines: [Line] = []
    /// Of the mail that came back; empty if it does not stand in the text.
    private(set) var enclosed: [RawField] = []

    init(_ text: String, limits: MailLimits) {
        var all: [Line] = []
        Array(text.utf8.prefix(Self.limit))[...].forEachLine { line in
            guard all.count < Self.lineLimit, !Self.isQuoted(line) else { return }
            let start = line.firstIndex { !$0.isBlank } ?? line.endIndex
            let end = line[start...].lastIndex { !$0.isBlank }.map { $0 + 1 } ?? start
            all.append(Line(octets: line[start..<end], indent: start - line.startIndex))
        }
        let cut = Self.cut(all)
        lines = Array(all[..<cut.end])
        enclosed = Self.fields(all[cut.next...], limits)
    }

    /// Servers quote nothing; `>>>` shows what they said.
    private static func isQuoted(_ line: Bytes) -> Bool { line.hasPrefix(">") && !line.hasPrefix(">>") }

    // MARK: - The returned mail

    /// Where the report ends and where the returned mail begins.
    private static func cut(_ lines: [Line]) -> (end: Int, next: Int) {
        var run = Run()
        for (index, line) in lines.enumerated() {
            if index > 0, isSeparator(line) {
                let next = lines[(index + 1)...].firstIndex(where: isHeader)
                // A rule ends the report even if the returned mail was left out; a sentence only if a mail follows.
                if let next, next - index < 12 { return (index, next) }
                if line.octets.starts(with: "--".utf8) { return (index, next ?? lines.count) }
            }
            if run.take(line, index), let start = run.start { return (start, start) }
        }
        return (lines.count, lines.count)
    }

    private static func isSeparator(_ line: Line) -> Bool {
        guard (6...200).contains(line.octets.count) else { return false }
        let folded = line.folded
        let start = folded.firstIndex { (0x61...0x7A).contains($0) || $0 > 0x7F } ?? folded.endIndex
        let bare = Array(folded[start...])
        return NoticeWords.returned.start(of: bare) != nil && !NoticeWords.notReturned.occurs(in: bare)
    }

    private static func isHeader(_ line: Line) -> Bool { name(line) != nil }

    /// Whether a line is a field that people's mails have.
    static func isMailField(_ line: Line) -> Bool {
        guard let name = name(line) else { return false }
        let text = String(decoding: name, as: UTF8.self)
        return people.contains(text) || traces.contains(text) || text == "message-id"
    }

    private static func name(_ line: Line) -> [UInt8]? {
        guard let colon = line.octets.prefix(60).firstIndex(of: UInt8(ascii: ":")), colon > line.octets.startIndex
        else { return nil }
        let name = line.octets[..<colon]
        let isName = name.allSatisfy {
            $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0.isDigit || (0x61...0x7A).contains($0.lowercased)
        }
        return isName ? name.map(\.lowercased) : nil
    }

    /// Fields behind each other that only a mail has: the header of the returned mail, announced by nothing.
    private struct Run {
        private(set) var start: Int?
        private var traces = 0
        private var people = 0

        /// - Returns: whether there are enough of them.
        mutating func take(_ line: Line, _ index: Int) -> Bool {
            guard let name = name(line) else {
                if line.isBlank || line.indent == 0 { self = Run() }
                return false
            }
            if start == nil { start = index }
            let text = String(decoding: name, as: UTF8.self)
            // Reports quote a few fields of the returned mail, indented.
            if NoticeText.traces.contains(text) || text == "message-id" && line.indent == 0 || text.hasPrefix("x-") {
                traces += 1
            }
            if NoticeText.people.contains(text) { people += 1 }
            return traces >= 1 && people >= 2 || traces >= 3 && people >= 1
        }
    }

    private static let traces: Set<String> = [
        "received", "return-path", "mime-version", "dkim-signature", "content-type", "content-transfer-encoding",
        "delivered-to", "user-agent", "domainkey-signature", "authentication-results", "received-spf",
    ]
    private static let people: Set<String> = ["from", "to", "subject", "date", "cc", "reply-to", "sender"]

    private static func fields(_ lines: ArraySlice<Line>, _ limits: MailLimits) -> [RawField] {
        guard let first = lines.first else { return [] }
        let reader = EnclosedHeaderReader(limits: limits)
        for line in lines.prefix(2000) {
            let indent = min(max(line.indent - first.indent, 0), 1)
            let octets = Array(repeating: 0x20, count: line.isBlank ? 0 : indent) + Array(line.octets) + [0x0A]
            octets.withUnsafeBytes(reader.read)
        }
        guard case .header(let fields) = reader.finish() else { return [] }
        return fields
    }
}
