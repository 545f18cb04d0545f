// Keeps every lane's workers going, each lane by itself; knows no SMTP and decides nothing a planner could decide.

import MaloteCore
import MaloteDesk

/// The outbound half of the mail room. A lane whose server is dead has at most one worker, and only at probe time;
/// nothing it does can hold up another lane.
package actor QueueDrain {
    package struct Parts: Sendable {
        package var board: RegistryBoard
        package var store: any Store
        package var connector: any OutboxConnector
        package var journal: any AttemptJournal
        package var intake: Intake
        package var gate: HostGate
        package var time: any TimeSource
        package var signs: VitalSigns
        package var stop: StopFlag
        package var book: LeaseBook
        package var log: Log
        /// How often it shows that it is alive even if there is nothing to do.
        package var pulse: Duration

        package init(
            board: RegistryBoard, store: any Store, connector: any OutboxConnector, journal: any AttemptJournal,
            intake: Intake, gate: HostGate, time: any TimeSource, signs: VitalSigns, stop: StopFlag,
            book: LeaseBook = .whole, log: Log, pulse: Duration = .seconds(10)
        ) {
            self.board = board
            self.store = store
            self.connector = connector
            self.journal = journal
            self.intake = intake
            self.gate = gate
            self.time = time
            self.signs = signs
            self.stop = stop
            self.book = book
            self.log = log
            self.pulse = pulse
        }
    }

    struct LaneState {
        var planner: LanePlanner
        var mailbox: Mailbox
        var outbox: Outbox
        let bell = Bell()
        /// Since when the outbox has been as it is registered now.
        var since: Timestamp
        /// The host at which a probe holds a place that is doubtful as yet.
        var probing: String?
    }

    let parts: Parts
    var lanes: [Lane: LaneState] = [:]
    var remembered: [MailboxID: MailboxHealth] = [:]
    private var random: SeededRandom
    private var clock = ClockWatch()
    /// Outboxes whose servers take only so much.
    var rates: [MailboxID: RatePlanner] = [:]
    package private(set) var delays = DelayBook()
    package private(set) var sentLog = SentLog()
    /// Results of attempts that are still `sending` in the store. The journal has the answers among them as well.
    var unrecorded: [AttemptResult] = []
    /// Outboxes of this node, each with the number of its coming. Not used where there are no others.
    var arrivals: [MailboxID: Int] = [:]
    var sharesSeen = -1
    /// Pieces of work that have not ended as long as results are not recorded.
    private var owed: [Share] = []
    /// Rung when something may have become due: an enqueue, a requeue, a lane that may be probed.
    package let bell: Bell
    private static let sign = "queue drain"
    /// How long a worker keeps its connection open for more work.
    private static let linger = Duration.seconds(3)

    /// - Parameter bell: shared with whoever enqueues.
    package init(_ parts: Parts, bell: Bell, seed: UInt64) {
        self.parts = parts
        self.bell = bell
        random = SeededRandom(seed: seed)
    }

    /// How each outbox has been doing; of lanes that share one, the worst counts.
    package var health: [MailboxID: MailboxHealth] {
        var worst: [MailboxID: MailboxHealth] = remembered
        for (lane, state) in lanes {
            let known = worst[lane.outbox]
            if known == nil || known?.failure == nil || state.planner.health.failure != nil {
                worst[lane.outbox] = state.planner.health
            }
        }
        return worst
    }

    /// Lanes that may not be used before this time: their server rests, or has had its share.
    package var resting: [Lane: Timestamp] {
        let now = parts.time.now()
        return Dictionary(
            uniqueKeysWithValues: lanes.keys.compactMap { lane in pause(of: lane, now).map { (lane, $0) } })
    }

    private func pause(of lane: Lane, _ now: Timestamp) -> Timestamp? {
        [lanes[lane]?.planner.restsUntil, rates[lane.outbox]?.opens(now: now)].compactMap { $0 }.max()
    }

    package func probe(outboxes: Set<MailboxID>?) {
        for lane in lanes.keys where outboxes?.contains(lane.outbox) ?? true {
            lanes[lane]?.planner.probeNow(now: parts.time.now())
        }
        bell.ring()
    }

    // MARK: - The loop

    /// Runs until asked to stop or cancelled; then waits for the messages under way to be answered and recorded.
    package func run() async throws(Failure) {
        parts.signs.register(Self.sign, limit: .seconds(60))
        defer { parts.signs.retire(Self.sign) }
        do {
            let health = try await parts.store.read { try $0.health() }
            if parts.book.isWhole {
                remembered = Dictionary(health.map { ($0.mailbox, $0) }, uniquingKeysWith: { first, _ in first })
            }
        } catch { throw Failure(storing: error) }
        await withDiscardingTaskGroup { group in
            while !parts.stop.isSet, !Task.isCancelled {
                let (rung, registrySeen) = (bell.generation, parts.board.changed.generation)
                await recordKept()
                let shares = parts.book.changed.generation
                await followShares()
                var next = await startDueLanes(in: &group)
                if !parts.book.isWhole, sharesSeen != shares { next = parts.time.now() + .seconds(1) }
                parts.signs.tick(Self.sign)
                await rest(until: next, rung, registrySeen, shares)
            }
            for state in lanes.values { state.bell.ring() }
        }
        await recordKept()
        await recordBeforeLeaving()
    }

    private func startDueLanes(in group: inout DiscardingTaskGroup) async -> Timestamp? {
        let now = parts.time.now()
        if let back = clock.setBack(now: now) {
            for lane in Array(lanes.keys) { lanes[lane]?.planner.clockSetBack(by: back, now: now) }
        }
        guard let (summaries, holds) = try? await parts.store.read({ (try $0.lanes(), try $0.holds()) }) else {
            return now + .seconds(1)
        }
        await followRates()
        var times: [Timestamp] = []
        for summary in summaries where summary.queued > 0 && holds[summary.lane.contract] == nil {
            guard let dueAt = summary.nextAttempt, isOwn(summary.lane.outbox), follow(summary.lane, now: now) else {
                continue
            }
            let startAt = max(dueAt, pause(of: summary.lane, now) ?? dueAt)
            guard startAt <= now else {
                times.append(startAt)
                continue
            }
            lanes[summary.lane]?.bell.ring()
            // Whoever finds no place asks again, as its own server is not to blame.
            if !startWorkers(summary, due: startAt, now: now, in: &group) {
                times.append(now + (lanes[summary.lane]?.planner.standing ?? .trusted).patience)
            }
        }
        return times.min()
    }

    /// Takes over rates as they are registered now. What was counted stays.
    private func followRates() async {
        for mailbox in parts.board.current.mailboxes where isOwn(mailbox.id) {
            guard let rate = mailbox.outbox?.rate, rate != rates[mailbox.id]?.rate ?? SendingRate() else { continue }
            if rates[mailbox.id] == nil {
                let counted = try? await parts.store.read { try $0.sentCounts(outbox: mailbox.id) }
                rates[mailbox.id] = RatePlanner(rate: rate, counted: counted ?? [])
            }
            rates[mailbox.id]?.rate = rate
        }
    }

    /// Takes over the outbox as it is registered now. False when it is gone: its deliveries wait, visible in the queue.
    private func follow(_ lane: Lane, now: Timestamp) -> Bool {
        guard let mailbox = parts.board.mailbox(lane.outbox), let outbox = mailbox.outbox else { return false }
        if var state = lanes[lane] {
            if state.mailbox != mailbox {
                state.planner.probeNow(now: now)
                state.since = now
            }
            state.mailbox = mailbox
            state.outbox = outbox
            lanes[lane] = state
        } else {
            var health = remembered[lane.outbox] ?? MailboxHealth(mailbox: lane.outbox)
            // A clock that was set back must not prolong a remembered rest for ever.
            if let next = health.nextTry { health.nextTry = min(next, now + .seconds(7200)) }
            lanes[lane] = LaneState(
                planner: LanePlanner(health: health, seed: random.next()), mailbox: mailbox, outbox: outbox,
                since: now)
        }
        return true
    }

    /// - Parameter due: when the first of them could have been started.
    /// - Returns: false if there is no place for another one.
    private func startWorkers(
        _ summary: LaneSummary, due: Timestamp, now: Timestamp, in group: inout DiscardingTaskGroup
    ) -> Bool {
        let lane = summary.lane
        while let state = lanes[lane], state.planner.mayStart(now: now, waiting: summary.queued) {
            let standing = state.planner.standing
            let share = share(of: lane)
            guard share.map({ parts.book.begin($0) }) ?? true else { return true }
            guard parts.gate.enter(state.mailbox.server, standing) else {
                if let share { parts.book.end(share) }
                return false
            }
            lanes[lane]?.probing = standing == .doubtful ? state.mailbox.server : nil
            if state.planner.workers == 0 {
                let delay = now - max(due, state.since)
                delays.note(lane.contract, delay, now: now)
                parts.intake.meter.begun(late: delay)
            }
            lanes[lane]?.planner.workerStarted(now: now)
            let worker = LaneWorker(
                lane: lane, mailbox: state.mailbox, outbox: state.outbox, drain: self, connector: parts.connector,
                store: parts.store, journal: parts.journal, time: parts.time,
                ids: parts.intake.ids(for: lane.contract), stop: parts.stop, book: parts.book, share: share)
            group.addTask {
                await worker.run()
                await self.ended(lane, share, host: state.mailbox.server)
            }
        }
        return true
    }

    private func rest(until next: Timestamp?, _ rung: Int, _ registrySeen: Int, _ shares: Int) async {
        let now = parts.time.now()
        let wait = min(max((next ?? now + parts.pulse) - now, .milliseconds(1)), parts.pulse)
        guard !parts.stop.isSet else { return }
        await Bell.waitForAny(
            [
                (bell, rung), (parts.board.changed, registrySeen), (parts.book.changed, shares),
                (parts.stop.bell, 0),
            ], for: wait, time: parts.time)
    }

    nonisolated var intake: Intake { parts.intake }

    /// As the registry is now: an inbox may have learnt to take signed addresses since the notification was queued.
    nonisolated func reversePath(_ notification: Notification, ids: SignedMessageID) -> String {
        parts.board.current.reversePath(
            notification.envelopeFrom, notification: notification.id, contract: notification.lane.contract, ids: ids)
    }

    // MARK: - What workers report

    func hasDue(_ lane: Lane) async throws(Failure) -> Bool {
        let now = parts.time.now()
        do { return try await parts.store.read { try !$0.due(lane: lane, now: now, limit: 1).isEmpty } } catch {
            throw Failure(storing: error)
        }
    }

    func lost(_ lane: Lane, _ failure: Failure) async {
        // Our own shutdown says nothing about the server.
        guard failure.cause != .shuttingDown, var state = lanes[lane] else { return }
        let before = state.planner.health
        state.planner.lost(failure, now: parts.time.now())
        parts.intake.meter.laneLost(failure)
        lanes[lane] = state
        let name = state.mailbox.name.text
        let contract = parts.board.current.contract(lane.contract)?.name.text ?? "#\(lane.contract)"
        parts.log(
            .warning, "outbox \(name): \(failure)",
            [.mailbox: name, .contract: contract, .cause: failure.cause.rawValue])
        await record(before, lane)
    }

    /// Turns answers into results, and takes the server for usable if it did its work.
    func settle(_ submission: Submission, _ group: [Delivery], lane: Lane) async -> [AttemptResult] {
        let now = parts.time.now()
        let results = zip(group, submission.outcomes).map { delivery, outcome in
            OutcomePlanner.result(of: outcome, for: delivery, now: now, random: &random)
        }
        parts.intake.meter.attempted(results)
        for (delivery, outcome) in zip(group, submission.outcomes) {
            guard case .sent = outcome else { continue }
            sentLog.note(delivery, now: now)
            parts.intake.meter.delivered(after: now - delivery.created)
        }
        guard submission.isServed, let before = lanes[lane]?.planner.health else { return results }
        if let host = lanes[lane]?.probing {
            parts.gate.trust(host)
            lanes[lane]?.probing = nil
        }
        if lanes[lane]?.planner.answered(now: now) == true { bell.ring() }
        await record(before, lane)
        return results
    }

    // MARK: - Lanes of a drill

    func isBusy(_ lanes: [Lane]) -> Bool { lanes.contains { (self.lanes[$0]?.planner.workers ?? 0) > 0 } }

    /// - Returns: false if somebody is still at work in one of them; then nothing is forgotten.
    func forget(_ lanes: [Lane]) -> Bool {
        guard !isBusy(lanes), unrecorded.isEmpty else { return false }
        for lane in lanes {
            self.lanes[lane] = nil
            remembered[lane.outbox] = nil
        }
        return true
    }

    // MARK: - Rates

    /// So many messages may leave now, counted from this time.
    struct Grant: Sendable {
        var messages: Int
        var time: Timestamp
    }

    /// - Returns: `nil` where nothing is limited.
    func grant(_ lane: Lane) -> Grant? {
        let now = parts.time.now()
        let rivals = lanes.filter { $0.key.outbox == lane.outbox && $0.key != lane && $0.value.planner.workers > 0 }
        return rates[lane.outbox]?.grant(lane, rivals: Array(rivals.keys), now: now).map {
            Grant(messages: $0, time: now)
        }
    }

    /// What to keep of a grant's messages.
    func entries(_ messages: Int, of grant: Grant, _ lane: Lane) -> [SentCount] {
        rates[lane.outbox]?.entries(messages, now: grant.time) ?? []
    }

    /// A lane has claimed so many messages of what it was granted: now it is the others' turn.
    func claimed(_ messages: Int, of grant: Grant, _ lane: Lane) {
        rates[lane.outbox]?.giveBack(max(0, grant.messages - messages), granted: grant.time)
        guard grant.messages > 0 else { return }
        for (other, state) in lanes where other.outbox == lane.outbox && other != lane { state.bell.ring() }
    }

    /// What becomes of the message under which a connection broke.
    func broken(_ group: [Delivery], _ failure: Failure, isFirst: Bool) -> [AttemptResult] {
        let now = parts.time.now()
        let results = group.map {
            OutcomePlanner.broken($0, failure, isFirst: isFirst, now: now, random: &random)
        }
        parts.intake.meter.attempted(results)
        return results
    }

    /// Results that the store refused are kept until it takes them: nobody waits for a restart to clear a full disk.
    func keep(_ results: [AttemptResult]) { unrecorded += results }

    func recordKept() async {
        let results = unrecorded
        guard !results.isEmpty else { return }
        let news = parts.intake.deliveryNews
        do { _ = try await parts.store.write { try news.record(results, $0) } } catch { return }
        parts.intake.ringEvents()
        unrecorded.removeFirst(results.count)
        guard unrecorded.isEmpty else { return }
        for share in owed { parts.book.end(share) }
        owed = []
    }

    /// Waits a little for more work on an open connection. False when the worker should say goodbye.
    func waitForWork(_ lane: Lane, after seen: Int) async -> Bool {
        guard let state = lanes[lane], parts.board.mailbox(lane.outbox) == state.mailbox else { return false }
        await state.bell.wait(after: seen, for: Self.linger, time: parts.time)
        return state.bell.generation > seen && !parts.stop.isSet && isOwn(lane.outbox)
    }

    /// The lane's news so far, to wait for later ones.
    func news(_ lane: Lane) -> Int { lanes[lane]?.bell.generation ?? 0 }

    private func ended(_ lane: Lane, _ share: Share?, host: String) {
        lanes[lane]?.planner.workerEnded()
        parts.gate.leave(host, lanes[lane]?.probing == nil ? .trusted : .doubtful)
        lanes[lane]?.probing = nil
        if let share {
            // Whoever gets the outbox next takes what is not recorded for lost.
            if unrecorded.isEmpty { parts.book.end(share) } else { owed.append(share) }
        }
        if !isOwn(lane.outbox), lanes[lane]?.planner.workers == 0 { lanes[lane] = nil }
        bell.ring()
    }

    private func record(_ before: MailboxHealth, _ lane: Lane) async {
        guard let state = lanes[lane] else { return }
        remembered[lane.outbox] = state.planner.health
        await parts.intake.recordHealth(
            before: before, after: state.planner.health, mailbox: state.mailbox, registry: parts.board.current,
            store: parts.store)
    }
}
