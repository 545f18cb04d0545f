// What started flows without a mail, and steps that wait for their time; knows nothing of what flows do.

import MaloteCore

extension StoreTransaction {
    // MARK: - Occasions

    private static let occasionColumns = "SELECT id, contract, idempotency_key, body, history FROM occasions "

    private static func occasion(_ row: SQLRow) throws -> KeptOccasion {
        KeptOccasion(
            id: row.id(0), contract: row.id(1), idempotencyKey: row.optionalText(2),
            occasion: try JSONColumn.decode(row.text(3)), history: History(text: row.text(4)))
    }

    func occasion(_ id: OccasionID) throws -> KeptOccasion? {
        try connection.first(Self.occasionColumns + "WHERE id = ?", .init(id), map: Self.occasion)
    }

    func occasion(contract: ContractID, idempotencyKey: String) throws -> KeptOccasion? {
        try connection.first(
            Self.occasionColumns + "WHERE contract = ? AND idempotency_key = ?", .init(contract),
            .text(idempotencyKey), map: Self.occasion)
    }

    func occasions(
        contract: ContractID?, ticket: TicketID?, before: OccasionID?, limit: Int
    ) throws -> [KeptOccasion] {
        let (clause, values) = Self.clause([
            ("contract = ?", contract.map { .init($0) }), ("ticket = ?", ticket.map { .init($0) }),
            ("id < ?", before.map { .init($0) }),
        ])
        return try connection.rows(
            Self.occasionColumns + clause + "ORDER BY id DESC LIMIT ?", values + [.init(limit)], map: Self.occasion)
    }

    func keep(_ occasion: KeptOccasion) throws -> OccasionID {
        if let key = occasion.idempotencyKey,
            try self.occasion(contract: occasion.contract, idempotencyKey: key) != nil
        {
            throw Failure(.transient, .defect, "The contract has an occasion with this key already.")
        }
        let id = OccasionID(rawValue: try next("occasion"))
        try connection.run(
            "INSERT INTO occasions (id, contract, ticket, idempotency_key, body, history) VALUES (?, ?, ?, ?, ?, ?)",
            .init(id), .init(occasion.contract), .init(occasion.occasion.ticket), .init(occasion.idempotencyKey),
            .text(try JSONColumn.encode(occasion.occasion)), .text(occasion.history.text))
        return id
    }

    func note(_ decisions: [Decision], on occasion: OccasionID) throws {
        let changed = try connection.changed(
            """
            UPDATE occasions SET history = CASE WHEN length(history) < ? THEN history || ? ELSE history END
            WHERE id = ?
            """, .init(History.limit), .text(decisions.map(History.line).joined()), .init(occasion))
        guard changed == 1 else { throw missing("occasion \(occasion)") }
    }

    // MARK: - Planned steps

    private static let stepColumns = "SELECT id, occasion, contract, ticket, flow, step, due FROM planned_steps "

    private static func step(_ row: SQLRow) throws -> PlannedStep {
        guard let flow = FlowName(row.text(4)) else {
            throw Failure(.operatorNeeded, .storage, "Planned step \(row.integer(0)) names no flow.")
        }
        return PlannedStep(
            id: row.id(0), occasion: row.id(1), contract: row.id(2), ticket: row.optionalID(3), flow: flow,
            step: row.count(5), due: row.time(6))
    }

    func plannedStep(_ id: PlannedStepID) throws -> PlannedStep? {
        try connection.first(Self.stepColumns + "WHERE id = ?", .init(id), map: Self.step)
    }

    func plannedSteps(_ filter: PlannedStepFilter) throws -> [PlannedStep] {
        var (clause, values) = Self.clause([
            ("contract = ?", filter.contract.map { .init($0) }), ("ticket = ?", filter.ticket.map { .init($0) }),
            ("flow = ?", filter.flow.map { .text($0.text) }),
        ])
        if !filter.exceptContracts.isEmpty {
            let numbers = filter.exceptContracts.map(\.description).sorted().joined(separator: ", ")
            clause += "\(clause.isEmpty ? "WHERE" : "AND") contract NOT IN (\(numbers)) "
        }
        if let after = filter.after {
            clause += "\(clause.isEmpty ? "WHERE" : "AND") (due, id) > (?, ?) "
            values += [.init(after.due), .init(after.id)]
        }
        values.append(.init(filter.limit))
        return try connection.rows(Self.stepColumns + clause + "ORDER BY due, id LIMIT ?", values, map: Self.step)
    }

    func plan(_ step: PlannedStep) throws -> PlannedStepID {
        guard try occasion(step.occasion) != nil else { throw missing("occasion \(step.occasion)") }
        let id = PlannedStepID(rawValue: try next("planned step"))
        tally.news.insert(.queue)
        try connection.run(
            """
            INSERT INTO planned_steps (id, occasion, contract, ticket, flow, step, due) VALUES (?, ?, ?, ?, ?, ?, ?)
            """, .init(id), .init(step.occasion), .init(step.contract), .init(step.ticket), .text(step.flow.text),
            .init(step.step), .init(step.due))
        return id
    }

    func unplan(_ id: PlannedStepID) throws -> Bool {
        try connection.changed("DELETE FROM planned_steps WHERE id = ?", .init(id)) == 1
    }

    /// Only the conditions that are given, so that each query can use the index that fits it.
    static func clause(_ conditions: [(String, SQLValue?)]) -> (String, [SQLValue]) {
        let given = conditions.compactMap { text, value in value.map { (text, $0) } }
        let words = given.map(\.0).joined(separator: " AND ")
        return (words.isEmpty ? "" : "WHERE \(words) ", given.map(\.1))
    }
}
