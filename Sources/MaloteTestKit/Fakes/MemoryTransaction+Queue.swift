// The queue's verbs of the Store port over a value; knows no SMTP.

import MaloteCore

extension MemoryTransaction {
    func lanes() throws -> [LaneSummary] {
        let waiting = Dictionary(grouping: queued, by: \.lane)
        return state.laneCounts.map { lane, counts in
            let queued = waiting[lane] ?? []
            return LaneSummary(
                lane: lane, queued: queued.count, sending: counts[.sending] ?? 0, failed: counts[.failed] ?? 0,
                unknown: counts[.unknown] ?? 0, held: counts[.held] ?? 0, sent: counts[.sent] ?? 0,
                oldestQueued: queued.map(\.created).min(), nextAttempt: queued.map(\.nextAttempt).min())
        }.sorted { ($0.lane.contract, $0.lane.outbox) < ($1.lane.contract, $1.lane.outbox) }
    }

    func due(lane: Lane, now: Timestamp, limit: Int) throws -> [Delivery] {
        let due = queued.filter { $0.lane == lane && $0.nextAttempt <= now }
        func rank(_ delivery: Delivery) -> Int {
            state.notifications[Int(delivery.notification.rawValue) - 1].priority.rank
        }
        return Array(
            due.sorted { (rank($0), $0.nextAttempt, $0.id) < (rank($1), $1.nextAttempt, $1.id) }.prefix(limit))
    }

    func nextDue(lane: Lane) throws -> Timestamp? {
        queued.filter { $0.lane == lane }.map(\.nextAttempt).min()
    }

    private var queued: [Delivery] { state.queued.map { state.deliveries[$0] } }

    func deliveries(_ filter: DeliveryFilter) throws -> [Delivery] {
        Array(
            state.deliveries.lazy.filter { row in
                filter.states.contains(row.state) && (filter.contract ?? row.lane.contract) == row.lane.contract
                    && (filter.outbox ?? row.lane.outbox) == row.lane.outbox
                    && (filter.notification ?? row.notification) == row.notification
                    && (filter.after.map { row.id > $0 } ?? true)
            }.prefix(filter.limit))
    }

    func notification(_ id: NotificationID) throws -> Notification? {
        let place = Int(id.rawValue) - 1
        return state.notifications.indices.contains(place) ? state.notifications[place] : nil
    }

    func notification(contract: ContractID, idempotencyKey: String) throws -> NotificationID? {
        state.notifications.first { $0.lane.contract == contract && $0.idempotencyKey == idempotencyKey }?.id
    }

    func interrupted(outbox: MailboxID?) throws -> [Delivery] {
        state.deliveries.filter { $0.state == .sending && (outbox == nil || $0.lane.outbox == outbox) }
    }

    // MARK: - Changing

    func enqueue(_ notification: Notification) throws -> NotificationID {
        if let key = notification.idempotencyKey,
            let first = try self.notification(contract: notification.lane.contract, idempotencyKey: key)
        {
            return first
        }
        var notification = notification
        notification.id = NotificationID(rawValue: Int64(state.notifications.count + 1))
        state.notifications.append(notification)
        for recipient in notification.recipients {
            state.queued.insert(state.deliveries.count)
            state.laneCounts[notification.lane, default: [:]][.queued, default: 0] += 1
            state.deliveries.append(
                Delivery(
                    id: DeliveryID(rawValue: Int64(state.deliveries.count + 1)), notification: notification.id,
                    lane: notification.lane, recipient: recipient, nextAttempt: notification.created,
                    created: notification.created))
        }
        let (contract, recipients) = (notification.lane.contract, notification.recipients)
        for entry in try suppressed(contract: contract, addresses: recipients) {
            let rows = try deliveries(DeliveryFilter(notification: notification.id))
            let theirs = rows.filter { $0.recipient.lowercased() == entry.address }.map(\.id)
            try refuse(theirs, entry.refusal, at: notification.created)
        }
        return notification.id
    }

    func beginAttempt(_ deliveries: [DeliveryID], at: Timestamp, next: Timestamp) throws -> [Delivery] {
        try deliveries.compactMap { id in
            try change(id) { delivery in
                guard delivery.state == .queued else { return nil }
                delivery.state = .sending
                delivery.attempts += 1
                delivery.nextAttempt = next
                return delivery
            }
        }
    }

