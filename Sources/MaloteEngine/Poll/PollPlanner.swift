// Decides which inbox is polled when; a pure value: no clock, no network, no store.

import MaloteCore

/// The poll schedule of every linked inbox, and how each has been doing.
///
/// An inbox is `resting` until its time, `running` while one poll is under way (never two), and leaves when it is no
/// longer registered or linked. A changed inbox is polled at once: the operator may just have mended it.
package struct PollPlanner: Sendable {
    private struct Plan: Sendable {
        var mailbox: Mailbox
        var inbox: Inbox
        var health: MailboxHealth
        var isRunning = false
        /// Set when a poll is asked for while one is under way.
        var again = false
    }

    /// One poll to run.
    package struct Job: Sendable, Hashable {
        package var mailbox: Mailbox
        package var inbox: Inbox
    }

    private var plans: [MailboxID: Plan] = [:]
    private var random: SeededRandom

    package init(seed: UInt64) { random = SeededRandom(seed: seed) }

    // MARK: - The registry

    /// Takes over the registry: adds, changes and drops plans. `remembered` is the health stored by earlier runs.
    package mutating func follow(_ registry: Registry, remembered: [MailboxID: MailboxHealth], now: Timestamp) {
        let linked = Set(registry.contracts.flatMap(\.inboxes))
        var kept: [MailboxID: Plan] = [:]
        for mailbox in registry.mailboxes where linked.contains(mailbox.name) {
            guard let inbox = mailbox.inbox else { continue }
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

    private func mend(_ plan: inout Plan, now: Timestamp) {
        plan.health.consecutiveFailures = 0
        plan.health.nextTry = now
        plan.again = plan.isRunning
    }

    /// A remembered rest is kept, so that a crash loop does not hammer a server; but never longer than the clock of
    /// its fault allows, in case the wall clock was set back.
    private func firstTry(of health: MailboxHealth, interval: Duration, now: Timestamp) -> Timestamp {
        guard let failure = health.failure, let next = health.nextTry else { return now }
        let longest = PollClock.rest(after: failure, failures: health.consecutiveFailures, interval: interval) * 2
        return min(max(next, now), now + longest)
    }

    // MARK: - Polling

    /// Jobs whose time has come, longest overdue first. They count as running until `finished`.
    package mutating func due(now: Timestamp) -> [Job] {
        let ready = plans.values
            .filter { !$0.isRunning && ($0.health.nextTry ?? now) <= now }
            .sorted { ($0.health.nextTry ?? now, $0.mailbox.id) < ($1.health.nextTry ?? now, $1.mailbox.id) }
        for plan in ready {
            plans[plan.mailbox.id]?.isRunning = true
            plans[plan.mailbox.id]?.health.lastTried = now
        }
        return ready.map { Job(mailbox: $0.mailbox, inbox: $0.inbox) }
    }

    /// The job could not start because its server's host is full: it keeps its place and is tried again shortly.
    package mutating func postpone(_ id: MailboxID, now: Timestamp) {
        plans[id]?.isRunning = false
        plans[id]?.health.nextTry = now + .milliseconds(500)
    }

    /// Polls this inbox now, or again right after the poll under way. Returns false if it is not polled at all.
    package mutating func pollNow(_ id: MailboxID, now: Timestamp) -> Bool {
        guard plans[id] != nil else { return false }
        if plans[id]?.isRunning == true { plans[id]?.again = true }
        plans[id]?.health.nextTry = now
        return true
    }

    /// Records how a poll ended. Returns the inbox's new health, or `nil` if it has left the registry meanwhile.
    package mutating func finished(_ id: MailboxID, _ failure: Failure?, hasMore: Bool, now: Timestamp)
        -> MailboxHealth?
    {
        guard var plan = plans[id] else { return nil }
        plan.isRunning = false
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

    // MARK: - Looking

    /// When the next resting inbox is due; `nil` if none rests.
    package var nextDue: Timestamp? {
        plans.values.filter { !$0.isRunning }.compactMap(\.health.nextTry).min()
    }

    package var health: [MailboxID: MailboxHealth] { plans.mapValues(\.health) }
    package var running: Set<MailboxID> { Set(plans.values.filter(\.isRunning).map(\.mailbox.id)) }
}

extension Inbox {
    package var interval: Duration { .seconds(pollSeconds) }
}
