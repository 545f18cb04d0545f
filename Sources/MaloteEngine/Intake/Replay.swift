// Puts a quarantined message through the present codec and rules again; knows not who asked.

import MaloteCore
import MaloteDesk

/// One message and one transaction: it becomes the event that it should have been, or stays as it was.
struct Replay: Sendable {
    let filing: Filing
    let message: StoredMessage
    let arrival: Arrival
    let passingRules: Bool

    /// Ends the transaction of a dry run, which then has changed nothing.
    struct Rehearsal: Error { var result: ReplayResult }

    /// - Throws: `Rehearsal` in place of a result if `dryRun`; what keeps the message from being filed.
    func run(dryRun: Bool, _ store: any StoreWriting) throws -> ReplayResult {
        let result = try file(store)
        if dryRun { throw Rehearsal(result: result) }
        return result
    }

    private func file(_ store: any StoreWriting) throws -> ReplayResult {
        guard let current = try store.message(message.id), current.fate == .quarantined else {
            return result(.closed, "It is not in quarantine any more.")
        }
        guard let contract = filing.registry.contract(current.contract) else {
            return result(.kept, "Its contract is no longer registered.")
        }
        let routing = Routing(
            inbox: filing.source.inbox, name: filing.source.name, registry: filing.registry,
            passingRules: passingRules)
        let found = routing.destinations(arrival.view, size: arrival.size, contracts: [contract])
        guard let destination = found.first else { return result(.kept, "No contract takes it.") }
        if case .quarantine(let reason) = destination.verdict { return result(.kept, reason) }
        if let refusal = destination.contract.refusal(at: filing.now) { return result(.kept, refusal) }
        var replayed = current
        replayed.history.add(.replayed, at: filing.now, "An operator had it filed again.")
        if let known = try other(than: current, destination.contract, store) {
            return try close(replayed, asDuplicateOf: known, destination.contract, store)
        }
        var dossier = Dossier(filing, arrival, destination, message: replayed)
        try dossier.decide(store)
        try store.update(dossier.message)
        try closeLedger(store)
        var result = result(.filed, dossier.message.history.last(.filed)?.reason ?? "")
        result.contract = destination.contract.name.text
        result.fate = dossier.message.fate
        result.ticket = dossier.ticket?.key
        result.events = dossier.events.map(\.json)
        result.notifications = dossier.notifications.map { notification in
            ReplayResult.Mail(
                outbox: notification.draft.resolution.mailbox.name.text,
                to: notification.draft.message.to.map(\.address), subject: notification.draft.message.subject)
        }
        return result
    }

    /// The present rules may give it to a contract that has it already.
    private func other(
        than current: StoredMessage, _ contract: Contract, _ store: any StoreReading
    ) throws -> StoredMessage? {
        guard contract.id != current.contract else { return nil }
        return try store.message(
            contract: contract.id, messageID: arrival.view.messageID, sha256: arrival.sha256)
    }

    private func close(
        _ message: StoredMessage, asDuplicateOf known: StoredMessage, _ contract: Contract, _ store: any StoreWriting
    ) throws -> ReplayResult {
        var message = message
        message.fate = .duplicate
        let reason = "Contract \(contract.name) has it already, as message \(known.id)."
        message.history.add(.duplicate, at: filing.now, reference: known.id.description, reason)
        try store.update(message)
        try closeLedger(store)
        var result = result(.filed, reason)
        result.fate = .duplicate
        return result
    }

    /// Once no contract holds it back any more, the row is like any other.
    private func closeLedger(_ store: any StoreWriting) throws {
        guard var row = try store.ledger(of: message.id), row.entry.state == .quarantined,
            try store.messages(MessageFilter(ledger: row.id, fates: [.quarantined], limit: 1)).isEmpty
        else { return }
        row.entry.state = .stored
        try store.record([row.entry])
    }

    private func result(_ outcome: ReplayResult.Outcome, _ reason: String) -> ReplayResult {
        ReplayResult(
            id: message.id.description, outcome: outcome, contract: filing.registry.name(of: message.contract),
            reason: reason)
    }
}
