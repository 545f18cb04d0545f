// Notifications and deliveries, with a running count for every lane and state; knows nothing of SMTP.

import MaloteCore

extension StoreTransaction {
    // MARK: - Lanes

    func lanes() throws -> [LaneSummary] {
        var summaries: [Lane: LaneSummary] = [:]
        let counts = try settled.rows(
            """
            SELECT contract, outbox, state, CAST(SUM(count) AS BIGINT) FROM lane_counts
            GROUP BY contract, outbox, state
            """
        ) { row in
            (Lane(contract: row.id(0), outbox: row.id(1)), try row.word(2, Delivery.State.self), row.count(3))
        }
        for (lane, state, count) in counts { summaries[lane, default: LaneSummary(lane: lane)].add(state, count) }
        for (lane, summary) in summaries where summary.queued > 0 {
            summaries[lane]?.nextAttempt = try nextDue(lane: lane)
            summaries[lane]?.oldestQueued = try connection.first(
                """
                SELECT created FROM deliveries WHERE contract = ? AND outbox = ? AND state = 'queued'
                ORDER BY created LIMIT 1
                """, .init(lane.contract), .init(lane.outbox)
            ) { $0.time(0) }
        }
        return summaries.values.sorted {
            ($0.lane.contract, $0.lane.outbox) < ($1.lane.contract, $1.lane.outbox)
        }
    }

    func due(lane: Lane, now: Timestamp, limit: Int) throws -> [Delivery] {
        var found: [Delivery] = []
        // One ordered walk for each priority keeps to the index.
        for priority in Priority.allCases where found.count < limit {
            found += try connection.rows(
                Self.deliveryColumns + """
                    WHERE contract = ? AND outbox = ? AND state = 'queued' AND priority = ? AND next_attempt <= ?
                    ORDER BY next_attempt, id LIMIT ?
                    """, .init(lane.contract), .init(lane.outbox), .init(priority.rank), .init(now),
                .init(limit - found.count), map: Self.delivery)
        }
        return found
    }

    func nextDue(lane: Lane) throws -> Timestamp? {
        try Priority.allCases.compactMap { priority in
            try connection.first(
                """
                SELECT next_attempt FROM deliveries
                WHERE contract = ? AND outbox = ? AND state = 'queued' AND priority = ? ORDER BY next_attempt LIMIT 1
                """, .init(lane.contract), .init(lane.outbox), .init(priority.rank)
            ) { $0.time(0) }
        }.min()
    }

    // MARK: - Looking

    static let deliveryColumns = """
        SELECT id, notification, contract, outbox, recipient, state, attempts, next_attempt, created, failure, reply,
            settled, earlier_attempts FROM deliveries\u{20}
        """

    static func delivery(_ row: SQLRow) throws -> Delivery {
        Delivery(
            id: row.id(0), notification: row.id(1), lane: Lane(contract: row.id(2), outbox: row.id(3)),
            recipient: row.text(4), state: try row.word(5), attempts: row.count(6), earlierAttempts: row.count(12),
            nextAttempt: row.time(7),
            created: row.time(8), failure: try row.optionalText(9).map { try JSONColumn.decode($0) },
            reply: try row.optionalText(10).map { try JSONColumn.decode($0) }, settled: row.optionalTime(11))
    }

    func deliveries(_ filter: DeliveryFilter) throws -> [Delivery] {
        if let notification = filter.notification {
            // Those of one notification are few, and have an index of their own.
            let all = try connection.rows(
                Self.deliveryColumns + "WHERE notification = ? ORDER BY id", .init(notification), map: Self.delivery)
            return Array(
                all.lazy.filter { row in
                    filter.states.contains(row.state) && (filter.contract ?? row.lane.contract) == row.lane.contract
                        && (filter.outbox ?? row.lane.outbox) == row.lane.outbox
                        && (filter.after.map { row.id > $0 } ?? true)
                }.prefix(filter.limit))
        }
        // One ordered walk for each state keeps to the index; the answers are merged by age.
        var found: [Delivery] = []
        for state in Delivery.State.allCases where filter.states.contains(state) {
            let (clause, values) = Self.clause([
                ("state = ?", .text(state.rawValue)), ("id > ?", .init(filter.after ?? .unsaved)),
                ("contract = ?", filter.contract.map { .init($0) }), ("outbox = ?", filter.outbox.map { .init($0) }),
            ])
            found += try connection.rows(
                Self.deliveryColumns + clause + "ORDER BY id LIMIT ?", values + [.init(filter.limit)],
                map: Self.delivery)
        }
        return Array(found.sorted { $0.id < $1.id }.prefix(filter.limit))
    }

