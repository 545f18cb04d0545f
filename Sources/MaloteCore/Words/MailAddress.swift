// A person's address as mail writes it: a display name and an addr-spec; knows nothing of headers.

/// A display name and an address (RFC 5322 `mailbox`). Both are decoded text, never encoded-words.
package struct MailAddress: Sendable, Hashable, Codable, CustomStringConvertible {
    package var name: String?
    /// The addr-spec, `local@domain`.
    package var address: String

    package init(name: String? = nil, address: String) {
        self.name = name
        self.address = address
    }

    /// What two spellings of one address share: lower case. Local parts are compared without case on purpose, since
    /// no server in use tells `Ana@` from `ana@` and people type both.
    package var key: String { address.lowercased() }

    package var domain: String {
        guard let at = address.lastIndex(of: "@") else { return "" }
        return String(address[address.index(after: at)...])
    }

    package var description: String {
        guard let name, !name.isEmpty else { return address }
        return "\(name) <\(address)>"
    }
}

extension MailAddress {
    /// Reads `Name <local@domain>` or `local@domain` as an operator writes it.
    ///
    /// Refuses what could break an SMTP command or a header: spaces, control characters, angle brackets, no `@`,
    /// an empty side, more than 254 octets (RFC 5321 §4.5.3.1.3).
    package init?(operatorText text: String) {
        let trimmed = text.trimmed
        if trimmed.hasSuffix(">"), let open = trimmed.lastIndex(of: "<") {
            let inner = trimmed[trimmed.index(after: open)...].dropLast()
            let name = String(trimmed[..<open]).trimmed.unquoted
            guard Self.isValid(address: String(inner)), !name.hasControlCharacter else { return nil }
            self.init(name: name.isEmpty ? nil : name, address: String(inner))
        } else {
            guard Self.isValid(address: trimmed) else { return nil }
            self.init(address: trimmed)
        }
    }

    /// Whether `address` may stand in an SMTP command as it is.
    package static func isValid(address: String) -> Bool {
        guard address.utf8.count <= 254, let at = address.lastIndex(of: "@") else { return false }
        let local = address[..<at]
        let domain = address[address.index(after: at)...]
        guard !local.isEmpty, !domain.isEmpty, local.utf8.count <= 64 else { return false }
        return address.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && scalar.value != 0x7F && !(0x80...0x9F).contains(scalar.value)
                && scalar != "<" && scalar != ">"
        }
    }
}

extension String {
    package var trimmed: String {
        let inner = drop { $0.isWhitespace }
        guard let last = inner.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(inner[...last])
    }

    /// True if any C0 or C1 control, line separator or DEL is in the text: nothing like it may enter a header.
    package var hasControlCharacter: Bool {
        unicodeScalars.contains {
            $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x2028 || $0.value == 0x2029
        }
    }

    /// For header values and lines of a log: every line break or control character becomes one space.
    package var onOneLine: String {
        String(
            unicodeScalars.map { scalar -> Character in
                String(scalar).hasControlCharacter ? " " : Character(scalar)
            })
    }

    /// Without the quotes and blanks around it, however many: what is left reads back as itself.
    fileprivate var unquoted: String {
        var inner = self[...]
        while inner.count >= 2, inner.hasPrefix("\""), inner.hasSuffix("\"") {
            inner = Substring(String(inner.dropFirst().dropLast()).trimmed)
        }
        return String(inner)
    }
}
