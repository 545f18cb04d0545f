// A bounce, delay or complaint on one contract's desk: whose notification it is about, and what that changes.

import MaloteCore
import MaloteDesk

extension Dossier {
    /// - Returns: whether it reports about a notification of this contract, and is filed with it.
    mutating func report(_ ids: SignedMessageID, _ store: any StoreWriting) throws -> Bool {
        guard let tie = NoticeTie(view, ids: ids) else { return false }
        for lead in tie.leads {
            guard let id = try notification(lead, store), let head = try store.head(of: id),
                head.lane.contract == contract.id
            else { continue }
            try file(tie, lead.evidence, id, head, store)
            return true
        }
        note(.understood, "It is tied to no mail of this contract: nothing in it is signed by us.")
        return false
    }

    private func notification(_ lead: NoticeTie.Lead, _ store: any StoreReading) throws -> NotificationID? {
        switch lead {
        case .notification(let id, _): id
        case .messageID(let text): try store.notification(contract: contract.id, messageID: text)
        }
    }

    private mutating func file(
        _ tie: NoticeTie, _ evidence: NoticeTie.Evidence, _ id: NotificationID, _ head: NotificationHead,
        _ store: any StoreWriting
    ) throws {
        ticket = try head.ticket.flatMap { try store.ticket($0) }
        (message.fate, message.ticket) = (.reported, ticket?.id)
        let about = "notification \(id)\(ticket.map { ", ticket \($0.key)" } ?? "")"
        note(.filed, reference: id.description, "It reports about \(about) (\(evidence.rawValue)).")
        let deliveries = try store.deliveries(DeliveryFilter(notification: id))
        for finding in tie.findings(deliveries) { try tell(finding, evidence, id, head, store) }
    }

    private mutating func tell(
        _ finding: NoticeTie.Finding, _ evidence: NoticeTie.Evidence, _ id: NotificationID, _ head: NotificationHead,
        _ store: any StoreWriting
    ) throws {
        let recipient = finding.recipient
        let told = "\(finding.delivery?.recipient ?? recipient.address): \(recipient.action.rawValue)"
        note(.report, reference: id.description, "\(told), \(recipient.cause.rawValue).")
        if let delivery = finding.delivery, let failure = finding.failure {
            try store.bounce(delivery.id, failure, at: now)
            if recipient.isHard {
                let contract = contract.id
                try filing.intake.deliveryNews.suppress(delivery.recipient, contract: contract, failure.detail, store)
                note(.report, "\(delivery.recipient) is suppressed: trying again is in vain.")
            }
        }
        guard let kind = finding.event else { return }
        let facts = TicketEventBuilder.DeliveryFacts(
            notification: id, messageID: head.messageID, subject: head.subject,
            outbox: filing.registry.mailbox(head.lane.outbox)?.name, ticket: ticket,
            recipient: finding.delivery?.recipient ?? recipient.address, attempts: finding.delivery?.attempts ?? 0,
            news: .reported(recipient, evidence: evidence.rawValue, message: message.id))
        let builder = TicketEventBuilder(contract: contract, id: filing.intake.newEventID(), time: now)
        try append(builder.delivery(kind, facts), store)
    }
}
