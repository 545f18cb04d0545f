// What servers want people to read, in the log once and not at every login; knows no protocol.

import MaloteCore
import Synchronization

/// Remembers what was told of each mailbox: some servers send the same notice to every login.
final class AlertBook: Sendable {
    /// Texts of one mailbox that are remembered; when there are more, the oldest may be told again.
    private static let limit = 16

    private let told = Mutex<[MailboxName: [String]]>([:])
    private let log: Log

    init(_ log: Log) { self.log = log }

    func tell(_ texts: [String], of mailbox: MailboxName) {
        for text in texts where isNew(text, of: mailbox) {
            log(.notice, "\(mailbox): the server asks to read this: \(text)", [.mailbox: mailbox.text])
        }
    }

    private func isNew(_ text: String, of mailbox: MailboxName) -> Bool {
        told.withLock { told in
            let known = told[mailbox, default: []]
            guard !known.contains(text) else { return false }
            told[mailbox] = known.suffix(Self.limit - 1) + [text]
            return true
        }
    }
}
