// What waits for a person, and filing it again; how that is done is the intake's.

import MaloteCore
import MaloteDesk

extension MailRoom {
    package func quarantine(_ query: QuarantineQuery) async throws(Problem) -> [QuarantineLine] {
        let found = try await held(query)
        if found.isEmpty, let id = query.id { throw Self.notHeld(id) }
        return found
    }

    private static func notHeld(_ id: String) -> Problem {
        Problem(
            status: 404, title: "Not found",
            detail:
                "There is nothing \(id.onOneLine) in quarantine. It may have been filed meanwhile: see message show.")
    }

    private func held(_ query: QuarantineQuery) async throws(Problem) -> [QuarantineLine] {
        let registry = parts.board.current
        // Two lists are merged: of each as many as there may be, so that a later page misses nothing.
        let limit = 10_000
        var filter = MessageFilter(fates: [.quarantined], limit: limit)
        if let text = query.contract { filter.contract = try contract(named: text).id }
        if let text = query.inbox { filter.inbox = try mailbox(named: text).id }
        filter.since = try since(query.since)
        let number = try query.id.map { text throws(Problem) in try QuarantineNumber(text) }
        let (selection, since) = (filter, filter.since)
        let lines = try await read { store in
            switch number {
            case .message(let id):
                return try store.message(id).map { [$0] }?.filter { $0.fate == .quarantined }
                    .map { try store.held($0, registry) } ?? []
            case .ledger(let id):
                return try store.ledger(id).map { [$0] }?.filter(\.isUnfetched).map { registry.held($0) } ?? []
            case nil:
                return try store.messages(selection).map { try store.held($0, registry) }
                    + store.unfetched(limit: limit).map { registry.held($0) }
            }
        }
        let place = try query.after.map { text throws(Problem) in try QuarantinePlace(text) }
        let fitting = lines.filter { line in
            (query.contract.map(line.contracts.contains) ?? true) && (query.inbox ?? line.inbox) == line.inbox
                && (since.map { line.time ?? $0 >= $0 } ?? true) && line.holds(query.search ?? "")
                && (place.map { $0 < QuarantinePlace(line) } ?? true)
        }
        return Array(
            fitting.sorted { QuarantinePlace($0) < QuarantinePlace($1) }.prefix(min(max(query.limit, 1), limit)))
    }

    // MARK: - Replay

    package func replay(
        _ query: QuarantineQuery, passingRules: Bool, dryRun: Bool
    ) async throws(Problem) -> [ReplayResult] {
        // By its number it may be closed already: to say it twice is no error.
        var found = try await held(query).map(\.id)
        if let id = query.id, found.isEmpty {
            let number = try QuarantineNumber(id)
            let wanted = try query.contract.map { text throws(Problem) in try contract(named: text).id }
            let isKnown = try await read { store in
                switch number {
                case .message(let id): try store.message(id).map { wanted == nil || $0.contract == wanted } ?? false
                case .ledger(let id): try wanted == nil && store.ledger(id) != nil
                }
            }
            guard isKnown else { throw Self.notHeld(id) }
            found = [id]
        }
        var results: [ReplayResult] = []
        // Oldest first: an answer must find the ticket that waits beside it.
        for id in found.reversed() {
            switch try QuarantineNumber(id) {
            case .message(let number):
                results.append(try await file(number, passingRules: passingRules, dryRun: dryRun))
            case .ledger(let number): results.append(try await want(number, dryRun: dryRun))
            }
        }
        if !dryRun { parts.intake.ring() }
        return results
    }

    private func file(_ id: MessageID, passingRules: Bool, dryRun: Bool) async throws(Problem) -> ReplayResult {
        let registry = parts.board.current
        let (message, row) = try await read { store in (try store.message(id), try store.ledger(of: id)) }
        guard let message else { throw Self.notHeld(id.description) }
        let arrival = try await arrival(of: message, row)
        do {
            let replay = try replay(message, arrival, registry, passingRules: passingRules)
            return try await parts.store.write { try replay.run(dryRun: dryRun, $0) }
        } catch let rehearsal as Replay.Rehearsal {
            return rehearsal.result
        } catch {
            let failure = Failure(storing: error)
            guard failure.isAboutMessage else { throw Problem(failure) }
            if !dryRun {
                let line = Decision(
                    .replayed, at: parts.time.now(), "An operator had it filed again: \(failure.detail)")
                try await write { try $0.note(line, on: id) }
            }
            return ReplayResult(
                id: id.description, outcome: .kept, contract: registry.name(of: message.contract),
                reason: failure.detail)
        }
    }

    private func replay(
        _ message: StoredMessage, _ arrival: Arrival, _ registry: Registry, passingRules: Bool
    ) throws(Failure) -> Replay {
        let mailbox = registry.mailbox(message.inbox)
        guard let name = mailbox?.name ?? MailboxName("inbox-\(message.inbox)") else {
            throw Failure(.transient, .defect, "An inbox has no name.")
        }
        let source = Filing.Source(id: message.inbox, name: name, inbox: mailbox?.inbox)
        let filing = Filing(intake: parts.intake, registry: registry, source: source, now: parts.time.now())
        return Replay(filing: filing, message: message, arrival: arrival, passingRules: passingRules)
    }

