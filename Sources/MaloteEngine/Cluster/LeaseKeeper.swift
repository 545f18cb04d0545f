// Keeps this node's lease and its shares; knows neither the database nor what is done with a share.

import MaloteCore

/// Renews the lease, does what `LeasePlanner` says, and ends the daemon when the lease is lost.
///
/// A share is begun with only once it is this node's in the store *and* what its former holder left in flight is settled;
/// it is given back only once the work on it has stopped.
package actor LeaseKeeper {
    package struct Parts: Sendable {
        package var cluster: any ClusterStore
        package var node: NodeIntroduction
        package var book: LeaseBook
        package var board: RegistryBoard
        package var store: any Store
        package var journal: any AttemptJournal
        package var intake: Intake
        package var gate: HostGate
        package var scheduler: PollScheduler
        package var drain: QueueDrain
        package var events: EventDelivery
        package var tokens: any TokenDesk
        package var time: any TimeSource
        package var signs: VitalSigns
        package var stop: StopFlag
        package var log: Log
        /// Called at once when the lease is lost, before anything is put away: the process is to end without delay.
        package var onLoss: @Sendable (Failure) -> Void

        package init(
            cluster: any ClusterStore, node: NodeIntroduction, book: LeaseBook, board: RegistryBoard,
            store: any Store, journal: any AttemptJournal, intake: Intake, gate: HostGate, scheduler: PollScheduler,
            drain: QueueDrain, events: EventDelivery, tokens: any TokenDesk, time: any TimeSource, signs: VitalSigns,
            stop: StopFlag, log: Log, onLoss: @escaping @Sendable (Failure) -> Void = { _ in }
        ) {
            self.cluster = cluster
            self.node = node
            self.book = book
            self.board = board
            self.store = store
            self.journal = journal
            self.intake = intake
            self.gate = gate
            self.scheduler = scheduler
            self.drain = drain
            self.events = events
            self.tokens = tokens
            self.time = time
            self.signs = signs
            self.stop = stop
            self.log = log
            self.onLoss = onLoss
        }
    }

    /// When the database does not answer.
    private static let retry = Duration.seconds(1)
    private static let sign = "lease keeper"
    /// Spans of one share that are looked back on.
    private static let mostSpans = 20

    nonisolated let parts: Parts
    package private(set) var map = ClusterMap()
    package private(set) var me = NodeToken.unsaved
    private var former: NodeToken?
    /// What the former life's journal proves, as long as this one lasts.
    private var leftover = JournalLeftover(isSameBoot: false, finalDots: [], answers: [:])
    private var gaveUp: [String: Timestamp] = [:]
    private var wish = (made: ShareWish(), registry: -1, perHost: -1)
    private var seed: UInt64
    /// What the last turn was planned on, if it came to nothing.
    private var settled: Outlook?
    private var isCutOff = false
    var noted: Noted?
    /// Rung when there is news of shares or wishes.
    package nonisolated let nudge = Bell()

    package init(_ parts: Parts, seed: UInt64) {
        self.parts = parts
        self.seed = seed
    }

    private var book: LeaseBook { parts.book }

    // MARK: - Joining

    /// Takes this node's place. To be called before anything else is written to the store.
    package func join() async throws(Failure) {
        let sent = book.uptimeNow()
        let membership = try await parts.cluster.join(parts.node)
        renewed(sent)
        (me, former, leftover) = (membership.token, membership.former, parts.journal.leftover())
        try await take(membership.inherited.map { ClaimedShare(share: $0, lostBy: former) })
        parts.journal.clear()
        let count = membership.inherited.count
        parts.log(
            .notice,
            "node \(parts.node.name) has joined the cluster" + (count > 0 ? " and goes on with \(count) shares." : "."))
    }

    private func renewed(_ sent: Duration) {
        book.renewed(sent: sent, for: ClusterTerms.lease - ClusterTerms.margin)
    }

    // MARK: - The loop

    /// Runs until asked to stop or cancelled; then waits for the work under way, gives everything back and leaves.
    /// - Throws: `Failure(.transient, .lease)` once the lease is lost.
    package func run() async throws(Failure) {
        parts.signs.register(Self.sign, limit: .seconds(60))
        defer { parts.signs.retire(Self.sign) }
        let loss = await withTaskGroup(of: Failure?.self) { group in
            group.addTask { await self.watchDeadline() }
            group.addTask { await self.keep() }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let loss { throw loss }
    }

    /// - Returns: why there is nothing to keep any more; `nil` after an orderly end.
    private func keep() async -> Failure? {
        do throws(Failure) {
            while !parts.stop.isSet, !Task.isCancelled {
                let heard = [book.quiet, parts.board.changed, nudge].map { ($0, $0.generation) }
                let again = try await attempt { () throws(Failure) in try await self.turn() } ?? false
                parts.signs.tick(Self.sign)
                guard !again, !parts.stop.isSet else { continue }
                let rest = isCutOff ? Self.retry : ClusterTerms.renewal
                await Bell.waitForAny((isCutOff ? [] : heard) + [(parts.stop.bell, 0)], for: rest, time: parts.time)
            }
            try await putAway()
            return nil
        } catch { return Task.isCancelled ? nil : lost(error) }
    }

    /// - Returns: `nil` if the database could not be asked: that is tried again, until the lease is over.
    private func attempt<Value>(_ body: () async throws(Failure) -> Value) async throws(Failure) -> Value? {
        do throws(Failure) {
            let value = try await body()
            if isCutOff { parts.log(.notice, "The database answers again.") }
            isCutOff = false
            return value
        } catch {
            if error.cause == .lease { throw error }
            if !isCutOff {
                parts.log(
                    .error, "the node's lease could not be renewed, and is tried on: \(error)",
                    [.cause: error.cause.rawValue])
            }
            isCutOff = true
            return nil
        }
    }

    /// - Returns: the loss, if the lease ends before the task is cancelled.
    private func watchDeadline() async -> Failure? {
        while !Task.isCancelled {
            let left = book.left
            guard left > .zero else {
                return lost(
                    Failure(
                        .transient, .lease,
                        "The node's lease is over: it could not be renewed in time.",
                        remedy: "Look whether the database can be reached, and whether this machine stood still."))
            }
            try? await parts.time.sleep(for: left)
        }
        return nil
    }

    private func lost(_ failure: Failure) -> Failure {
        book.lose()
        parts.onLoss(failure)
        return failure
    }

    // MARK: - One turn

    /// - Returns: whether there is more to do at once.
    private func turn() async throws(Failure) -> Bool {
        try await renew()
        followRegistry()
        try await adopt()
        try await leaveNotes()
        let outlook = Outlook(map, registry: wish.registry, book: book.changed.generation)
        guard outlook != settled else { return false }
        let plan = LeasePlanner(map, me: me, wish: wish.made, mine: book.entries, gaveUp: gaveUp).turn()
        settled = plan.isNothing && outlook.isCalm ? outlook : nil
        let again = try await obey(plan)
        useParts()
        return again
    }

    private func renew() async throws(Failure) {
        let short = parts.gate.takeShortages().filter { wish.made.hosts[$0]?.isCrowded ?? false }
        try await renew(waiting: short.sorted())
        if try await release() { useParts() }
        if try await !carryOutWishes().isEmpty { parts.signs.tick(Self.sign) }
    }

    private func renew(waiting hosts: [String]) async throws(Failure) {
        let sent = book.uptimeNow()
        let view = try await parts.cluster.renew(after: map.generation, waiting: hosts)
        map.add(view, at: book.uptimeNow())
        renewed(sent)
    }

    private func followRegistry() {
        let (seen, perHost) = (parts.board.changed.generation, parts.gate.limits.perHost)
        guard wish.registry != seen || wish.perHost != perHost else { return }
        wish = (ShareWish(parts.board.current, perHost: perHost), seen, perHost)
        useParts()
    }

    private func obey(_ plan: LeasePlanner.Turn) async throws(Failure) -> Bool {
        var again = false
        if !plan.expels.isEmpty {
            for token in try await parts.cluster.expel(plan.expels) {
                let name = map.node(token)?.name ?? "\(token)"
                parts.log(.warning, "node \(name) is silent and was expelled: its shares go to others.")
                again = true
            }
        }
        if !plan.adds.isEmpty || !plan.drops.isEmpty {
            try await parts.cluster.want(adding: plan.adds, dropping: plan.drops)
            again = true
        }
        for host in plan.callsBack.compactMap(\.host) { gaveUp[host] = map.time }
        book.callBack(plan.callsBack)
        useParts()
        _ = try await release()
        if !plan.claims.isEmpty {
            let claimed = try await parts.cluster.claim(plan.claims)
            try await take(claimed)
            again = again || !claimed.isEmpty
        }
        return again
    }

    // MARK: - Taking and giving back

    /// What is this node's in the store and not in its book: the answer to a claim was lost.
    private func adopt() async throws(Failure) {
        let entries = book.entries
        let unknown = map.shares.values.filter { $0.owner == me && entries[$0.share] == nil }.map(\.share)
        try await take(unknown.sorted().map { ClaimedShare(share: $0, lostBy: nil) })
    }

    /// What the former holders left in flight is settled before anybody here works on it.
    private func take(_ claimed: [ClaimedShare]) async throws(Failure) {
        guard !claimed.isEmpty else { return }
        var (outboxes, proved): (Set<MailboxID>, Set<MailboxID>) = ([], [])
        for entry in claimed {
            guard case .mailbox(let id) = entry.share else { continue }
            outboxes.insert(id)
            if let lostBy = entry.lostBy, lostBy == former, try await mayProve(id) { proved.insert(id) }
        }
        seed &+= 1
        let count = try await Recovery.run(
            outboxes: outboxes, proved: proved, by: former == nil ? .nothing : leftover,
            withDrills: claimed.contains { $0.share == .chores }, store: parts.store, intake: parts.intake,
            now: parts.time.now(), seed: seed)
        if count > 0 { parts.log(.notice, "\(count) deliveries were under way when their node stopped.") }
        map.moved(claimed.map(\.share), to: me)
        book.take(claimed.map(\.share))
        useParts()
    }

    /// Whether what the journal is silent about was not handed over: everything in flight must be the former life's own.
    ///
    /// It is, unless that life got the outbox from a node that was expelled: it may have ended before it had settled what
    /// that one left.
    private func mayProve(_ outbox: MailboxID) async throws(Failure) -> Bool {
        let isInFlight: Bool
        do { isInFlight = try await parts.store.read { try !$0.interrupted(outbox: outbox).isEmpty } } catch {
            throw Failure(storing: error)
        }
        guard isInFlight else { return true }
        let spans = try await parts.cluster.history(LeaseHistoryFilter(share: .mailbox(outbox), limit: Self.mostSpans))
        // This life's span, the former one's, and then whose it was before that.
        for span in spans.dropFirst(2) where span.end != .inherited { return span.end == .released }
        return spans.count < Self.mostSpans
    }

    /// - Returns: whether something went back.
    @discardableResult
    private func release() async throws(Failure) -> Bool {
        var shares: [Share] = []
        var places: [String: [Share]] = [:]
        for share in book.resting {
            if let host = share.host { places[host, default: []].append(share) } else { shares.append(share) }
        }
        let held = Dictionary(grouping: book.entries.keys.filter { $0.host != nil }, by: { $0.host ?? "" })
        for (host, leaving) in places {
            // Connections are not numbered: so many places can go as there are more than connections.
            shares += leaving.prefix(max(0, (held[host]?.count ?? 0) - parts.gate.open(host)))
        }
        guard !shares.isEmpty else { return false }
        try await parts.cluster.release(shares)
        map.moved(shares, to: nil)
        book.drop(shares)
        return true
    }

    /// Tells the gate what this node may use of each host's connections.
    private func useParts() {
        let entries = book.entries
        var places: [String: Int] = [:]
        for (share, mine) in entries where !mine.isLeaving {
            if let host = share.host { places[host, default: 0] += 1 }
        }
        var usable: [String: HostGate.Part] = [:]
        for (name, host) in wish.made.hosts {
            let own = host.needs.reduce(0) { entries[.mailbox($1.key)] == nil ? $0 : $0 + $1.value }
            usable[name] = .init(places: host.isCrowded ? places[name] ?? 0 : own, isOwn: !host.isCrowded)
        }
        if parts.gate.setParts(usable) { book.changed.ring() }
    }

    // MARK: - Wishes

    private func carryOutWishes() async throws(Failure) -> [Wish] {
        let wishes = try await parts.cluster.takeWishes()
        for wish in wishes {
            if case .mailbox(let id) = wish.share { await parts.tokens.forgetFailures(of: id) }
            switch (wish.act, wish.share) {
            case (.poll, .mailbox(let id)): _ = await parts.scheduler.pollNow(id)
            case (.probe, .mailbox(let id)): await parts.drain.probe(outboxes: [id])
            case (.look, .endpoint(let id)): await parts.events.look(at: id)
            default: continue
            }
        }
        return wishes
    }

    /// Another node works on it, or will: it is asked to do something.
    /// - Returns: false if it is this node's own.
    package func passOn(_ wish: Wish) async throws(Failure) -> Bool {
        guard !book.holds(wish.share) else { return false }
        try await parts.cluster.wish(wish)
        return true
    }

    // MARK: - The end

    /// Waits for the work under way to end, giving back what has, and then leaves.
    private func putAway() async throws(Failure) {
        book.callBack(Array(book.entries.keys))
        let name = parts.node.name
        var isTold = false
        while !Task.isCancelled {
            let seen = book.quiet.generation
            // Else the others would leave it its part.
            if !isTold {
                isTold =
                    try await attempt { () throws(Failure) in
                        try await self.parts.cluster.setState(.draining, of: name)
                    } ?? false
            }
            _ = try await attempt { () throws(Failure) in try await self.renewAtTheEnd() }
            if book.entries.keys.allSatisfy({ $0.host != nil }) { break }
            await book.quiet.wait(after: seen, for: ClusterTerms.renewal, time: parts.time)
        }
        guard !Task.isCancelled else { return }
        _ = try await attempt { () throws(Failure) in try await self.parts.cluster.leave() }
        book.drop(Array(book.entries.keys))
    }

    private func renewAtTheEnd() async throws(Failure) {
        try await renew(waiting: [])
        try await release()
    }
}