    func notification(_ id: NotificationID) throws -> Notification? {
        try connection.first(
            """
            SELECT id, contract, outbox, message_id, envelope_from, recipients, subject, bytes, ticket,
                idempotency_key, outbox_trace, created, priority, fingerprint
            FROM notifications JOIN contents ON contents.notification = notifications.id WHERE id = ?
            """, .init(id)
        ) { row in
            Notification(
                id: row.id(0), lane: Lane(contract: row.id(1), outbox: row.id(2)), messageID: row.text(3),
                envelopeFrom: row.text(4), recipients: try JSONColumn.decode(row.text(5)), subject: row.text(6),
                content: row.blob(7), ticket: row.optionalID(8), idempotencyKey: row.optionalText(9),
                outboxTrace: try JSONColumn.decode(row.text(10)), created: row.time(11),
                priority: Priority(rank: row.count(12)) ?? .normal, fingerprint: Digest(row.blob(13)))
        }
    }

    func notification(contract: ContractID, idempotencyKey: String) throws -> NotificationID? {
        try connection.first(
            "SELECT id FROM notifications WHERE contract = ? AND idempotency_key = ?", .init(contract),
            .text(idempotencyKey)
        ) { $0.id(0) }
    }

    func head(of id: NotificationID) throws -> NotificationHead? {
        try connection.first(
            "SELECT contract, outbox, message_id, subject, ticket FROM notifications WHERE id = ?", .init(id)
        ) { row in
            NotificationHead(
                lane: Lane(contract: row.id(0), outbox: row.id(1)), messageID: row.text(2), subject: row.text(3),
                ticket: row.optionalID(4))
        }
    }

    func fingerprint(of id: NotificationID) throws -> Digest? {
        try connection.first("SELECT fingerprint FROM notifications WHERE id = ?", .init(id)) { Digest($0.blob(0)) }
            ?? nil
    }

    func delayed(since: Timestamp, limit: Int) throws -> [Delivery] {
        try connection.rows(
            Self.deliveryColumns + "WHERE state = 'queued' AND delay_told = 0 AND created < ? ORDER BY created LIMIT ?",
            .init(since), .init(limit), map: Self.delivery)
    }

    func markDelayTold(_ deliveries: [DeliveryID]) throws {
        for id in deliveries { try connection.run("UPDATE deliveries SET delay_told = 1 WHERE id = ?", .init(id)) }
    }

    func notification(contract: ContractID, messageID: String) throws -> NotificationID? {
        try connection.first(
            "SELECT id FROM notifications WHERE contract = ? AND message_id = ?", .init(contract), .text(messageID)
        ) { $0.id(0) }
    }

    func interrupted(outbox: MailboxID?) throws -> [Delivery] {
        guard let outbox else {
            return try connection.rows(Self.deliveryColumns + "WHERE state = 'sending' ORDER BY id", map: Self.delivery)
        }
        return try connection.rows(
            Self.deliveryColumns + "WHERE state = 'sending' AND outbox = ? ORDER BY id", .init(outbox),
            map: Self.delivery)
    }

    // MARK: - Changing

