// Recipients from fields for machines (RFC 3464 §2.3, 6533), well formed or not; knows no text around them.

import MaloteCore

struct RecipientFields {
    private(set) var entries: NoticeEntries
    private(set) var envelopeID: String?
    /// What groups say that name nobody.
    private(set) var general: [NoticeEntry] = []

    /// - Parameter groups: as the blank lines part them, which they need not do rightly.
    init(_ groups: [[MessageView.Header]], limit: Int) {
        entries = NoticeEntries(limit: limit)
        var open: Group?
        for group in groups {
            var current = Group()
            for field in group {
                let name = field.name.lowercased()
                if name == "original-envelope-id", envelopeID == nil { envelopeID = Self.envelopeID(field.value) }
                // Where a field comes again, the blank line before the next recipient was forgotten.
                if current.isRepeated(name) {
                    close(&open, current)
                    current = Group()
                }
                current.take(name, field.value)
            }
            close(&open, current)
        }
        if let open { finish(open) }
    }

    /// A group without a recipient continues the one before: a blank line too much.
    private mutating func close(_ open: inout Group?, _ next: Group) {
        guard !next.isEmpty else { return }
        if let before = open, before.address == nil || next.address == nil {
            open = before.joined(next)
            return
        }
        if let before = open { finish(before) }
        open = next
    }

    private mutating func finish(_ group: Group) {
        guard let entry = group.entry else { return }
        if entry.address.isEmpty {
            general.append(entry)
            return
        }
        var named = entry
        // One recipient may have become several on the way: then only the last address tells them apart.
        if let other = entry.otherAddress,
            entries.all.contains(where: { $0.isAbout(entry.address) && $0.otherAddress != other })
        {
            named.address = other
        }
        entries.add(named)
    }

    /// Printable only: it goes into logs.
    private static func envelopeID(_ value: String) -> String? {
        let text = value.split(separator: " ").first.map(String.init) ?? ""
        return text.isEmpty || text.hasControlCharacter ? nil : String(text.prefix(200))
    }
}

extension RecipientFields {
    /// The fields of one recipient so far.
    private struct Group {
        private var values: [String: String] = [:]

        private static let names: Set<String> = [
            "final-recipient", "original-recipient", "x-actual-recipient", "action", "status", "diagnostic-code",
            "x-supplementary-info", "x-display-name", "will-retry-until", "remote-mta", "x-smtp-server-diagnostic",
        ]

        var isEmpty: Bool { values.isEmpty }
        var address: String? { final ?? original }
        private var original: String? { values["original-recipient"].flatMap(Self.address) }
        private var final: String? { (values["final-recipient"] ?? values["x-actual-recipient"]).flatMap(Self.address) }

        func isRepeated(_ name: String) -> Bool {
            values[name] != nil && ["final-recipient", "original-recipient", "action", "status"].contains(name)
        }

        mutating func take(_ name: String, _ value: String) {
            guard Self.names.contains(name) else { return }
            if let known = values[name], !known.isEmpty {
                values[name] = (known + " " + value).cut(toOctets: 2000)
            } else {
                values[name] = value.cut(toOctets: 2000)
            }
        }

        func joined(_ other: Group) -> Group {
            var joined = self
            joined.values.merge(other.values) { first, second in first.isEmpty ? second : first }
            return joined
        }

        var entry: NoticeEntry? {
            guard values["action"] != nil || values["status"] != nil || address != nil else { return nil }
            var entry = NoticeEntry(address: "")
            if let original, original.utf8.contains(UInt8(ascii: "@")) || final == nil {
                entry.address = original
                entry.otherAddress = final == original ? nil : final
            } else if let final {
                entry.address = final
            }
            entry.action = values["action"].flatMap(Self.action)
            entry.status = values["status"]
            entry.clues = ["diagnostic-code", "x-supplementary-info", "x-smtp-server-diagnostic"].compactMap {
                values[$0]
            }
            .map(Self.withoutType).filter { !$0.isEmpty }
            return entry
        }

        private static func action(_ value: String) -> NoticedRecipient.Action? {
            let word = value.lowercased().split { !$0.isLetter }.first.map(String.init) ?? ""
            if let action = NoticedRecipient.Action(rawValue: word), action != .complained { return action }
            return ["expired", "failure", "fail", "error", "undeliverable", "rejected"].contains(word) ? .failed : nil
        }

        /// `rfc822; kim@example.com`, with or without type, brackets and comment.
        private static func address(_ value: String) -> String? {
            var text = withoutType(value)
            if text.hasPrefix("<"), let end = text.firstIndex(of: ">") {
                text = String(text[text.index(after: text.startIndex)..<end])
            }
            text = unescaped(text)
            if let found = NoticedAddress.first(in: Array(("<" + text + ">").utf8)[...])?.text { return found }
            text = text.split(separator: " ").first.map(String.init) ?? ""
            return text.isEmpty || text.hasControlCharacter ? nil : text.cut(toOctets: 320)
        }

        /// RFC 6533 §3: `\x{E9}` stands for a character.
        private static func unescaped(_ text: String) -> String {
            guard text.contains("\\x{") else { return text }
            var pieces = text.split(separator: "\\", omittingEmptySubsequences: false)[...]
            var plain = String(pieces.popFirst() ?? "")
            for piece in pieces {
                guard piece.hasPrefix("x{"), let end = piece.firstIndex(of: "}"),
                    let value = UInt32(piece.dropFirst(2).prefix(upTo: end), radix: 16),
                    let scalar = Unicode.Scalar(value),
                    value > 0x7F
                else {
                    plain += "\\" + piece
                    continue
                }
                plain.unicodeScalars.append(scalar)
                plain += piece[piece.index(after: end)...]
            }
            return plain
        }

        /// What stands behind `smtp;`.
        private static func withoutType(_ value: String) -> String {
            guard let mark = value.firstIndex(of: ";") else { return value.trimmingBlanks }
            let type = value[..<mark]
            guard type.utf8.count < 30,
                type.utf8.allSatisfy({
                    $0.isDigit || $0 == UInt8(ascii: "-") || (0x61...0x7A).contains($0.lowercased) || $0 == 0x20
                })
            else { return value.trimmingBlanks }
            return String(value[value.index(after: mark)...]).trimmingBlanks
        }
    }
}
