// Date fields (RFC 5322 §3.3 and its obsolete forms) to a moment; knows no field.

import MaloteCore

enum MailDate {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// Hours from UTC of the obsolete zone names (§4.3); military letters say nothing.
    private static let zones: [String: Int64] = [
        "ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
        "pst": -8,
        "pdt": -7, "bst": 1, "cet": 1, "cest": 2, "brt": -3, "jst": 9,
    ]

    /// - Returns: `nil` for what is no date.
    static func parse(_ value: Bytes) -> Timestamp? {
        let words = words(value)
        guard let dayAt = words.indices.first(where: { isDay(words[$0]) }) else { return nil }
        var rest = words[dayAt...]
        guard let day = Int64(rest.removeFirst()), let monthWord = rest.popFirst(),
            let month = months.firstIndex(of: String(monthWord.lowercased().prefix(3))),
            let yearWord = rest.popFirst(), let year = year(yearWord),
            let date = CivilDate(year: year, month: Int64(month + 1), day: day)
        else { return nil }
        let seconds = rest.popFirst().flatMap(timeOfDay) ?? 0
        let offset = rest.first.map(zone) ?? 0
        return Timestamp(seconds: date.daysSinceEpoch * 86_400 + seconds - offset)
    }

    /// Commas and hyphens between numbers and names part words as blanks do; comments are dropped.
    private static func words(_ value: Bytes) -> [String] {
        var text: [UInt8] = []
        var depth = 0
        var previous: UInt8 = 0x20
        for byte in value.prefix(200) {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if depth == 0 {
                // `21-Nov-2026` but not `-0300`.
                let isDash = byte == UInt8(ascii: "-") && !previous.isBlank && previous != UInt8(ascii: ",")
                text.append(byte == UInt8(ascii: ",") || isDash ? 0x20 : byte)
            }
            if byte == UInt8(ascii: ")") { depth = max(0, depth - 1) }
            previous = byte
        }
        return String(decoding: text, as: UTF8.self).split { $0 == " " || $0 == "\t" }.map(String.init)
    }

    private static func isDay(_ word: String) -> Bool {
        (1...2).contains(word.count) && word.utf8.allSatisfy(\.isDigit)
    }

    /// §4.3: two digits are 2000 to 2049 or 1950 to 1999, three digits count from 1900.
    private static func year(_ word: String) -> Int64? {
        guard let number = Int64(word), (2...4).contains(word.count) else { return nil }
        switch word.count {
        case 2: return number < 50 ? number + 2000 : number + 1900
        case 3: return number + 1900
        default: return number
        }
    }

    private static func timeOfDay(_ word: String) -> Int64? {
        let parts = word.split { $0 == ":" || $0 == "." }.map { Int64($0) }
        guard (2...4).contains(parts.count), let hour = parts[0], let minute = parts[1], hour < 25, minute < 60,
            hour >= 0,
            minute >= 0
        else { return nil }
        let second = parts.count > 2 ? parts[2] ?? 0 : 0
        return hour * 3600 + minute * 60 + min(max(second, 0), 60)
    }

    private static func zone(_ word: String) -> Int64 {
        let digits = word.dropFirst()
        guard let sign = word.first, sign == "+" || sign == "-", digits.count >= 4,
            let number = Int64(digits.prefix(4))
        else { return (zones[word.lowercased()] ?? 0) * 3600 }
        let seconds = (number / 100) * 3600 + (number % 100) * 60
        return seconds > 86_400 ? 0 : (sign == "-" ? -seconds : seconds)
    }
}
