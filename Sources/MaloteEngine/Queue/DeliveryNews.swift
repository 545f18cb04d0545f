// What became of deliveries, recorded with the events that tell it; knows no session and no lane.

import MaloteCore
import MaloteDesk

/// The one way by which attempts end, so that no outcome is stored without its event, nor told without being stored.
struct DeliveryNews: Sendable {
    /// Age at which a waiting delivery is told to be late: while somebody can still do something about it.
    private static let delayAge = Duration.seconds(2 * 3600)
    /// How many late deliveries one transaction tells.
    static let delayBatch = 500

    let registry: Registry
    let newEventID: @Sendable () -> EventID
    let now: Timestamp

    /// - Returns: whether there is anything to read in the event log.
    @discardableResult
    func record(_ results: [AttemptResult], _ store: any StoreWriting) throws -> Bool {
        let settled = try store.finishAttempt(results).compactMap { delivery in Self.news(of: delivery) }
        // Who hears of alerts is the operator's own list, and no contract's.
        for (_, delivery, _) in settled where Self.isAddressBad(delivery) && delivery.lane.contract > .unsaved {
            let reason = "Its server answered: \(delivery.failure?.detail ?? "no such address")"
            try suppress(delivery.recipient, contract: delivery.lane.contract, reason, store)
        }
        try tell(settled, store)
        return !settled.isEmpty
    }

    /// Writes to it no more: a server that sees many tries at addresses that there are not takes all of the contract's
    /// mail for spam.
    func suppress(_ address: String, contract: ContractID, _ reason: String, _ store: any StoreWriting) throws {
        try store.suppress(Suppression(contract: contract, address: address, reason: reason.onOneLine, since: now))
    }

    private static func isAddressBad(_ delivery: Delivery) -> Bool {
        delivery.state == .failed && delivery.reply?.command == "RCPT"
            && Suppression.statuses.contains(delivery.reply?.status ?? "")
    }

    /// Ends deliveries to an address that their contract does not write to.
    func refuse(_ deliveries: [Delivery], _ failure: Failure, _ store: any StoreWriting) throws {
        try store.refuse(deliveries.map(\.id), failure, at: now)
        try tell(deliveries.map { (.notificationFailed, $0, .problem(failure, until: nil)) }, store)
    }

    /// Queues a notification, and tells of each recipient that its contract does not write to.
    /// - Returns: the notification, or the first of its idempotency key, of which nothing is told again.
    func enqueue(
        _ notification: Notification, _ store: any StoreWriting
    ) throws -> (id: NotificationID, suppressed: [Suppression]) {
        let contract = notification.lane.contract
        let known = try notification.idempotencyKey.flatMap {
            try store.notification(contract: contract, idempotencyKey: $0)
        }
        let id = try store.enqueue(notification)
        let suppressed = try store.suppressed(contract: contract, addresses: notification.recipients)
        if known == nil, !suppressed.isEmpty {
            try tell(try store.deliveries(DeliveryFilter(notification: id)).compactMap(Self.news), store)
        }
        return (id, suppressed)
    }

    /// Tells each delivery that has waited for two hours, once.
    /// - Returns: how many; `delayBatch` means that there may be more.
    func tellDelays(_ store: any StoreWriting) throws -> Int {
        let since = now + (.zero - Self.delayAge)
        let late = try store.delayed(since: since, limit: Self.delayBatch)
        try store.markDelayTold(late.map(\.id))
        try tell(
            late.map { delivery in
                let failure = delivery.failure ?? Failure(.transient, .connect, "It has waited for its outbox.")
                return (.notificationDelayed, delivery, .problem(failure, until: delivery.nextAttempt))
            }, store)
        return late.count
    }

    private typealias News = (kind: TicketEvent.Kind, delivery: Delivery, news: TicketEventBuilder.DeliveryFacts.News)

    /// `nil` for what is only put off.
    private static func news(of delivery: Delivery) -> News? {
        switch (delivery.state, delivery.reply, delivery.failure) {
        case (.sent, let reply?, _): (.notificationSent, delivery, .sent(reply))
        case (.failed, _, let failure?): (.notificationFailed, delivery, .problem(failure, until: nil))
        // It waits for a person, who should know.
        case (.unknown, _, let failure?): (.notificationDelayed, delivery, .problem(failure, until: nil))
        default: nil
        }
    }

    private func tell(_ all: [News], _ store: any StoreWriting) throws {
        var heads: [NotificationID: (NotificationHead, Ticket?)] = [:]
        for (kind, delivery, news) in all {
            guard let contract = registry.contract(delivery.lane.contract) else { continue }
            let id = delivery.notification
            if heads[id] == nil, let head = try store.head(of: id) {
                heads[id] = (head, try head.ticket.flatMap { try store.ticket($0) })
            }
            guard let (head, ticket) = heads[id] else { continue }
            let facts = TicketEventBuilder.DeliveryFacts(
                notification: id, messageID: head.messageID, subject: head.subject,
                outbox: registry.mailbox(delivery.lane.outbox)?.name, ticket: ticket, recipient: delivery.recipient,
                attempts: delivery.attempts, news: news)
            try store.append(TicketEventBuilder(contract: contract, id: newEventID(), time: now).delivery(kind, facts))
        }
    }
}
