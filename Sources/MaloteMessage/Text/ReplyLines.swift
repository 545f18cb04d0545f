// The lines of a text and what each looks like in a reply: quoted, introducing a quote, a header, a signature.

struct ReplyLines {
    private let octets: [UInt8]
    private let ranges: [Range<Int>]
    /// Without blanks around.
    private let inner: [Range<Int>]

    /// - Returns: `nil` if the text has more lines than `limit`.
    init?(_ text: String, limit: Int) {
        let octets = Array(text.utf8)
        var ranges: [Range<Int>] = []
        var inner: [Range<Int>] = []
        ranges.reserveCapacity(min(octets.count / 16, limit) + 1)
        inner.reserveCapacity(ranges.capacity)
        octets.withUnsafeBytes { octets in
            var start = 0
            while start < octets.count, ranges.count <= limit {
                let end = octets.place(of: 0x0A, from: start)
                ranges.append(start..<end)
                inner.append(octets.trimmed(start..<end))
                start = end + 1
            }
        }
        guard ranges.count <= limit else { return nil }
        self.octets = octets
        self.ranges = ranges
        self.inner = inner
    }

    var count: Int { ranges.count }

    /// Without blanks around.
    subscript(_ line: Int) -> Bytes { octets[inner[line]] }

    /// The line that an octet lies on.
    func line(at octet: Int) -> Int { ranges.firstIndex { $0.upperBound >= octet } ?? count }

    /// Where lines stand in the text, without the last one's end.
    func octets(of lines: Range<Int>) -> Range<Int> {
        guard let first = lines.first, let last = lines.last else { return 0..<0 }
        return ranges[first].lowerBound..<ranges[last].upperBound
    }

    /// Whether nothing but blanks stands outside.
    func isAll(_ lines: Range<Int>) -> Bool { isBlank(0..<lines.lowerBound) && isBlank(lines.upperBound..<count) }

    func isBlank(_ line: Int) -> Bool { inner[line].isEmpty }
    func isBlank(_ lines: Range<Int>) -> Bool { lines.allSatisfy { isBlank($0) } }
    /// A lone `>:` is the end of an address that a program has wrapped.
    func isQuoted(_ line: Int) -> Bool {
        let text = self[line]
        return text.first == UInt8(ascii: ">") && !(text.count < 5 && ReplyWords.endsInColon(text))
    }

    // MARK: - Quotes

    /// The next line that is not blank, if it is quoted.
    func nextQuoted(behind line: Int) -> Int? {
        (line + 1..<max(line + 1, count)).first { !isBlank($0) }.flatMap { isQuoted($0) ? $0 : nil }
    }

    /// Behind the last line of a quote. Where a program has wrapped a long quoted line, the mark is missing on its
    /// second half.
    func endOfQuote(_ start: Int) -> Int {
        var end = start
        var line = start
        while line < count {
            if isQuoted(line) {
                end = line + 1
            } else if !isBlank(line) {
                let isWrapped = end == line && ranges[line - 1].count > 60 && line + 1 < count && isQuoted(line + 1)
                guard isWrapped else { return end }
            }
            line += 1
        }
        return end
    }

    // MARK: - Introductions

    private static let longestIntroduction = 400

    /// The first line of `On DAY, NAME wrote:`, which may be wrapped.
    func introduction(endingAt line: Int) -> Int? {
        guard ReplyWords.endsInColon(self[line]) || ReplyWords.isDateBeforeAddress(self[line]) else { return nil }
        var found = ReplyWords.isIntroduction(self[line]) ? line : nil
        for start in stride(from: line - 1, to: max(line - 4, -1), by: -1) {
            guard !isBlank(start), !isQuoted(start), joined(start...line).count <= Self.longestIntroduction else {
                break
            }
            if mayBeWrapped(start...line), isCertain(start...line) { found = start }
        }
        return found.flatMap { ReplyWords.startsWithinLine(self[$0]) ? nil : $0 }
    }