    func enqueue(_ notification: Notification) throws -> NotificationID {
        if let key = notification.idempotencyKey,
            let first = try self.notification(contract: notification.lane.contract, idempotencyKey: key)
        {
            return first
        }
        let id = NotificationID(rawValue: try next("notification"))
        try connection.run(
            """
            INSERT INTO notifications
                (id, contract, outbox, message_id, envelope_from, recipients, subject, ticket, idempotency_key,
                outbox_trace, created, priority, fingerprint)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .init(id), .init(notification.lane.contract), .init(notification.lane.outbox),
            .text(notification.messageID), .text(notification.envelopeFrom),
            .text(try JSONColumn.encode(notification.recipients)), .text(notification.subject),
            .init(notification.ticket), .init(notification.idempotencyKey),
            .text(try JSONColumn.encode(notification.outboxTrace)), .init(notification.created),
            .init(notification.priority.rank), notification.fingerprint.map { .init($0) } ?? .null)
        try connection.run(
            "INSERT INTO contents (notification, bytes) VALUES (?, ?)", .init(id), .blob(notification.content))
        for recipient in notification.recipients {
            try connection.run(
                """
                INSERT INTO deliveries
                    (id, notification, contract, outbox, recipient, state, attempts, next_attempt, created, priority)
                VALUES (?, ?, ?, ?, ?, 'queued', 0, ?, ?, ?)
                """, .integer(try next("delivery")), .init(id), .init(notification.lane.contract),
                .init(notification.lane.outbox), .text(recipient), .init(notification.created),
                .init(notification.created), .init(notification.priority.rank))
        }
        tally.add(notification.recipients.count, notification.lane, .queued)
        tally.news.insert(.queue)
        try refuseSuppressed(notification, id)
        return id
    }

    func beginAttempt(_ deliveries: [DeliveryID], at: Timestamp, next: Timestamp) throws -> [Delivery] {
        try deliveries.compactMap { id in
            var delivery = try delivery(id)
            guard delivery.state == .queued else { return nil }
            delivery.state = .sending
            delivery.attempts += 1
            delivery.nextAttempt = next
            try connection.run(
                "UPDATE deliveries SET state = 'sending', attempts = ?, next_attempt = ? WHERE id = ?",
                .init(delivery.attempts), .init(next), .init(id))
            try move(delivery.lane, from: .queued, to: .sending)
            return delivery
        }
    }

    @discardableResult func finishAttempt(_ results: [AttemptResult]) throws -> [Delivery] {
        try results.compactMap { result in
            var delivery = try delivery(result.delivery)
            // Only an attempt that was started can end: a second report for it changes nothing.
            guard delivery.state == .sending else { return nil }
            switch result.outcome {
            case .sent(let reply):
                try settle(&delivery, .sent, failure: nil, reply: reply, at: result.at)
            case .failed(let failure):
                try settle(&delivery, .failed, failure: failure, reply: failure.reply, at: result.at)
            case .unknown(let failure, until: nil):
                try settle(&delivery, .unknown, failure: failure, reply: failure.reply, at: result.at)
            case .deferred(let failure, let until), .unknown(let failure, let until?):
                try put(&delivery, back: until, failure)
            }
            return delivery
        }
    }

    @discardableResult func requeue(_ deliveries: [DeliveryID], at: Timestamp) throws -> Int {
        var changed = 0
        for id in deliveries {
            let delivery = try delivery(id)
            guard delivery.state != .sending, delivery.state != .sent else { continue }
            // A new life: a dead letter that is requeued must not be given up for its age at once.
            try connection.run(
                """
                UPDATE deliveries
                SET state = 'queued', next_attempt = ?, created = ?, earlier_attempts = ?, settled = NULL, delay_told = 0
                WHERE id = ?
                """, .init(at), .init(delivery.state == .queued ? delivery.created : at),
                .init(delivery.state == .queued ? delivery.earlierAttempts : delivery.attempts), .init(id))
            try move(delivery.lane, from: delivery.state, to: .queued)
            tally.news.insert(.queue)
            changed += 1
        }
        return changed
    }

    @discardableResult func park(_ deliveries: [DeliveryID], as state: Delivery.State) throws -> Int {
        guard state == .held || state == .cancelled else {
            throw Failure(.transient, .defect, "A delivery cannot be parked as \(state.rawValue).")
        }
        var changed = 0
        for id in deliveries {
            let delivery = try delivery(id)
            guard delivery.state == .queued || delivery.state == .held, delivery.state != state else { continue }
            try connection.run("UPDATE deliveries SET state = ? WHERE id = ?", .text(state.rawValue), .init(id))
            try move(delivery.lane, from: delivery.state, to: state)
            changed += 1
        }
        return changed
    }

    @discardableResult func refuse(_ deliveries: [DeliveryID], _ failure: Failure, at: Timestamp) throws -> Int {
        var changed = 0
        for id in deliveries {
            var delivery = try delivery(id)
            guard delivery.state == .queued || delivery.state == .held else { continue }
            try settle(&delivery, .failed, failure: failure, reply: failure.reply, at: at)
            changed += 1
        }
        return changed
    }

    /// A recipient that the contract does not write to has its result before it is tried.
    private func refuseSuppressed(_ notification: Notification, _ id: NotificationID) throws {
        let found = try suppressed(contract: notification.lane.contract, addresses: notification.recipients)
        guard !found.isEmpty else { return }
        let rows = try deliveries(DeliveryFilter(notification: id))
        for entry in found {
            let theirs = rows.filter { $0.recipient.lowercased() == entry.address }.map(\.id)
            try refuse(theirs, entry.refusal, at: notification.created)
        }
    }

    @discardableResult func bounce(_ id: DeliveryID, _ failure: Failure, at: Timestamp) throws -> Bool {
        var delivery = try delivery(id)
        guard delivery.state == .sent || delivery.state == .unknown else { return false }
        try settle(&delivery, .failed, failure: failure, reply: failure.reply ?? delivery.reply, at: at)
        return true
    }

    // MARK: - Single rows

    private func delivery(_ id: DeliveryID) throws -> Delivery {
        let found = try connection.first(Self.deliveryColumns + "WHERE id = ?", .init(id), map: Self.delivery)
        guard let found else { throw missing("delivery \(id)") }
        return found
    }

    private func settle(
        _ delivery: inout Delivery, _ state: Delivery.State, failure: Failure?, reply: ProtocolReply?, at: Timestamp
    ) throws {
        try connection.run(
            "UPDATE deliveries SET state = ?, failure = ?, reply = ?, settled = ? WHERE id = ?",
            .text(state.rawValue), .init(try failure.map { try JSONColumn.encode($0) }),
            .init(try reply.map { try JSONColumn.encode($0) }), .init(at), .init(delivery.id))
        try move(delivery.lane, from: delivery.state, to: state)
        (delivery.state, delivery.failure, delivery.reply, delivery.settled) = (state, failure, reply, at)
    }

    private func put(_ delivery: inout Delivery, back until: Timestamp, _ failure: Failure) throws {
        try connection.run(
            "UPDATE deliveries SET state = 'queued', next_attempt = ?, failure = ?, reply = ? WHERE id = ?",
            .init(until), .text(try JSONColumn.encode(failure)),
            .init(try failure.reply.map { try JSONColumn.encode($0) }), .init(delivery.id))
        try move(delivery.lane, from: .sending, to: .queued)
        (delivery.state, delivery.nextAttempt) = (.queued, until)
        (delivery.failure, delivery.reply) = (failure, failure.reply)
    }

    private func move(_ lane: Lane, from: Delivery.State, to: Delivery.State) throws {
        guard from != to else { return }
        tally.add(-1, lane, from)
        tally.add(1, lane, to)
    }
}

extension LaneSummary {
    fileprivate mutating func add(_ state: Delivery.State, _ count: Int) {
        switch state {
        case .queued: queued += count
        case .sending: sending += count
        case .sent: sent += count
        case .failed: failed += count
        case .unknown: unknown += count
        case .held: held += count
        case .cancelled: break
        }
    }
}
