// What started flows without a mail, and steps that wait for their time, over a value.

import MaloteCore

extension MemoryTransaction {
    func occasion(_ id: OccasionID) throws -> KeptOccasion? { state.occasions.first { $0.id == id } }

    func occasion(contract: ContractID, idempotencyKey: String) throws -> KeptOccasion? {
        state.occasions.first { $0.contract == contract && $0.idempotencyKey == idempotencyKey }
    }

    func occasions(
        contract: ContractID?, ticket: TicketID?, before: OccasionID?, limit: Int
    ) throws -> [KeptOccasion] {
        let found = state.occasions.lazy.reversed().filter {
            (contract ?? $0.contract) == $0.contract && (ticket == nil || ticket == $0.occasion.ticket)
                && (before == nil || $0.id < (before ?? $0.id))
        }
        return Array(found.prefix(limit))
    }

    func keep(_ occasion: KeptOccasion) throws -> OccasionID {
        if let key = occasion.idempotencyKey,
            try self.occasion(contract: occasion.contract, idempotencyKey: key) != nil
        {
            throw Failure(.transient, .defect, "The contract has an occasion with this key already.")
        }
        var occasion = occasion
        occasion.id = OccasionID(rawValue: Int64(state.occasions.count + 1))
        state.occasions.append(occasion)
        return occasion.id
    }

    func note(_ decisions: [Decision], on occasion: OccasionID) throws {
        guard let place = state.occasions.firstIndex(where: { $0.id == occasion }) else {
            throw missing("occasion \(occasion)")
        }
        for decision in decisions { state.occasions[place].history.add(decision) }
    }

    func plannedStep(_ id: PlannedStepID) throws -> PlannedStep? { state.plannedSteps.first { $0.id == id } }

    func plannedSteps(_ filter: PlannedStepFilter) throws -> [PlannedStep] {
        let found = state.plannedSteps.filter { step in
            (filter.contract ?? step.contract) == step.contract
                && (filter.ticket == nil || filter.ticket == step.ticket) && (filter.flow ?? step.flow) == step.flow
                && !filter.exceptContracts.contains(step.contract)
                && (filter.after.map { ($0.due, $0.id) < (step.due, step.id) } ?? true)
        }
        return Array(found.sorted { ($0.due, $0.id) < ($1.due, $1.id) }.prefix(filter.limit))
    }

    func plan(_ step: PlannedStep) throws -> PlannedStepID {
        guard try occasion(step.occasion) != nil else { throw missing("occasion \(step.occasion)") }
        state.lastPlanned += 1
        var step = step
        step.id = PlannedStepID(rawValue: state.lastPlanned)
        state.plannedSteps.append(step)
        return step.id
    }

    func unplan(_ id: PlannedStepID) throws -> Bool {
        let before = state.plannedSteps.count
        state.plannedSteps.removeAll { $0.id == id }
        return state.plannedSteps.count < before
    }
}
