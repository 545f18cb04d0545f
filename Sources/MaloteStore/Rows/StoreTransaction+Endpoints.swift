// Endpoints, the events that they refused, and how far pullers have come; knows no schedule.

import MaloteCore

extension StoreTransaction {
    // MARK: - Endpoints

    private static let endpointColumns = """
        SELECT contract, position, disabled_by, disabled_since, failure, failing_since, failures, next_try, last_status,
            last_tried, last_delivered, delivered
        FROM endpoints\u{20}
        """

    private static func endpoint(_ row: SQLRow) throws -> EndpointState {
        var endpoint = EndpointState(contract: row.id(0), position: row.id(1))
        endpoint.disabledBy = row.isNull(2) ? nil : try row.word(2)
        endpoint.disabledSince = row.optionalTime(3)
        endpoint.failure = try row.optionalText(4).map { try JSONColumn.decode($0) }
        endpoint.failingSince = row.optionalTime(5)
        endpoint.consecutiveFailures = row.count(6)
        endpoint.nextTry = row.optionalTime(7)
        endpoint.lastStatus = row.optionalInteger(8).map { Int(clamping: $0) }
        endpoint.lastTried = row.optionalTime(9)
        endpoint.lastDelivered = row.optionalTime(10)
        endpoint.delivered = row.count(11)
        return endpoint
    }

    func endpoints() throws -> [EndpointState] {
        try connection.rows(Self.endpointColumns + "ORDER BY contract", map: Self.endpoint)
    }

    func endpoint(of contract: ContractID) throws -> EndpointState? {
        try connection.first(Self.endpointColumns + "WHERE contract = ?", .init(contract), map: Self.endpoint)
    }

    func openEndpoint(of contract: ContractID) throws {
        guard try endpoint(of: contract) == nil else { return }
        try connection.run(
            "INSERT INTO endpoints (contract, position, failures, delivered) VALUES (?, ?, 0, 0)", .init(contract),
            .init(try endOfLog()))
    }

    func closeEndpoint(of contract: ContractID) throws {
        for table in ["endpoints", "refused_events"] {
            try connection.run("DELETE FROM \(table) WHERE contract = ?", .init(contract))
        }
    }

    func update(_ endpoint: EndpointState) throws -> Bool {
        try connection.changed(
            """
            UPDATE endpoints SET disabled_by = ?, disabled_since = ?, failure = ?, failing_since = ?, failures = ?,
                next_try = ?, last_status = ?, last_tried = ?, last_delivered = ?, delivered = ?
            WHERE contract = ?
            """, .init(endpoint.disabledBy?.rawValue), .init(endpoint.disabledSince),
            .init(try endpoint.failure.map { try JSONColumn.encode($0) }), .init(endpoint.failingSince),
            .init(endpoint.consecutiveFailures), .init(endpoint.nextTry), .init(endpoint.lastStatus.map(Int64.init)),
            .init(endpoint.lastTried), .init(endpoint.lastDelivered), .init(endpoint.delivered),
            .init(endpoint.contract)) == 1
    }

    func moveEndpoint(of contract: ContractID, from: EventPlace, to: EventPlace) throws -> Bool {
        try connection.changed(
            "UPDATE endpoints SET position = ? WHERE contract = ? AND position = ?", .init(to), .init(contract),
            .init(from)) == 1
    }

    // MARK: - The log by its places

    func endOfLog() throws -> EventPlace {
        try settled.first("SELECT MAX(id) FROM events") { $0.id(0) } ?? .unsaved
    }

    func events(of contract: ContractID, behind place: EventPlace, limit: Int) throws -> [PlacedEvent] {
        try settled.rows(
            Self.eventColumns + "WHERE contract = ? AND id > ? ORDER BY id LIMIT ?", .init(contract), .init(place),
            .init(limit)
        ) { PlacedEvent(place: $0.id(Self.placeColumn), event: try Self.event($0)) }
    }

    func event(at place: EventPlace) throws -> TicketEvent? {
        try settled.first(Self.eventColumns + "WHERE id = ?", .init(place), map: Self.event)
    }

    func place(of event: EventID, contract: ContractID) throws -> EventPlace? {
        try settled.first(
            "SELECT id FROM events WHERE event = ? AND contract = ?", .text(event.rawValue), .init(contract)
        ) { $0.id(0) }
    }

