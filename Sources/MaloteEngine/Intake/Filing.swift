// Files one arrival inside a transaction, once for each contract that gets it; decisions are the desk's.

import MaloteCore
import MaloteDesk
import Synchronization

/// The body of the intake's commit.
struct Filing: Sendable {
    let intake: Intake
    let registry: Registry
    let source: Source
    let now: Timestamp

    /// The inbox that the mail came from.
    struct Source: Sendable {
        var id: MailboxID
        var name: MailboxName
        /// `nil` if it is no longer registered.
        var inbox: Inbox?
    }

    /// Which contract's turn it was when a filing failed.
    final class Turn: Sendable {
        private let held = Mutex<ContractID?>(nil)

        var contract: ContractID? {
            get { held.withLock { $0 } }
            set { held.withLock { $0 = newValue } }
        }
    }

    /// - Parameters:
    ///   - setAside: contracts that cannot take it, with the reason: for them it is quarantined.
    ///   - turn: says whose turn it was if this throws.
    /// - Returns: the ledger state it recorded.
    func file(
        _ arrival: Arrival, setAside: [ContractID: String] = [:], turn: Turn = Turn(), _ store: any StoreWriting
    ) throws -> LedgerEntry.State {
        var entry = arrival.entry
        var fates: [StoredMessage.Fate] = []
        for destination in destinations(arrival) {
            turn.contract = destination.contract.id
            if let known = try known(arrival, destination.contract, store) {
                try recordDuplicate(of: known, arrival, destination.contract, &entry, store)
                continue
            }
            var dossier = Dossier(self, arrival, destination, message: try newMessage(arrival, destination, store))
            let contract = destination.contract
            try dossier.decide(setAside: setAside[contract.id] ?? contract.refusal(at: now), store)
            try store.insert(dossier.message, raw: arrival.raw, ledger: arrival.entry.key)
            fates.append(dossier.message.fate)
        }
        turn.contract = nil
        entry.state =
            !arrival.isWhole
            ? .refused : fates.isEmpty ? .duplicate : fates.contains(.quarantined) ? .quarantined : .stored
        // A message whose body stayed on the server is left as it is there, for a person to read.
        entry.settled = entry.state == .refused || source.inbox?.after == .leave
        try store.record([entry])
        return entry.state
    }

    /// Everybody who gets the mail.
    func destinations(_ arrival: Arrival) -> [Routing.Destination] {
        Routing(inbox: source.inbox, name: source.name, registry: registry)
            .destinations(arrival.view, size: arrival.size, contracts: registry.contracts(fedBy: source.name))
    }

    /// Of a message that was too large only the header is here: without a Message-ID it proves nothing.
    private func known(
        _ arrival: Arrival, _ contract: Contract, _ store: any StoreReading
    ) throws -> StoredMessage? {
        guard arrival.isWhole || arrival.view.messageID != nil else { return nil }
        return try store.message(
            contract: contract.id, messageID: arrival.view.messageID, sha256: arrival.sha256)
    }

    private func recordDuplicate(
        of known: StoredMessage, _ arrival: Arrival, _ contract: Contract, _ entry: inout LedgerEntry,
        _ store: any StoreWriting
    ) throws {
        entry.history.add(
            .duplicate, at: now, reference: known.id.description,
            "Contract \(contract.name) has it already, as message \(known.id).")
        let again = Decision(.duplicate, at: now, "It came again, \(place(of: arrival)), and changed nothing.")
        try store.note(again, on: known.id)
    }

    private func newMessage(
        _ arrival: Arrival, _ destination: Routing.Destination, _ store: any StoreWriting
    ) throws -> StoredMessage {
        var message = StoredMessage(
            id: try store.newMessageID(), contract: destination.contract.id, inbox: source.id,
            messageID: arrival.view.messageID, sha256: arrival.sha256, size: arrival.size,
            from: arrival.view.from?.address ?? "", subject: arrival.view.subject, received: now, fate: .quarantined)
        message.history.add(.fetched, at: now, "\(arrival.size) octets, \(place(of: arrival)).")
        return message
    }

    private func place(of arrival: Arrival) -> String {
        "from inbox \(source.name), \(arrival.entry.key.folder) \(arrival.entry.key.uid)"
    }
}
