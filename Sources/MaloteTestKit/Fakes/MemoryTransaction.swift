// The verbs of the Store port over a value: registry, ledger, messages; knows nothing of commits.

import MaloteCore

final class MemoryTransaction: StoreWriting {
    var state: MemoryState

    init(_ state: MemoryState) { self.state = state }

    func missing(_ what: String) -> Failure { Failure(.transient, .defect, "There is no \(what).") }

    // MARK: - Registry

    func registry() throws -> Registry { state.registry }
    func registryVersion() throws -> Int64 { state.registryVersion }

    func apply(_ changes: [RegistryChange]) throws {
        for change in changes { apply(change) }
        if !changes.isEmpty { state.registryVersion += 1 }
        state.registry.mailboxes.sort { $0.name < $1.name }
        state.registry.contracts.sort { $0.name < $1.name }
        state.registry.flows.sort { $0.name < $1.name }
        state.registry.templates.sort { ($0.name, $0.language) < ($1.name, $1.language) }
    }

    private func apply(_ change: RegistryChange) {
        var registry = state.registry
        defer { state.registry = registry }
        switch change {
        case .setSystemOutbox(let name): registry.systemOutbox = name
        case .setAlerts(let addresses): registry.alerts = addresses
        case .putMailbox(var mailbox):
            let free = (registry.mailboxes.map(\.id.rawValue).max() ?? 0) + 1
            mailbox.id = registry.mailbox(mailbox.name)?.id ?? MailboxID(rawValue: free)
            registry.mailboxes.removeAll { $0.name == mailbox.name }
            registry.mailboxes.append(mailbox)
        case .deleteMailbox(let name): registry.mailboxes.removeAll { $0.name == name }
        case .putContract(var contract):
            let free = (registry.contracts.map(\.id.rawValue).max() ?? 0) + 1
            contract.id = registry.contract(contract.name)?.id ?? ContractID(rawValue: free)
            registry.contracts.removeAll { $0.name == contract.name }
            registry.contracts.append(contract)
        case .deleteContract(let name): registry.contracts.removeAll { $0.name == name }
        case .putFlow(let flow):
            registry.flows.removeAll { $0.name == flow.name }
            registry.flows.append(flow)
        case .deleteFlow(let name): registry.flows.removeAll { $0.name == name }
        case .putTemplate(let template):
            registry.templates.removeAll { $0.name == template.name && $0.language == template.language }
            registry.templates.append(template)
        case .deleteTemplate(let name, let language):
            registry.templates.removeAll { $0.name == name && $0.language == language }
        }
    }

    // MARK: - Ledger

    func cursor(inbox: MailboxID, folder: String) throws -> FolderCursor? {
        state.cursors.first { $0.inbox == inbox && $0.folder == folder }
    }

    func setCursor(_ cursor: FolderCursor) throws {
        state.cursors.removeAll { $0.inbox == cursor.inbox && $0.folder == cursor.folder }
        state.cursors.append(cursor)
    }

    func wanted(inbox: MailboxID, limit: Int) throws -> [LedgerEntry] {
        let wanted = openRows.lazy.filter { $0.key.inbox == inbox && $0.state == .wanted }
        let fresh = Array(wanted.filter { !$0.isBacklog }.prefix(limit))
        return fresh + wanted.filter(\.isBacklog).prefix(max(0, limit - fresh.count))
    }

    func unsettled(inbox: MailboxID, limit: Int) throws -> [LedgerEntry] {
        Array(openRows.lazy.filter { $0.key.inbox == inbox && $0.state != .wanted }.prefix(limit))
    }

    private var openRows: [LedgerEntry] { state.openRows.sorted().map { state.ledger[$0] } }

    private func follow(_ place: Int) {
        if state.ledger[place].settled { state.openRows.remove(place) } else { state.openRows.insert(place) }
    }

    func known(inbox: MailboxID, folder: String, validity: UInt32, uids: [String]) throws -> Set<String> {
        Set(
            uids.filter {
                let key = LedgerKey(inbox: inbox, folder: folder, validity: validity, uid: $0)
                return state.ledgerPlaces[key] != nil
            })
    }

    func ledgerCounts(inbox: MailboxID) throws -> [LedgerEntry.State: Int] {
        Dictionary(grouping: state.ledger.filter { $0.key.inbox == inbox }, by: \.state).mapValues(\.count)
    }

    @discardableResult
    func want(_ keys: [LedgerKey], isBacklog: Bool, reason: String, at time: Timestamp) throws -> Int {
        var (history, added) = (History(), 0)
        history.add(.seen, at: time, reason)
        for key in keys {
            guard state.ledgerPlaces[key].map({ state.ledger[$0].state == .passedOver }) ?? true else { continue }
            try record([LedgerEntry(key: key, state: .wanted, isBacklog: isBacklog, history: history)])
            added += 1
        }
        return added
    }

    func record(_ entries: [LedgerEntry]) throws {
        for entry in entries {
            if let place = state.ledgerPlaces[entry.key] {
                state.ledger[place] = entry
                follow(place)
            } else {
                state.ledgerPlaces[entry.key] = state.ledger.count
                state.ledger.append(entry)
                follow(state.ledger.count - 1)
            }
        }
    }