    @discardableResult func finishAttempt(_ results: [AttemptResult]) throws -> [Delivery] {
        try results.compactMap { result in
            try change(result.delivery) { delivery in
                guard delivery.state == .sending else { return nil }
                switch result.outcome {
                case .sent(let reply): delivery.settle(.sent, nil, reply, result.at)
                case .failed(let failure): delivery.settle(.failed, failure, failure.reply, result.at)
                case .unknown(let failure, until: nil): delivery.settle(.unknown, failure, failure.reply, result.at)
                case .deferred(let failure, let until), .unknown(let failure, let until?):
                    delivery.settle(.queued, failure, failure.reply, nil)
                    delivery.nextAttempt = until
                }
                return delivery
            }
        }
    }

    @discardableResult func requeue(_ deliveries: [DeliveryID], at: Timestamp) throws -> Int {
        state.delayTold.subtract(deliveries)
        return try deliveries.count { id in
            try change(id) { delivery in
                guard delivery.state != .sending, delivery.state != .sent else { return false }
                if delivery.state != .queued {
                    (delivery.created, delivery.earlierAttempts) = (at, delivery.attempts)
                }
                (delivery.state, delivery.nextAttempt, delivery.settled) = (.queued, at, nil)
                return true
            }
        }
    }

    @discardableResult func park(_ deliveries: [DeliveryID], as state: Delivery.State) throws -> Int {
        guard state == .held || state == .cancelled else { throw missing("way to park as \(state.rawValue)") }
        return try deliveries.count { id in
            try change(id) { delivery in
                guard delivery.state == .queued || delivery.state == .held, delivery.state != state else {
                    return false
                }
                delivery.state = state
                return true
            }
        }
    }

    @discardableResult func refuse(_ deliveries: [DeliveryID], _ failure: Failure, at: Timestamp) throws -> Int {
        try deliveries.count { id in
            try change(id) { delivery in
                guard delivery.state == .queued || delivery.state == .held else { return false }
                delivery.settle(.failed, failure, failure.reply, at)
                return true
            }
        }
    }

    @discardableResult func bounce(_ delivery: DeliveryID, _ failure: Failure, at: Timestamp) throws -> Bool {
        try change(delivery) { delivery in
            guard delivery.state == .sent || delivery.state == .unknown else { return false }
            (delivery.state, delivery.failure, delivery.settled) = (.failed, failure, at)
            delivery.reply = failure.reply ?? delivery.reply
            return true
        }
    }

    func head(of id: NotificationID) throws -> NotificationHead? {
        try notification(id).map {
            NotificationHead(lane: $0.lane, messageID: $0.messageID, subject: $0.subject, ticket: $0.ticket)
        }
    }

    func fingerprint(of id: NotificationID) throws -> Digest? { try notification(id)?.fingerprint }

    func delayed(since: Timestamp, limit: Int) throws -> [Delivery] {
        let late = state.deliveries.filter {
            $0.state == .queued && $0.created < since && !state.delayTold.contains($0.id)
        }
        return Array(late.sorted { $0.created < $1.created }.prefix(limit))
    }

    func markDelayTold(_ deliveries: [DeliveryID]) throws { state.delayTold.formUnion(deliveries) }

    func notification(contract: ContractID, messageID: String) throws -> NotificationID? {
        state.notifications.first { $0.lane.contract == contract && $0.messageID == messageID }?.id
    }

    private func change<T>(_ id: DeliveryID, _ body: (inout Delivery) -> T) throws -> T {
        let place = Int(id.rawValue) - 1
        guard state.deliveries.indices.contains(place) else { throw missing("delivery \(id)") }
        let before = state.deliveries[place].state
        defer { follow(place, from: before) }
        return body(&state.deliveries[place])
    }

    private func follow(_ place: Int, from before: Delivery.State) {
        let (lane, after) = (state.deliveries[place].lane, state.deliveries[place].state)
        guard before != after else { return }
        state.laneCounts[lane, default: [:]][before, default: 0] -= 1
        state.laneCounts[lane, default: [:]][after, default: 0] += 1
        if after == .queued { state.queued.insert(place) } else { state.queued.remove(place) }
    }
}

extension Delivery {
    fileprivate mutating func settle(
        _ state: State, _ failure: Failure?, _ reply: ProtocolReply?, _ settled: Timestamp?
    ) {
        (self.state, self.failure, self.reply, self.settled) = (state, failure, reply, settled)
    }
}
