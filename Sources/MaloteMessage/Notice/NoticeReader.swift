// From the parts of a mail to what it tells about mails sent before; the forms of report are each read elsewhere.

import MaloteCore

/// Proof comes from structure: a report part, the sender, an empty return path, a subject that servers use, and
/// recipients in one of the forms in which servers name them. No phrase in a body is proof.
struct NoticeReader {
    private let view: MessageView
    private let limits: MailLimits
    private let signs: NoticeSigns
    private let text: NoticeText
    private let fields: RecipientFields
    private let lines: RecipientLines
    private let session: SessionTranscript

    /// Fills `notice`, and the header of the mail that came back if it stands in the text. Ordinary mail costs a glance.
    static func read(_ view: inout MessageView, limits: MailLimits) {
        guard let signs = NoticeSigns(view) else { return }
        if let notice = FeedbackReport.receipt(view) ?? FeedbackReport.complaint(view, signs, limit: limits.addresses) {
            view.notice = notice
            return
        }
        if let notice = JSONNotice.read(view, limit: limits.addresses) {
            view.notice = notice
            return
        }
        guard signs.canBeReport, view.report?.type != "message/feedback-report" else { return }
        let reader = NoticeReader(view, signs, limits)
        guard let notice = reader.notice() else { return }
        view.notice = notice
        if view.enclosedHeaders.isEmpty { view.enclosedHeaders = reader.returned }
    }

    private init(_ view: MessageView, _ signs: NoticeSigns, _ limits: MailLimits) {
        self.view = view
        self.signs = signs
        self.limits = limits
        text = NoticeText(view.text, limits: limits)
        let isDelivery = view.report.map { !$0.type.hasSuffix("feedback-report") } ?? false
        let groups = isDelivery ? view.report?.groups ?? [] : TextFields.groups(text.lines, limit: limits.addresses)
        fields = RecipientFields(groups, limit: limits.addresses)
        let own = Set((view.to + [view.from].compactMap { $0 }).map(\.key))
        lines = RecipientLines(text, limit: limits.addresses) { !own.contains($0.lowercased()) }
        session = SessionTranscript(text.lines, limit: limits.addresses)
    }

    /// The header of the mail that came back.
    private var returned: [MessageView.Header] {
        if !view.enclosedHeaders.isEmpty { return view.enclosedHeaders }
        return text.enclosed.map { .init(name: $0.name, value: EncodedWords.decode($0.value[...])) }
    }

    // MARK: - Decision

    private func notice() -> DeliveryNotice? {
        var entries = named()
        guard isProven(entries) else { return nil }
        if entries.isEmpty { entries.add(guess()) }
        explain(&entries)
        let usual: NoticedRecipient.Action = isDelayed ? .delayed : .failed
        let recipients = entries.all.map { recipient($0, usual) }
        let kind: DeliveryNotice.Kind =
            recipients.contains { $0.action == .failed }
            ? .bounce : recipients.contains { $0.action == .delayed } ? .delayed : .delivered
        return DeliveryNotice(kind: kind, evidence: evidence, recipients: recipients, envelopeID: fields.envelopeID)
    }

    private func isProven(_ entries: NoticeEntries) -> Bool {
        if signs.isReport, !fields.entries.isEmpty || !fields.general.isEmpty { return true }
        let hasForm = signs.isFromMailerDaemon && !lines.entries.isEmpty
        let weight = signs.weight + (returned.isEmpty ? 0 : 1) + (lines.saysFailure || hasForm ? 1 : 0)
        guard weight >= 3 else { return false }
        let isTelling = entries.all.contains { $0.clues.contains(where: Diagnosis.isTelling) }
        if !signs.isFromDaemon, !signs.isReport, signs.failedRecipients.isEmpty {
            // Some providers title theirs like anything, but enclose the mail.
            let isRobots = signs.hasNullPath && signs.isFromRobot && isTelling && !view.enclosedHeaders.isEmpty
            return signs.isTitled && (isTelling || !returned.isEmpty) || isRobots
        }
        if signs.isTitled || signs.hasNullPath || signs.isReport || signs.isFromMailerDaemon {
            return !entries.isEmpty || weight >= 4
        }
        // From a daemon, but titled like anything: a person may sit behind postmaster.
        return text.lines.count < 200 && !entries.isEmpty
            && (isTelling || !fields.entries.isEmpty || !session.general.isEmpty)
    }

