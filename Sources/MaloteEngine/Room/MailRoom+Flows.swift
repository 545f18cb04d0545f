// What starts flows without a mail: triggers, and tickets that are closed or opened again.

import MaloteCore
import MaloteDesk

extension MailRoom {
    // MARK: - Triggers

    package func trigger(_ request: TriggerRequest) async throws(Problem) -> TriggerReceipt {
        let contract = try contract(named: request.contract)
        if let error = Trigger.refusal(of: request) { throw Problem(invalid: error) }
        if let refusal = contract.refusal(at: parts.time.now()) {
            throw Problem(status: 409, title: "No flow runs", detail: "\(refusal) Nothing was done.")
        }
        let flow = try request.flow.map { name throws(Problem) in try self.flow(named: name, of: contract) }
        var ticket: Ticket?
        if let key = request.ticket { ticket = try await find(ticket: key, contract: request.contract) }
        let occasion = Occasion(
            trigger: flow?.trigger ?? request.on ?? "", time: parts.time.now(), ticket: ticket?.id, flow: flow?.name,
            data: request.data, fields: Trigger.fields(of: ticket, data: request.data), files: request.files)
        let why = flow.map { "Flow \($0.name) was run." } ?? "\(occasion.trigger) was triggered."
        let (key, scene, deed) = (request.idempotencyKey, scene(of: contract), Deed.current)
        let receipt = try await write { store in
            if let key, let known = try store.occasion(contract: contract.id, idempotencyKey: key) {
                guard known.occasion.isSame(as: occasion) else { throw Problem.otherRequest }
                deed?.changedNothing()
                return try store.receipt(known, contract, repeated: true)
            }
            let kept = try scene.start(occasion, why: why, idempotencyKey: key, store)
            deed?.add("occasion \(kept.id)")
            return try store.receipt(kept, contract)
        }
        if !receipt.repeated { parts.intake.ring() }
        return receipt
    }

    private func flow(named text: String, of contract: Contract) throws(Problem) -> Flow {
        let flows = parts.board.current.flows.filter { $0.contract == contract.name }
        guard let flow = flows.first(where: { $0.name.text == text }) else {
            throw Problem.missing("flow of contract \(contract.name),", text, known: flows.map(\.name.text))
        }
        return flow
    }

    package func triggers(
        contract: String?, ticket: String?, page: PageWish
    ) async throws(Problem) -> [TriggerReceipt] {
        let registry = parts.board.current
        let wanted = try contract.map { text throws(Problem) in try self.contract(named: text).id }
        var about: TicketID?
        if let ticket { about = try await find(ticket: ticket, contract: contract).id }
        let (id, limit, before) = (about, page.limit(atMost: 1000), try page.number().map(OccasionID.init(rawValue:)))
        return try await read { store in
            // What a mail started is told with the mail.
            try store.occasions(contract: wanted, ticket: id, before: before, limit: 10_000)
                .filter { $0.occasion.message == nil }.prefix(limit).map { kept in
                    let ticket = try kept.occasion.ticket.flatMap { try store.ticket($0)?.key }
                    return TriggerReceipt(kept, contract: registry.name(of: kept.contract), ticket: ticket)
                }
        }
    }

    // MARK: - Tickets

    package func turn(
        ticket key: String, contract: String?, _ turn: TicketTurn
    ) async throws(Problem) -> TicketReport {
        if let error = Trigger.refusal(ofData: turn.data) { throw Problem(invalid: error) }
        let (found, now) = (try await find(ticket: key, contract: contract), parts.time.now())
        let (id, desk, deed) = (found.id, approvalDesk, Deed.current)
        let scene = parts.board.current.contract(found.contract).map { self.scene(of: $0) }
        let changed = try await write { store in
            guard let ticket = try store.ticket(id), (ticket.closed != nil) != turn.isClosed else {
                deed?.changedNothing()
                return try store.ticket(id)
            }
            try store.setClosed(turn.isClosed ? now : nil, ticket: id)
            if turn.isClosed { try desk.cancelAll(of: id, store) }
            let changed = try store.ticket(id)
            if !turn.isQuiet, let changed, let scene {
                let occasion = Occasion(
                    trigger: turn.isClosed ? Occasion.completed : Occasion.reopened, time: now, ticket: id,
                    data: turn.data, fields: Trigger.fields(of: changed, data: turn.data))
                let why = "Ticket \(changed.key) was \(turn.isClosed ? "closed" : "opened again")."
                _ = try scene.start(occasion, why: why, store)
            }
            return changed
        }
        guard let changed else { throw Self.noTicket(key) }
        parts.intake.ring()
        return try await report(changed)
    }

    private func scene(of contract: Contract) -> Scene {
        Scene(intake: parts.intake, registry: parts.board.current, contract: contract, now: parts.time.now())
    }

    /// Where an occasion of a contract happens.
    private struct Scene: Sendable {
        let intake: Intake
        let registry: Registry
        let contract: Contract
        let now: Timestamp

        func start(
            _ occasion: Occasion, why: String, idempotencyKey: String? = nil, _ store: any StoreWriting
        ) throws -> KeptOccasion {
            let run = FlowRun(
                occasion, contract: contract, registry: registry,
                ticket: try occasion.ticket.flatMap { try store.ticket($0) }, ids: intake.ids(for: contract.id),
                door: intake.door, now: now)
            return try FlowDesk.start(run, why: why, idempotencyKey: idempotencyKey, intake, store)
        }
    }
}

extension StoreReading {
    fileprivate func receipt(
        _ kept: KeptOccasion, _ contract: Contract, repeated: Bool = false
    ) throws -> TriggerReceipt {
        let key = try kept.occasion.ticket.flatMap { try ticket($0)?.key }
        return TriggerReceipt(kept, contract: contract.name.text, ticket: key, repeated: repeated)
    }

    /// What flows did about the ticket, in order of time.
    func flowLines(of ticket: TicketID, _ messages: [StoredMessage]) throws -> [FlowLine] {
        let steps: Set<Decision.Step> = [.flow, .planned, .notification, .approval]
        var lines: [FlowLine] = []
        for message in messages {
            let told = message.history.decisions.filter { steps.contains($0.step) }
            lines += told.map { FlowLine($0, cause: "message \(message.id)") }
        }
        for kept in try occasions(contract: nil, ticket: ticket, limit: 1000).reversed()
        where kept.occasion.message == nil {
            lines += kept.history.decisions.map { FlowLine($0, cause: kept.occasion.trigger) }
        }
        return lines.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }
}

extension Occasion {
    /// Whether a trigger says the same again. Its files are not compared: they are not kept for long.
    fileprivate func isSame(as other: Occasion) -> Bool {
        trigger == other.trigger && flow == other.flow && ticket == other.ticket && data == other.data
    }
}