    /// What could not be fetched can only be asked for again.
    private func want(_ id: LedgerID, dryRun: Bool) async throws(Problem) -> ReplayResult {
        let (number, now) = ("u\(id)", parts.time.now())
        guard let row = try await read({ try $0.ledger(id) }), row.isUnfetched else {
            return ReplayResult(id: number, outcome: .closed, reason: "It is not in quarantine any more.")
        }
        let registry = parts.board.current
        let name = registry.name(of: row.entry.key.inbox)
        guard let mailbox = registry.mailbox(row.entry.key.inbox), !registry.contracts(fedBy: mailbox.name).isEmpty
        else {
            return ReplayResult(id: number, outcome: .kept, reason: "Inbox \(name) is not polled any more.")
        }
        let reason = "Nothing of it is stored here: inbox \(name) is asked for it again."
        if !dryRun {
            try await write { store in
                guard var entry = try store.ledger(id)?.entry, entry.state == .quarantined else { return }
                entry.state = .wanted
                // Not from nothing: so it is fetched alone and spoils no other's round.
                entry.attempts = 1
                entry.settled = false
                entry.history.add(.wantedAgain, at: now, "An operator asked for it again.")
                try store.record([entry])
            }
            _ = try await pollSoon(mailbox.id)
        }
        return ReplayResult(id: number, outcome: .wanted, reason: reason)
    }
}

/// How operators name what is in quarantine.
private enum QuarantineNumber {
    case message(MessageID)
    case ledger(LedgerID)

    init(_ text: String) throws(Problem) {
        if let number = Int64(text) {
            self = .message(MessageID(rawValue: number))
        } else if text.hasPrefix("u"), let number = Int64(text.dropFirst()) {
            self = .ledger(LedgerID(rawValue: number))
        } else {
            throw Problem.invalid(
                field: "id", "\"\(text.onOneLine)\" is not a number of the quarantine.",
                remedy: "Write one that quarantine list shows, such as 17 or u12.")
        }
    }
}

/// Where a line stands in the list: latest first.
private struct QuarantinePlace: Comparable {
    private var time: Int64
    /// Messages stand before what could not be fetched.
    private var isUnfetched: Bool
    private var number: Int64

    init(_ line: QuarantineLine) {
        time = line.time?.milliseconds ?? 0
        isUnfetched = line.id.hasPrefix("u")
        number = Int64(isUnfetched ? line.id.dropFirst() : line.id[...]) ?? 0
    }

    init(_ cursor: String) throws(Problem) {
        let words = cursor.split(separator: "-", maxSplits: 1).map(String.init)
        let isUnfetched = words.last?.hasPrefix("u") ?? false
        guard words.count == 2, let time = Int64(words[0]),
            let number = Int64(isUnfetched ? words[1].dropFirst() : words[1][...])
        else { throw PageWish().badCursor(cursor) }
        (self.time, self.isUnfetched, self.number) = (time, isUnfetched, number)
    }

    static func < (a: Self, b: Self) -> Bool {
        (b.time, a.isUnfetched ? 1 : 0, b.number) < (a.time, b.isUnfetched ? 1 : 0, a.number)
    }
}

extension LedgerRow {
    fileprivate var isUnfetched: Bool { entry.state == .quarantined && message == nil }
}

extension QuarantineLine {
    fileprivate func holds(_ search: String) -> Bool {
        let needle = search.lowercased()
        return needle.isEmpty
            || [reason, message?.from ?? "", message?.subject ?? ""].contains { $0.lowercased().contains(needle) }
    }
}

extension Registry {
    fileprivate func held(_ row: LedgerRow) -> QuarantineLine {
        let last = row.entry.history.last(.quarantined)
        return QuarantineLine(
            id: "u\(row.id)", inbox: name(of: row.entry.key.inbox),
            contracts: mailbox(row.entry.key.inbox).map { contracts(fedBy: $0.name).map(\.name.text) } ?? [],
            time: last?.time, reason: last?.reason ?? "It could not be fetched.", attempts: row.entry.attempts,
            uid: row.entry.key.uid, message: nil)
    }
}

extension StoreReading {
    fileprivate func held(_ message: StoredMessage, _ registry: Registry) throws -> QuarantineLine {
        let entry = try ledger(of: message.id)?.entry
        return QuarantineLine(
            id: message.id.description, inbox: registry.name(of: message.inbox),
            contracts: [registry.name(of: message.contract)], time: message.received,
            reason: message.history.last(.quarantined)?.reason ?? "It could not be filed.",
            attempts: entry?.attempts ?? 0, uid: entry?.key.uid, message: try line(message, registry))
    }
}
