// Endpoints, the events that they refused, and how far pullers have come, over a value.

import MaloteCore

extension MemoryTransaction {
    func endpoints() throws -> [EndpointState] { state.endpoints.values.sorted { $0.contract < $1.contract } }
    func endpoint(of contract: ContractID) throws -> EndpointState? { state.endpoints[contract] }

    func openEndpoint(of contract: ContractID) throws {
        guard state.endpoints[contract] == nil else { return }
        state.endpoints[contract] = EndpointState(contract: contract, position: try endOfLog())
    }

    func closeEndpoint(of contract: ContractID) throws {
        state.endpoints[contract] = nil
        state.refusedEvents.removeAll { $0.contract == contract }
    }

    func update(_ endpoint: EndpointState) throws -> Bool {
        guard let known = state.endpoints[endpoint.contract] else { return false }
        var endpoint = endpoint
        endpoint.position = known.position
        state.endpoints[endpoint.contract] = endpoint
        return true
    }

    func moveEndpoint(of contract: ContractID, from: EventPlace, to: EventPlace) throws -> Bool {
        guard state.endpoints[contract]?.position == from else { return false }
        state.endpoints[contract]?.position = to
        return true
    }

    // MARK: - The log by its places

    func endOfLog() throws -> EventPlace { state.events.last.map(place) ?? .unsaved }

    private func place(_ event: TicketEvent) -> EventPlace { state.eventPlaces[event.id] ?? .unsaved }

    func events(of contract: ContractID, behind place: EventPlace, limit: Int) throws -> [PlacedEvent] {
        let found = state.events.lazy.filter { $0.contract == contract && self.place($0) > place }
        return found.prefix(limit).map { PlacedEvent(place: self.place($0), event: $0) }
    }

    func event(at place: EventPlace) throws -> TicketEvent? { state.events.first { self.place($0) == place } }

    func place(of event: EventID, contract: ContractID) throws -> EventPlace? {
        state.events.first { $0.id == event && $0.contract == contract }.map(place)
    }

    func lastEvent(of contract: ContractID, upTo place: EventPlace) throws -> EventID? {
        state.events.last { $0.contract == contract && self.place($0) <= place }?.id
    }

    func place(before time: Timestamp, contract: ContractID) throws -> EventPlace {
        let first = state.events.first { $0.contract == contract && $0.time >= time }
        return try first.map { EventPlace(rawValue: place($0).rawValue - 1) } ?? endOfLog()
    }

    func backlog(of contract: ContractID, behind place: EventPlace) throws -> EventBacklog {
        let waiting = state.events.filter { $0.contract == contract && self.place($0) > place }
        return EventBacklog(count: waiting.count, since: waiting.first?.time)
    }

    func newcomers(behind place: EventPlace) throws -> (contracts: Set<ContractID>, end: EventPlace) {
        let new = state.events.reversed().prefix { self.place($0) > place }
        return (Set(new.map(\.contract)), max(place, try endOfLog()))
    }

    // MARK: - Refused events

    func refusedEvents(_ filter: RefusedEventFilter) throws -> [RefusedEvent] {
        let found = state.refusedEvents.filter { refused in
            (filter.contract ?? refused.contract) == refused.contract
                && (filter.place ?? refused.place) == refused.place
                && (filter.state ?? refused.state) == refused.state
                && (filter.dueBy.map { refused.nextAttempt <= $0 } ?? true)
        }
        return Array(found.sorted { ($0.nextAttempt, $0.place) < ($1.nextAttempt, $1.place) }.prefix(filter.limit))
    }

    func refusedCounts(of contract: ContractID) throws -> [RefusedEvent.State: Int] {
        let found = state.refusedEvents.filter { $0.contract == contract }
        return Dictionary(grouping: found, by: \.state).mapValues(\.count)
    }

    func keep(_ refused: RefusedEvent) throws {
        guard state.endpoints[refused.contract] != nil else { return }
        try forgetRefused(contract: refused.contract, place: refused.place)
        state.refusedEvents.append(refused)
    }

    @discardableResult func forgetRefused(contract: ContractID, place: EventPlace) throws -> Bool {
        let before = state.refusedEvents.count
        state.refusedEvents.removeAll { $0.contract == contract && $0.place == place }
        return state.refusedEvents.count < before
    }

    // MARK: - Pullers

    func acknowledged(contract: ContractID) throws -> EventPlace? { state.acknowledged[contract] }

    func acknowledge(contract: ContractID, _ place: EventPlace) throws -> Bool {
        if let known = state.acknowledged[contract], known >= place { return false }
        state.acknowledged[contract] = place
        return true
    }
}
