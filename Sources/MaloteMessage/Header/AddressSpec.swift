// One addr-spec (RFC 5322 §3.4.1 and its obsolete forms) to an address; knows no list.

import MaloteCore

enum AddressSpec {
    /// Octets; RFC 5321 allows 254, mail in the wild a little more.
    private static let longest = 320

    /// The address without blanks and without an obsolete route (`@a,@b:user@host`).
    /// - Returns: `nil` for what no mail can be sent to.
    static func read(_ bytes: Bytes) -> String? {
        let whole = bytes.trimmed
        if isPlain(whole) { return String(decoding: whole, as: UTF8.self) }
        var text = withoutBlanks(bytes, onlyAroundDots: false)[...]
        if text.first == UInt8(ascii: "@"), let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            text = text[(colon + 1)...]
        }
        if text.hasPrefix("mailto:") { text = text.dropFirst(7) }
        let address = Charset.decode(text, label: "")
        return isUsable(address) ? address : nil
    }

    /// Nearly all are: atoms and dots (RFC 5322 §3.2.3) with one `@` between them. Nothing is to be decoded or refused.
    private static func isPlain(_ text: Bytes) -> Bool {
        guard (3...longest).contains(text.count) else { return false }
        var at: Int?
        for (place, byte) in zip(text.indices, text) where !byte.isAtom {
            guard byte == UInt8(ascii: "@"), at == nil else { return false }
            at = place
        }
        return at.map { $0 != text.startIndex && $0 != text.endIndex - 1 } ?? false
    }

    /// A bare address that a name without brackets may stand before (`Big Bug bb@bug.example`).
    /// - Returns: `nil` if no word has an `@`.
    static func split(_ bytes: Bytes) -> (name: Bytes, spec: Bytes)? {
        let text = withoutBlanks(bytes, onlyAroundDots: true)[...].trimmed
        guard let at = text.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        // A quoted local part keeps its blanks.
        if text.first == UInt8(ascii: "\"") { return ([], text) }
        let start = text[..<at].lastIndex(where: \.isBlank).map { $0 + 1 } ?? text.startIndex
        let end = text[at...].firstIndex(where: \.isBlank) ?? text.endIndex
        return (text[..<start].trimmed, text[start..<end])
    }

    private static func withoutBlanks(_ bytes: Bytes, onlyAroundDots: Bool) -> [UInt8] {
        var text: [UInt8] = []
        var isQuoted = false
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte.isBlank, !isQuoted, !onlyAroundDots || text.last?.isJoint == true { continue }
            if byte.isJoint, !isQuoted { while text.last?.isBlank == true { text.removeLast() } }
            text.append(byte)
        }
        return text
    }

    /// Both sides, and nothing in them that would end the address where it is written again.
    static func isUsable(_ address: String) -> Bool {
        guard address.utf8.count <= longest, !address.hasControlCharacter, let at = address.utf8.lastIndex(of: 0x40)
        else {
            return false
        }
        let local = Substring(address).utf8[..<at]
        let domain = Substring(address).utf8[at...].dropFirst()
        guard !local.isEmpty, !domain.isEmpty else { return false }
        return (isQuotedString(local) || !local.contains(where: \.isSpecial)) && isDomain(domain)
    }

    private static func isQuotedString(_ text: Substring.UTF8View) -> Bool {
        guard text.count > 2, text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\"") else { return false }
        var isEscaped = false
        for byte in text.dropFirst().dropLast() {
            if byte == UInt8(ascii: "\""), !isEscaped { return false }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        return !isEscaped
    }

    private static func isDomain(_ text: Substring.UTF8View) -> Bool {
        guard text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") else {
            return !text.contains(where: \.isSpecial)
        }
        return !text.dropFirst().dropLast().contains { $0.isSpecial && $0 != UInt8(ascii: ":") }
    }
}

extension UInt8 {
    /// Or a dot.
    fileprivate var isAtom: Bool { (0x21...0x7E).contains(self) && !isSpecial && self != UInt8(ascii: "@") }
    fileprivate var isJoint: Bool { self == UInt8(ascii: "@") || self == UInt8(ascii: ".") }

    /// What RFC 5322 §3.2.3 keeps for itself, and blanks.
    fileprivate var isSpecial: Bool {
        switch self {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "\\"), UInt8(ascii: ","),
            UInt8(ascii: "\""), 0x20, 0x09:
            true
        default: false
        }
    }
}
