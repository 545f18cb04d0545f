// Reads and commits fetched messages in groups; knows nothing of the session they come from.

import MaloteCore

/// The messages of one FETCH round. `add` gathers them and hands them over by the hundred; `readWhatComes` parses and
/// `commitWhatComes` commits them meanwhile: the network, the parser and the disk work side by side, and memory stays
/// bounded by five such groups.
actor ArrivalBatch {
    /// When a group is full: whatever is reached first.
    struct Limits: Sendable {
        var messages: Int
        /// Octets of all messages: what is held in memory, and how long one transaction keeps others waiting.
        var octets: Int
        /// Messages in the spool: each holds a file open.
        var spooled: Int
    }

    private struct Fetched: Sendable {
        var entry: LedgerEntry
        var message: FetchedMessage
    }

    private let job: PollPlanner.Job
    private let intake: Intake
    private let store: any Store
    private var open: [String: LedgerEntry]
    private let order: [LedgerEntry]
    private var gathered: [Fetched] = []
    private var octets = 0
    private var spooled = 0
    private(set) var report = PollReport()
    private var fault: Failure?
    private let fetched = HandOff<[Fetched]>()
    private let read = HandOff<[Arrival]>()

    /// What was asked for and has not come.
    var missing: [LedgerEntry] { order.filter { open[$0.key.uid] != nil } }

    /// - Parameter entries: rows of one numbering, so that their UIDs tell them apart.
    init(job: PollPlanner.Job, intake: Intake, store: any Store, entries: [LedgerEntry]) {
        self.job = job
        self.intake = intake
        self.store = store
        order = entries
        open = Dictionary(entries.map { ($0.key.uid, $0) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: - Fetching

    /// - Returns: whether it was asked for. A body that was not, or a second one for the same UID, is the server's noise.
    /// - Throws: what reading or committing has thrown meanwhile.
    @discardableResult
    func add(_ message: FetchedMessage, limits: Limits) async throws(Failure) -> Bool {
        guard let entry = open.removeValue(forKey: message.uid) else { return false }
        gathered.append(Fetched(entry: entry, message: message))
        if case .raw(let raw) = message.content {
            octets += raw.size
            if raw.isSpooled { spooled += 1 }
        }
        if gathered.count >= limits.messages || octets >= limits.octets || spooled >= limits.spooled {
            try await handOver()
        }
        return true
    }

    private func handOver() async throws(Failure) {
        let group = gathered
        (gathered, octets, spooled) = ([], 0, 0)
        guard await !fetched.give(group), let fault else { return }
        throw fault
    }

    /// Nothing more is added: what has gathered is handed over.
    /// - Throws: what reading or committing has thrown meanwhile.
    func end() async throws(Failure) {
        defer { fetched.end() }
        if !gathered.isEmpty { try await handOver() }
    }

    // MARK: - Beside the fetching

    /// Parses, until `end`.
    func readWhatComes() async {
        while let group = await fetched.take().first {
            do throws(Failure) {
                guard await read.give(try await Self.arrivals(group, intake)) else { break }
            } catch {
                fault = error
                break
            }
        }
        fetched.end()
        read.end()
    }

    /// Off this actor, which is wanted for what comes meanwhile.
    @concurrent private static func arrivals(_ group: [Fetched], _ intake: Intake) async throws(Failure) -> [Arrival] {
        var arrivals: [Arrival] = []
        arrivals.reserveCapacity(group.count)
        for fetched in group { arrivals.append(try await intake.read(fetched.entry, fetched.message)) }
        return arrivals
    }

    /// Commits, until everything is read.
    func commitWhatComes() async {
        while let group = await read.take().first {
            do throws(Failure) {
                for state in try await intake.commit(group, job: job, store: store) { report.count(state) }
            } catch {
                fault = error
                break
            }
        }
        read.end()
    }

    /// - Throws: what reading or committing has thrown, once both are over.
    func verdict() throws(Failure) { if let fault { throw fault } }

    // MARK: - What did not come

    /// The connection broke: the first message that had not come may be the reason. Counts it, and gives it up after
    /// `limit` tries, so that one poisonous message cannot block its inbox for ever.
    func blame(failure: Failure, limit: Int) async throws(Failure) {
        guard failure.mayBeAMessages, let suspect = missing.first else { return }
        try await record([suspect], limit: limit, givenUp: .quarantined, reason: failure.detail)
    }

    /// The server answered without these: they may be gone, or it may be confused; a few more polls tell.
    func recordMissing(limit: Int) async throws(Failure) {
        try await record(missing, limit: limit, givenUp: .vanished, reason: "the server no longer has it")
    }

    /// Rows whose UIDs the server has given up: nothing can be fetched by them.
    func recordRenumbered(_ entries: [LedgerEntry]) async throws(Failure) {
        try await record(entries, limit: 0, givenUp: .vanished, reason: "the folder was renumbered")
    }

    private func record(
        _ entries: [LedgerEntry], limit: Int, givenUp: LedgerEntry.State, reason: String
    ) async throws(Failure) {
        guard !entries.isEmpty else { return }
        let now = intake.now
        let next = entries.map { entry in
            var entry = entry
            entry.attempts += 1
            entry.history.add(givenUp == .vanished ? .gone : .fetchFailed, at: now, reason)
            if entry.attempts >= limit {
                entry.state = givenUp
                entry.settled = true
                if givenUp == .quarantined {
                    entry.history.add(
                        .quarantined, at: now, "It could not be fetched \(entry.attempts) times: \(reason)")
                }
            }
            return entry
        }
        let quarantined = next.filter { $0.state == .quarantined }
        for entry in next where entry.state != .wanted { report.count(entry.state) }
        let (intake, job) = (intake, job)
        do {
            try await store.write { store in
                try store.record(next)
                for entry in quarantined { try intake.reportUnfetchable(entry, reason: reason, job: job, store: store) }
            }
        } catch { throw Failure(storing: error) }
    }
}

extension Failure {
    /// What we did wrong, or the server says of itself, its account or its folder, is no message's fault.
    fileprivate var mayBeAMessages: Bool {
        switch cause {
        case .silentPeer, .disconnected, .protocolBroken, .rejected, .tooLarge: true
        default: false
        }
    }
}
