// A ticket with all that belongs to it, and the ticket system's own id for it.

import MaloteCore

extension MailRoom {
    package func ticket(_ key: String, contract: String?) async throws(Problem) -> TicketReport {
        try await report(try await find(ticket: key, contract: contract))
    }

    package func link(ticket key: String, contract: String?, external: String) async throws(Problem) -> TicketReport {
        guard (1...255).contains(external.utf8.count), !external.hasControlCharacter else {
            throw Problem.invalid(
                field: "external", "it must be one line of 1 to 255 octets.", remedy: "Write the ticket system's id.")
        }
        let id = try await find(ticket: key, contract: contract).id
        let linked = try await write { store in
            try store.setExternal(external, ticket: id)
            return try store.ticket(id)
        }
        guard let linked else { throw Self.noTicket(key) }
        return try await report(linked)
    }

    /// Within all contracts, unless one is named. A prefix that changed hands can make a key ambiguous.
    func find(ticket key: String, contract: String?) async throws(Problem) -> Ticket {
        let registry = parts.board.current
        let contracts = try contract.map { text throws(Problem) in [try self.contract(named: text)] }
        let found = try await read { store in
            try (contracts ?? registry.contracts).compactMap { try store.ticket(contract: $0.id, key: key) }
        }
        guard let first = found.first else { throw Self.noTicket(key) }
        guard found.count == 1 else {
            let names = found.map { registry.name(of: $0.contract) }.joined(separator: ", ")
            throw Problem(
                status: 409, title: "Several tickets",
                detail: "Several contracts have a ticket \(first.key): \(names). Name one with --contract.")
        }
        Deed.current?.isAbout(registry.name(of: first.contract))
        return first
    }

    static func noTicket(_ key: String) -> Problem {
        Problem(status: 404, title: "Not found", detail: "There is no ticket \(key.onOneLine).")
    }

    func report(_ ticket: Ticket) async throws(Problem) -> TicketReport {
        let (registry, now) = (parts.board.current, parts.time.now())
        return try await read { store in
            let messages = try store.messages(MessageFilter(ticket: ticket.id, limit: 1000)).reversed()
            let occasions = try store.occasions(contract: nil, ticket: ticket.id, limit: 1000)
            let histories = messages.map(\.history) + occasions.map(\.history)
            let events = try histories.flatMap(\.decisions).compactMap { decision in
                guard decision.step == .event, let id = decision.reference else { return TicketEvent?.none }
                return try store.event(EventID(rawValue: id))
            }.sorted { $0.time < $1.time }
            let deliveries = try store.notifications(ticket: ticket.id).flatMap {
                try store.deliveries(DeliveryFilter(notification: $0))
            }
            return TicketReport(
                ticket, contract: registry.name(of: ticket.contract),
                messages: try messages.map { try store.line($0, registry) }, events: events.map { .init($0) },
                deliveries: try store.views(of: deliveries, registry),
                flows: try store.flowLines(of: ticket.id, Array(messages)),
                planned: try store.plannedViews(PlannedStepFilter(ticket: ticket.id), registry, now),
                approvals: try store.approvals(ApprovalFilter(ticket: ticket.id)).map {
                    try store.view(of: $0, registry)
                })
        }
    }
}
