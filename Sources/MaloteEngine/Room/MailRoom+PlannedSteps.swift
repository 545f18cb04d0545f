// Steps of flows that wait for their time: carried out when it comes, shown, and called off.

import MaloteCore
import MaloteDesk

extension MailRoom {
    /// It is looked again at least so often: contracts begin and end by the clock.
    private static let longestRest = Duration.seconds(60)
    private static let batch = 100

    /// Runs until asked to stop or cancelled.
    package func watchPlannedSteps() async {
        while await parts.book.begin(.chores, unless: parts.stop, time: parts.time) {
            let heard = [
                (parts.queueBell, parts.queueBell.generation),
                (parts.board.changed, parts.board.changed.generation), (parts.stop.bell, 0),
            ]
            let rest = await carryOutDueSteps()
            parts.book.end(.chores)
            await Bell.waitForAny(heard, for: rest, time: parts.time)
        }
    }

    /// - Returns: how long there is nothing to do.
    private func carryOutDueSteps() async -> Duration {
        while !parts.stop.isSet, !Task.isCancelled, parts.book.holds(.chores) {
            let now = parts.time.now()
            // Steps of a contract that does not hold wait until it does.
            let waiting = Set(parts.board.current.refusals(at: now).keys)
            do {
                let steps = try await parts.store.read {
                    try $0.plannedSteps(PlannedStepFilter(exceptContracts: waiting, limit: Self.batch))
                }
                for step in steps where step.due <= now { try await carryOut(step) }
                guard let next = steps.first(where: { $0.due > now }) ?? (steps.count < Self.batch ? nil : steps.last)
                else { return Self.longestRest }
                if next.due > now { return min(next.due - now, Self.longestRest) }
            } catch {
                parts.log(.error, "planned steps wait: \(Failure(storing: error))")
                return Self.longestRest
            }
        }
        return .zero
    }

    /// One transaction: what it does, and that it is planned no more.
    private func carryOut(_ step: PlannedStep) async throws {
        let registry = parts.board.current
        guard let contract = registry.contract(step.contract) else {
            _ = try await parts.store.write { try $0.unplan(step.id) }
            return parts.log(.warning, "step \(step.step) of flow \(step.flow) is dropped: its contract is gone.")
        }
        let (intake, now) = (parts.intake, parts.time.now())
        let arrival = try await mail(of: step)
        let place = FlowRun.Place(flow: step.flow, step: step.step)
        try await parts.store.write { store in
            // Somebody may have called it off meanwhile.
            guard try store.unplan(step.id), let kept = try store.occasion(step.occasion) else { return }
            let run = FlowRun(
                kept.occasion, contract: contract, registry: registry,
                ticket: try step.ticket.flatMap { try store.ticket($0) }, view: arrival?.view,
                ids: intake.ids(for: contract.id), door: intake.door, now: now)
            var desk = FlowDesk(intake, run, kept: kept.id) {
                try arrival.map { try intake.codec.files($0.raw, limit: FlowRun.fileOctets) } ?? []
            }
            try desk.runStep(place, store)
            try desk.tell(store)
        }
        intake.ring()
    }

    /// The occasion's mail, read again; `nil` if there was none or it cannot be read.
    private func mail(of step: PlannedStep) async throws -> Arrival? {
        let found = try await parts.store.read { store -> (StoredMessage, LedgerRow?)? in
            guard let id = try store.occasion(step.occasion)?.occasion.message, let message = try store.message(id)
            else { return nil }
            return (message, try store.ledger(of: id))
        }
        guard let (message, row) = found else { return nil }
        return try await arrival(of: message, row)
    }

    // MARK: - Looking and calling off

    package func plannedSteps(
        contract: String?, flow: String?, ticket: String?, page: PageWish
    ) async throws(Problem) -> [PlannedStepView] {
        var filter = PlannedStepFilter(limit: page.limit(atMost: 1000))
        if let after = page.after {
            let place = after.split(separator: "-").compactMap { Int64($0) }
            guard place.count == 2 else { throw page.badCursor(after) }
            filter.after = (Timestamp(milliseconds: place[0]), PlannedStepID(rawValue: place[1]))
        }
        if let contract { filter.contract = try self.contract(named: contract).id }
        if let flow {
            guard let name = FlowName(flow) else { throw Problem.missing("flow", flow, known: []) }
            filter.flow = name
        }
        if let ticket { filter.ticket = try await find(ticket: ticket, contract: contract).id }
        let (registry, now, wanted) = (parts.board.current, parts.time.now(), filter)
        return try await read { try $0.plannedViews(wanted, registry, now) }
    }

    package func cancel(plannedStep number: Int64) async throws(Problem) -> PlannedStepView {
        let (registry, now, id) = (parts.board.current, parts.time.now(), PlannedStepID(rawValue: number))
        let deed = Deed.current
        let called = try await write { store -> PlannedStepView? in
            guard let step = try store.plannedStep(id), try store.unplan(id) else { return nil }
            deed?.isAbout(registry.name(of: step.contract))
            let told = Decision(
                .planned, at: now, reference: id.description,
                "Step \(step.step) of flow \(step.flow), planned for \(step.due), was called off.")
            if let message = try store.occasion(step.occasion)?.occasion.message {
                try store.note(told, on: message)
            } else {
                try store.note([told], on: step.occasion)
            }
            return try store.view(of: step, registry, now)
        }
        guard let called else {
            throw Problem(status: 404, title: "Not found", detail: "No step is planned under \(number).")
        }
        return called
    }
}

extension StoreReading {
    func plannedViews(
        _ filter: PlannedStepFilter, _ registry: Registry, _ now: Timestamp
    ) throws -> [PlannedStepView] {
        try plannedSteps(filter).map { try view(of: $0, registry, now) }
    }

    fileprivate func view(of step: PlannedStep, _ registry: Registry, _ now: Timestamp) throws -> PlannedStepView {
        PlannedStepView(
            step, contract: registry.name(of: step.contract), ticket: try step.ticket.flatMap { try ticket($0)?.key },
            trigger: try occasion(step.occasion)?.occasion.trigger ?? "",
            waits: registry.contract(step.contract)?.refusal(at: now))
    }
}
