// Occasions without a mail: they are kept themselves, with what flows did about them.

import MaloteCore
import MaloteDesk

extension FlowDesk {
    /// Runs the flows and keeps the occasion.
    /// - Parameter why: what happened, in a sentence.
    static func start(
        _ run: FlowRun, why: String, idempotencyKey: String? = nil, _ intake: Intake, _ store: any StoreWriting
    ) throws -> KeptOccasion {
        var desk = FlowDesk(intake, run)
        try desk.runFlows(store)
        var kept = KeptOccasion(
            contract: run.contract.id, idempotencyKey: idempotencyKey, occasion: run.occasion)
        // Files are for what is sent now.
        kept.occasion.files = []
        kept.history.add(.triggered, at: run.now, why)
        if let whyNone = run.whyNone { kept.history.add(.flow, at: run.now, whyNone) }
        for decision in desk.decisions { kept.history.add(decision) }
        kept.id = try store.keep(kept)
        return kept
    }
}
