// Writes document nodes as YAML that any YAML reader reads back the same; knows no registry.

import MaloteCore

/// Objects in block form, what is small in flow form on one line. Texts that could be mistaken are quoted.
enum YAMLWriter {
    static func document(_ node: DocumentNode) -> String {
        guard case .mapping(let entries) = node.value, !entries.isEmpty else { return "{}\n" }
        return entries.map { entry in
            guard case .sequence(let items) = entry.value.value else { return "\(entry.key): \(flow(entry.value))\n" }
            return "\(entry.key):\n" + items.map(item).joined()
        }.joined()
    }

    /// `- name: x` and the other fields below it.
    private static func item(_ node: DocumentNode) -> String {
        guard case .mapping(let entries) = node.value else { return "  - \(flow(node))\n" }
        return entries.enumerated().map { index, entry in
            "\(index == 0 ? "  - " : "    ")\(entry.key): \(flow(entry.value))\n"
        }.joined()
    }

    private static func flow(_ node: DocumentNode) -> String {
        switch node.value {
        case .scalar(let text, let isPlain): isPlain || isSafe(text) ? text : quoted(text)
        case .sequence(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
        case .mapping(let entries): "{" + entries.map { "\($0.key): \(flow($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    private static let reserved: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]

    /// Plain words only; everything else goes into quotes.
    private static func isSafe(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first | 0x20) || first == UInt8(ascii: "/") else {
            return false
        }
        let isPlain = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "/")
                || byte == UInt8(ascii: "@")
        }
        return isPlain && !reserved.contains(text.lowercased())
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value) || scalar.value == 0x2028
                    || scalar.value == 0x2029 || [0xFEFF, 0xFFFE, 0xFFFF].contains(scalar.value)
                {
                    let hex = String(scalar.value, radix: 16, uppercase: true)
                    result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
