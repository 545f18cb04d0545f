// One connection's work in a lane: claim, submit, record; all pace and rest is the lane planner's.

import MaloteCore
import MaloteDesk

/// Carries messages through one SMTP session until nothing is due, the session ends, or the daemon stops.
///
/// Order of things (docs/queue.md): claim in one commit, final dot noted in the journal, answer noted in the journal,
/// result committed. Results are committed while the next message is already on its way.
struct LaneWorker: Sendable {
    /// Deliveries claimed by one commit, once the session has carried a message; before that a single one is risked.
    private static let claimSize = 50
    /// Messages whose results wait for their commit; more would only hide a slow disk.
    private static let openResults = 32
    /// Octets of contents that are read ahead: at least one notification, however large.
    private static let readAhead = 1 << 20

    let lane: Lane
    let mailbox: Mailbox
    let outbox: Outbox
    let drain: QueueDrain
    let connector: any OutboxConnector
    let store: any Store
    let journal: any AttemptJournal
    let time: any TimeSource
    /// Names the contract's mail in envelopes.
    let ids: SignedMessageID
    let stop: StopFlag
    let book: LeaseBook
    /// What it works on; `nil` for a guest, which is nobody else's.
    let share: Share?

    /// The message in hand is finished, and no other begun.
    private var isCalledOff: Bool { stop.isSet || !(share.map { book.holds($0) } ?? true) }

    @concurrent func run() async {
        do throws(Failure) {
            var isStale = true
            while isStale, !isCalledOff, try await drain.hasDue(lane) {
                let session = try await connector.open(mailbox, outbox: outbox)
                isStale = try await carry(over: session)
            }
        } catch {
            await drain.lost(lane, error)
        }
    }

    /// - Returns: whether the session ended only because the server closes connections after some messages or some idle
    ///   time: that says nothing against the server, and a new one is opened at once.
    private func carry(over session: any OutboxSession) async throws(Failure) -> Bool {
        var hasServed = false
        var fault: Failure?
        do throws(Failure) {
            while !isCalledOff, !Task.isCancelled {
                // Read before the claim, so that work that arrives after an empty claim is not slept over.
                let seen = await drain.news(lane)
                let claimed = try await claim(isFirst: !hasServed)
                if !claimed.isEmpty {
                    try await deliver(claimed, over: session, hasServed: &hasServed)
                } else if await !drain.waitForWork(lane, after: seen) {
                    break
                }
            }
        } catch { fault = error }
        await session.close()
        guard let fault else { return false }
        if hasServed, fault.cause == .disconnected { return true }
        throw fault
    }

    // MARK: - Claiming

    private func claim(isFirst: Bool) async throws(Failure) -> [Delivery] {
        guard let grant = await drain.grant(lane) else { return try await claim(messages: isFirst ? 1 : nil) }
        guard grant.messages > 0 else { return [] }
        // Few at a time: what is claimed and not tried has used up the rate all the same.
        let limit = isFirst ? 1 : min(grant.messages, 5)
        var claimed: [Delivery] = []
        do { claimed = try await claim(messages: limit, counting: grant) } catch {
            await drain.claimed(0, of: grant, lane)
            throw error
        }
        await drain.claimed(Set(claimed.map(\.notification)).count, of: grant, lane)
        return claimed
    }

    /// - Parameters:
    ///   - messages: at most so many notifications; `nil` for no limit.
    ///   - grant: what they are counted against, in the same commit.
    private func claim(messages: Int?, counting grant: QueueDrain.Grant? = nil) async throws(Failure) -> [Delivery] {
        let (lane, now, news) = (lane, time.now(), drain.intake.deliveryNews)
        let single = if let grant { await drain.entries(1, of: grant, lane) } else { [SentCount]() }
        do {
            return try await store.write { store in
                let due = try Self.due(lane, messages: messages, now: now, news, store)
                var claimed: [Delivery] = []
                for (tries, group) in Dictionary(grouping: due, by: \.tries).sorted(by: { $0.key < $1.key }) {
                    let next = now + RetrySchedule.rest(afterAttempt: tries + 1)
                    claimed += try store.beginAttempt(group.map(\.id), at: now, next: next)
                }
                let count = Set(claimed.map(\.notification)).count
                if count > 0, !single.isEmpty {
                    try store.countSent(
                        outbox: lane.outbox, single.map { SentCount(span: $0.span, slot: $0.slot, count: count) })
                }
                return claimed
            }
        } catch { throw Failure(storing: error) }
    }

    /// What may be claimed: nothing of a contract on hold, and nothing for an address that it does not write to; that is
    /// refused for good here and now.
    private static func due(
        _ lane: Lane, messages: Int?, now: Timestamp, _ news: DeliveryNews, _ store: any StoreWriting
    ) throws -> [Delivery] {
        guard try store.holds()[lane.contract] == nil else { return [] }
        var due = try store.due(lane: lane, now: now, limit: claimSize)
        for entry in try store.suppressed(contract: lane.contract, addresses: due.map(\.recipient)) {
            let theirs = due.filter { $0.recipient.lowercased() == entry.address }
            try news.refuse(theirs, entry.refusal, store)
            due.removeAll { $0.recipient.lowercased() == entry.address }
        }
        guard let messages else { return due }
        var wanted: Set<NotificationID> = []
        for delivery in due where wanted.count < messages { wanted.insert(delivery.notification) }
        return due.filter { wanted.contains($0.notification) }
    }