    func settle(_ keys: [LedgerKey], at time: Timestamp) throws {
        for key in keys {
            guard let place = state.ledgerPlaces[key] else { throw missing("ledger row \(key.uid)") }
            state.ledger[place].settled = true
            state.openRows.remove(place)
            state.ledger[place].history.add(.settled, at: time, "The server was told.")
        }
    }

    // MARK: - Messages and tickets

    func message(contract: ContractID, messageID: String?, sha256: Digest) throws -> StoredMessage? {
        (state.digestPlaces[sha256] ?? []).lazy.map { self.state.messages[$0] }.first {
            $0.contract == contract && $0.messageID == messageID
        }
    }

    func message(_ id: MessageID) throws -> StoredMessage? { state.messages.first { $0.id == id } }

    func message(contract: ContractID, messageID: String) throws -> StoredMessage? {
        state.messages.last { $0.contract == contract && $0.messageID == messageID }
    }

    func rawSource(of message: MessageID) throws -> [UInt8]? {
        let place = Int(message.rawValue) - 1
        let isHere = state.sources.indices.contains(place) && !state.sourceless.contains(place)
        return isHere ? state.sources[place] : nil
    }

    func rawSource(of message: MessageID, from offset: Int) throws -> [UInt8]? {
        try rawSource(of: message).map { Array($0.dropFirst(offset).prefix(RawMessage.pieceSize)) }
    }

    func rawSize(of message: MessageID) throws -> Int? { try rawSource(of: message)?.count }

    func newMessageID() throws -> MessageID { MessageID(rawValue: Int64(state.messages.count + 1)) }

    @discardableResult
    func insert(_ message: StoredMessage, raw: RawMessage, ledger: LedgerKey?) throws -> MessageID {
        if let ledger, state.ledgerPlaces[ledger] == nil { throw missing("ledger row \(ledger.uid)") }
        var message = message
        state.digestPlaces[message.sha256, default: []].append(state.messages.count)
        message.id = try newMessageID()
        state.messages.append(message)
        state.origins.append(ledger.flatMap { state.ledgerPlaces[$0] })
        state.sources.append(try raw.bytes())
        return message.id
    }

    func ticket(_ id: TicketID) throws -> Ticket? {
        let place = Int(id.rawValue) - 1
        return state.tickets.indices.contains(place) ? state.tickets[place] : nil
    }

    func ticket(contract: ContractID, key: String) throws -> Ticket? {
        state.ticketPlaces[contract]?[key].map { state.tickets[$0] }
    }

    func ticket(contract: ContractID, threadedBy messageIDs: [String]) throws -> Ticket? {
        for id in messageIDs { if let found = state.threads[contract]?[id] { return try ticket(found) } }
        return nil
    }

    func hasMail(from address: String, ticket: TicketID) throws -> Bool {
        state.messages.contains { message in
            message.ticket == ticket && [.opened, .replied].contains(message.fate)
                && message.from.lowercased() == address.lowercased()
        }
    }

    func nextTicketNumber(contract: ContractID) throws -> Int {
        state.ticketNumbers[contract, default: 0] += 1
        return state.ticketNumbers[contract, default: 0]
    }

    func insert(_ ticket: Ticket) throws -> TicketID {
        guard try self.ticket(contract: ticket.contract, key: ticket.key) == nil else {
            throw Failure(.transient, .defect, "There is a ticket \(ticket.key) already.")
        }
        var ticket = ticket
        ticket.id = TicketID(rawValue: Int64(state.tickets.count + 1))
        state.ticketPlaces[ticket.contract, default: [:]][ticket.key] = state.tickets.count
        state.tickets.append(ticket)
        return ticket.id
    }

    func thread(_ messageID: String, into ticket: TicketID, contract: ContractID) throws {
        guard try self.ticket(ticket)?.contract == contract else { throw missing("ticket \(ticket)") }
        if state.threads[contract]?[messageID] == nil { state.threads[contract, default: [:]][messageID] = ticket }
    }

    func setExternal(_ external: String, ticket: TicketID) throws {
        guard let place = state.tickets.firstIndex(where: { $0.id == ticket }) else {
            throw missing("ticket \(ticket)")
        }
        state.tickets[place].external = external
    }

    func setClosed(_ closed: Timestamp?, ticket: TicketID) throws {
        guard let place = state.tickets.firstIndex(where: { $0.id == ticket }) else {
            throw missing("ticket \(ticket)")
        }
        state.tickets[place].closed = closed
    }

    // MARK: - Events and health

    func events(contract: ContractID?, after: EventID?, limit: Int) throws -> [TicketEvent] {
        let start = after.flatMap { id in state.events.firstIndex { $0.id == id } }.map { $0 + 1 } ?? 0
        return Array(state.events[start...].lazy.filter { contract == nil || $0.contract == contract }.prefix(limit))
    }

    func append(_ event: TicketEvent) throws {
        state.lastEventPlace = EventPlace(rawValue: state.lastEventPlace.rawValue + 1)
        state.eventPlaces[event.id] = state.lastEventPlace
        state.events.append(event)
    }

    func health() throws -> [MailboxHealth] { state.health.values.sorted { $0.mailbox < $1.mailbox } }
    func setHealth(_ health: MailboxHealth) throws { state.health[health.mailbox] = health }
}
