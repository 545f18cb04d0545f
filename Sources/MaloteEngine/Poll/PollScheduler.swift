// Runs polls as their time comes, each in its own task; knows no protocol and makes no decision of its own.

import MaloteCore

/// The inbound half of the mail room. No error, not even in reading a password, leaves the task of its own inbox.
package actor PollScheduler {
    package struct Parts: Sendable {
        package var board: RegistryBoard
        package var store: any Store
        package var connector: any InboxConnector
        package var intake: Intake
        package var gate: HostGate
        package var time: any TimeSource
        package var signs: VitalSigns
        package var stop: StopFlag
        package var limits: InboxLimits
        package var log: Log

        package init(
            board: RegistryBoard, store: any Store, connector: any InboxConnector, intake: Intake, gate: HostGate,
            time: any TimeSource, signs: VitalSigns, stop: StopFlag, limits: InboxLimits, log: Log
        ) {
            self.board = board
            self.store = store
            self.connector = connector
            self.intake = intake
            self.gate = gate
            self.time = time
            self.signs = signs
            self.stop = stop
            self.limits = limits
            self.log = log
        }
    }

    private let parts: Parts
    private var planner: PollPlanner
    private let bell = Bell()
    private static let sign = "poll scheduler"

    package init(_ parts: Parts, seed: UInt64) {
        self.parts = parts
        planner = PollPlanner(seed: seed)
    }

    package var health: [MailboxID: MailboxHealth] { planner.health }
    package var running: Set<MailboxID> { planner.running }

    /// Polls this inbox now. False if it is not polled at all (unknown, an outbox, or linked to no contract).
    package func pollNow(_ mailbox: MailboxID) -> Bool {
        let isPolled = planner.pollNow(mailbox, now: parts.time.now())
        bell.ring()
        return isPolled
    }

    /// Runs until asked to stop or cancelled; then waits for the polls under way to end.
    package func run() async throws(Failure) {
        parts.signs.register(Self.sign, limit: .seconds(60))
        defer { parts.signs.retire(Self.sign) }
        let remembered = try await rememberedHealth()
        await withDiscardingTaskGroup { group in
            var registrySeen = -1
            while !parts.stop.isSet, !Task.isCancelled {
                let rung = bell.generation
                if parts.board.changed.generation != registrySeen {
                    registrySeen = parts.board.changed.generation
                    planner.follow(parts.board.current, remembered: remembered, now: parts.time.now())
                }
                for job in planner.due(now: parts.time.now()) { start(job, in: &group) }
                parts.signs.tick(Self.sign)
                await rest(after: rung, registrySeen)
            }
        }
    }

    private func start(_ job: PollPlanner.Job, in group: inout DiscardingTaskGroup) {
        guard parts.gate.enter(job.mailbox.server) else {
            return planner.postpone(job.mailbox.id, now: parts.time.now())
        }
        group.addTask { await self.poll(job) }
    }

    /// Until the next poll is due, somebody rings, or ten seconds have passed (the proof of life).
    private func rest(after rung: Int, _ registrySeen: Int) async {
        let now = parts.time.now()
        let wait = min(max((planner.nextDue ?? now + .seconds(10)) - now, .zero), .seconds(10))
        let (board, time, bell, stop) = (parts.board, parts.time, bell, parts.stop)
        guard !stop.isSet else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await bell.wait(after: rung, for: wait, time: time) }
            group.addTask { await board.changed.wait(after: registrySeen, for: wait, time: time) }
            group.addTask { await stop.bell.wait(after: 0, for: wait, time: time) }
            await group.next()
            group.cancelAll()
        }
    }

    private func rememberedHealth() async throws(Failure) -> [MailboxID: MailboxHealth] {
        do {
            let health = try await parts.store.read { try $0.health() }
            return Dictionary(health.map { ($0.mailbox, $0) }, uniquingKeysWith: { first, _ in first })
        } catch { throw Failure(storing: error) }
    }

    // MARK: - One poll

    private func poll(_ job: PollPlanner.Job) async {
        let before = planner.health[job.mailbox.id] ?? MailboxHealth(mailbox: job.mailbox.id)
        let run = InboxPoll(
            job: job, connector: parts.connector, store: parts.store, intake: parts.intake, limits: parts.limits,
            lastGood: before.lastGood, stop: parts.stop)
        var report = PollReport()
        var failure: Failure?
        do { report = try await run.run() } catch { failure = error }
        parts.gate.leave(job.mailbox.server)
        // Our own shutdown says nothing about the server.
        guard failure?.cause != .shuttingDown, !Task.isCancelled else { return }
        let after = planner.finished(job.mailbox.id, failure, hasMore: report.hasMore, now: parts.time.now())
        bell.ring()
        tell(job, report, failure)
        if let after {
            await parts.intake.recordHealth(
                before: before, after: after, mailbox: job.mailbox, registry: parts.board.current, store: parts.store)
        }
    }

    private func tell(_ job: PollPlanner.Job, _ report: PollReport, _ failure: Failure?) {
        let name = job.mailbox.name.text
        var fields = parts.board.current.logFields(job.mailbox)
        if let failure {
            fields[.cause] = failure.cause.rawValue
            parts.log(.warning, "inbox \(name): \(failure)", fields)
        } else if report.seen > 0 {
            parts.log(.info, "inbox \(name): \(report)", fields)
        }
    }
}
