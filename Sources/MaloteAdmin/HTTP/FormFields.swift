// The fields of a submitted form; knows no form.

import MaloteCore

/// The fields of a form (`application/x-www-form-urlencoded`); at most 1,000 are read.
struct FormFields: Sendable, Hashable {
    private static let limit = 1000
    private var values: [String: [String]] = [:]

    init(_ body: [UInt8] = []) {
        for field in body.split(separator: UInt8(ascii: "&")).prefix(Self.limit) {
            let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            values[Self.decoded(parts[0]), default: []].append(parts.count > 1 ? Self.decoded(parts[1]) : "")
        }
    }

    /// Of several of one name the first.
    subscript(_ name: String) -> String? { values[name]?.first }

    /// The first of each name: what a form is filled with again.
    var single: [String: String] { values.compactMapValues(\.first) }

    /// In their order.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// Without spaces around it; `nil` if it is missing or empty.
    func text(_ name: String) -> String? {
        guard let text = self[name]?.trimmed, !text.isEmpty else { return nil }
        return text
    }

    /// A box that is not ticked is not sent.
    func isOn(_ name: String) -> Bool { self[name] != nil }

    /// Line ends of a form are CRLF.
    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        var output: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), bytes.endIndex - index > 2,
                let value = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                output.append(value)
                index += 3
                continue
            }
            output.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            index += 1
        }
        return String(decoding: output.filter { $0 != 0x0D }, as: UTF8.self)
    }
}
