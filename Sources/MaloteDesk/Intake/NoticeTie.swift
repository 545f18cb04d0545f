// Which of our notifications a report is about, and which of its recipients; pure, the lookups are the caller's.

import MaloteCore

/// A report is believed only as far as it carries something that we signed and that only who had our mail can know:
/// anybody can write a bounce.
package struct NoticeTie: Sendable {
    package let notice: DeliveryNotice
    /// What to look up, best first.
    package let leads: [Lead]

    package enum Lead: Sendable, Hashable {
        /// Signed, so it is known to be ours: by ENVID (RFC 3464 §2.2.1), or by the address that the report came to.
        case notification(NotificationID, evidence: Evidence)
        /// A Message-ID that we signed.
        case messageID(String)

        package var evidence: Evidence {
            switch self {
            case .notification(_, let evidence): evidence
            case .messageID: .messageID
            }
        }
    }

    package enum Evidence: String, Sendable, Hashable {
        case envelopeID = "envelope-id"
        case messageID = "message-id"
        case address
    }

    /// One recipient of ours, and what the report says about it.
    package struct Finding: Sendable, Hashable {
        /// `nil` if the report names somebody to whom we did not write: our recipient forwards its mail.
        package var delivery: Delivery?
        package var recipient: NoticedRecipient
    }

    /// - Returns: `nil` if the mail is no report.
    package init?(_ view: MessageView, ids: SignedMessageID) {
        guard let notice = view.notice else { return nil }
        self.notice = notice
        var leads: [Lead] = []
        if let id = notice.envelopeID.flatMap(ids.notification(envid:)) {
            leads.append(.notification(id, evidence: .envelopeID))
        }
        let returned = view.enclosedHeaders.first { $0.isNamed("Message-ID") }?.value.trimmed
        let named = ([returned].compactMap { $0 } + view.inReplyTo + view.references.reversed()).prefix(50)
        leads += named.filter { ids.verify($0) != nil }.map { .messageID($0) }
        for address in view.arrivalAddresses {
            guard let id = ids.notification(inAddress: address) else { continue }
            leads.append(.notification(id, evidence: .address))
        }
        self.leads = leads
    }

    /// - Parameter deliveries: all of the notification.
    package func findings(_ deliveries: [Delivery]) -> [Finding] {
        guard !notice.recipients.isEmpty else { return deliveries.count == 1 ? [Finding(deliveries[0], nameless)] : [] }
        var byAddress = Dictionary(deliveries.map { (Self.key($0.recipient), $0) }, uniquingKeysWith: { one, _ in one })
        return notice.recipients.map { recipient in
            if let found = byAddress.removeValue(forKey: Self.key(recipient.address)) {
                return Finding(found, recipient)
            }
            // Whoever it names: nobody else had this mail from us.
            return Finding(deliveries.count == 1 && notice.recipients.count == 1 ? deliveries[0] : nil, recipient)
        }
    }

    /// A report that names nobody.
    private var nameless: NoticedRecipient {
        let actions: [DeliveryNotice.Kind: NoticedRecipient.Action] = [
            .bounce: .failed, .delayed: .delayed, .complaint: .complained,
        ]
        return NoticedRecipient(
            address: "", status: nil, action: actions[notice.kind] ?? .delivered,
            cause: notice.kind == .complaint ? .complaint : .unknown, isHard: false)
    }

    private static func key(_ address: String) -> String { MailAddress(address: address).key }
}

extension NoticeTie.Finding {
    fileprivate init(_ delivery: Delivery?, _ recipient: NoticedRecipient) {
        self.init(delivery: delivery, recipient: recipient)
    }

    /// The event that it is told by; `nil` for good news.
    package var event: TicketEvent.Kind? {
        switch recipient.action {
        case .failed, .complained: .notificationBounced
        case .delayed: .notificationDelayed
        case .delivered, .relayed, .expanded: nil
        }
    }

    /// What becomes of the delivery; `nil` leaves it as it is.
    package var failure: Failure? {
        guard recipient.action == .failed else { return nil }
        let status = recipient.status.map { " (\($0))" } ?? ""
        let words = recipient.words.isEmpty ? "" : " \(recipient.words)"
        return Failure(
            .permanent, .bounced,
            "It was accepted, and reported back as not delivered: \(recipient.cause.rawValue)\(status).\(words)",
            reply: ProtocolReply(status: recipient.status ?? "", text: recipient.words, command: "report"))
    }
}

extension MessageView {
    /// Where the mail was sent to, as far as it still says so; at most 50 addresses.
    var arrivalAddresses: [String] {
        let names = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"]
        let traces = headers.lazy.filter { header in names.contains { header.isNamed($0) } }.map {
            $0.value.trimmingPrefix("<").prefix { $0 != ">" && !$0.isWhitespace }
        }
        return Array(((to + cc).map(\.address) + traces.map(String.init)).prefix(50))
    }
}
