// Reports that are a JSON object in a mail, as Amazon SES sends them by way of SNS; knows no other form.

import MaloteCore

/// Gateways break the long line anywhere, so that no JSON reader takes it: only the few members that count are looked for.
enum JSONNotice {
    static func read(_ view: MessageView, limit: Int) -> DeliveryNotice? {
        guard view.text.utf8.first == UInt8(ascii: "{") else { return nil }
        let text = Array(view.text.utf8.prefix(NoticeText.limit)).filter { !$0.isLineEnd }
        guard let type = value("notificationType", in: text[...]) ?? value("eventType", in: text[...]),
            let kind = kinds[type.lowercased()]
        else { return nil }
        let recipients = recipients(text, kind, limit: limit)
        guard !recipients.isEmpty else { return nil }
        return DeliveryNotice(
            kind: kind, evidence: "It is a notification about a mail sent before (\(type)).", recipients: recipients)
    }

    private static let kinds: [String: DeliveryNotice.Kind] = [
        "bounce": .bounce, "complaint": .complaint, "delivery": .delivered, "deliverydelay": .delayed,
    ]

    private static func recipients(_ text: [UInt8], _ kind: DeliveryNotice.Kind, limit: Int) -> [NoticedRecipient] {
        var entries = NoticeEntries(limit: limit)
        var rest = end(of: "edRecipients", in: text[...]).map { text[$0...] } ?? text[...]
        if let close = rest.firstIndex(of: UInt8(ascii: "]")) { rest = rest[..<close] }
        while let place = end(of: "emailAddress", in: rest) {
            let object = rest[place...].prefix { $0 != UInt8(ascii: "}") }
            let start = rest[..<place].lastIndex(of: UInt8(ascii: "{")) ?? place
            let members = rest[start..<object.endIndex]
            if let address = NoticedAddress.first(in: object) {
                entries.add(
                    NoticeEntry(
                        address: address.text, status: value("status", in: members),
                        clues: [value("diagnosticCode", in: members)].compactMap { $0 }))
            }
            rest = rest[object.endIndex...]
        }
        if entries.isEmpty, let place = end(of: "recipients", in: text[...]) {
            let list = text[place...].prefix { $0 != UInt8(ascii: "]") }
            for address in NoticedAddress.all(in: list, limit: limit) {
                entries.add(
                    NoticeEntry(address: address.text, clues: [value("smtpResponse", in: text[...])].compactMap { $0 }))
            }
        }
        return entries.all.map { recipient($0, kind) }
    }

    private static func recipient(_ entry: NoticeEntry, _ kind: DeliveryNotice.Kind) -> NoticedRecipient {
        let words = (entry.clues.first ?? "").onOneLine
        switch kind {
        case .complaint:
            return NoticedRecipient(
                address: entry.address, status: nil, action: .complained, cause: .complaint, isHard: false)
        case .delivered, .receipt:
            let status = StatusCode.first(in: Array(words.utf8)[...])?.text
            return NoticedRecipient(
                address: entry.address, status: status, action: .delivered, cause: .unknown, isHard: false, words: words
            )
        case .bounce, .delayed:
            let diagnosis = Diagnosis(told: entry.status, clues: entry.clues, isDelayed: kind == .delayed)
            return NoticedRecipient(
                address: entry.address, status: diagnosis.status, action: kind == .bounce ? .failed : .delayed,
                cause: diagnosis.cause,
                isHard: diagnosis.isHard, words: words)
        }
    }

    /// The octets behind `"NAME":`.
    private static func end(of name: String, in text: Bytes) -> Int? {
        let name = Array((name + "\":").utf8)
        var place = text.startIndex
        while let found = text[place...].firstIndex(of: name[0]) {
            if text[found...].starts(with: name) { return found + name.count }
            place = found + 1
        }
        return nil
    }

    /// A string, without the escapes in it.
    private static func value(_ name: String, in text: Bytes) -> String? {
        guard let place = end(of: "\"" + name, in: text) else { return nil }
        let value = text[place...].drop(while: \.isBlank)
        guard value.first == UInt8(ascii: "\"") else { return nil }
        return String(
            decoding: value.dropFirst().prefix { $0 != UInt8(ascii: "\"") }.prefix(1000).filter {
                $0 != UInt8(ascii: "\\")
            }, as: UTF8.self)
    }
}
