// What a template may do to a value before it is printed; knows no ticket.

import MaloteCore

/// Written behind the name: `{{message.date | date}}`, `{{message.text | lines: 20}}`.
package enum TemplateFilter: Sendable, Hashable {
    /// A time in the style's zone: its day, its hour and minute, both, or by a pattern (`date: dd/MM/yyyy HH:mm`).
    case date, time, datetime
    case pattern(String)
    case upper, lower
    /// The first lines of a text, at most so many.
    case lines(Int)
    /// The first characters, at most so many, with an ellipsis if there are more.
    case cut(Int)
    /// What is printed for nothing.
    case otherwise(String)

    static let names = "date, time, datetime, date: PATTERN, upper, lower, lines: N, cut: N and default: TEXT"

    /// - Returns: `nil` if there is no such filter.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0]).trimmed
        let argument = parts.count > 1 ? String(parts[1]).trimmed : nil
        switch (name, argument) {
        case ("date", nil): self = .date
        case ("date", let pattern?) where !pattern.isEmpty: self = .pattern(pattern)
        case ("time", nil): self = .time
        case ("datetime", nil): self = .datetime
        case ("upper", nil): self = .upper
        case ("lower", nil): self = .lower
        case ("default", let text?): self = .otherwise(text)
        case ("lines", let number?), ("cut", let number?):
            guard let count = Int(number), (1...100_000).contains(count) else { return nil }
            self = name == "lines" ? .lines(count) : .cut(count)
        default: return nil
        }
    }

    static func print(_ value: TemplateValue?, through filters: [TemplateFilter], _ style: TemplateStyle) -> String {
        var value = value ?? .text("")
        for filter in filters { value = .text(filter.applied(to: value, style)) }
        return value.printed
    }

    private func applied(to value: TemplateValue, _ style: TemplateStyle) -> String {
        let text = value.printed
        switch self {
        case .date: return Self.time(value).map(style.date) ?? text
        case .time: return Self.time(value).map(style.time) ?? text
        case .datetime: return Self.time(value).map(style.dateAndTime) ?? text
        case .pattern(let pattern): return Self.time(value).map { style.write($0, as: pattern) } ?? text
        case .upper: return text.uppercased()
        case .lower: return text.lowercased()
        case .otherwise(let other): return text.isEmpty ? other : text
        case .lines(let count): return Self.firstLines(text, count)
        case .cut(let count):
            let end = text.index(text.startIndex, offsetBy: count, limitedBy: text.endIndex) ?? text.endIndex
            return end == text.endIndex ? text : String(text[..<end]) + "…"
        }
    }

    /// A value of an event's data is a text, and may be a time.
    private static func time(_ value: TemplateValue) -> Timestamp? {
        switch value {
        case .time(let time): time
        case .text(let text): Timestamp(rfc3339: text)
        default: nil
        }
    }

    private static func firstLines(_ text: String, _ count: Int) -> String {
        var left = count
        for index in text.indices where text[index].isNewline {
            left -= 1
            if left == 0 { return String(text[..<index]) }
        }
        return text
    }
}
