// Decides which inbox is polled when; a pure value: no clock, no network, no store.

import MaloteCore
import MaloteDesk

/// The poll schedule of every linked inbox, and how each has been doing.
///
/// An inbox is resting until its time, polling while one poll is under way (never two), idling while its connection
/// waits for news until its time, and leaves when it is no longer registered or linked. A changed inbox is polled at
/// once: the operator may just have mended it.
package struct PollPlanner: Sendable {
    private enum Stage: Sendable { case resting, polling, idling }

    private struct Plan: Sendable {
        var mailbox: Mailbox
        var inbox: Inbox
        var health: MailboxHealth
        var stage = Stage.resting
        /// Waits for news that were lost with their connections, in a row.
        var losses = 0
        /// Since when it could have been polled, and is not as there is no place.
        var ready: Timestamp?
        /// Set when a poll is asked for while one is under way.
        var again = false
    }

    /// One poll to run.
    package struct Job: Sendable, Hashable {
        package var mailbox: Mailbox
        package var inbox: Inbox
    }

    /// How a wait for news ended.
    package enum Wakening: Sendable, Hashable {
        case news
        /// Nothing came until the time of the next poll.
        case quiet
        /// Somebody rang: something may have changed on our side.
        case called
        /// The connection is gone.
        case lost
    }

    /// What to do with a connection that waits for news.
    package enum Next: Sendable, Hashable {
        case poll(Job)
        /// Listen to the server, no longer than this.
        case wait(Duration)
        /// Leave it alone for so long: it has told of news again too soon.
        case pause(Duration)
        case close
    }

    /// However often a server says that there is news, polls are no closer than this.
    private static let newsGap = Duration.seconds(1)

    private var plans: [MailboxID: Plan] = [:]
    /// Nothing is polled, whatever is due.
    package private(set) var isPaused = false
    private var clock = ClockWatch()
    private var random: SeededRandom

    package init(seed: UInt64) { random = SeededRandom(seed: seed) }

    // MARK: - The registry

    /// Takes over the registry: adds, changes and drops plans. To be called again when a contract begins or ends.
    /// - Parameters:
    ///   - remembered: the health stored by earlier runs.
    ///   - held: only these inboxes are this node's; `nil` for all.
    package mutating func follow(
        _ registry: Registry, remembered: [MailboxID: MailboxHealth], held: Set<MailboxID>? = nil, now: Timestamp
    ) {
        look(at: now)
        // Mail that nobody may take stays on the server.
        let linked = Set(registry.contracts.filter { $0.refusal(at: now) == nil }.flatMap(\.inboxes))
        var kept: [MailboxID: Plan] = [:]
        for mailbox in registry.mailboxes where linked.contains(mailbox.name) {
            guard let inbox = mailbox.inbox, held?.contains(mailbox.id) ?? true else { continue }
            if var plan = plans[mailbox.id] {
                if plan.mailbox != mailbox { mend(&plan, now: now) }
                plan.mailbox = mailbox
                plan.inbox = inbox
                kept[mailbox.id] = plan
            } else {
                let health = remembered[mailbox.id] ?? MailboxHealth(mailbox: mailbox.id)
                var plan = Plan(mailbox: mailbox, inbox: inbox, health: health)
                plan.health.nextTry = firstTry(of: health, interval: inbox.interval, now: now)
                kept[mailbox.id] = plan
            }
        }
        plans = kept
    }

    /// Another node has this inbox now, or had it: what was remembered of it is old.
    package mutating func forget(_ id: MailboxID) { plans[id] = nil }

    private func mend(_ plan: inout Plan, now: Timestamp) {
        plan.health.consecutiveFailures = 0
        plan.health.nextTry = now
        plan.again = plan.stage == .polling
    }

    /// A remembered rest is kept, so that a crash loop does not hammer a server; but never longer than the clock of
    /// its fault allows, in case the wall clock was set back.
    private func firstTry(of health: MailboxHealth, interval: Duration, now: Timestamp) -> Timestamp {
        guard let failure = health.failure, let next = health.nextTry else { return now }
        let longest = PollClock.rest(after: failure, failures: health.consecutiveFailures, interval: interval) * 2
        return min(max(next, now), now + longest)
    }

    /// A clock that was set back puts no poll off.
    private mutating func look(at now: Timestamp) {
        guard let back = clock.setBack(now: now) else { return }
        plans = plans.mapValues { plan in
            var plan = plan
            plan.health.bringForward(by: back, now: now)
            plan.ready = plan.ready.map { $0 + (.zero - back) }
            return plan
        }
    }

    // MARK: - Polling

    /// Begins or ends a time in which no inbox is polled. Whatever became due meanwhile is due at its end, and not late:
    /// nobody's server was in the way.
    package mutating func pause(_ isPaused: Bool, now: Timestamp) {
        self.isPaused = isPaused
        guard !isPaused else { return }
        for (id, plan) in plans where plan.stage == .resting {
            plans[id]?.ready = nil
            plans[id]?.health.nextTry = max(plan.health.nextTry ?? now, now)
        }
    }

    /// Jobs whose time has come, longest overdue first: whoever found no place comes before those that are due later.
    /// They count as running until `finished`.
    package mutating func due(now: Timestamp) -> [Job] {
        look(at: now)
        guard !isPaused else { return [] }
        func ready(_ plan: Plan) -> Timestamp { plan.ready ?? plan.health.nextTry ?? now }
        let due = plans.values
            .filter { $0.stage == .resting && ($0.health.nextTry ?? now) <= now }
            .sorted { (ready($0), $0.mailbox.id) < (ready($1), $1.mailbox.id) }
        for plan in due {
            plans[plan.mailbox.id]?.stage = .polling
            plans[plan.mailbox.id]?.ready = ready(plan)
            plans[plan.mailbox.id]?.health.lastTried = now
        }
        return due.map { Job(mailbox: $0.mailbox, inbox: $0.inbox) }
    }

    /// What a place at the gate is given on: who failed last may be about to hold it for nothing.
    package func standing(_ id: MailboxID) -> HostGate.Standing {
        plans[id]?.health.failure == nil ? .trusted : .doubtful
    }

    /// The poll was really begun.
    /// - Returns: how much too late.
    package mutating func started(_ id: MailboxID, now: Timestamp) -> Duration {
        defer { plans[id]?.ready = nil }
        return max(.zero, now - (plans[id]?.ready ?? now))
    }

    /// The job could not start because there is no place for it: it keeps its turn and is tried again shortly, a doubtful
    /// one less so.
    package mutating func postpone(_ id: MailboxID, now: Timestamp) {
        let patience = standing(id).patience
        plans[id]?.stage = .resting
        plans[id]?.health.nextTry = now + patience
    }

    /// Polls this inbox now, or again right after the poll under way. Returns false if it is not polled at present.
    package mutating func pollNow(_ id: MailboxID, now: Timestamp) -> Bool {
        look(at: now)
        guard plans[id] != nil, !isPaused else { return false }
        if plans[id]?.stage == .polling { plans[id]?.again = true }
        plans[id]?.health.nextTry = now
        return true
    }

    /// Records how a poll ended. Returns the inbox's new health, or `nil` if it has left the registry meanwhile.
    /// - Parameter idles: its connection is kept; what to do with it says `next`.
    package mutating func finished(
        _ id: MailboxID, _ failure: Failure?, hasMore: Bool, idles: Bool = false, now: Timestamp
    ) -> MailboxHealth? {
        look(at: now)
        guard var plan = plans[id] else { return nil }
        plan.stage = idles ? .idling : .resting
        plan.ready = nil
        if let failure {
            plan.health.failed(failure, now: now)
            let rest = PollClock.rest(
                after: failure, failures: plan.health.consecutiveFailures, interval: plan.inbox.interval)
            plan.health.nextTry = now + random.jittered(rest)
        } else {
            plan.health.succeeded(now: now)
            plan.health.nextTry = hasMore ? now : now + random.jittered(plan.inbox.interval)
        }
        if plan.again {
            plan.again = false
            plan.health.nextTry = now
        }
        plans[id] = plan
        return plan.health
    }

    // MARK: - Waiting for news

    /// Whether the connection of this job may be kept for its inbox as it is registered now.
    package func mayIdle(_ job: Job) -> Bool { !isPaused && isCurrent(job) && job.inbox.idle }

    private func isCurrent(_ job: Job) -> Bool {
        plans[job.mailbox.id].map { $0.mailbox == job.mailbox && $0.inbox == job.inbox } ?? false
    }

    /// What to do with the connection of an idling inbox, now that its wait ended.
    ///
    /// `poll` means that a poll is under way over the same connection; after `close` the inbox rests until its time.
    /// - Parameters:
    ///   - heard: when the wait ended; `nil` for now.
    ///   - isInTheWay: the place that the connection has is needed.
    package mutating func next(
        _ job: Job, after wakening: Wakening, heard: Timestamp? = nil, isInTheWay: Bool = false, now: Timestamp
    ) -> Next {
        look(at: now)
        guard var plan = plans[job.mailbox.id], plan.stage == .idling else { return .close }
        defer { plans[job.mailbox.id] = plan }
        plan.losses = wakening == .lost ? plan.losses + 1 : wakening == .called ? plan.losses : 0
        let due = plan.health.nextTry ?? now
        if wakening == .lost {
            let rest = PollClock.rest(afterLosses: plan.losses, interval: plan.inbox.interval)
            plan.health.nextTry = min(due, now + random.jittered(rest))
        }
        guard wakening != .lost, !isInTheWay, mayIdle(job) else {
            plan.stage = .resting
            return .close
        }
        if wakening == .called, due > now { return .wait(due - now) }
        if wakening == .news, let last = plan.health.lastTried, now < last + Self.newsGap {
            plan.health.nextTry = last + Self.newsGap
            return .pause(last + Self.newsGap - now)
        }
        plan.ready = wakening == .news ? heard ?? now : min(due, now)
        plan.stage = .polling
        plan.health.lastTried = now
        return .poll(job)
    }

    /// Whether the connection of an idling inbox is not what is registered any more, or the inbox's time has come.
    package func mustWake(_ job: Job, now: Timestamp) -> Bool {
        guard let plan = plans[job.mailbox.id], plan.stage == .idling, mayIdle(job) else { return true }
        return (plan.health.nextTry ?? now) <= now
    }

    // MARK: - Looking

    /// When the next resting inbox is due; `nil` if none rests. An idling one looks after its time itself.
    package var nextDue: Timestamp? {
        isPaused ? nil : plans.values.filter { $0.stage == .resting }.compactMap(\.health.nextTry).min()
    }

    package var health: [MailboxID: MailboxHealth] { plans.mapValues(\.health) }
    package var running: Set<MailboxID> { ids(in: .polling) }
    package var idling: Set<MailboxID> { ids(in: .idling) }

    private func ids(in stage: Stage) -> Set<MailboxID> {
        Set(plans.values.filter { $0.stage == stage }.map(\.mailbox.id))
    }
}

extension Inbox {
    package var interval: Duration { .seconds(pollSeconds) }
}
