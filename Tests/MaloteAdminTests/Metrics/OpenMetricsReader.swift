// Reads metrics as a strict scraper does: whatever OpenMetrics 1.0 forbids is an error; knows no family's meaning.

import MaloteCore

/// Enough of the ABNF of OpenMetrics 1.0 to refuse what is wrong: order, names, suffixes, escapes, and the end.
struct OpenMetricsReader {
    struct Wrong: Error, CustomStringConvertible {
        var description: String
    }

    struct Sample: Equatable {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    private struct Family {
        var name: String
        var kind = "unknown"
        var unit: String?
        var hasHelp = false
    }

    private(set) var samples: [Sample] = []
    private(set) var families: [String: String] = [:]
    private var current: Family?
    private var seen: Set<String> = []

    init(_ text: String) throws {
        guard text.hasSuffix("# EOF\n") else { throw Wrong(description: "does not end in # EOF and a line end") }
        for line in text.dropLast(6).split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            try line.hasPrefix("#") ? meta(String(line)) : sample(String(line))
        }
        try check()
    }

    private mutating func meta(_ line: String) throws {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4, words[0] == "#" else { throw Wrong(description: "not a comment that exists: \(line)") }
        if words[1] == "TYPE" {
            try check()
            guard families[words[2]] == nil else { throw Wrong(description: "a second family \(words[2])") }
            guard Self.isName(words[2]), ["counter", "gauge", "histogram"].contains(words[3]) else {
                throw Wrong(description: line)
            }
            families[words[2]] = words[3]
            current = Family(name: words[2], kind: words[3])
        }
        guard current?.name == words[2] else { throw Wrong(description: "out of its family: \(line)") }
        switch words[1] {
        case "TYPE": break
        case "UNIT":
            guard words[2].hasSuffix("_\(words[3])") else { throw Wrong(description: "no unit of its name: \(line)") }
            current?.unit = words[3]
        case "HELP":
            _ = try Self.unescaped(words[3])
            current?.hasHelp = true
        default: throw Wrong(description: line)
        }
    }

    private mutating func check() throws {
        guard let current else { return }
        guard current.hasHelp else { throw Wrong(description: "\(current.name) has no help") }
    }

    private mutating func sample(_ line: String) throws {
        guard let current else { throw Wrong(description: "a sample before any family: \(line)") }
        let name = String(line.prefix { $0 != "{" && $0 != " " })
        var rest = line.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest.removeFirst()
            while true {
                let label = String(rest.prefix { $0 != "=" })
                rest = rest.dropFirst(label.count)
                guard Self.isName(label), rest.hasPrefix("=\""), labels[label] == nil else {
                    throw Wrong(description: "label: \(line)")
                }
                rest = rest.dropFirst(2)
                labels[label] = try Self.quoted(&rest)
                guard let next = rest.popFirst() else { throw Wrong(description: line) }
                if next == "}" { break }
                guard next == "," else { throw Wrong(description: "between labels: \(line)") }
            }
        }
        guard rest.first == " ", let value = Self.number(String(rest.dropFirst())) else {
            throw Wrong(description: "value: \(line)")
        }
        try checkName(name, current, labels)
        let key = "\(name) \(labels.sorted { $0.key < $1.key })"
        guard seen.insert(key).inserted else { throw Wrong(description: "a second \(key)") }
        samples.append(Sample(name: name, labels: labels, value: value))
    }

    private func checkName(_ name: String, _ family: Family, _ labels: [String: String]) throws {
        let suffixes = ["counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_count", "_sum"]]
        guard (suffixes[family.kind] ?? []).contains(where: { family.name + $0 == name }) else {
            throw Wrong(description: "\(name) is no sample of \(family.kind) \(family.name)")
        }
        guard (labels["le"] != nil) == name.hasSuffix("_bucket") else { throw Wrong(description: "le of \(name)") }
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && !(name.first?.isNumber ?? true)
            && name.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5F
            }
    }

    private static func number(_ text: String) -> Double? {
        ["+Inf": Double.infinity, "-Inf": -Double.infinity][text] ?? (text.contains(" ") ? nil : Double(text))
    }

    /// Up to and with the closing quote.
    private static func quoted(_ rest: inout Substring) throws -> String {
        var raw = ""
        while let character = rest.popFirst() {
            if character == "\"" { return try unescaped(raw) }
            raw.append(character)
            if character == "\\" { if let next = rest.popFirst() { raw.append(next) } }
        }
        throw Wrong(description: "a label's value does not end")
    }

    private static func unescaped(_ text: String) throws -> String {
        var (result, rest) = ("", text[...])
        while let character = rest.popFirst() {
            guard character == "\\" else {
                result.append(character)
                continue
            }
            switch rest.popFirst() {
            case "n": result.append("\n")
            case "\\": result.append("\\")
            case "\"": result.append("\"")
            default: throw Wrong(description: "an escape that does not exist in \(text)")
            }
        }
        return result
    }
}
