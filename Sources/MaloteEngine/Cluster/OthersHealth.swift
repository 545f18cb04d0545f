// How mailboxes of other nodes are doing, from what those have stored and what they have noted; pure.

import MaloteCore

/// Of this node's own mailboxes it knows nothing better than the node itself.
package struct OthersHealth: Sendable {
    package let health: [MailboxID: MailboxHealth]
    package let idling: Set<MailboxID>

    /// - Parameters:
    ///   - stored: what tells of faults; of success it is minutes behind.
    ///   - notes: by the node that left them. Only its holder's note on a mailbox counts.
    package init(
        stored: [MailboxHealth], notes: [NodeToken: [MailboxNote]], map: ClusterMap, now: Timestamp
    ) {
        var health = Dictionary(stored.map { ($0.mailbox, $0) }, uniquingKeysWith: { first, _ in first })
        var idling: Set<MailboxID> = []
        for (token, notes) in notes {
            for note in notes where map.shares[.mailbox(note.mailbox)]?.owner == token {
                health[note.mailbox, default: MailboxHealth(mailbox: note.mailbox)].learn(note)
                if note.idling { idling.insert(note.mailbox) }
            }
        }
        for (mailbox, entry) in health where entry.nextTry.map({ $0 < now }) ?? false {
            // It has been by now, and what it brought is not known here.
            health[mailbox]?.nextTry = nil
        }
        self.health = health
        self.idling = idling
    }
}

extension MailboxHealth {
    fileprivate mutating func learn(_ note: MailboxNote) {
        lastGood = [lastGood, note.lastGood].compactMap { $0 }.max()
        // A fault was stored after the note, and its clock with it.
        if failure == nil { nextTry = note.nextTry }
    }
}
