// What keeps deliveries from leaving, over a value: holds, rates and suppressed addresses.

import MaloteCore

extension MemoryTransaction {
    func holds() throws -> [ContractID: Timestamp] { state.holds }

    func setHold(_ contract: ContractID, since: Timestamp?) throws { state.holds[contract] = since }

    func sentCounts(outbox: MailboxID) throws -> [SentCount] { state.sentCounts[outbox] ?? [] }

    func countSent(outbox: MailboxID, _ counts: [SentCount]) throws {
        var kept = state.sentCounts[outbox] ?? []
        for new in counts {
            kept.removeAll { $0.span == new.span && $0.slot < new.slot - 12 }
            if let place = kept.firstIndex(where: { $0.span == new.span && $0.slot == new.slot }) {
                kept[place].count += new.count
            } else {
                kept.append(new)
            }
        }
        state.sentCounts[outbox] = kept
    }

    func suppressed(contract: ContractID, addresses: [String]) throws -> [Suppression] {
        let wanted = Set(addresses.map { $0.lowercased() })
        return state.suppressions.filter { $0.contract == contract && wanted.contains($0.address) }
    }

    func suppressions(contract: ContractID?, after: Suppression?, limit: Int) throws -> [Suppression] {
        func isBefore(_ a: Suppression, _ b: Suppression) -> Bool {
            (b.since, a.contract, a.address) < (a.since, b.contract, b.address)
        }
        let found = state.suppressions.filter { row in
            (contract ?? row.contract) == row.contract && (after.map { isBefore($0, row) } ?? true)
        }
        return Array(found.sorted(by: isBefore).prefix(limit))
    }

    func suppress(_ suppression: Suppression) throws {
        guard try suppressed(contract: suppression.contract, addresses: [suppression.address]).isEmpty else { return }
        state.suppressions.append(suppression)
    }

    func unsuppress(contract: ContractID, address: String) throws -> Bool {
        let before = state.suppressions.count
        state.suppressions.removeAll { $0.contract == contract && $0.address == address.lowercased() }
        return state.suppressions.count < before
    }
}

extension MemoryTransaction {
    /// Row numbers are places, so the rows stay, as somebody's whom nobody knows.
    func erase(_ lane: Lane) throws {
        let nobody = Lane(contract: ContractID(rawValue: .min), outbox: MailboxID(rawValue: .min))
        for place in state.deliveries.indices where state.deliveries[place].lane == lane {
            state.queued.remove(place)
            (state.deliveries[place].lane, state.deliveries[place].state) = (nobody, .cancelled)
        }
        for place in state.notifications.indices where state.notifications[place].lane == lane {
            state.notifications[place].lane = nobody
        }
        state.laneCounts[lane] = nil
        state.health[lane.outbox] = nil
        state.sentCounts[lane.outbox] = nil
    }
}

// MARK: - Contracts

extension MemoryTransaction {
    func tickets(contract: ContractID, after number: Int, limit: Int) throws -> [Ticket] {
        let found = state.tickets.filter { $0.contract == contract && $0.number > number }
        return Array(found.sorted { $0.number < $1.number }.prefix(limit))
    }

    func notifications(
        contract: ContractID, after id: NotificationID, limit: Int
    ) throws -> [NotificationID] {
        let found = state.notifications.filter { $0.lane.contract == contract && $0.id > id }
        return Array(found.map(\.id).sorted().prefix(limit))
    }

    func rows(of contract: ContractID) throws -> ErasedRows {
        var rows = ErasedRows()
        rows.messages = state.messages.count { $0.contract == contract }
        rows.tickets = state.tickets.count { $0.contract == contract }
        rows.events = state.events.count { $0.contract == contract }
        rows.notifications = state.notifications.count { $0.lane.contract == contract }
        rows.occasions = state.occasions.count { $0.contract == contract }
        rows.approvals = state.approvals.count { $0.contract == contract }
        rows.suppressions = state.suppressions.count { $0.contract == contract }
        return rows
    }

    func raiseTicketNumber(contract: ContractID, to number: Int) throws {
        state.ticketNumbers[contract] = max(state.ticketNumbers[contract] ?? 0, number)
    }

    func removeSources(
        of contract: ContractID, before time: Timestamp, noting decision: Decision, limit: Int
    ) throws -> Removal {
        let old = state.messages.indices.filter { place in
            let message = state.messages[place]
            return message.contract == contract && message.received < time && message.fate != .quarantined
                && !state.sourceless.contains(place)
        }
        for place in old.prefix(limit) {
            state.sourceless.insert(place)
            state.sources[place] = []
            try note(decision, on: state.messages[place].id)
        }
        return Removal(count: min(old.count, limit), isDone: old.count < limit)
    }

    func removeEvents(of contract: ContractID, before time: Timestamp, limit: Int) throws -> Removal {
        let refused = state.refusedEvents.filter { $0.contract == contract }.map(\.place).min()
        let position = state.endpoints[contract]?.position
        let old = state.events.filter { $0.contract == contract }.prefix { event in
            guard event.time < time, let place = state.eventPlaces[event.id] else { return false }
            return position.map { place <= $0 } ?? true && refused.map { place < $0 } ?? true
        }.prefix(limit)
        let ids = Set(old.map(\.id))
        state.events.removeAll { ids.contains($0.id) }
        return Removal(count: old.count, isDone: old.count < limit)
    }

    /// Everything at once. Rows whose numbers are their places stay, as somebody's whom nobody knows.
    func eraseRows(of contract: ContractID, limit: Int) throws -> ErasedRows {
        let rows = try rows(of: contract)
        let nobody = ContractID(rawValue: .min)
        for lane in Set(state.notifications.map(\.lane)) where lane.contract == contract { try erase(lane) }
        for place in state.messages.indices where state.messages[place].contract == contract {
            state.messages[place].contract = nobody
            state.sources[place] = []
        }
        for place in state.tickets.indices where state.tickets[place].contract == contract {
            state.tickets[place].contract = nobody
        }
        state.events.removeAll { $0.contract == contract }
        state.occasions.removeAll { $0.contract == contract }
        state.approvals.removeAll { $0.contract == contract }
        state.plannedSteps.removeAll { $0.contract == contract }
        state.suppressions.removeAll { $0.contract == contract }
        state.course.removeAll { $0.contract == contract }
        (state.holds[contract], state.threads[contract], state.ticketNumbers[contract]) = (nil, nil, nil)
        state.ticketPlaces[contract] = nil
        try closeEndpoint(of: contract)
        state.acknowledged[contract] = nil
        return rows
    }
}
