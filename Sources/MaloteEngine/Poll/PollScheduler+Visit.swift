// One inbox from its connection to its goodbye: a poll, and while the connection can tell of news, waits and more polls.

import MaloteCore

extension PollScheduler {
    /// A visit that waits for news.
    struct Idler {
        var job: PollPlanner.Job
        var bell: Bell
    }

    /// Holds one place at the gate from its beginning to its end.
    func visit(_ job: PollPlanner.Job, _ standing: HostGate.Standing) async {
        var standing = standing
        var session = await poll(job, over: nil, &standing)
        while let open = session {
            guard await waitForNews(open, job) else {
                try? await open.close()
                break
            }
            session = await poll(job, over: open, &standing)
        }
        parts.gate.leave(job.mailbox.server, standing)
        parts.book.end(.mailbox(job.mailbox.id))
        bell.ring()
    }

    // MARK: - One poll

    /// - Parameter standing: as the place was given; a poll that ends well is trusted.
    /// - Returns: the connection, if it is to wait for news.
    private func poll(
        _ job: PollPlanner.Job, over kept: (any InboxSession)?, _ standing: inout HostGate.Standing
    ) async -> (any InboxSession)? {
        let before = planner.health[job.mailbox.id] ?? MailboxHealth(mailbox: job.mailbox.id)
        let watch = PollWatch(time: parts.time, largest: parts.limits.messageOctets)
        let run = InboxPoll(
            job: job, connector: parts.connector, store: parts.store, intake: parts.intake, limits: parts.limits,
            lastGood: before.lastGood, stop: parts.stop, disk: parts.disk, watch: watch, book: parts.book)
        var outcome = InboxPoll.Outcome(report: PollReport())
        var failure: Failure?
        let began = parts.time.now()
        do { outcome = try await run.run(over: kept, staysOpen: planner.mayIdle(job)) } catch { failure = error }
        if let begun = watch.begun { noteDelay(job, begun: begun) }
        // Our own shutdown says nothing about the server.
        guard failure?.cause != .shuttingDown, !Task.isCancelled else {
            try? await outcome.session?.close()
            return nil
        }
        parts.intake.meter.polled(in: parts.time.now() - began, failure)
        if failure == nil, standing == .doubtful {
            parts.gate.trust(job.mailbox.server)
            standing = .trusted
        }
        let session = await mayRest(job, outcome.session)
        let after = planner.finished(
            job.mailbox.id, failure, hasMore: outcome.report.hasMore, idles: session != nil, now: parts.time.now())
        bell.ring()
        tell(job, outcome.report, failure)
        if let after {
            await parts.intake.recordHealth(
                before: before, after: after, mailbox: job.mailbox, registry: parts.board.current, store: parts.store)
        }
        return session
    }

    /// Closes a connection for which there is no place to rest: its inbox is polled by connecting anew.
    private func mayRest(_ job: PollPlanner.Job, _ session: (any InboxSession)?) async -> (any InboxSession)? {
        guard let session else { return nil }
        if !parts.stop.isSet, planner.mayIdle(job),
            parts.gate.rest(job.account, limit: session.accountConnections)
        {
            return session
        }
        try? await session.close()
        return nil
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

    // MARK: - Waiting for news

    /// - Returns: whether to poll over the connection; else it is to be closed.
    private func waitForNews(_ session: any InboxSession, _ job: PollPlanner.Job) async -> Bool {
        defer { parts.gate.stir(job.account) }
        var heard = Heard(.called, parts.time)
        while !parts.stop.isSet, !Task.isCancelled {
            let isInTheWay = parts.gate.isOver(job.mailbox.server)
            switch planner.next(
                job, after: heard.wakening, heard: heard.time, isInTheWay: isInTheWay, now: parts.time.now())
            {
            case .poll: return true
            case .close: return false
            case .wait(let limit): heard = await listen(session, job, limit)
            case .pause(let pause): heard = Heard(await rest(job, pause), parts.time)
            }
        }
        return false
    }

    /// How a wait ended, and when: what passes from then on is not the server's.
    private struct Heard: Sendable {
        var wakening: PollPlanner.Wakening
        var time: Timestamp

        init(_ wakening: PollPlanner.Wakening, _ time: any TimeSource) {
            self.wakening = wakening
            self.time = time.now()
        }
    }

    /// Until there is news, the time is over, or somebody rings.
    private func listen(_ session: any InboxSession, _ job: PollPlanner.Job, _ limit: Duration) async -> Heard {
        let (log, time) = (parts.log, parts.time)
        return await withTaskGroup(of: Heard.self) { group in
            group.addTask {
                do throws(Failure) {
                    return Heard(try await session.idle(atMost: limit) ? .news : .quiet, time)
                } catch {
                    // Only a wait that was called off may be taken up again: another would end at once, for ever.
                    if error.cause == .shuttingDown, Task.isCancelled { return Heard(.called, time) }
                    log(.debug, "inbox \(job.mailbox.name): it can be polled only: \(error.detail)")
                    return Heard(.lost, time)
                }
            }
            // The session keeps the time; this is for one that does not.
            group.addTask { Heard(await self.rest(job, limit + .seconds(300)), time) }
            let first = await group.next() ?? Heard(.called, time)
            group.cancelAll()
            // Nobody else may use the session while it is waiting.
            for await late in group where late.wakening == .lost { return late }
            return first
        }
    }

    /// Until somebody rings or the time is over.
    private func rest(_ job: PollPlanner.Job, _ limit: Duration) async -> PollPlanner.Wakening {
        let bell = Bell()
        // It may have been meant before there was a bell to ring.
        guard !mustWake(job) else { return .called }
        idlers[job.mailbox.id] = Idler(job: job, bell: bell)
        defer { idlers[job.mailbox.id] = nil }
        await Bell.waitForAny([(bell, 0), (parts.stop.bell, 0)], for: limit, time: parts.time)
        return .called
    }

    /// Rings where the registry, the clock or another node has something else in mind than to wait.
    func wakeIdlers() {
        for idler in idlers.values where mustWake(idler.job) { idler.bell.ring() }
    }

    private func mustWake(_ job: PollPlanner.Job) -> Bool {
        planner.mustWake(job, now: parts.time.now()) || parts.gate.isOver(job.mailbox.server)
    }
}

extension PollPlanner.Job {
    fileprivate var account: HostGate.Account {
        HostGate.Account(host: mailbox.server, user: mailbox.login?.user ?? "")
    }
}