    /// Whether lines look like one that a program has wrapped, rather than a person's text before a short introduction.
    private func mayBeWrapped(_ lines: ClosedRange<Int>) -> Bool {
        let (first, last) = (self[lines.lowerBound], self[lines.upperBound])
        // A wrapped one ends in a piece: an address, the rest of a date, the verb alone.
        let isPiece = last.contains(0x40) || last.contains(UInt8(ascii: ">")) || ReplyWords.isIntroductionEnd(last)
        guard ReplyWords.startsIntroduction(first) else { return isPiece && first.contains(UInt8(ascii: "<")) }
        return (isPiece || ReplyWords.isMoment(first))
            && (lines.lowerBound == 0 || isBlank(lines.lowerBound - 1) || ReplyWords.hasClockOrYear(first))
    }

    /// Whether an introduction names a moment and an address or time, so that what follows is quoted even without marks.
    func isCertain(_ lines: ClosedRange<Int>) -> Bool { ReplyWords.isCertainIntroduction(joined(lines)) }

    private func joined(_ lines: ClosedRange<Int>) -> Bytes {
        octets[ranges[lines.lowerBound].lowerBound..<ranges[lines.upperBound].upperBound].trimmed
    }

    // MARK: - Headers

    /// `From:`, then at least two of date, recipients and subject, in any language, within a few lines.
    func isHeaderBlock(_ start: Int) -> Bool {
        guard let first = ReplyWords.label(self[start]) else { return false }
        var kinds: Set<ReplyWords.Label> = [first]
        var others = 0
        for line in start + 1..<max(start + 1, min(start + 12, count)) {
            guard !isBlank(line) else { continue }
            if let label = ReplyWords.label(self[line]) {
                kinds.insert(label)
                others = 0
            } else {
                others += 1
                if others > 2 { break }
            }
        }
        return kinds.contains(.from) && kinds.count >= 3
    }

    // MARK: - Signatures

    /// `Sent from my iPhone`, as a paragraph of its own.
    func isDevice(_ line: Int) -> Bool {
        guard line == 0 || isBlank(line - 1) || isSignatureMark(line - 1) else { return false }
        return ReplyWords.isDevice(self[line])
    }

    /// `-- ` (RFC 3676 §4.3), or what is left of it when blanks are trimmed.
    private func isSignatureMark(_ line: Int) -> Bool {
        let text = self[line]
        return text.count == 2 && text.elementsEqual("--".utf8)
    }

    /// A line of underscores with a list's name behind it.
    private func isListFooter(_ line: Int) -> Bool {
        let text = self[line]
        guard text.count >= 2, text.allSatisfy({ $0 == UInt8(ascii: "_") }), line + 1 < count else { return false }
        return Array(ReplyWords.lowercased(self[line + 1]).utf8).containsRun(Array("mailing list".utf8))
    }

    private func isRule(_ line: Int) -> Bool {
        let text = self[line]
        guard let first = text.first, text.count > 2, [0x2D, 0x5F, 0x3D, 0x2A].contains(first) else { return false }
        return text.allSatisfy { $0 == first }
    }

    /// Without signatures, and without blank lines and rules around what is left.
    func trimmed(_ lines: Range<Int>) -> Range<Int> {
        var end = lines.upperBound
        if let footer = lines.first(where: isListFooter) { end = footer }
        let longest = 20
        if let mark = (max(lines.lowerBound, end - longest)..<max(end, lines.lowerBound)).first(where: isSignatureMark)
        {
            end = mark
        }
        end = withoutEnd(lines.lowerBound..<end)
        if let farewell = farewell(lines.lowerBound..<end) { end = withoutEnd(lines.lowerBound..<farewell) }
        var start = lines.lowerBound
        while start < end, isBlank(start) { start += 1 }
        return start..<max(start, end)
    }

    private func withoutEnd(_ lines: Range<Int>) -> Int {
        var end = lines.upperBound
        while end > lines.lowerBound, isBlank(end - 1) || isRule(end - 1) || isDevice(end - 1) { end -= 1 }
        return end
    }

    /// `Regards,` and a few short lines behind it, after something else.
    private func farewell(_ lines: Range<Int>) -> Int? {
        var written = 0
        for line in lines.reversed().prefix(10) where !isBlank(line) {
            if ReplyWords.isFarewell(self[line]) { return isBlank(lines.lowerBound..<line) ? nil : line }
            written += 1
            if written > 5 || ranges[line].count > 80 || isQuoted(line) { return nil }
        }
        return nil
    }
}
