// Reports that readers or their programs cause: complaints (RFC 5965) and receipts (RFC 8098); knows no delivery.

import MaloteCore

enum FeedbackReport {
    /// A complaint, or `nil`. Some providers send none of the form, but the mail under a subject of their own.
    static func complaint(_ view: MessageView, _ signs: NoticeSigns, limit: Int) -> DeliveryNotice? {
        let fields = view.report?.type == "message/feedback-report" ? (view.report?.groups ?? []).flatMap { $0 } : []
        let isUnformed = !signs.isReport && signs.isComplaintSubject && !view.enclosedHeaders.isEmpty
        guard !fields.isEmpty || isUnformed else { return nil }
        let type = line(value("feedback-type", fields) ?? "abuse")
        guard type.lowercased() != "not-spam" else { return nil }
        let recipients = complainers(fields, view.enclosedHeaders, limit: limit).all.map {
            NoticedRecipient(
                address: $0.address, status: nil, action: .complained, cause: .complaint, isHard: false, words: type)
        }
        return DeliveryNotice(
            kind: .complaint, evidence: "It is a complaint about a mail sent before (\(type)).", recipients: recipients,
            envelopeID: value("original-envelope-id", fields).map(line))
    }

    /// Never empty: somebody complained.
    private static func complainers(
        _ fields: [MessageView.Header], _ returned: [MessageView.Header], limit: Int
    ) -> NoticeEntries {
        var entries = NoticeEntries(limit: limit)
        for name in ["original-rcpt-to", "removal-recipient", "x-original-rcpt-to"] where entries.isEmpty {
            for field in fields where field.isNamed(name) { add(field.value, to: &entries) }
        }
        for name in ["x-rcpt-to", "envelope-to", "delivered-to", "to"] where entries.isEmpty {
            // Of several, nobody can tell who complained.
            var sent = NoticeEntries(limit: 2)
            if let value = value(name, returned) { add(value, to: &sent) }
            if sent.all.count == 1 { entries = sent }
        }
        if entries.isEmpty { entries.add(NoticeEntry(address: "")) }
        return entries
    }

    /// A reader's program tells that a mail was shown or deleted, or `nil`.
    static func receipt(_ view: MessageView) -> DeliveryNotice? {
        guard let report = view.report, report.type.hasSuffix("disposition-notification") else { return nil }
        let fields = report.groups.flatMap { $0 }
        guard let disposition = value("disposition", fields), !isRefusal(disposition, view) else { return nil }
        let named = RecipientFields(report.groups, limit: 1).entries.all.first
        let words = line(disposition)
        let recipient = NoticedRecipient(
            address: named?.address ?? "", status: nil, action: .delivered, cause: .unknown, isHard: false, words: words
        )
        return DeliveryNotice(kind: .receipt, evidence: "It is a receipt (\(words)).", recipients: [recipient])
    }

    /// RFC 5429 §2.2: servers refuse in the form of a receipt, too.
    private static func isRefusal(_ disposition: String, _ view: MessageView) -> Bool {
        let disposition = Folded.text(disposition)
        guard disposition.starts(with: "automatic-action".utf8), disposition.containsRun(Array("deleted".utf8)) else {
            return false
        }
        let words = Folded.text(
            view.text.prefix(1000) + " " + (view.header("Auto-Submitted") ?? "") + " " + view.subject.prefix(200))
        return words.containsRun(Array("rejected".utf8)) || NoticeWords.failures.occurs(in: words)
    }

    private static func value(_ name: String, _ fields: [MessageView.Header]) -> String? {
        fields.first { $0.isNamed(name) }?.value
    }

    private static func add(_ value: String, to entries: inout NoticeEntries) {
        for address in NoticedAddress.all(in: Array(value.utf8)[...], limit: 100) {
            entries.add(NoticeEntry(address: address.text))
        }
    }

    private static func line(_ text: String) -> String { String(text.onOneLine.prefix(200)) }
}
