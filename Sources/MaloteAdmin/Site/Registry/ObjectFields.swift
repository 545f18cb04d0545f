// What a form says of one object, as a document in the registry's own form; knows no object's meaning.

import Foundation
import MaloteCore

struct ObjectFields {
    private enum Value {
        case json(JSONValue)
        /// What a person wrote, in YAML; or mappings made by program.
        case yaml(String)
    }

    private var entries: [(name: String, value: Value)] = []
    /// Further fields, as a person wrote them in YAML.
    private var more = ""

    /// A field that is `null` takes its default.
    mutating func set(_ name: String, _ value: JSONValue) { entries.append((name, .json(value))) }

    mutating func set(_ name: String, _ text: String?) { set(name, .given(text)) }

    /// - Parameter yaml: lines; nothing but spaces is no field.
    mutating func set(_ name: String, yaml: String) {
        guard !yaml.allSatisfy(\.isWhitespace) else { return set(name, .null) }
        entries.append((name, .yaml(yaml)))
    }

    /// - Parameter known: further fields that there were; those that the text does not name any more are taken away.
    mutating func setMore(_ text: String, known: [String]) {
        more = text
        let named = Set(text.split(separator: "\n").compactMap { $0.firstMatch(of: /^([a-z0-9_]+)\s*:/)?.output.1 })
        for name in known where !named.contains(Substring(name)) { set(name, .null) }
    }

    /// One YAML mapping. Of a new object, fields that are `null` are left out.
    func document(isNew: Bool) -> [UInt8] { Array((text(isNew: isNew) + more + "\n").utf8) }

    /// One field a line, each a JSON value; below it, further in, what is YAML. Nobody's text can leave its place: it is
    /// either quoted or further in than the fields.
    func text(isNew: Bool, indent: Int = 0) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let margin = String(repeating: " ", count: indent)
        return entries.map { entry in
            switch entry.value {
            case .json(.null) where isNew: return ""
            case .json(let value):
                let text = (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
                return "\(margin)\"\(entry.name)\": \(text)\n"
            case .yaml(let lines):
                let inner = lines.split(separator: "\n", omittingEmptySubsequences: false).map { "\(margin)  \($0)\n" }
                return "\(margin)\"\(entry.name)\":\n\(inner.joined())"
            }
        }.joined()
    }
}

extension FormFields {
    /// What a text area holds: lines without spaces around them, and none that is empty.
    func lines(_ name: String) -> [String] {
        (self[name] ?? "").split(separator: "\n").map { String($0).trimmed }.filter { !$0.isEmpty }
    }
}
