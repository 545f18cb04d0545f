// How times are written for people: language and time zone; knows no template.

import Foundation
import MaloteCore

/// A contract's way of writing.
package struct TemplateStyle: Sendable {
    private let language: String
    private let zone: TimeZone

    /// - Parameters:
    ///   - language: as in a registry (`en`, `pt-BR`); of one that is not known, days are written as in ISO 8601.
    ///   - zone: a name of the time zone database; of one that is not known, UTC.
    package init(language: String = "en", zone: String = "UTC") {
        self.language = language.lowercased()
        self.zone = TimeZone(identifier: zone) ?? .gmt
    }

    /// Whether the machine knows a time zone by this name.
    package static func isZone(_ name: String) -> Bool { TimeZone(identifier: name) != nil }

    private static let patterns = [
        "en": "d MMM yyyy", "pt": "dd/MM/yyyy", "es": "dd/MM/yyyy", "fr": "dd/MM/yyyy", "it": "dd/MM/yyyy",
        "de": "dd.MM.yyyy",
    ]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    func date(_ time: Timestamp) -> String {
        write(time, as: Self.patterns[String(language.prefix(2))] ?? "yyyy-MM-dd")
    }

    func time(_ time: Timestamp) -> String { write(time, as: "HH:mm") }

    package func dateAndTime(_ time: Timestamp) -> String { "\(date(time)) \(self.time(time))" }

    /// `yyyy yy MMM MM dd d HH mm ss zzz`; everything else stands as it is.
    func write(_ time: Timestamp, as pattern: String) -> String {
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))
        let clock = WallClock(time, offset: offset)
        var output = ""
        var rest = pattern[...]
        while let first = rest.first {
            let run = rest.prefix { $0 == first }
            output += field(String(run), clock, offset) ?? String(run)
            rest = rest[run.endIndex...]
        }
        return output
    }

    private func field(_ letters: String, _ clock: WallClock, _ offset: Int) -> String? {
        switch letters {
        case "yyyy": Self.digits(clock.year, 4)
        case "yy": Self.digits(clock.year % 100, 2)
        case "MMM": Self.months[clock.month - 1]
        case "MM": Self.digits(clock.month, 2)
        case "dd": Self.digits(clock.day, 2)
        case "d": String(clock.day)
        case "HH": Self.digits(clock.second / 3600, 2)
        case "mm": Self.digits(clock.second / 60 % 60, 2)
        case "ss": Self.digits(clock.second % 60, 2)
        case "zzz":
            (offset < 0 ? "-" : "+") + Self.digits(abs(offset) / 3600, 2) + Self.digits(abs(offset) / 60 % 60, 2)
        default: nil
        }
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}

/// A time as a clock on a wall of its zone shows it.
private struct WallClock {
    var year: Int
    /// 1 to 12.
    var month: Int
    var day: Int
    /// Of the day.
    var second: Int

    init(_ time: Timestamp, offset: Int) {
        let (second, _) = time.milliseconds.flooredDivision(by: 1000)
        let (days, secondOfDay) = (second + Int64(offset)).flooredDivision(by: 86_400)
        let date = CivilDate(daysSinceEpoch: days)
        (year, month, day, self.second) = (Int(date.year), Int(date.month), Int(date.day), Int(secondOfDay))
    }
}
