// What is new in a reply and what it only quotes, by the lines of its text; knows no part and no header but the subject.

/// Marks, never loses: the whole text stays with the view. In doubt everything is new: answers between quotes, which
/// mean nothing without them, text on both sides of a quote, and forwarded mail, which nobody here has seen yet.
struct ReplyText {
    /// Lines of a text that is looked at. Nobody writes as many by hand.
    private static let longest = 5000

    private let text: String
    private let lines: ReplyLines

    private init(text: String, lines: ReplyLines) {
        self.text = text
        self.lines = lines
    }

    /// - Parameters:
    ///   - text: lines that end in LF.
    ///   - quoteStart: the octet at which a quoted mail begins, if something surer than the text says so.
    static func newText(of text: String, subject: String, quoteStart: Int?) -> String {
        guard !text.isEmpty, !ReplyWords.isForward(subject: subject),
            let lines = ReplyLines(text, limit: longest)
        else { return text }
        return ReplyText(text: text, lines: lines).newText(quoteStart)
    }

    private func newText(_ quoteStart: Int?) -> String {
        let hint = quoteStart.map(lines.line(at:))
        guard let cut = firstCut(hint) else { return shown(0..<lines.count) }
        switch cut {
        case .forwarded: return text
        case .rest(let start): return shown(0..<start)
        case .quote(let start, let quoted): return around(start, quoted)
        }
    }

    // MARK: - Where quoting starts

    fileprivate enum Cut {
        /// A forwarded mail starts here.
        case forwarded
        /// All from this line on is quoted.
        case rest(Int)
        /// What introduces a quote starts at `start`, its first line with a quote mark is `quoted`.
        case quote(start: Int, quoted: Int)
    }

    private func firstCut(_ hint: Int?) -> Cut? {
        for line in 0..<lines.count {
            if lines.isBlank(line) { continue }
            if ReplyWords.isForwardRule(lines[line]) { return .forwarded }
            if lines.isQuoted(line) { return .quote(start: line, quoted: line) }
            if let hint, line >= hint { return lines.quote(behind: line, within: 6) ?? .rest(line) }
            if let start = lines.introduction(endingAt: line) {
                if let quoted = lines.nextQuoted(behind: line) { return .quote(start: start, quoted: quoted) }
                if lines.isCertain(start...line) { return .rest(start) }
            }
            if ReplyWords.isOriginalRule(lines[line]) || lines.isHeaderBlock(line) || lines.isDevice(line) {
                return .rest(line)
            }
        }
        return nil
    }

    /// Text before and behind a quote with marks.
    private func around(_ start: Int, _ quoted: Int) -> String {
        let end = lines.endOfQuote(quoted)
        let rest = lines.trimmed(end..<endOfReply(from: end))
        if rest.isEmpty { return shown(0..<start) }
        let isAnsweredBelow = lines.isBlank(0..<start) && !rest.contains(where: lines.isQuoted)
        return isAnsweredBelow ? shown(rest) : text
    }

    /// Where a further mail starts that is quoted without marks.
    private func endOfReply(from start: Int) -> Int {
        (start..<lines.count).first {
            ReplyWords.isOriginalRule(lines[$0]) || lines.isHeaderBlock($0) || lines.isDevice($0)
        } ?? lines.count
    }

    // MARK: - What is shown

    /// Without signature and blank lines around; the whole text if nothing is left.
    private func shown(_ range: Range<Int>) -> String {
        let kept = lines.trimmed(range)
        if kept.isEmpty { return text }
        return lines.isAll(kept) ? text : text(kept)
    }

    private func text(_ range: Range<Int>) -> String {
        let octets = lines.octets(of: range)
        let start = text.utf8.index(text.startIndex, offsetBy: octets.lowerBound)
        return String(text[start..<text.utf8.index(start, offsetBy: octets.count)])
    }
}

extension ReplyLines {
    /// A line with a quote mark within so many lines.
    fileprivate func quote(behind line: Int, within count: Int) -> ReplyText.Cut? {
        (line..<min(line + count, self.count)).first(where: isQuoted).map { .quote(start: line, quoted: $0) }
    }
}
