// What the mail room shows of itself: mailboxes, lanes, events and deliveries; changes nothing.

import MaloteCore
import MaloteDesk

extension MailRoom {
    package func status() async throws(Problem) -> StatusReport {
        let registry = parts.board.current
        let inboxHealth = await parts.scheduler.health
        let polling = await parts.scheduler.running
        let idling = await parts.scheduler.idling
        let outboxHealth = await parts.drain.health
        let resting = await parts.drain.resting
        let tokens = await tokens()
        let inboxes = registry.mailboxes.filter { $0.inbox != nil }.map(\.id)
        let delays = [await parts.scheduler.delays, await parts.drain.delays]
        let isWhole = parts.book.isWhole
        let (lanes, holds, counts, oldest, stored) = try await read { store in
            (
                try store.lanes(), try store.holds(), try inboxes.map { try store.ledgerCounts(inbox: $0) },
                try inboxes.map { try store.oldestFresh(inbox: $0) }, isWhole ? [] : try store.health()
            )
        }
        let map = await parts.keeper?.map ?? ClusterMap()
        let others = OthersHealth(stored: stored, notes: await notes(), map: map, now: parts.time.now())
        let waiting = Dictionary(zip(inboxes, oldest), uniquingKeysWith: { first, _ in first })
        let counted = Dictionary(zip(inboxes, counts), uniquingKeysWith: { first, _ in first })
        let health = inboxHealth.merging(outboxHealth) { inbox, _ in inbox }.merging(others.health) { own, _ in own }
        let busy = polling.union(lanes.filter { $0.sending > 0 }.map(\.lane.outbox))
        return StatusReport(
            version: parts.version, now: parts.time.now(), started: started,
            mailboxes: registry.mailboxes.map { mailbox in
                line(
                    mailbox, registry, health: health[mailbox.id], counts: counted[mailbox.id] ?? [:],
                    isBusy: busy.contains(mailbox.id), isIdling: idling.union(others.idling).contains(mailbox.id),
                    oldestWanted: waiting[mailbox.id] ?? nil, token: tokens[mailbox.id],
                    node: map.owner(of: .mailbox(mailbox.id))?.name)
            },
            lanes: lanes.map { lane($0, registry, restsUntil: resting[$0.lane], heldSince: holds[$0.lane.contract]) },
            contracts: registry.contracts.map { line($0, delays) }, endpoints: try await endpoints(contract: nil))
    }

    /// Of other nodes; none where they cannot be asked just now: then what is stored must do.
    private func notes() async -> [NodeToken: [MailboxNote]] {
        guard let keeper = parts.keeper else { return [:] }
        return await (try? keeper.parts.cluster.notes()) ?? [:]
    }

    private func line(_ contract: Contract, _ delays: [DelayBook]) -> StatusReport.ContractLine {
        let now = parts.time.now()
        let worst = delays.compactMap { $0.worst(contract.id, now: now) }.max { $0.delay < $1.delay }
        return StatusReport.ContractLine(
            contract: contract.name.text, worstDelay: worst?.delay.milliseconds ?? 0, worstDelayAt: worst?.time)
    }

