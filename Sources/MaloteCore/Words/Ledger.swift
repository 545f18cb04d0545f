// What became of each message on a server: the cursor and the ledger rows; knows no protocol.

/// Where reading a folder has got to.
///
/// IMAP: every UID up to `lastUID` under `validity` has a ledger row or was passed over by `start`.
/// POP3 has no cursor but its ledger: `validity` and `lastUID` stay 0.
package struct FolderCursor: Sendable, Hashable {
    package var inbox: MailboxID
    package var folder: String
    package var validity: UInt32
    package var lastUID: UInt32

    package init(inbox: MailboxID, folder: String, validity: UInt32, lastUID: UInt32) {
        self.inbox = inbox
        self.folder = folder
        self.validity = validity
        self.lastUID = lastUID
    }
}

/// The key of one message on its server: (inbox, folder, UIDVALIDITY, UID) or (inbox, UIDL).
package struct LedgerKey: Sendable, Hashable {
    package var inbox: MailboxID
    package var folder: String
    /// 0 for POP3.
    package var validity: UInt32
    /// Decimal UID, or the UIDL.
    package var uid: String

    package init(inbox: MailboxID, folder: String, validity: UInt32, uid: String) {
        self.inbox = inbox
        self.folder = folder
        self.validity = validity
        self.uid = uid
    }
}

package struct LedgerEntry: Sendable, Hashable {
    /// The life of a row: `wanted` until fetched, then one final state.
    package enum State: String, Sendable, Codable, CaseIterable {
        /// Known to be on the server, not yet stored here.
        case wanted
        /// Stored with its event.
        case stored
        /// Stored before under another key; no second event.
        case duplicate
        /// A contract could not take it and keeps it raw; or it could not be fetched and is only named here.
        case quarantined
        /// Over the size limit; reported by an event without its body.
        case refused
        /// Gone from the server before it could be fetched.
        case vanished
        /// On the server before the first poll and not asked for by `start` (POP3, which has no cursor). A backfill
        /// makes it `wanted`.
        case passedOver = "passed-over"
    }

    package var key: LedgerKey
    package var state: State
    /// Fetches that failed or returned nothing.
    package var attempts: Int
    /// Whether the server has been told (`after:` applied), or needs not be.
    package var settled: Bool
    /// Whether it was there before its inbox was first polled, or its folder renumbered: what comes since goes before it.
    package var isBacklog: Bool
    package var history: History

    package init(
        key: LedgerKey, state: State, attempts: Int = 0, settled: Bool = false, isBacklog: Bool = false,
        history: History = History()
    ) {
        self.key = key
        self.state = state
        self.attempts = attempts
        self.settled = settled
        self.isBacklog = isBacklog
        self.history = history
    }
}

/// A ledger entry with its number, and what was filed from it.
package struct LedgerRow: Sendable, Hashable {
    package var id: LedgerID
    /// The last message; `nil` if nothing is stored of it.
    package var message: MessageID?
    package var entry: LedgerEntry

    package init(id: LedgerID, message: MessageID?, entry: LedgerEntry) {
        self.id = id
        self.message = message
        self.entry = entry
    }
}
