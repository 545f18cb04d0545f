// Which lanes are this node's to drain, as outboxes come and go; knows no other node.

import MaloteCore

extension QueueDrain {
    /// Whether this node may use the outbox, and knows what is to be known of it.
    func isOwn(_ outbox: MailboxID) -> Bool {
        if parts.book.isWhole || parts.board.isGuest(outbox) { return true }
        guard let arrival = arrivals[outbox] else { return false }
        return parts.book.arrival(of: .mailbox(outbox)) == arrival
    }

    /// What a guest needs is nobody else's.
    func share(of lane: Lane) -> Share? { parts.board.isGuest(lane.outbox) ? nil : .mailbox(lane.outbox) }

    /// Forgets lanes that other nodes have now, and reads anew what they have written of those that come.
    func followShares() async {
        let shares = parts.book.changed.generation
        guard !parts.book.isWhole, shares != sharesSeen else { return }
        var present: [MailboxID: Int] = [:]
        for mailbox in parts.board.current.mailboxes where mailbox.outbox != nil {
            present[mailbox.id] = parts.book.arrival(of: .mailbox(mailbox.id))
        }
        arrivals = arrivals.filter { present[$0.key] == $0.value }
        remembered = remembered.filter { arrivals[$0.key] != nil || parts.board.isGuest($0.key) }
        for (lane, state) in lanes where !isOwn(lane.outbox) { state.bell.ring() }
        for lane in lanes.keys where !isOwn(lane.outbox) && lanes[lane]?.planner.workers == 0 { lanes[lane] = nil }
        let fresh = present.filter { arrivals[$0.key] == nil }
        if !fresh.isEmpty {
            // Tried again with the next look.
            guard let health = try? await parts.store.read({ try $0.health() }) else { return }
            for id in fresh.keys { (remembered[id], rates[id]) = (nil, nil) }
            for entry in health where fresh[entry.mailbox] != nil { remembered[entry.mailbox] = entry }
            arrivals.merge(fresh) { $1 }
        }
        sharesSeen = shares
    }

    /// Another node would take results that are not recorded for lost: they are offered until the store takes them.
    func recordBeforeLeaving() async {
        while !parts.book.isWhole, !unrecorded.isEmpty, !Task.isCancelled {
            try? await parts.time.sleep(for: .seconds(1))
            await recordKept()
        }
    }
}
