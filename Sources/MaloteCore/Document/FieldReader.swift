// Reads the fields of one mapping strictly and gathers every error; knows no object of the registry.

/// Collects errors over a whole document, so that the operator mends a file once; and what is allowed, but probably not
/// meant.
package final class ErrorList {
    package private(set) var errors: [DocumentError] = []
    package private(set) var warnings: [DocumentError] = []

    package init() {}

    package func add(_ node: DocumentNode?, _ field: String, _ message: String, _ remedy: String = "") {
        errors.append(DocumentError(line: node?.line ?? 0, field: field, message: message, remedy: remedy))
    }

    package func warn(_ node: DocumentNode?, _ field: String, _ message: String, _ remedy: String = "") {
        warnings.append(DocumentError(line: node?.line ?? 0, field: field, message: message, remedy: remedy))
    }
}

/// One mapping of a document. Every key must be asked for; `finish` reports the ones that were not.
package struct FieldReader {
    package let node: DocumentNode
    package let path: String
    package let errors: ErrorList
    private let entries: [DocumentNode.Entry]

    /// - Returns: `nil`, with an error recorded, when the node is no mapping.
    package init?(_ node: DocumentNode, path: String, errors: ErrorList) {
        guard case .mapping(let entries) = node.value else {
            errors.add(node, path, "must be a mapping of fields.", "Write it as {field: value, ...}.")
            return nil
        }
        self.node = node
        self.path = path
        self.errors = errors
        self.entries = entries
    }

    package func path(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// The raw node of a field; `nil` when it is absent or null.
    package func node(_ key: String) -> DocumentNode? {
        guard let value = entries.first(where: { $0.key == key })?.value, !value.isNull else { return nil }
        return value
    }

    package func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    package func fail(_ key: String, _ message: String, _ remedy: String = "") {
        errors.add(node(key) ?? node, path(key), message, remedy)
    }

    package func warn(_ key: String, _ message: String, _ remedy: String = "") {
        errors.warn(node(key) ?? node, path(key), message, remedy)
    }

    /// A mapping inside this one; `nil` when it is absent.
    package func section(_ key: String) -> FieldReader? {
        node(key).flatMap { FieldReader($0, path: path(key), errors: errors) }
    }

    // MARK: - Scalars

    package func text(_ key: String) -> String? {
        guard let found = self.node(key) else { return nil }
        guard case .scalar(let text, _) = found.value else {
            fail(key, "must be a text.", "Write one value, not a list or a mapping.")
            return nil
        }
        return text
    }

    package func required(_ key: String, _ remedy: String) -> String? {
        if let text = text(key) {
            if !text.isEmpty { return text }
            fail(key, "must not be empty.", remedy)
        } else if node(key) == nil {
            errors.add(node, path(key), "is missing.", remedy)
        }
        return nil
    }

    /// A line of text for a header or a command: no control characters.
    package func line(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        guard !text.hasControlCharacter else {
            fail(key, "holds a line break or control character.", "Write it on one line.")
            return nil
        }
        return text
    }

    /// A line of text that must be there.
    package func requiredLine(_ key: String, _ remedy: String) -> String? {
        required(key, remedy) == nil ? nil : line(key)
    }

    /// A language tag such as `pt-BR`: the shape of RFC 5646 §2.1, not the registered subtags.
    package func language(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        let isTag = text.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { part in
            (1...8).contains(part.utf8.count) && part.utf8.allSatisfy(Self.isLetterOrDigit)
        }
        if isTag, text.utf8.count <= 35 { return text }
        fail(key, "\"\(text)\" is not a language.", "Write a tag such as en or pt-BR.")
        return nil
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
    }

    package static let nameRule = "Use 1 to 63 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit."

    package func name<Of>(_ key: String, _: Name<Of>.Type = Name<Of>.self) -> Name<Of>? {
        guard let text = required(key, "Give it a name.") else { return nil }
        return name(text, at: key)
    }

    package func name<Of>(_ text: String, at key: String) -> Name<Of>? {
        if let name = Name<Of>(text) { return name }
        fail(key, "\"\(text)\" is not a name.", Self.nameRule)
        return nil
    }

    package func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            fail(
                key, "\"\(text)\" is not a number from \(range.lowerBound) to \(range.upperBound).",
                "Write a whole number.")
            return nil
        }
        return number
    }

    package func flag(_ key: String) -> Bool? {
        guard let text = text(key) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            fail(key, "\"\(text)\" is neither true nor false.", "Write true or false.")
            return nil
        }
    }

    package func choice<Value>(_ key: String, _ values: [(String, Value)]) -> Value? {
        guard let text = text(key) else { return nil }
        if let found = values.first(where: { $0.0 == text.lowercased() }) { return found.1 }
        fail(key, "\"\(text)\" is not known.", "Use one of: \(values.map(\.0).joined(separator: ", ")).")
        return nil
    }

    /// `90s`, `5m`, `1h`, `3d`, or plain seconds.
    package func seconds(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(key) else { return nil }
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let factor = text.last.flatMap { units[$0] }
        let digits = factor == nil ? Substring(text) : text.dropLast()
        guard let number = Int(digits), let product = Optional(number.multipliedReportingOverflow(by: factor ?? 1)),
            !product.overflow, range.contains(product.partialValue)
        else {
            fail(
                key, "\"\(text)\" is not a time from \(range.lowerBound)s to \(range.upperBound)s.",
                "Write it like 60s, 5m or 1h.")
            return nil
        }
        return product.partialValue
    }

    /// `50MB`, `500kB`, `1GB` (powers of ten) or plain octets.
    /// - Parameter words: the range as the operator is told it.
    package func octets(_ key: String, in range: ClosedRange<Int>, words: String) -> Int? {
        guard let text = text(key) else { return nil }
        if let number = Octets.read(text), range.contains(number) { return number }
        fail(key, "\"\(text)\" is not a size \(words).", "Write it like 50MB.")
        return nil
    }

    // MARK: - Lists

    /// The items of a list with their paths; a missing field is an empty list.
    package func items(_ key: String) -> [(node: DocumentNode, path: String)] {
        guard let found = self.node(key) else { return [] }
        guard case .sequence(let items) = found.value else {
            fail(key, "must be a list.", "Write it as [a, b] or as lines that start with '- '.")
            return []
        }
        return items.enumerated().map { ($1, "\(path(key))[\($0)]") }
    }

    package func texts(_ key: String) -> [(text: String, node: DocumentNode, path: String)] {
        items(key).compactMap { item in
            guard case .scalar(let text, _) = item.node.value, !item.node.isNull else {
                errors.add(item.node, item.path, "must be a text.", "Write one value, not a list or a mapping.")
                return nil
            }
            return (text, item.node, item.path)
        }
    }

    /// Reports keys that no reader knows, with the nearest one that it does.
    package func finish(known: [String]) {
        for entry in entries where !known.contains(entry.key) {
            let remedy =
                Spelling.nearest(to: entry.key, among: known).map { "Did you mean \"\($0)\"?" }
                ?? "Known fields: \(known.joined(separator: ", "))."
            errors.add(
                DocumentNode(entry.value.value, line: entry.keyLine), path(entry.key), "is not a known field.", remedy)
        }
    }
}

extension DocumentNode {
    /// YAML's plain `null`, `~` or nothing at all.
    package var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = value else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }
}

/// Finds what somebody probably meant.
package enum Spelling {
    /// The candidate at the smallest edit distance, if it is close enough to be a slip.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let scored = candidates.map { ($0, distance(Array(word.lowercased().utf8), Array($0.lowercased().utf8))) }
        guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(1, word.utf8.count / 3) else { return nil }
        return best.0
    }

    /// Insertions, deletions, replacements and swaps of neighbours, on the first 64 octets.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        let (a, b) = (Array(a.prefix(64)), Array(b.prefix(64)))
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
