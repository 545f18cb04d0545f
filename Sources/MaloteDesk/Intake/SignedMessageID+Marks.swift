// Ticket keys and notifications that travel in addresses and in text, signed like our Message-IDs; pure.

import MaloteCore

/// Some mail programs and gateways drop References and In-Reply-To; an address and a line of text survive most of them.
extension SignedMessageID {
    /// 64 bits: a local part has room for 64 octets in all (RFC 5321 §4.5.3.1.1).
    private static let markDigits = 16

    // MARK: - Addresses

    /// `local+WORD.MAC@domain`, lower case, as some servers make it anyway (RFC 5233).
    /// - Returns: `nil` if it would be longer than an address may be.
    package func address(for ticket: String, at base: MailAddress) -> MailAddress? { signed(ticket, at: base) }

    /// Where reports about a notification are sent to: its reverse-path.
    package func address(for notification: NotificationID, at base: MailAddress) -> MailAddress? {
        signed("N\(notification)", at: base)
    }

    private func signed(_ word: String, at base: MailAddress) -> MailAddress? {
        let mark = "\(word.lowercased()).\(mark("address \(word.uppercased())"))"
        let parts = base.address.split(separator: "@")
        guard parts.count == 2, parts[0].utf8.count + 1 + mark.utf8.count <= 64 else { return nil }
        return MailAddress(name: base.name, address: "\(parts[0])+\(mark)@\(parts[1])")
    }

    /// - Returns: the ticket key that an address carries, or `nil` if it carries none of ours.
    package func ticketKey(inAddress address: String) -> String? {
        word(inAddress: address).flatMap { $0.contains("-") ? $0 : nil }
    }

    /// - Returns: the notification that an address carries, or `nil` if it carries none of ours.
    package func notification(inAddress address: String) -> NotificationID? {
        word(inAddress: address).flatMap { word in
            guard word.hasPrefix("N"), !word.contains("-") else { return nil }
            return Int64(word.dropFirst()).map(NotificationID.init)
        }
    }

    private func word(inAddress address: String) -> String? {
        let local = address.prefix { $0 != "@" }
        guard let plus = local.lastIndex(of: "+") else { return nil }
        return verified(local[local.index(after: plus)...], "address ")
    }

    // MARK: - Text

    /// `[KEY.MAC]`, for a subject or a line of the text.
    package func tag(_ ticket: String) -> String { "[\(ticket).\(mark("tag \(ticket.uppercased())"))]" }

    /// The ticket keys of the tags in a text, each once, at most 5. In time linear in its length.
    package func ticketKeys(inText text: String) -> [String] {
        var (keys, text) = ([String](), text)
        text.withUTF8 { octets in
            var place = 0
            while keys.count < 5, let open = octets[place...].firstIndex(of: UInt8(ascii: "[")) {
                place = open + 1
                guard let close = octets[place...].prefix(60).firstIndex(of: UInt8(ascii: "]")) else { continue }
                let inside = Substring(decoding: octets[place..<close], as: UTF8.self)
                if let key = verified(inside, "tag "), !keys.contains(key) { keys.append(key) }
            }
        }
        return keys
    }

    // MARK: - Marks

    private func mark(_ text: String) -> String { String(mac(text).prefix(Self.markDigits)) }

    /// `WORD.MAC`, in any case.
    private func verified(_ text: Substring, _ purpose: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].utf8.count == Self.markDigits else { return nil }
        let word = parts[0].uppercased()
        return ConstantTime.isEqual(mark(purpose + word).utf8, parts[1].lowercased().utf8) ? word : nil
    }
}