    private var evidence: String {
        if !fields.entries.isEmpty { return "It holds a delivery report (RFC 3464)." }
        var proofs: [String] = []
        if signs.isFromDaemon { proofs.append("it comes from a mail server") }
        if signs.hasNullPath { proofs.append("its return path is empty") }
        if signs.isTitled { proofs.append("its subject says so") }
        if !signs.failedRecipients.isEmpty { proofs.append("it names failed recipients") }
        return "A mail server reports about a mail sent before: \(proofs.joined(separator: ", "))."
    }

    // MARK: - Recipients

    /// The best form that names any.
    private func named() -> NoticeEntries {
        if !fields.entries.isEmpty { return fields.entries }
        var found = lines.entries.isEmpty ? session.entries : lines.entries
        // Exim names in its header also those that its text calls `save to ...`.
        if found.all.count < signs.failedRecipients.count {
            for address in signs.failedRecipients { found.add(NoticeEntry(address: address)) }
        }
        if found.isEmpty { found = lines.alone }
        if found.isEmpty, let entry = mentioned ?? lines.addressed.all.first { found.add(entry) }
        return found
    }

    private var mentioned: NoticeEntry? {
        let sent = addressees
        return lines.mentioned.all.first { sent.contains($0.address.lowercased()) } ?? lines.mentioned.all.first
    }

    private var addressees: [String] {
        returned.filter { ["to", "cc"].contains($0.name.lowercased()) }
            .flatMap { NoticedAddress.all(in: Array($0.value.utf8)[...], limit: 20) }.map { $0.text.lowercased() }
    }

    /// When nothing names the recipient, the only one of the mail that came back was it.
    private func guess() -> NoticeEntry {
        let own = Set(view.to.map(\.key))
        let sent = addressees.filter { !own.contains($0) }
        return NoticeEntry(address: sent.count == 1 ? sent[0] : "")
    }

    /// Adds to each recipient what the other forms say about it, the nearest first.
    private func explain(_ entries: inout NoticeEntries) {
        entries.learn(from: lines.entries)
        entries.learn(from: session.entries)
        let general = fields.general.flatMap(\.clues) + (session.entries.isEmpty ? session.general : [])
        let isOnly = entries.all.count == 1
        if isOnly { entries.learn(general + lines.mentioned.all.prefix(1).flatMap(\.clues)) }
        let whole = text.lines.prefix(100).map(\.text).joined(separator: " ")
        entries.learnIfNothingKnown((isOnly ? [] : general) + [String(whole.prefix(3000)), view.subject])
    }

    /// - Parameter usual: what became of it when no field tells.
    private func recipient(_ entry: NoticeEntry, _ usual: NoticedRecipient.Action) -> NoticedRecipient {
        let told = entry.status ?? fields.general.lazy.compactMap(\.status).first
        let action =
            entry.action ?? fields.general.lazy.compactMap(\.action).first
            ?? (told?.hasPrefix("2") == true ? .delivered : usual)
        let diagnosis = Diagnosis(told: told, clues: entry.clues, isDelayed: action == .delayed)
        let hasArrived = action != .failed && action != .delayed
        let words = entry.clues.first(where: Diagnosis.isTelling) ?? entry.clues.first ?? ""
        return NoticedRecipient(
            address: entry.address, status: hasArrived ? told.flatMap(Self.code) : diagnosis.status, action: action,
            cause: hasArrived ? .unknown : diagnosis.cause, isHard: !hasArrived && diagnosis.isHard,
            words: words.onOneLine.split(separator: " ").joined(separator: " ").cut(toOctets: 500))
    }

    private static func code(_ told: String) -> String? { StatusCode.first(in: Array(told.utf8)[...])?.text }

    private var isDelayed: Bool {
        let folded = Folded.text(text.lines.prefix(60).map { String($0.text.prefix(300)) }.joined(separator: " "))
        guard signs.isDelaySubject || NoticeWords.delays.occurs(in: folded) else { return false }
        return !NoticeWords.ends.occurs(in: folded)
    }
}
