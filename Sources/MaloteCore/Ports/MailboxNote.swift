// What a node tells the others of a mailbox that it works on; knows no database.

/// What changes with every poll and is not worth a commit each time. Faults are stored at once, and are not in it.
package struct MailboxNote: Sendable, Hashable {
    package var mailbox: MailboxID
    package var lastGood: Timestamp?
    package var nextTry: Timestamp?
    /// Between polls the connection is kept.
    package var idling: Bool

    package init(mailbox: MailboxID, lastGood: Timestamp? = nil, nextTry: Timestamp? = nil, idling: Bool = false) {
        self.mailbox = mailbox
        self.lastGood = lastGood
        self.nextTry = nextTry
        self.idling = idling
    }
}
