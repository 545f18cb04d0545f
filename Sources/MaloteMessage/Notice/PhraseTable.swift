// Finds which of many phrases stand in a text, in one pass; knows no phrase.

/// Rows of phrases, the most telling row first. A phrase is found wherever it stands, in a text made ready by `fold`.
struct PhraseTable<Value: Sendable>: Sendable {
    private struct Entry {
        var row: Int
        var phrase: [UInt8]
    }

    private let values: [Value]
    /// By the first two octets of a phrase.
    private let entries: [UInt16: [Entry]]

    init(_ rows: [(value: Value, phrases: [String])]) {
        values = rows.map(\.value)
        var entries: [UInt16: [Entry]] = [:]
        for (row, phrases) in rows.map(\.phrases).enumerated() {
            for phrase in phrases.map({ Array($0.lowercased().utf8) }) where phrase.count >= 2 {
                entries[Self.key(phrase, 0), default: []].append(Entry(row: row, phrase: phrase))
            }
        }
        self.entries = entries
    }

    /// The value of the first row of which a phrase occurs in the folded text.
    func first(in text: [UInt8]) -> Value? {
        var best = values.count
        for place in text.indices.dropLast() {
            guard let found = entries[Self.key(text, place)] else { continue }
            for entry in found where entry.row < best {
                if text[place...].starts(with: entry.phrase) { best = entry.row }
            }
        }
        return best < values.count ? values[best] : nil
    }

    /// The value of the first row of which a phrase stands at the very start.
    func start(of text: [UInt8]) -> Value? {
        guard text.count >= 2 else { return nil }
        let found = entries[Self.key(text, 0)]?.filter { text.starts(with: $0.phrase) }
        return found?.map(\.row).min().map { values[$0] }
    }

    private static func key(_ text: [UInt8], _ place: Int) -> UInt16 {
        UInt16(text[place]) << 8 | UInt16(text[place + 1])
    }
}

extension PhraseTable where Value == Bool {
    /// One row.
    init(_ phrases: [String]) { self.init([(true, phrases)]) }

    func occurs(in text: [UInt8]) -> Bool { first(in: text) != nil }
}

enum Folded {
    /// In lower case, typographic apostrophes made plain, runs of blanks made one, none at the ends.
    static func text(_ text: some StringProtocol) -> [UInt8] {
        var folded: [UInt8] = []
        var isBlank = true
        for byte in text.lowercased().utf8 {
            if byte.isBlank {
                if !isBlank { folded.append(0x20) }
                isBlank = true
                continue
            }
            isBlank = false
            folded.append(byte)
            if byte == 0x99, folded.suffix(3).elementsEqual([0xE2, 0x80, 0x99]) {
                folded.removeLast(3)
                folded.append(UInt8(ascii: "'"))
            }
        }
        if folded.last == 0x20 { folded.removeLast() }
        return folded
    }
}
