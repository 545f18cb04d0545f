// Date fields (RFC 5322 §3.3 and its obsolete forms) to a moment; knows no field.

import MaloteCore

enum MailDate {
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    /// Hours from UTC of the obsolete zone names (§4.3); military letters say nothing.
    private static let zones: [String: Int64] = [
        "ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
        "pst": -8, "pdt": -7, "bst": 1, "cet": 1, "cest": 2, "brt": -3, "jst": 9,
    ]

    /// What the words of a date turned out to be, in whatever order they came.
    private struct Pieces {
        var day: Int64?
        var month: Int64?
        var year: Int64?
        var time: Bytes?
        var zone: Bytes?

        mutating func take(_ word: Bytes) {
            if time == nil, word.contains(UInt8(ascii: ":")) {
                time = word
            } else if day == nil, (1...2).contains(word.count), let number = MailDate.number(word) {
                day = number
            } else if month == nil, let found = MailDate.month(word) {
                month = found
            } else if year == nil, day != nil, let found = MailDate.year(word) {
                year = found
            } else if time != nil, zone == nil {
                zone = word
            }
        }
    }

    /// - Returns: `nil` for what is no date. A day without a time is its midnight in UTC.
    static func parse(_ value: Bytes) -> Timestamp? {
        var pieces = Pieces()
        for word in words(value) { pieces.take(word) }
        guard let day = pieces.day, let month = pieces.month, let year = pieces.year,
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        guard let time = pieces.time else { return Timestamp(seconds: date.daysSinceEpoch * 86_400) }
        guard let seconds = timeOfDay(time) else { return nil }
        return Timestamp(seconds: date.daysSinceEpoch * 86_400 + seconds - (pieces.zone.map(zone) ?? 0))
    }

    private static func number(_ word: Bytes) -> Int64? {
        guard (1...18).contains(word.count), word.allSatisfy(\.isDigit) else { return nil }
        return word.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// Three letters or more of an English name.
    private static func month(_ word: Bytes) -> Int64? {
        guard word.count >= 3 else { return nil }
        let place = months.firstIndex { $0.utf8.starts(with: word) { $0 == $1.lowercased } }
        return place.map { Int64($0 + 1) }
    }

    /// Commas and hyphens between numbers and names part words as blanks do; comments and the blanks around colons are
    /// dropped.
    private static func words(_ value: Bytes) -> [Bytes] {
        var text: [UInt8] = []
        var depth = 0
        var previous: UInt8 = 0x20
        for byte in value.prefix(200) {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if depth == 0 {
                // `21-Nov-2026` but not `-0300`.
                let isDash = byte == UInt8(ascii: "-") && !previous.isBlank && previous != UInt8(ascii: ",")
                let isBlank = byte.isBlank || byte == UInt8(ascii: ",") || isDash
                if byte == UInt8(ascii: ":") { while text.last == 0x20 { text.removeLast() } }
                if !isBlank || text.last != UInt8(ascii: ":") { text.append(isBlank ? 0x20 : byte) }
            }
            if byte == UInt8(ascii: ")") { depth = max(0, depth - 1) }
            previous = byte
        }
        return text.split(separator: 0x20)
    }

    /// §4.3: two digits are 2000 to 2049 or 1950 to 1999, three digits count from 1900.
    private static func year(_ word: Bytes) -> Int64? {
        guard let number = number(word), (2...4).contains(word.count) else { return nil }
        switch word.count {
        case 2: return number < 50 ? number + 2000 : number + 1900
        case 3: return number + 1900
        default: return number
        }
    }

    private static func timeOfDay(_ word: Bytes) -> Int64? {
        let parts = word.split { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }.map(number)
        guard (2...4).contains(parts.count), let hour = parts[0], let minute = parts[1], hour < 25, minute < 60 else {
            return nil
        }
        let second = parts.count > 2 ? parts[2] ?? 0 : 0
        return hour * 3600 + minute * 60 + min(second, 60)
    }

    private static func zone(_ word: Bytes) -> Int64 {
        let digits = word.dropFirst()
        guard let sign = word.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), digits.count >= 4,
            let number = number(digits.prefix(4))
        else { return (zones[String(decoding: word, as: UTF8.self).lowercased()] ?? 0) * 3600 }
        let seconds = (number / 100) * 3600 + (number % 100) * 60
        return seconds > 86_400 ? 0 : (sign == UInt8(ascii: "-") ? -seconds : seconds)
    }
}
