// Decides what to list in a folder and which of the listed messages are wanted; pure: no session, no store.

import MaloteCore

/// The first half of a poll: from the folder's state and our cursor to the ledger rows to add.
package struct Discovery: Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        /// Never polled before: `start` decides.
        case first
        case resumed
        /// The server renumbered the folder (RFC 9051 §2.3.1.1). What arrived lately is looked at again, and the
        /// duplicate check by Message-ID and hash keeps known messages from becoming events twice.
        case renumbered
    }

    package let inbox: MailboxID
    package let folder: String
    package let validity: UInt32
    package let reason: Reason
    /// What to list; `nil` when nothing needs to be listed.
    package let selection: InboxSelection?
    private let base: UInt32

    /// - Parameter lastGood: the last poll that ended well; bounds how far a renumbered folder is read again.
    package init(
        mailbox: MailboxID, inbox: Inbox, folder: OpenFolder, cursor: FolderCursor?, lastGood: Timestamp?
    ) {
        self.inbox = mailbox
        self.folder = inbox.folder
        validity = folder.validity
        guard let cursor else {
            reason = .first
            selection = Self.firstSelection(inbox.start, folder)
            base = (folder.nextUID ?? 1) - 1
            return
        }
        guard cursor.validity == folder.validity else {
            reason = .renumbered
            selection = lastGood.map { .since(Self.dayBefore($0)) } ?? .unseen
            base = (folder.nextUID ?? 1) - 1
            return
        }
        reason = .resumed
        base = cursor.lastUID
        // A server that says which UID comes next saves us asking when there is nothing new.
        selection = folder.nextUID.map { $0 <= cursor.lastUID + 1 } == true ? nil : .after(cursor.lastUID)
    }

    private static func firstSelection(_ start: Inbox.Start, _ folder: OpenFolder) -> InboxSelection? {
        switch start {
        case .all: .all
        case .unseen: .unseen
        case .since(let day): .since(day)
        // Without UIDNEXT the highest UID must be seen to be passed over.
        case .new: folder.nextUID == nil ? .all : nil
        }
    }

    private static func dayBefore(_ time: Timestamp) -> CivilDate {
        CivilDate(daysSinceEpoch: time.milliseconds / 86_400_000 - 1)
    }

    /// Whether what is listed was there before: what comes from now on goes before it, so that no inbox waits for its past.
    package var isBacklog: Bool { reason != .resumed }

    /// The rows to add and the cursor to keep with them, in one transaction.
    package func outcome(listed: [RemoteMessage], start: Inbox.Start) -> (wanted: [LedgerKey], cursor: FolderCursor) {
        let numbers = listed.compactMap { UInt32($0.uid) }
        let highest = max(base, numbers.max() ?? 0)
        let fresh: [UInt32]
        switch reason {
        // `n:*` always names the last message, even when its UID is below n (RFC 9051 §9, seq-range).
        case .resumed: fresh = numbers.filter { $0 > base }
        case .first: fresh = start == .new ? [] : numbers
        case .renumbered: fresh = numbers
        }
        let keys = Set(fresh).sorted().map {
            LedgerKey(inbox: inbox, folder: folder, validity: validity, uid: String($0))
        }
        return (keys, FolderCursor(inbox: inbox, folder: folder, validity: validity, lastUID: highest))
    }
}