    private func line(
        _ mailbox: Mailbox, _ registry: Registry, health: MailboxHealth?, counts: [LedgerEntry.State: Int],
        isBusy: Bool, isIdling: Bool, oldestWanted: Timestamp?, token: TokenForecast?, node: String?
    ) -> StatusReport.MailboxLine {
        let contracts = registry.contracts(using: mailbox)
        let reason = restReason(mailbox, registry)
        // What it remembers of the time when it was used is no news.
        let health = registry.isUsed(mailbox) && reason == nil ? health : nil
        return StatusReport.MailboxLine(
            id: mailbox.id, name: mailbox.name.text, type: mailbox.inbox == nil ? "outbox" : "inbox",
            server: mailbox.server, contracts: contracts.map(\.name.text),
            state: reason == nil ? state(health, isUsed: registry.isUsed(mailbox), isBusy: isBusy) : .resting,
            reason: reason, idling: isIdling,
            failure: health?.failure, failingSince: health?.failingSince,
            consecutiveFailures: health?.consecutiveFailures ?? 0, lastGood: health?.lastGood,
            nextTry: health?.nextTry,
            current: mailbox.inbox == nil ? nil : [health?.lastGood, oldestWanted].compactMap { $0 }.min(),
            messages: Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) }), token: token,
            node: node)
    }

    /// Why an inbox is not polled although it is linked.
    func restReason(_ mailbox: Mailbox, _ registry: Registry) -> String? {
        let (fed, now) = (registry.contracts(fedBy: mailbox.name), parts.time.now())
        guard !fed.isEmpty else { return nil }
        let refusals = fed.compactMap { $0.refusal(at: now) }
        return refusals.count < fed.count ? parts.scheduler.parts.disk.shortage : refusals.joined(separator: " ")
    }

    private func state(_ health: MailboxHealth?, isUsed: Bool, isBusy: Bool) -> StatusReport.MailboxLine.State {
        guard isUsed else { return .unused }
        if let failure = health?.failure { return failure.kind == .operatorNeeded ? .needsAttention : .failing }
        if isBusy { return .busy }
        return health?.lastGood == nil ? .new : .ok
    }

    private func lane(
        _ summary: LaneSummary, _ registry: Registry, restsUntil: Timestamp?, heldSince: Timestamp?
    ) -> StatusReport.LaneLine {
        var line = StatusReport.LaneLine(
            contract: registry.name(of: summary.lane.contract), outbox: registry.name(of: summary.lane.outbox),
            summary: summary)
        if let restsUntil, let next = line.nextAttempt { line.nextAttempt = max(next, restsUntil) }
        line.heldSince = heldSince
        if heldSince != nil { line.nextAttempt = nil }
        return line
    }

    private static var whoseAcknowledged: Problem {
        .invalid(field: "after", "each contract has its own acknowledged event.", remedy: "Name the contract.")
    }

    package func events(_ query: EventQuery) async throws(Problem) -> [TicketEvent] {
        let contract = try query.contract.map { (text) throws(Problem) in try self.contract(named: text).id }
        let deadline = parts.time.now() + .seconds(min(max(query.waitSeconds, 0), 60))
        let limit = min(max(query.limit, 1), 1000)
        while true {
            let seen = parts.eventBell.generation
            let found = try await read { store in
                guard query.after == EventQuery.acknowledged else {
                    return try store.events(
                        contract: contract, after: query.after.map(EventID.init(rawValue:)), limit: limit)
                }
                guard let contract else { throw Self.whoseAcknowledged }
                let place = try store.acknowledged(contract: contract) ?? .unsaved
                return try store.events(of: contract, behind: place, limit: limit).map(\.event)
            }
            let left = deadline - parts.time.now()
            guard found.isEmpty, left > .zero, !parts.stop.isSet, !Task.isCancelled else { return found }
            // The stop flag is looked at again at least every second, so that a long poll cannot hold up a stop.
            await parts.eventBell.wait(after: seen, for: min(left, .seconds(1)), time: parts.time)
        }
    }
}

extension Registry {
    // Rows outlive what they belonged to: a deleted contract's mail stays visible under its number.
    func name(of id: ContractID) -> String {
        // In parentheses, which no contract's name can have.
        if id == MailRoom.alertContract { return "(alerts)" }
        return contract(id)?.name.text ?? (id.rawValue < 0 ? "drill" : "#\(id)")
    }
    func name(of id: MailboxID) -> String { mailbox(id)?.name.text ?? (id.rawValue < 0 ? "drill" : "#\(id)") }

    /// The other way round.
    func contractID(_ name: String) -> ContractID? {
        if let number = name.first == "#" ? Int64(name.dropFirst()) : nil { return ContractID(rawValue: number) }
        return ContractName(name).flatMap { contract($0)?.id }
    }

    /// Contracts that take mail from this inbox, or send through this outbox by their own choice or the system's.
    func contracts(using mailbox: Mailbox) -> [Contract] {
        contracts.filter { contract in
            if contract.inboxes.contains(mailbox.name) { return true }
            switch contract.outbox {
            case .standard: return systemOutbox == mailbox.name
            case .mailbox(let name): return name == mailbox.name
            }
        }
    }

    /// The mailbox, and its contract when there is just one: a field has one value.
    func logFields(_ mailbox: Mailbox) -> [Log.Field: String] {
        let users = contracts(using: mailbox)
        return users.count == 1
            ? [.mailbox: mailbox.name.text, .contract: users[0].name.text] : [.mailbox: mailbox.name.text]
    }

    func isUsed(_ mailbox: Mailbox) -> Bool {
        if systemOutbox == mailbox.name || !contracts(using: mailbox).isEmpty { return true }
        return flows.contains { flow in
            flow.steps.contains { step in
                if case .email(let email) = step, email.outbox == .specific(mailbox.name) { return true }
                return false
            }
        }
    }
}

extension StoreReading {
    /// Since when the oldest message that is not fetched yet has been known; the backlog makes no inbox late.
    fileprivate func oldestFresh(inbox: MailboxID) throws -> Timestamp? {
        try wanted(inbox: inbox, limit: 1).first { !$0.isBacklog }?.history.decisions.first?.time
    }
}
