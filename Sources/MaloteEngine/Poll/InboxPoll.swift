// One poll of one inbox, from connection to goodbye; decisions are Discovery's and Intake's, this only carries them out.

import MaloteCore

/// Runs a poll: discover what is new, fetch it in rounds, commit each batch, and only then touch the server.
///
/// Crash safety (docs/queue.md): a message is `wanted` in the ledger before it is fetched, final in the same commit as
/// its event, and settled on the server after that. Whatever a crash interrupts is taken up by the next poll.
package struct InboxPoll: Sendable {
    /// Messages asked for in one FETCH: so many if a round of many was quick, and else this many, so that what is new
    /// does not wait long behind what is old.
    private static let roundMessages = 2000
    private static let slowRoundMessages = 500
    private static let quickRound = Duration.seconds(10)
    /// Messages and time of one turn: after that no further round is begun, and other inboxes get theirs. What came
    /// meanwhile is listed first in the next one.
    private static let turnMessages = 10_000
    private static let turn = Duration.seconds(60)
    private static let batchLimits = ArrivalBatch.Limits(messages: 200, octets: 2 << 20, spooled: 2)
    /// A message whose fetch failed or came back empty this often is given up on.
    private static let fetchAttempts = 3

    let job: PollPlanner.Job
    let connector: any InboxConnector
    let store: any Store
    let intake: Intake
    let limits: InboxLimits
    let lastGood: Timestamp?
    let stop: StopFlag
    let disk: DiskReserve
    let watch: PollWatch
    var book: LeaseBook = .whole

    /// What a poll did, and its connection if it is still open.
    struct Outcome: Sendable {
        var report: PollReport
        var session: (any InboxSession)?
    }

    /// Polls, and says goodbye.
    func run() async throws(Failure) -> PollReport { try await run(over: nil, staysOpen: false).report }

    /// Runs off the caller's actor: a poll parses mail.
    ///
    /// - Parameters:
    ///   - kept: the connection of an earlier poll; `nil` opens one.
    ///   - staysOpen: the connection is not closed if there is nothing more to fetch and it can tell of news.
    /// - Throws: the first fault that kept the poll from doing everything. What was committed before stays.
    @concurrent func run(
        over kept: (any InboxSession)?, staysOpen: Bool
    ) async throws(Failure) -> Outcome {
        watch.begin()
        let result = await withTaskGroup(of: Result<Outcome, Failure>?.self) { group in
            group.addTask {
                do throws(Failure) { return .success(try await work(over: kept, staysOpen: staysOpen)) } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await watch.keep()
                return nil
            }
            var result: Result<Outcome, Failure>?
            // Whichever ends first ends the other.
            while let ended = await group.next() {
                result = ended ?? result
                group.cancelAll()
            }
            return result ?? .failure(Failure(.transient, .shuttingDown, "The poll was called off."))
        }
        do throws(Failure) { return try result.get() } catch { throw watch.verdict(error) }
    }

    private func work(over kept: (any InboxSession)?, staysOpen: Bool) async throws(Failure) -> Outcome {
        let (session, folder) = try await open(kept)
        watch.follow(session)
        do throws(Failure) {
            var report = PollReport()
            try await discover(session, folder)
            let settleFailure = try await fetchRounds(session, &report)
            if staysOpen, settleFailure == nil, !report.hasMore, session.canIdle {
                return Outcome(report: report, session: session)
            }
            if let fault = try await finish(session) ?? settleFailure { throw fault }
            return Outcome(report: report)
        } catch {
            await session.abandon()
            throw error
        }
    }

    /// The folder as it is now. A kept connection on which it cannot be had is no fault of the inbox: it is opened anew.
    private func open(_ kept: (any InboxSession)?) async throws(Failure) -> (any InboxSession, OpenFolder) {
        if let kept {
            if let folder = try? await kept.reopen(), folder.validity == kept.folder.validity { return (kept, folder) }
            try? await kept.close()
        }
        let session = try await connector.open(job.mailbox, inbox: job.inbox, limits: limits)
        return (session, session.folder)
    }

    // MARK: - Discovery

    private func discover(_ session: any InboxSession, _ folder: OpenFolder) async throws(Failure) {
        switch job.inbox.access {
        case .imap: try await discoverByCursor(session, folder)
        case .pop3: try await discoverByListing(session)
        }
    }

    private func discoverByCursor(_ session: any InboxSession, _ folder: OpenFolder) async throws(Failure) {
        let (id, inbox) = (job.mailbox.id, job.inbox)
        let cursor = try await read { try $0.cursor(inbox: id, folder: inbox.folder) }
        let discovery = Discovery(
            mailbox: id, inbox: inbox, folder: folder, cursor: cursor, lastGood: lastGood)
        guard cursor == nil || discovery.selection != nil || discovery.reason == .renumbered else { return }
        var listed: [RemoteMessage] = []
        if let selection = discovery.selection {
            listed = try await session.list(selection)
            watch.listed()
        }
        let (wanted, next) = discovery.outcome(listed: listed, start: inbox.start)
        guard !wanted.isEmpty || next != cursor else { return }
        let now = intake.now
        try await write { store in
            try store.want(wanted, isBacklog: discovery.isBacklog, reason: "It is on the server.", at: now)
            try store.setCursor(next)
        }
    }

    private func discoverByListing(_ session: any InboxSession) async throws(Failure) {
        let (id, inbox) = (job.mailbox.id, job.inbox)
        let listed = try await session.list(.all)
        watch.listed()
        let now = intake.now
        try await write { store in
            // A cursor of another numbering is from times when the inbox was IMAP.
            let isFirst = try store.cursor(inbox: id, folder: inbox.folder)?.validity != 0
            let known = try store.known(inbox: id, folder: inbox.folder, validity: 0, uids: listed.map(\.uid))
            let fresh = listed.filter { !known.contains($0.uid) }.map {
                LedgerKey(inbox: id, folder: inbox.folder, validity: 0, uid: $0.uid)
            }
            if isFirst, inbox.start == .new {
                try store.record(fresh.map { LedgerEntry(key: $0, state: .passedOver, settled: true) })
            } else {
                try store.want(fresh, isBacklog: isFirst, reason: "It is on the server.", at: now)
            }
            if isFirst {
                try store.setCursor(FolderCursor(inbox: id, folder: inbox.folder, validity: 0, lastUID: 0))
            }
        }
    }

    // MARK: - Fetching

    /// - Returns: a fault of `after:` that did not keep messages from being stored, to be reported at the end.
    private func fetchRounds(
        _ session: any InboxSession, _ report: inout PollReport
    ) async throws(Failure) -> Failure? {
        var settleFailure: Failure?
        var silent: Set<LedgerKey> = []
        let begun = intake.now
        var (left, reach) = (Self.turnMessages, Self.slowRoundMessages)
        while true {
            let now = intake.now
            let isOver = left <= 0 || now - begun >= Self.turn
            let isCalledOff = stop.isSet || !book.holds(.mailbox(job.mailbox.id))
            let entries = isCalledOff ? [] : try await nextRound(min(reach, max(left, 1)), without: silent)
            report.hasMore = !entries.isEmpty && isOver
            if !entries.isEmpty, !isOver {
                let batch = try await fetch(entries, session)
                report.add(await batch.report)
                silent.formUnion(await batch.missing.map(\.key))
            }
            if settleFailure == nil { settleFailure = try await settle(session) }
            if entries.isEmpty || isOver { return settleFailure }
            left -= entries.count
            // A handful proves nothing.
            let isQuick = entries.count >= Self.slowRoundMessages && intake.now - now < Self.quickRound
            reach = isQuick ? Self.roundMessages : Self.slowRoundMessages
        }
    }

    /// The oldest wanted rows, of the backlog only if there are no others. One that failed before goes alone, so that it
    /// cannot spoil the round of others; one that the server was `silent` about is left to the next poll.
    private func nextRound(
        _ messages: Int, without silent: Set<LedgerKey>
    ) async throws(Failure) -> [LedgerEntry] {
        let (id, limit) = (job.mailbox.id, messages + silent.count)
        let entries = try await read { try $0.wanted(inbox: id, limit: limit) }.filter { !silent.contains($0.key) }
        guard let first = entries.first else { return [] }
        if first.attempts > 0 { return [first] }
        let alike = entries.prefix { $0.attempts == 0 && $0.isBacklog == first.isBacklog }
        return Array(alike.prefix(messages))
    }

    private func fetch(_ entries: [LedgerEntry], _ session: any InboxSession) async throws(Failure) -> ArrivalBatch {
        let current = entries.filter { isCurrent($0, session) }
        let batch = ArrivalBatch(job: job, intake: intake, store: store, entries: current)
        do throws(Failure) {
            try await fetch(current, session, into: batch)
        } catch {
            // What came whole before the fault is stored; the message after it is the suspect.
            let fault = watch.verdict(error)
            try? await batch.blame(failure: fault, limit: Self.fetchAttempts)
            throw fault
        }
        // Rows of an older numbering cannot be fetched any more; a renumbered folder was listed afresh above.
        try await batch.recordRenumbered(entries.filter { !isCurrent($0, session) })
        try await batch.recordMissing(limit: Self.fetchAttempts)
        return batch
    }

    /// Ends when everything that came is committed, also if the fetching fails.
    private func fetch(
        _ entries: [LedgerEntry], _ session: any InboxSession, into batch: ArrivalBatch
    ) async throws(Failure) {
        guard !entries.isEmpty else { return }
        async let reading: Void = batch.readWhatComes()
        async let committing: Void = batch.commitWhatComes()
        var failure: Failure?
        do throws(Failure) {
            try await session.fetch(entries.map(\.key.uid)) { message throws(Failure) in
                if try await batch.add(message, limits: Self.batchLimits) { watch.advanced(messages: 1) }
                if disk.isShort { throw .diskReserved }
            }
        } catch { failure = error }
        do throws(Failure) { try await batch.end() } catch { failure = failure ?? error }
        await reading
        await committing
        if let failure { throw failure }
        try await batch.verdict()
    }

    /// Whether the row is of the folder as it is numbered now: only then does its UID mean anything.
    private func isCurrent(_ entry: LedgerEntry, _ session: any InboxSession) -> Bool {
        entry.key.folder == job.inbox.folder && entry.key.validity == session.folder.validity
    }

    // MARK: - Settling

    /// Applies `after:` to everything stored and not yet settled, this poll's messages and what a crash left.
    private func settle(_ session: any InboxSession) async throws(Failure) -> Failure? {
        // POP3 deletions count only after QUIT: `finish` marks them.
        guard job.inbox.access == .imap else { return nil }
        let id = job.mailbox.id
        while true {
            let entries = try await read { try $0.unsettled(inbox: id, limit: Self.roundMessages) }
            guard !entries.isEmpty else { return nil }
            var refused: [String: Failure] = [:]
            do {
                refused = try await settle(entries, session)
            } catch {
                guard error.cause != .disconnected, error.cause != .silentPeer else { throw error }
                return error
            }
            try await recordSettled(entries, without: refused)
            if let fault = refused.values.first { return fault }
        }
    }

    /// POP3 deletions are sure once `close` has succeeded; only then are the rows settled.
    /// - Returns: the fault of a message that the server would not delete. Its row stays unsettled.
    private func finish(_ session: any InboxSession) async throws(Failure) -> Failure? {
        guard job.inbox.access == .pop3 else {
            try await session.close()
            return nil
        }
        let id = job.mailbox.id
        let entries = try await read { try $0.unsettled(inbox: id, limit: 10_000) }
        let refused = try await settle(entries, session)
        try await session.close()
        try await recordSettled(entries, without: refused)
        return refused.values.first
    }

    /// Rows of an older numbering mean nothing to the server any more.
    private func settle(
        _ entries: [LedgerEntry], _ session: any InboxSession
    ) async throws(Failure) -> [String: Failure] {
        let current = entries.filter { isCurrent($0, session) }
        return current.isEmpty ? [:] : try await session.settle(current.map(\.key.uid), after: job.inbox.after)
    }

    private func recordSettled(_ entries: [LedgerEntry], without refused: [String: Failure]) async throws(Failure) {
        let keys = entries.map(\.key).filter { refused[$0.uid] == nil }
        let now = intake.now
        guard !keys.isEmpty else { return }
        try await write { try $0.settle(keys, at: now) }
        watch.advanced(messages: keys.count)
    }

    // MARK: - Store

    private func read<T: Sendable>(
        _ body: @escaping @Sendable (any StoreReading) throws -> T
    ) async throws(Failure) -> T {
        do { return try await store.read(body) } catch { throw Failure(storing: error) }
    }

    private func write<T: Sendable>(
        _ body: @escaping @Sendable (any StoreWriting) throws -> T
    ) async throws(Failure) -> T {
        do { return try await store.write(body) } catch { throw Failure(storing: error) }
    }
}

extension PollReport {
    mutating func add(_ other: PollReport) {
        new += other.new
        duplicate += other.duplicate
        quarantined += other.quarantined
        refused += other.refused
        vanished += other.vanished
    }
}

extension Failure {
    /// What the store threw: its own `Failure`, or a defect of ours that must not look like the server's fault.
    init(storing error: any Error) {
        self =
            error as? Failure
            ?? Failure(.transient, .defect, "An internal error occurred: \(String(describing: type(of: error))).")
    }
}
