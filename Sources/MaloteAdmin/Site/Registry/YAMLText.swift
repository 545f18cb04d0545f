// Values as a person edits them in a text area, in YAML; knows no field.

import Foundation
import MaloteCore

enum YAMLText {
    /// Block form; short lists of texts stay on one line.
    static func write(_ members: [String: JSONValue]) -> String {
        members.isEmpty ? "" : write(.object(members))
    }

    /// - Parameter value: an object or a list.
    static func write(_ value: JSONValue) -> String { block(value, indent: 0).drop { $0.isWhitespace } + "\n" }

    /// Whatever is no scalar begins on a new line.
    private static func block(_ value: JSONValue, indent: Int) -> String {
        let margin = "\n" + String(repeating: " ", count: indent)
        switch value {
        case .object(let members) where !members.isEmpty:
            return sorted(members).map { key, value in "\(margin)\(scalar(key)):\(inline(value, indent))" }.joined()
        case .list(let items) where !items.isEmpty && items.contains { $0.words == nil }:
            return items.map { item in
                let text = block(item, indent: indent + 2)
                return "\(margin)- \(text.drop { $0 == "\n" || $0 == " " })"
            }.joined()
        case .list(let items): return " [\(items.compactMap(\.words).map(scalar).joined(separator: ", "))]"
        case .object: return " {}"
        default: return " \(scalar(value))"
        }
    }

    private static func inline(_ value: JSONValue, _ indent: Int) -> String {
        switch value {
        // A list in a mapping is indented, as people write it.
        case .list, .object: block(value, indent: indent + 2)
        default: " \(scalar(value))"
        }
    }

    /// A rule reads: name, when, do.
    private static func sorted(_ members: [String: JSONValue]) -> [(String, JSONValue)] {
        let order = ["name": 0, "when": 1, "do": 2]
        return members.sorted { (order[$0.key] ?? 9, $0.key) < (order[$1.key] ?? 9, $1.key) }
    }

    private static func scalar(_ value: JSONValue) -> String {
        if case .text(let text) = value { scalar(text) } else { value.words ?? "" }
    }

    /// Quoted as JSON unless it can only be a word.
    private static func scalar(_ text: String) -> String {
        let isPlain =
            text.wholeMatch(of: /[A-Za-z\/][A-Za-z0-9\/._@-]*/) != nil
            && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
        guard !isPlain else { return text }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
