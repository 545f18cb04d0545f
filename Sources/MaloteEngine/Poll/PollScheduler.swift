// Runs polls as their time comes, each inbox in its own task; knows no protocol and makes no decision of its own.

import MaloteCore
import MaloteDesk

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
        package var disk: DiskReserve
        package var book: LeaseBook
        package var log: Log
        /// How often it shows that it is alive even if there is nothing to do.
        package var pulse: Duration

        package init(
            board: RegistryBoard, store: any Store, connector: any InboxConnector, intake: Intake, gate: HostGate,
            time: any TimeSource, signs: VitalSigns, stop: StopFlag, limits: InboxLimits,
            disk: DiskReserve? = nil, book: LeaseBook = .whole, log: Log,
            pulse: Duration = .seconds(10)
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
            self.disk = disk ?? DiskReserve(host: UnknownHost(), time: time)
            self.book = book
            self.log = log
            self.pulse = pulse
        }
    }

    let parts: Parts
    var planner: PollPlanner
    package private(set) var delays = DelayBook()
    let bell = Bell()
    /// Visits that wait for news, and what wakes each.
    var idlers: [MailboxID: Idler] = [:]
    /// Inboxes of this node, each with the number of its coming. Not used where there are no others.
    private var arrivals: [MailboxID: Int] = [:]
    /// Some of them are not taken up yet, as the store could not be asked.
    private var isBehind = false
    private static let sign = "poll scheduler"

    package init(_ parts: Parts, seed: UInt64) {
        self.parts = parts
        planner = PollPlanner(seed: seed)
    }

    package var health: [MailboxID: MailboxHealth] { planner.health }
    package var running: Set<MailboxID> { planner.running }
    package var idling: Set<MailboxID> { planner.idling }

    /// Polls this inbox now. False if it is not polled at all (unknown, an outbox, or linked to no contract).
    package func pollNow(_ mailbox: MailboxID) -> Bool {
        let isPolled = planner.pollNow(mailbox, now: parts.time.now())
        wakeIdlers()
        bell.ring()
        return isPolled
    }

    /// To be run beside the schedule, with the means of a poll.
    nonisolated func backfill(_ mailbox: Mailbox, _ inbox: Inbox, _ selection: InboxSelection) -> Backfill {
        Backfill(
            mailbox: mailbox, inbox: inbox, selection: selection, connector: parts.connector, store: parts.store,
            limits: parts.limits, now: parts.time.now())
    }

    /// Runs until asked to stop or cancelled; then waits for the polls under way to end.
    package func run() async throws(Failure) {
        parts.signs.register(Self.sign, limit: .seconds(60))
        defer { parts.signs.retire(Self.sign) }
        var remembered = try await rememberedHealth()
        await withDiscardingTaskGroup { group in
            var (registrySeen, sharesSeen) = (-1, -1)
            var refused: Set<ContractID> = []
            while !parts.stop.isSet, !Task.isCancelled {
                let rung = bell.generation
                let refusing = Set(parts.board.current.refusals(at: parts.time.now()).keys)
                let shares = parts.book.changed.generation
                if parts.board.changed.generation != registrySeen || refusing != refused || shares != sharesSeen
                    || isBehind
                {
                    (registrySeen, refused, sharesSeen) = (parts.board.changed.generation, refusing, shares)
                    let held = await followShares(&remembered)
                    planner.follow(parts.board.current, remembered: remembered, held: held, now: parts.time.now())
                    wakeIdlers()
                }
                followDisk()
                for job in planner.due(now: parts.time.now()) { start(job, in: &group) }
                parts.signs.tick(Self.sign)
                await rest(after: rung, registrySeen, sharesSeen)
            }
        }
    }

    /// Mail stays on its servers while there is no room for it.
    private func followDisk() {
        let shortage = parts.disk.shortage
        guard (shortage != nil) != planner.isPaused else { return }
        planner.pause(shortage != nil, now: parts.time.now())
        wakeIdlers()
        guard let shortage else { return parts.log(.notice, "There is room on the disk again: mail is fetched.") }
        parts.log(
            .error, "\(shortage) It stays on the servers until then; what is queued is sent.",
            [.cause: Failure.Cause.diskFull.rawValue])
    }

    /// Another node may have polled what comes to this one: it is remembered anew.
    /// - Returns: the inboxes that are this node's; `nil` where there are no others.
    private func followShares(_ remembered: inout [MailboxID: MailboxHealth]) async -> Set<MailboxID>? {
        guard !parts.book.isWhole else { return nil }
        var present: [MailboxID: Int] = [:]
        for mailbox in parts.board.current.mailboxes where mailbox.inbox != nil {
            present[mailbox.id] = parts.book.arrival(of: .mailbox(mailbox.id))
        }
        for (id, arrival) in arrivals where present[id] != arrival { planner.forget(id) }
        arrivals = arrivals.filter { present[$0.key] == $0.value }
        if present.count > arrivals.count {
            do {
                remembered = try await rememberedHealth()
                arrivals = present
            } catch {
                parts.log(.error, "what was remembered of inboxes could not be read: \(error)")
            }
        }
        isBehind = present.count > arrivals.count
        return Set(arrivals.keys)
    }

    private func start(_ job: PollPlanner.Job, in group: inout DiscardingTaskGroup) {
        let (standing, share) = (planner.standing(job.mailbox.id), Share.mailbox(job.mailbox.id))
        guard parts.book.begin(share) else { return planner.postpone(job.mailbox.id, now: parts.time.now()) }
        guard parts.gate.enter(job.mailbox.server, standing) else {
            parts.book.end(share)
            return planner.postpone(job.mailbox.id, now: parts.time.now())
        }
        group.addTask { await self.visit(job, standing) }
    }

    /// A poll was begun: what it waited for others is its contracts' delay.
    func noteDelay(_ job: PollPlanner.Job, begun: Timestamp) {
        let delay = planner.started(job.mailbox.id, now: begun)
        parts.intake.meter.begun(late: delay)
        for contract in parts.board.current.contracts(fedBy: job.mailbox.name) {
            delays.note(contract.id, delay, now: begun)
        }
    }

    /// Until the next poll is due, somebody rings, or it is time for the proof of life.
    private func rest(after rung: Int, _ registrySeen: Int, _ sharesSeen: Int) async {
        let now = parts.time.now()
        let longest = isBehind ? min(parts.pulse, .seconds(1)) : parts.pulse
        let wait = min(max((planner.nextDue ?? now + longest) - now, .zero), longest)
        guard !parts.stop.isSet else { return }
        await Bell.waitForAny(
            [
                (bell, rung), (parts.board.changed, registrySeen), (parts.book.changed, sharesSeen),
                (parts.stop.bell, 0),
            ], for: wait, time: parts.time)
    }

    private func rememberedHealth() async throws(Failure) -> [MailboxID: MailboxHealth] {
        do {
            let health = try await parts.store.read { try $0.health() }
            return Dictionary(health.map { ($0.mailbox, $0) }, uniquingKeysWith: { first, _ in first })
        } catch { throw Failure(storing: error) }
    }
}
