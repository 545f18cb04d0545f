// Address lists (RFC 5322 §3.4 and its obsolete forms) to addresses; knows no field.

import MaloteCore

/// Reads leniently: groups are flattened, comments serve as names where there is no better one, routes are dropped, and
/// a quote, comment or bracket that never ends spoils no more than it must.
struct AddressList {
    private let bytes: Bytes
    private var index: Int
    private let limit: Int
    /// Set when a search has reached the end in vain, so that none is made twice.
    private var hasNoMoreQuotes = false
    private var hasNoMoreComments = false

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
        /// What stands before `<`, quotes undone, still encoded.
        var words: [UInt8] = []
        /// The same as written: the address itself if no `<` comes.
        var spec: [UInt8] = []
        var angle: [UInt8]?
        var comment: [UInt8] = []

        mutating func append(_ octets: Bytes) {
            words += octets
            spec += octets
        }
    }

    private mutating func read() -> [MailAddress] {
        var found: [MailAddress] = []
        var draft = Draft()
        while index < bytes.endIndex, found.count < limit {
            let start = index
            index += 1
            switch bytes[start] {
            case UInt8(ascii: ","), UInt8(ascii: ";"):
                found += finish(&draft)
            case UInt8(ascii: ":") where draft.angle == nil && !draft.spec.contains(UInt8(ascii: "[")):
                // A group's name, or `mailto:`; an IPv6 literal keeps its colons.
                draft = Draft()
            case UInt8(ascii: "("):
                if let comment = comment() { draft.comment += comment } else { draft.append(bytes[start..<index]) }
            case UInt8(ascii: "\""):
                guard let quoted = quoted() else { continue }
                draft.words += quoted.text
                draft.spec += bytes[quoted.whole]
            case UInt8(ascii: "<"): draft.angle = angle()
            default:
                index = bytes[index...].firstIndex(where: \.isMark) ?? bytes.endIndex
                draft.append(bytes[start..<index])
            }
        }
        if found.count < limit { found += finish(&draft) }
        return found
    }

    private func finish(_ draft: inout Draft) -> [MailAddress] {
        defer { draft = Draft() }
        let words = draft.words.trimmed
        if let angle = draft.angle {
            guard let address = AddressSpec.read(angle[...]) else { return [] }
            return [Self.named(words.isEmpty ? draft.comment[...] : words, address)]
        }
        guard let (name, spec) = AddressSpec.split(draft.spec[...]), let address = AddressSpec.read(spec) else {
            return []
        }
        return [Self.named(name.isEmpty ? draft.comment[...] : name, address)]
    }

    private static func named(_ encoded: Bytes, _ address: String) -> MailAddress {
        let name = EncodedWords.decode(encoded)
        let saysNothing = name.isEmpty || name.utf8.elementsEqual(address.utf8) { $0.lowercased == $1.lowercased }
        return MailAddress(name: saysNothing ? nil : name, address: address)
    }

    // MARK: - Pieces

    /// Up to `>`. A comma ends it too, unless it is a route's (`<@a,@b:user@host>`).
    private mutating func angle() -> [UInt8] {
        var spec: [UInt8] = []
        while index < bytes.endIndex {
            let start = index
            if bytes[start] == UInt8(ascii: ","), spec.trimmed.first != UInt8(ascii: "@") { return spec }
            index += 1
            switch bytes[start] {
            case UInt8(ascii: ">"):
                while index < bytes.endIndex, bytes[index] == UInt8(ascii: ">") { index += 1 }
                return spec
            case UInt8(ascii: "<"): spec = []
            case UInt8(ascii: "("): if comment() == nil { spec.append(bytes[start]) }
            case UInt8(ascii: "\""): if let quoted = quoted() { spec += bytes[quoted.whole] }
            default:
                index = bytes[index...].firstIndex { $0.isMark || $0 == UInt8(ascii: ">") } ?? bytes.endIndex
                spec += bytes[start..<index]
            }
        }
        return spec
    }

    /// Behind an opening quote.
    /// - Returns: `nil` if it never ends; then nothing is taken.
    private mutating func quoted() -> (text: [UInt8], whole: Range<Int>)? {
        guard !hasNoMoreQuotes else { return nil }
        var text: [UInt8] = []
        var place = index
        while place < bytes.endIndex {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                defer { index = place + 1 }
                return (text, index - 1..<place + 1)
            }
            let isEscape = byte == UInt8(ascii: "\\") && place + 1 < bytes.endIndex
            text.append(isEscape ? bytes[place + 1] : byte)
            place += isEscape ? 2 : 1
        }
        hasNoMoreQuotes = true
        return nil
    }

    /// Behind an opening parenthesis; comments nest.
    /// - Returns: `nil` if it never ends; then nothing is taken.
    private mutating func comment() -> [UInt8]? {
        guard !hasNoMoreComments else { return nil }
        var text: [UInt8] = []
        var depth = 1
        var place = index
        while place < bytes.endIndex {
            let byte = bytes[place]
            let isEscape = byte == UInt8(ascii: "\\") && place + 1 < bytes.endIndex
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 {
                index = place + 1
                return text
            }
            text.append(isEscape ? bytes[place + 1] : byte)
            place += isEscape ? 2 : 1
        }
        hasNoMoreComments = true
        return nil
    }
}

extension UInt8 {
    /// What has a meaning between the words of an address.
    fileprivate var isMark: Bool {
        switch self {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "("), UInt8(ascii: "\""),
            UInt8(ascii: "<"):
            true
        default: false
        }
    }
}