    // MARK: - Delivering

    /// Submits the claimed deliveries, message by message, and commits every result before it returns.
    private func deliver(
        _ claimed: [Delivery], over session: any OutboxSession, hasServed: inout Bool
    ) async throws(Failure) {
        var groups = ArraySlice(messages(claimed))
        var ahead: [NotificationID: Notification] = [:]
        var served = hasServed
        let results = HandOff<[AttemptResult]>(room: Self.openResults)
        async let committing = commitWhatComes(results)
        var fault: Failure?
        while fault == nil, !results.isOver, !isCalledOff, let group = groups.first {
            do throws(Failure) {
                if ahead[group[0].notification] == nil { ahead = try await read(groups) }
                groups.removeFirst()
                guard let notification = ahead[group[0].notification] else { continue }
                let submitted = await submit(group, notification, over: session, isFirst: !served)
                served = served || submitted.isServed
                fault = submitted.fault
                if await !results.give(submitted.results) { await drain.keep(submitted.results) }
            } catch { fault = error }
        }
        results.end()
        // Results that could not be stored are the graver fault.
        let failure = await committing ?? fault
        hasServed = served
        // What was claimed and not tried goes back, due at once.
        let reason = failure ?? Failure(.transient, .shuttingDown, "The daemon stopped before the message was sent.")
        _ = await commit(groups.joined().map { OutcomePlanner.returned($0, reason, now: time.now()) })
        if let failure { throw failure }
    }

    /// Deliveries of one notification travel as one message.
    private func messages(_ claimed: [Delivery]) -> [[Delivery]] {
        var order: [NotificationID] = []
        var groups: [NotificationID: [Delivery]] = [:]
        for delivery in claimed {
            if groups[delivery.notification] == nil { order.append(delivery.notification) }
            groups[delivery.notification, default: []].append(delivery)
        }
        return order.compactMap { groups[$0] }
    }

    private func submit(
        _ group: [Delivery], _ notification: Notification, over session: any OutboxSession, isFirst: Bool
    ) async -> (results: [AttemptResult], isServed: Bool, fault: Failure?) {
        do throws(Failure) {
            let envelope = Envelope(
                from: drain.reversePath(notification, ids: ids), recipients: group.map(\.recipient),
                envid: ids.envid(notification.id))
            let (attempts, journal, book) = (group.map(\.attempt), journal, book)
            let submission = try await session.submit(envelope, content: notification.content) {
                // From here on another node could send it as well.
                guard book.mayGoOn else { return false }
                journal.finalDot(attempts)
                return true
            }
            note(submission, group)
            let results = await drain.settle(submission, group, lane: lane)
            return (results, submission.isServed, Self.fault(of: submission))
        } catch {
            return (await drain.broken(group, error, isFirst: isFirst), false, error)
        }
    }

    /// The notifications of the next messages, in one go.
    private func read(_ groups: ArraySlice<[Delivery]>) async throws(Failure) -> [NotificationID: Notification] {
        let ids = groups.map { $0[0].notification }
        do {
            return try await store.read { store in
                var found: [NotificationID: Notification] = [:]
                var octets = 0
                for id in ids where octets < Self.readAhead {
                    found[id] = try store.notification(id)
                    octets += found[id]?.content.count ?? 0
                }
                return found
            }
        } catch { throw Failure(storing: error) }
    }

    /// The answers go to the journal before anything else: a kill from here on cannot make them doubtful.
    private func note(_ submission: Submission, _ group: [Delivery]) {
        for (delivery, outcome) in zip(group, submission.outcomes) {
            switch outcome {
            case .sent(let reply): journal.answered(delivery.attempt, reply: reply)
            case .refused(let failure):
                if let reply = failure.reply { journal.answered(delivery.attempt, reply: reply) }
            }
        }
    }

    /// A session that cannot be reused ends the worker with the reason the server gave.
    private static func fault(of submission: Submission) -> Failure? {
        guard !submission.isReusable else { return nil }
        for case .refused(let failure) in submission.outcomes where !submission.isServed { return failure }
        return Failure(.transient, .disconnected, "The server closed the connection after a message.")
    }

    /// Commits what comes while one commit is under way with the next. Runs beside the sending, until its end.
    /// - Returns: why results could not be stored. They are kept, and so is all that comes after them.
    private func commitWhatComes(_ results: HandOff<[AttemptResult]>) async -> Failure? {
        var failure: Failure?
        while case let some = await results.take(), !some.isEmpty {
            let all = some.flatMap { $0 }
            if failure == nil { failure = await commit(all) } else { await drain.keep(all) }
            if failure != nil { results.end() }
        }
        return failure
    }

    private func commit(_ results: [AttemptResult]) async -> Failure? {
        guard !results.isEmpty else { return nil }
        do {
            let news = drain.intake.deliveryNews
            if try await store.write({ try news.record(results, $0) }) { drain.intake.ringEvents() }
            return nil
        } catch {
            await drain.keep(results)
            return Failure(storing: error)
        }
    }
}

extension Delivery {
    /// Attempts started since it was last requeued.
    fileprivate var tries: Int { attempts - earlierAttempts }
}

extension Submission {
    /// Whether the server did its work, even if it then said goodbye.
    var isServed: Bool {
        isReusable
            || outcomes.contains { outcome in
                if case .sent = outcome { true } else { false }
            }
    }
}
