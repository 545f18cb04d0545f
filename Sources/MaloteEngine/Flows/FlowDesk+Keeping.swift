// Occasions without a mail: they are kept themselves, with what flows did about them.

import MaloteCore
import MaloteDesk

extension FlowDesk {
    /// Runs the flows and keeps the occasion.
    /// - Parameter why: what happened, in a sentence.
    static func start(
        _ run: FlowRun, why: String, idempotencyKey: String? = nil, _ intake: Intake, _ store: any StoreWriting
    ) throws -> KeptOccasion {
        var desk = FlowDesk(intake, run, idempotencyKey: idempotencyKey)
        try desk.runFlows(store)
        var decisions = [Decision(.triggered, at: run.now, why)]
        if let event = run.occasion.event {
            decisions.append(Decision(.event, at: run.now, reference: event.rawValue, run.occasion.trigger))
        }
        if let whyNone = run.whyNone { decisions.append(Decision(.flow, at: run.now, whyNone)) }
        decisions += desk.decisions
        var kept = KeptOccasion(contract: run.contract.id, idempotencyKey: idempotencyKey, occasion: run.occasion)
        for decision in decisions { kept.history.add(decision) }
        if let id = desk.kept {
            kept.id = id
            try store.note(decisions, on: id)
        } else {
            // No step will ask for its files any more.
            kept.occasion.files = []
            kept.id = try store.keep(kept)
        }
        return kept
    }

    /// Keeps what was decided about a step whose time has come with what was its occasion.
    func tell(_ store: any StoreWriting) throws {
        if let message = run.occasion.message, try store.message(message) != nil {
            for decision in decisions { try store.note(decision, on: message) }
        } else if let kept {
            try store.note(decisions, on: kept)
        }
    }
}
