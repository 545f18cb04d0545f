// Address lists (RFC 5322 §3.4 and its obsolete forms) to addresses; knows no field.

import MaloteCore

/// Reads leniently: groups are flattened, comments serve as names where there is no better one, routes are dropped.
struct AddressList {
    private let bytes: Bytes
    private var index: Int
    private let limit: Int

    static func parse(_ value: Bytes, limit: Int) -> [MailAddress] {
        var list = AddressList(bytes: value, index: value.startIndex, limit: limit)
        return list.read()
    }

    private init(bytes: Bytes, index: Int, limit: Int) {
        self.bytes = bytes
        self.index = index
        self.limit = limit
    }

    /// One address under way.
    private struct Draft {
        /// Words before `<`, still encoded; a bare address if no `<` comes.
        var words: [UInt8] = []
        var angle: [UInt8]?
        var comment: [UInt8] = []
    }

    private mutating func read() -> [MailAddress] {
        var found: [MailAddress] = []
        var draft = Draft()
        while index < bytes.endIndex, found.count < limit {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: ";"):
                finish(&draft, &found)
            case UInt8(ascii: ":") where draft.angle == nil:
                // A group's name, unless it is an IPv6 literal or an address that mail writes with a colon.
                if !draft.words.contains(UInt8(ascii: "[")) { draft = Draft() } else { draft.words.append(byte) }
            case UInt8(ascii: "("): draft.comment += comment()
            case UInt8(ascii: "\""): draft.words += quoted()
            case UInt8(ascii: "<"): draft.angle = angle()
            default: draft.words.append(byte)
            }
        }
        finish(&draft, &found)
        return found
    }

    private func finish(_ draft: inout Draft, _ found: inout [MailAddress]) {
        defer { draft = Draft() }
        let words = draft.words.trimmed
        if let angle = draft.angle {
            guard let address = Self.address(angle[...]) else { return }
            let name = EncodedWords.decode(words.isEmpty ? draft.comment[...] : words)
            found.append(MailAddress(name: Self.name(name, address), address: address))
        } else if let address = Self.address(words) {
            let name = EncodedWords.decode(draft.comment[...])
            found.append(MailAddress(name: Self.name(name, address), address: address))
        }
    }

    private static func name(_ name: String, _ address: String) -> String? {
        name.isEmpty || name.lowercased() == address.lowercased() ? nil : name
    }

    /// The addr-spec without blanks and without an obsolete route (`@a,@b:user@host`).
    private static func address(_ bytes: Bytes) -> String? {
        var text = bytes.filter { !$0.isBlank }[...]
        if text.first == UInt8(ascii: "@"), let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            text = text[(colon + 1)...]
        }
        if text.hasPrefix("mailto:") { text = text.dropFirst(7) }
        while text.last == UInt8(ascii: ">") { text = text.dropLast() }
        let address = Charset.decode(text, label: "")
        guard !address.isEmpty, address.utf8.count <= 998, address.contains("@"), !address.hasControlCharacter else {
            return nil
        }
        return address
    }

    // MARK: - Pieces

    private mutating func angle() -> [UInt8] {
        let start = index
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: ">") { index += 1 }
        defer { if index < bytes.endIndex { index += 1 } }
        return Array(bytes[start..<index])
    }

    private mutating func quoted() -> [UInt8] {
        var text: [UInt8] = []
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\"), index < bytes.endIndex {
                text.append(bytes[index])
                index += 1
            } else {
                text.append(byte)
            }
        }
        return text
    }

    private mutating func comment() -> [UInt8] {
        var text: [UInt8] = []
        var depth = 1
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\\"), index < bytes.endIndex {
                text.append(bytes[index])
                index += 1
                continue
            }
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { break }
            text.append(byte)
        }
        return text
    }
}
