// The queue as an operator sees and changes it; decides nothing about sending itself.

import MaloteCore

extension MailRoom {
    package func queue(_ query: QueueQuery) async throws(Problem) -> [DeliveryView] {
        let registry = parts.board.current
        let filter = try filter(query)
        return try await read { try $0.views(of: try $0.deliveries(filter), registry) }
    }

    package func queueCount(_ action: QueueAction, _ query: QueueQuery) async throws(Problem) -> Int {
        var filter = try filter(query)
        if query.states.isEmpty { filter.states = action.defaultStates }
        let selection = filter
        return try await read { try $0.deliveries(selection) }.count { action.applies(to: $0.state) }
    }

    package func changeQueue(_ action: QueueAction, _ query: QueueQuery) async throws(Problem) -> Int {
        var filter = try filter(query)
        if query.states.isEmpty { filter.states = action.defaultStates }
        let (selection, now, deed) = (filter, parts.time.now(), Deed.current)
        let whole = query.isContractAlone ? filter.contract : nil
        let (count, outboxes) = try await write { store in
            let deliveries = try store.deliveries(selection)
            let ids = deliveries.map(\.id)
            deed?.add("\(ids.count) deliveries")
            let outboxes = Set(deliveries.map(\.lane.outbox))
            switch action {
            case .retry: return (try store.requeue(ids, at: now), outboxes)
            case .release:
                if let whole { try store.release(whole, at: now) }
                return (try store.requeue(ids, at: now), outboxes)
            case .hold:
                if let whole, try store.holds()[whole] == nil { try store.setHold(whole, since: now) }
                return (try store.park(ids, as: .held), outboxes)
            case .cancel: return (try store.park(ids, as: .cancelled), outboxes)
            }
        }
        // Whoever says "retry" believes that the server is back: probe it at once.
        if action == .retry {
            for outbox in outboxes { await parts.tokens.forgetFailures(of: outbox) }
            await probe(outboxes)
        }
        parts.queueBell.ring()
        return count
    }

    private func filter(_ query: QueueQuery) throws(Problem) -> DeliveryFilter {
        var filter = DeliveryFilter(
            after: query.after.map(DeliveryID.init(rawValue:)), limit: min(max(query.limit, 1), 100_000))
        if let text = query.contract { filter.contract = try contract(named: text).id }
        if let text = query.outbox { filter.outbox = try mailbox(named: text).id }
        filter.notification = query.notification.map(NotificationID.init(rawValue:))
        filter.after = query.after.map(DeliveryID.init(rawValue:))
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

extension StoreReading {
    func views(of deliveries: [Delivery], _ registry: Registry) throws -> [DeliveryView] {
        var notifications: [NotificationID: Notification] = [:]
        return try deliveries.compactMap { delivery in
            if notifications[delivery.notification] == nil {
                notifications[delivery.notification] = try notification(delivery.notification)
            }
            guard let notification = notifications[delivery.notification] else { return nil }
            return DeliveryView(
                delivery: delivery, notification: notification, contract: registry.name(of: delivery.lane.contract),
                outbox: registry.name(of: delivery.lane.outbox))
        }
    }
}

extension StoreWriting {
    /// What was queued while the contract was on hold has not used up its days.
    func release(_ contract: ContractID, at now: Timestamp) throws {
        guard try holds()[contract] != nil else { return }
        let waiting = try deliveries(DeliveryFilter(contract: contract, states: [.queued], limit: 100_000)).map(\.id)
        try park(waiting, as: .held)
        try requeue(waiting, at: now)
        try setHold(contract, since: nil)
    }
}

extension QueueQuery {
    /// Whether it names a contract and nothing else.
    fileprivate var isContractAlone: Bool {
        contract != nil && outbox == nil && notification == nil && states.isEmpty
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

    /// Whether the store lets it change a delivery in this state.
    fileprivate func applies(to state: Delivery.State) -> Bool {
        switch self {
        case .retry, .release: [.queued, .failed, .unknown, .held, .cancelled].contains(state)
        case .hold, .cancel: [.queued, .held].contains(state)
        }
    }
}
