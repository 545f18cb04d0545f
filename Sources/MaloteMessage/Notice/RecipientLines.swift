// Recipients from a text for people: addresses at the start of lines with their reasons, or in sentences; knows no fields.

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
    private let isStranger: (String) -> Bool

    /// - Parameter isStranger: whether an address of which nothing more is said may be a recipient's at all.
    init(_ text: NoticeText, limit: Int, isStranger: @escaping (String) -> Bool) {
        entries = NoticeEntries(limit: limit)
        alone = NoticeEntries(limit: limit)
        mentioned = NoticeEntries(limit: 10)
        addressed = NoticeEntries(limit: 2)
        lines = text.lines
        self.isStranger = isStranger
        var end = 0
        for index in lines.indices where index >= end && !lines[index].isBlank {
            let folded = lines[index].folded
            let isFailure = NoticeWords.failures.occurs(in: folded)
            if let line = RecipientLine(lines[index]) {
                end = take(line, at: index)
            } else if lines[index].octets.contains(UInt8(ascii: "@")) || isFailure {
                takeSentence(at: index, folded, isFailure)
            }
            saysFailure = saysFailure || isFailure
        }
    }

    /// - Returns: where its reason ends.
    private mutating func take(_ line: RecipientLine, at index: Int) -> Int {
        let (words, end) = words(line, below: index)
        for address in line.addresses {
            if !words.isEmpty {
                entries.add(NoticeEntry(address: address, clues: [words]))
            } else if isStranger(address), !isContact(at: index) {
                let isTold = line.isCertain || saysFailure && !isBehindReasons(index)
                if isTold {
                    entries.add(NoticeEntry(address: address))
                } else {
                    alone.add(NoticeEntry(address: address))
                }
            }
        }
        return end
    }

    /// Whoever can be asked for help was not written to.
    private func isContact(at index: Int) -> Bool {
        let above = lines[..<index].suffix(3).last { !$0.isBlank }
        return above.map { NoticeWords.contacts.occurs(in: $0.folded) } ?? false
    }

    /// Below recipients whose reasons are told, an address alone in a paragraph is a signature.
    private func isBehindReasons(_ index: Int) -> Bool {
        index > 0 && lines[index - 1].isBlank && entries.all.contains { $0.clues.contains(where: Diagnosis.isTelling) }
    }

    private mutating func takeSentence(at index: Int, _ folded: [UInt8], _ isFailure: Bool) {
        let line = lines[index].octets.prefix(1000)
        if line.hasPrefix("to:"), let address = NoticedAddress.first(in: line), isStranger(address.text) {
            addressed.add(NoticeEntry(address: address.text))
            return
        }
        guard isFailure || DiagnosisWords.specific.first(in: folded) != nil else { return }
        // The sentence may go on below.
        let next = index + 1 < lines.count ? lines[index + 1].octets.prefix(300) : []
        let both = Array(line) + [0x20] + Array(next)
        for address in NoticedAddress.all(in: isFailure ? both[...] : line, limit: 3) where isStranger(address.text) {
            mentioned.add(NoticeEntry(address: address.text, clues: [String(decoding: both, as: UTF8.self)]))
        }
    }

    /// What stands behind the address and on the lines below it, up to a blank line or another address.
    private func words(_ line: RecipientLine, below index: Int) -> (text: String, end: Int) {
        var end = index + 1
        var words = String(decoding: line.rest.prefix(1500), as: UTF8.self)
        for next in (index + 1)..<max(min(index + 30, lines.count), index + 1) {
            if lines[next].isBlank || words.utf8.count > 1500 || line.isLabelled && NoticeText.isMailField(lines[next])
            {
                break
            }
            let isBelow = lines[next].indent > lines[index].indent && !(next == index + 1 && words.isEmpty)
            if !isBelow, RecipientLine(lines[next]) != nil { break }
            words += " " + String(decoding: lines[next].octets.prefix(1000), as: UTF8.self)
            end = next + 1
        }
        let text = words.drop { ":.,; \t".contains($0) }.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return (text, end)
    }
}
