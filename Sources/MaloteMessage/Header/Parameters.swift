// `value; name=value` fields with RFC 2231 continuations and charsets; knows no media type.

/// Content-Type, Content-Disposition and their kin.
struct Parameters {
    /// The first word, lower case.
    private(set) var value = ""
    /// Names in lower case, in the order in which they came; still encoded.
    private var raw: [(name: String, value: [UInt8])] = []

    private static let limit = 200

    init() {}

    init(_ bytes: Bytes) {
        var index = bytes.startIndex
        while index < bytes.endIndex, bytes[index].isBlank { index += 1 }
        let start = index
        while index < bytes.endIndex, !bytes[index].isBlank, bytes[index] != UInt8(ascii: ";"),
            bytes[index] != UInt8(ascii: "(")
        { index += 1 }
        value = String(lowercasing: bytes[start..<index])
        while index < bytes.endIndex, raw.count < Self.limit {
            if let parameter = Self.parameter(bytes, &index) { raw.append(parameter) }
        }
    }

    private static func until(_ bytes: Bytes, _ index: inout Int, _ stop: UInt8) -> Bytes {
        let start = index
        while index < bytes.endIndex, bytes[index] != stop { index += 1 }
        defer { if index < bytes.endIndex { index += 1 } }
        return bytes[start..<index]
    }

    private static func parameter(_ bytes: Bytes, _ index: inout Int) -> (name: String, value: [UInt8])? {
        let start = index
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: "="), bytes[index] != UInt8(ascii: ";") {
            index += 1
        }
        let name = String(lowercasing: bytes[start..<index].trimmed)
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "=") else {
            index = min(index + 1, bytes.endIndex)
            return nil
        }
        index += 1
        while index < bytes.endIndex, bytes[index].isBlank { index += 1 }
        let value = quotedOrToken(bytes, &index)
        return name.isEmpty ? nil : (name, value)
    }

    private static func quotedOrToken(_ bytes: Bytes, _ index: inout Int) -> [UInt8] {
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "\"") else {
            return Array(until(bytes, &index, UInt8(ascii: ";")).trimmed)
        }
        index += 1
        var text: [UInt8] = []
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { break }
            // A backslash before anything but a quote is some Windows path, not an escape.
            if byte == UInt8(ascii: "\\"), index < bytes.endIndex,
                bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "\\")
            {
                text.append(bytes[index])
                index += 1
            } else {
                text.append(byte)
            }
        }
        _ = until(bytes, &index, UInt8(ascii: ";"))
        return text
    }

    // MARK: - Values

    /// Decoded, without control characters; of one name written twice, the first. RFC 2231 counts more than a plain
    /// value, which is there for programs that do not know it.
    subscript(_ name: String) -> String? {
        if let sections = sections(name) { return Self.join(sections) }
        // RFC 2047 in parameters is forbidden and everywhere.
        return plain(name).map { EncodedWords.decode($0[...]) }
    }

    /// A boundary: what looks encoded in it is not.
    func octets(_ name: String) -> Bytes? {
        if let sections = sections(name) { return Array(Self.join(sections).utf8).trimmed }
        return plain(name)?.trimmed
    }

    /// Every value, decoded.
    var all: [String: String] {
        var all: [String: String] = [:]
        for name in raw.map({ String($0.name.prefix { $0 != "*" }) }) where all[name] == nil { all[name] = self[name] }
        return all
    }

    private func plain(_ name: String) -> [UInt8]? { raw.first { $0.name == name }?.value }

    // MARK: - RFC 2231

    private struct Section {
        var number: Int
        var isEncoded: Bool
        var value: [UInt8]
    }

    /// `name*=`, `name*0=`, `name*0*=`, in their order.
    private func sections(_ name: String) -> [Section]? {
        var sections: [Section] = []
        for (full, value) in raw where full.utf8.dropFirst(name.utf8.count).first == UInt8(ascii: "*") {
            let parts = full.split(separator: "*", omittingEmptySubsequences: false)
            guard parts.count > 1, parts[0] == name else { continue }
            sections.append(Section(number: Int(parts[1]) ?? 0, isEncoded: parts.last == "", value: value))
        }
        return sections.isEmpty ? nil : sections.sorted { $0.number < $1.number }
    }

    private static func join(_ sections: [Section]) -> String {
        var charset = ""
        var octets: [UInt8] = []
        for (place, section) in sections.enumerated() {
            var value = section.value[...]
            if place == 0, section.isEncoded {
                // charset'language'text
                let quotes = value.indices.filter { value[$0] == UInt8(ascii: "'") }.prefix(2)
                if quotes.count == 2 {
                    charset = String(decoding: value[..<quotes[0]], as: UTF8.self)
                    value = value[(quotes[1] + 1)...]
                }
            }
            octets += section.isEncoded ? percentDecoded(value) : Array(value)
        }
        return charset.isEmpty
            ? EncodedWords.decode(octets[...]) : EncodedWords.clean(Charset.decode(octets[...], label: charset))
    }

    private static func percentDecoded(_ bytes: Bytes) -> [UInt8] {
        var decoded: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.endIndex, let high = bytes[index + 1].hexValue,
                let low = bytes[index + 2].hexValue
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }
}
