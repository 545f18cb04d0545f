// The queue as an operator sees and changes it; decides nothing about sending itself.

import MaloteCore

extension MailRoom {
    package func queue(_ query: QueueQuery) async throws(Problem) -> [DeliveryView] {
        let registry = parts.board.current
        let filter = try filter(query)
        return try await read { store in
            var notifications: [NotificationID: Notification] = [:]
            return try store.deliveries(filter).compactMap { delivery in
                if notifications[delivery.notification] == nil {
                    notifications[delivery.notification] = try store.notification(delivery.notification)
                }
                guard let notification = notifications[delivery.notification] else { return nil }
                return DeliveryView(
                    delivery: delivery, notification: notification,
                    contract: registry.contract(delivery.lane.contract)?.name.text ?? "#\(delivery.lane.contract)",
                    outbox: registry.mailbox(delivery.lane.outbox)?.name.text ?? "#\(delivery.lane.outbox)")
            }
        }
    }

    package func changeQueue(_ action: QueueAction, _ query: QueueQuery) async throws(Problem) -> Int {
        var filter = try filter(query)
        if query.states.isEmpty { filter.states = action.defaultStates }
        let (selection, now) = (filter, parts.time.now())
        let (count, outboxes) = try await write { store in
            let deliveries = try store.deliveries(selection)
            let ids = deliveries.map(\.id)
            let outboxes = Set(deliveries.map(\.lane.outbox))
            switch action {
            case .retry, .release: return (try store.requeue(ids, at: now), outboxes)
            case .hold: return (try store.park(ids, as: .held), outboxes)
            case .cancel: return (try store.park(ids, as: .cancelled), outboxes)
            }
        }
        // Whoever says "retry" believes that the server is back: probe it at once.
        if action == .retry {
            for outbox in outboxes { await parts.tokens.forgetFailures(of: outbox) }
            await parts.drain.probe(outboxes: outboxes)
        }
        parts.queueBell.ring()
        return count
    }

    private func filter(_ query: QueueQuery) throws(Problem) -> DeliveryFilter {
        var filter = DeliveryFilter(limit: min(max(query.limit, 1), 100_000))
        if let text = query.contract { filter.contract = try contract(named: text).id }
        if let text = query.outbox { filter.outbox = try mailbox(named: text).id }
        filter.notification = query.notification.map(NotificationID.init(rawValue:))
        guard !query.states.isEmpty else { return filter }
        filter.states = []
        for text in query.states {
            guard let state = Delivery.State(rawValue: text) else {
                throw Problem.invalid(
                    field: "state", "there is no delivery state \"\(text)\".",
                    remedy: "Use one of: \(Delivery.State.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            filter.states.insert(state)
        }
        return filter
    }
}

extension QueueAction {
    /// What an action without `--state` means.
    var defaultStates: Set<Delivery.State> {
        switch self {
        case .retry: [.queued, .failed, .unknown]
        case .hold: [.queued]
        case .release: [.held]
        case .cancel: [.queued, .held]
        }
    }
}
