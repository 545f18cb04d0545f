// A moment on the wall clock in whole milliseconds; knows no clock (time is always a parameter).

/// Milliseconds since 1970-01-01T00:00:00Z. What is stored and shown; deadlines use a monotonic `Duration` instead.
package struct Timestamp: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let milliseconds: Int64
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(seconds: Int64) { self.milliseconds = seconds * 1000 }

    package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

    package static func + (a: Self, b: Duration) -> Self {
        Self(milliseconds: a.milliseconds + b.milliseconds)
    }

    package static func - (a: Self, b: Self) -> Duration {
        .milliseconds(a.milliseconds - b.milliseconds)
    }

    /// RFC 3339 in UTC with milliseconds, such as `2026-11-21T05:50:15.042Z`.
    package var description: String {
        let (days, inDay) = milliseconds.flooredDivision(by: 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        let seconds = inDay / 1000
        return date.description + "T" + pad(seconds / 3600, 2) + ":" + pad(seconds / 60 % 60, 2) + ":"
            + pad(seconds % 60, 2) + "." + pad(inDay % 1000, 3) + "Z"
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Timestamp(rfc3339: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an RFC 3339 UTC time: \(text)"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Timestamp {
    /// Reads `YYYY-MM-DD` (midnight UTC) or `YYYY-MM-DDTHH:MM:SS[.mmm]Z`.
    /// - Returns: `nil` for any other form or an impossible date.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, let date = CivilDate(bytes[..<10]) else { return nil }
        var milliseconds = date.daysSinceEpoch * 86_400_000
        if bytes.count > 10 {
            guard let inDay = Self.timeOfDay(bytes[10...]) else { return nil }
            milliseconds += inDay
        }
        self.init(milliseconds: milliseconds)
    }

    private static func timeOfDay(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let text = Array(bytes)
        guard text.count == 10 || text.count == 14, text[0] == UInt8(ascii: "T"), text[3] == UInt8(ascii: ":"),
            text[6] == UInt8(ascii: ":"), text.last == UInt8(ascii: "Z"),
            let hour = number(text[1..<3]), let minute = number(text[4..<6]), let second = number(text[7..<9]),
            hour < 24, minute < 60, second < 61
        else { return nil }
        var fraction: Int64 = 0
        if text.count == 14 {
            guard text[9] == UInt8(ascii: "."), let value = number(text[10..<13]) else { return nil }
            fraction = value
        }
        return ((hour * 60 + minute) * 60 + second) * 1000 + fraction
    }
}

/// A day of the proleptic Gregorian calendar, by the well-known days-from-civil arithmetic.
package struct CivilDate: Hashable, Sendable, CustomStringConvertible {
    package let year: Int64
    package let month: Int64
    package let day: Int64

    package init(daysSinceEpoch: Int64) {
        // Eras of 400 years that start on 1 March, so that the leap day is the last day of its year.
        let (era, dayOfEra) = (daysSinceEpoch + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    package init?(year: Int64, month: Int64, day: Int64) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        self.year = year
        self.month = month
        self.day = day
        // Reject 31 February and its kin: such a day does not survive the round trip.
        guard CivilDate(daysSinceEpoch: daysSinceEpoch) == self else { return nil }
    }

    /// Reads `2026-12-31`, and nothing else.
    package init?(_ text: String) { self.init(Array(text.utf8)[...]) }

    init?(_ text: ArraySlice<UInt8>) {
        let bytes = Array(text)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package var daysSinceEpoch: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// When the day begins, in UTC.
    package var start: Timestamp { Timestamp(seconds: daysSinceEpoch * 86_400) }

    package var description: String { pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2) }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

extension Int64 {
    package func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = ((self % divisor) + divisor) % divisor
        return ((self - remainder) / divisor, remainder)
    }
}

private func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

private func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for digit in digits {
        guard (0x30...0x39).contains(digit) else { return nil }
        value = value * 10 + Int64(digit - 0x30)
    }
    return value
}
