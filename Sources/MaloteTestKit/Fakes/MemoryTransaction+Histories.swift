// Looking for messages, what was decided about them, and how much was answered, over a value.

import MaloteCore

extension MemoryTransaction {
    func messages(_ filter: MessageFilter) throws -> [StoredMessage] {
        Array(state.messages.lazy.reversed().filter { self.fits($0, filter) }.prefix(filter.limit))
    }

    private func fits(_ message: StoredMessage, _ filter: MessageFilter) -> Bool {
        let origin = state.origins[Int(message.id.rawValue) - 1].map { LedgerID(rawValue: Int64($0 + 1)) }
        return filter.fates.contains(message.fate) && (filter.contract ?? message.contract) == message.contract
            && (filter.inbox ?? message.inbox) == message.inbox
            && (filter.ticket == nil || filter.ticket == message.ticket)
            && (filter.ledger == nil || filter.ledger == origin)
            && (filter.messageID == nil || filter.messageID == message.messageID)
            && (filter.since ?? message.received) <= message.received
            && (filter.before.map { message.id < $0 } ?? true)
            && (filter.search.isEmpty
                || [message.from, message.subject, message.messageID ?? ""].contains {
                    MessageFilter.folded($0).contains(filter.needle)
                })
    }

    func update(_ message: StoredMessage) throws {
        let place = try place(of: message.id)
        state.messages[place].contract = message.contract
        state.messages[place].fate = message.fate
        state.messages[place].ticket = message.ticket
        state.messages[place].history = message.history
    }

    func note(_ decision: Decision, on message: MessageID) throws {
        state.messages[try place(of: message)].history.add(decision)
    }

    private func place(of message: MessageID) throws -> Int {
        let place = Int(message.rawValue) - 1
        guard state.messages.indices.contains(place) else { throw missing("message \(message)") }
        return place
    }

    // MARK: - Ledger

    func ledger(_ id: LedgerID) throws -> LedgerRow? {
        let place = Int(id.rawValue) - 1
        guard state.ledger.indices.contains(place) else { return nil }
        let message = state.origins.lastIndex(of: place).map { MessageID(rawValue: Int64($0 + 1)) }
        return LedgerRow(id: id, message: message, entry: state.ledger[place])
    }

    func ledger(of message: MessageID) throws -> LedgerRow? {
        let place = Int(message.rawValue) - 1
        guard state.origins.indices.contains(place), let origin = state.origins[place] else { return nil }
        return try ledger(LedgerID(rawValue: Int64(origin + 1)))
    }

    func unfetched(limit: Int) throws -> [LedgerRow] {
        let stored = Set(state.origins.compactMap { $0 })
        return try state.ledger.indices.reversed()
            .filter { state.ledger[$0].state == .quarantined && !stored.contains($0) }.prefix(limit)
            .compactMap { try ledger(LedgerID(rawValue: Int64($0 + 1))) }
    }

    // MARK: - Events and answers

    func event(_ id: EventID) throws -> TicketEvent? { state.events.first { $0.id == id } }

    func notifications(ticket: TicketID) throws -> [NotificationID] {
        state.notifications.filter { $0.ticket == ticket }.map(\.id)
    }

    func answers(contract: ContractID, scope: String, hour: Int64) throws -> AnswerCount {
        func count(_ hour: Int64) -> Int { state.answers[.init(contract: contract, scope: scope, hour: hour)] ?? 0 }
        return AnswerCount(thisHour: count(hour), lastHour: count(hour - 1))
    }

    func countAnswer(contract: ContractID, scopes: [String], hour: Int64) throws {
        for scope in scopes { state.answers[.init(contract: contract, scope: scope, hour: hour), default: 0] += 1 }
        state.answers = state.answers.filter { $0.key.contract != contract || $0.key.hour >= hour - 1 }
    }
}
