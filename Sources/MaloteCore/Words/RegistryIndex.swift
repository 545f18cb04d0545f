// Where each object of a registry stands; made when it is first asked for, so that many mailboxes cost no more than few.

import Synchronization

/// Belongs to one state of one registry: whoever changes that takes a new one. Two are never different.
final class RegistryIndex: Sendable, Hashable {
    struct Places: Sendable {
        var mailboxNames: [MailboxName: Int] = [:]
        var mailboxIDs: [MailboxID: Int] = [:]
        var contractNames: [ContractName: Int] = [:]
        var contractIDs: [ContractID: Int] = [:]
        /// Contracts by the inboxes that they take their messages from, in order.
        var fed: [MailboxName: [Int]] = [:]

        init(_ mailboxes: [Mailbox], _ contracts: [Contract]) {
            // Of several with one name, or none that is saved yet, the first counts.
            for (place, mailbox) in mailboxes.enumerated().reversed() {
                mailboxNames[mailbox.name] = place
                mailboxIDs[mailbox.id] = place
            }
            for (place, contract) in contracts.enumerated().reversed() {
                contractNames[contract.name] = place
                contractIDs[contract.id] = place
            }
            for (place, contract) in contracts.enumerated() {
                for inbox in Set(contract.inboxes) { fed[inbox, default: []].append(place) }
            }
        }
    }

    private let made = Mutex<Places?>(nil)

    func places(_ mailboxes: [Mailbox], _ contracts: [Contract]) -> Places {
        made.withLock { made in
            if let made { return made }
            let places = Places(mailboxes, contracts)
            made = places
            return places
        }
    }

    static func == (_: RegistryIndex, _: RegistryIndex) -> Bool { true }
    func hash(into _: inout Hasher) {}
}
