// The lists of the Store port that people look through, over a value.

import MaloteCore

extension MemoryTransaction {
    func tickets(_ filter: TicketFilter) throws -> [Ticket] {
        let place: (Ticket) -> Int = { filter.contract == nil ? Int($0.id.rawValue) : $0.number }
        let end = filter.contract == nil ? filter.before.map { Int($0.rawValue) } : try filter.before.map(number)
        let found = state.tickets.filter { ticket in
            (filter.contract ?? ticket.contract) == ticket.contract
                && (filter.isClosed ?? (ticket.closed != nil)) == (ticket.closed != nil)
                && (end.map { place(ticket) < $0 } ?? true)
                && (filter.search.isEmpty
                    || [
                        ticket.key, ticket.external, ticket.subject, ticket.requester?.name, ticket.requester?.address,
                    ].contains { MessageFilter.folded($0 ?? "").contains(filter.needle) })
        }
        return Array(found.sorted { place($0) > place($1) }.prefix(filter.limit))
    }

    private func number(_ id: TicketID) throws -> Int { try ticket(id)?.number ?? 0 }

    func events(_ filter: EventFilter) throws -> [TicketEvent] {
        var end = state.events.count
        if let before = filter.before {
            guard let place = state.events.firstIndex(where: { $0.id == before }) else { return [] }
            end = place
        }
        let found = state.events[..<end].reversed().lazy.filter { event in
            (filter.contract ?? event.contract) == event.contract && (filter.kind ?? event.kind) == event.kind
        }
        return Array(found.prefix(filter.limit))
    }
}