    func lastEvent(of contract: ContractID, upTo place: EventPlace) throws -> EventID? {
        try settled.first(
            "SELECT event FROM events WHERE contract = ? AND id <= ? ORDER BY id DESC LIMIT 1", .init(contract),
            .init(place)
        ) { EventID(rawValue: $0.text(0)) }
    }

    func place(before time: Timestamp, contract: ContractID) throws -> EventPlace {
        let first = try settled.first(
            "SELECT id FROM events WHERE contract = ? AND time >= ? ORDER BY id LIMIT 1", .init(contract), .init(time)
        ) { $0.integer(0) }
        return try first.map { EventPlace(rawValue: $0 - 1) } ?? endOfLog()
    }

    func backlog(of contract: ContractID, behind place: EventPlace) throws -> EventBacklog {
        let count = try settled.first(
            "SELECT COUNT(*) FROM events WHERE contract = ? AND id > ?", .init(contract), .init(place)
        ) { $0.count(0) }
        let since = try settled.first(
            "SELECT time FROM events WHERE contract = ? AND id > ? ORDER BY id LIMIT 1", .init(contract), .init(place)
        ) { $0.time(0) }
        return EventBacklog(count: count ?? 0, since: since)
    }

    func newcomers(behind place: EventPlace) throws -> (contracts: Set<ContractID>, end: EventPlace) {
        let contracts: [ContractID] = try settled.rows(
            "SELECT DISTINCT contract FROM events WHERE id > ?", .init(place)
        ) { $0.id(0) }
        return (Set(contracts), max(place, try endOfLog()))
    }

    // MARK: - Refused events

    func refusedEvents(_ filter: RefusedEventFilter) throws -> [RefusedEvent] {
        let (clause, values) = Self.clause([
            ("contract = ?", filter.contract.map { .init($0) }), ("place = ?", filter.place.map { .init($0) }),
            ("state = ?", filter.state.map { .text($0.rawValue) }),
            ("next_attempt <= ?", filter.dueBy.map { .init($0) }),
        ])
        return try connection.rows(
            """
            SELECT contract, place, state, attempts, next_attempt, first_refused, last_refused, failure
            FROM refused_events AS row
            """ + " " + clause + "ORDER BY next_attempt, place LIMIT ?", values + [.init(filter.limit)]
        ) { row in
            RefusedEvent(
                contract: row.id(0), place: row.id(1), state: try row.word(2), attempts: row.count(3),
                nextAttempt: row.time(4), firstRefused: row.time(5), lastRefused: row.time(6),
                failure: try JSONColumn.decode(row.text(7)))
        }
    }

    func refusedCounts(of contract: ContractID) throws -> [RefusedEvent.State: Int] {
        let counts = try connection.rows(
            "SELECT state, COUNT(*) FROM refused_events WHERE contract = ? GROUP BY state", .init(contract)
        ) { (try $0.word(0, RefusedEvent.State.self), $0.count(1)) }
        return Dictionary(counts, uniquingKeysWith: +)
    }

    func keep(_ refused: RefusedEvent) throws {
        guard try endpoint(of: refused.contract) != nil else { return }
        try connection.run(
            """
            INSERT INTO refused_events
                (contract, place, state, attempts, next_attempt, first_refused, last_refused, failure)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (contract, place) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
                next_attempt = excluded.next_attempt, first_refused = excluded.first_refused,
                last_refused = excluded.last_refused, failure = excluded.failure
            """, .init(refused.contract), .init(refused.place), .text(refused.state.rawValue), .init(refused.attempts),
            .init(refused.nextAttempt), .init(refused.firstRefused), .init(refused.lastRefused),
            .text(try JSONColumn.encode(refused.failure)))
    }

    func forgetRefused(contract: ContractID, place: EventPlace) throws -> Bool {
        try connection.changed(
            "DELETE FROM refused_events WHERE contract = ? AND place = ?", .init(contract), .init(place)) == 1
    }

    // MARK: - Pullers

    func acknowledged(contract: ContractID) throws -> EventPlace? {
        try connection.first("SELECT place FROM acknowledgements WHERE contract = ?", .init(contract)) { $0.id(0) }
    }

    func acknowledge(contract: ContractID, _ place: EventPlace) throws -> Bool {
        if let known = try acknowledged(contract: contract), known >= place { return false }
        try connection.run(
            """
            INSERT INTO acknowledgements (contract, place) VALUES (?, ?)
            ON CONFLICT (contract) DO UPDATE SET place = excluded.place
            """, .init(contract), .init(place))
        return true
    }
}
