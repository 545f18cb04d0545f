// Notes for the other nodes on the mailboxes of this one, now and then; knows not who reads them.

import MaloteCore

extension LeaseKeeper {
    /// What was noted last, and when by the node's own clock.
    struct Noted {
        var notes: [MailboxNote]
        var at: Duration
    }

    /// One row for all mailboxes, twice a minute and only if there is news. Without other nodes nobody would read it.
    func leaveNotes() async throws(Failure) {
        let now = parts.book.uptimeNow()
        guard map.nodes.count > 1, noted.map({ now - $0.at >= ClusterTerms.notes }) ?? true else { return }
        let notes = await notes()
        if notes != noted?.notes { try await parts.cluster.note(notes) }
        noted = Noted(notes: notes, at: now)
    }

    private func notes() async -> [MailboxNote] {
        let (inboxes, outboxes) = (await parts.scheduler.health, await parts.drain.health)
        let idling = await parts.scheduler.idling
        let all = inboxes.merging(outboxes) { inbox, _ in inbox }.values
        return all.filter { parts.book.holds(.mailbox($0.mailbox)) }.sorted { $0.mailbox < $1.mailbox }.map {
            MailboxNote(
                mailbox: $0.mailbox, lastGood: $0.lastGood, nextTry: $0.nextTry, idling: idling.contains($0.mailbox))
        }
    }
}
