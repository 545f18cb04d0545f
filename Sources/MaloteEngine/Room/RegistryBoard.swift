// The registry everyone works from, as one value that is swapped whole; knows not how it is stored or edited.

import MaloteCore
import Synchronization

/// Holds the current registry. Readers take a snapshot; a change swaps it and rings, so it takes effect at once.
package final class RegistryBoard: Sendable {
    private struct Posted {
        var registry: Registry
        var order: Int
    }

    private let posted: Mutex<Posted>
    private let guests = Mutex<[Mailbox]>([])
    private let orders = Atomic<Int>(0)
    /// Rung after every change.
    package let changed = Bell()

    package init(_ registry: Registry) { posted = Mutex(Posted(registry: registry, order: 0)) }

    package var current: Registry { posted.withLock { $0.registry } }

    /// Outboxes that are used without being registered: a drill's. The last list counts.
    func invite(_ mailboxes: [Mailbox]) {
        guests.withLock { $0 = mailboxes }
        changed.ring()
    }

    /// Registered or invited.
    func mailbox(_ id: MailboxID) -> Mailbox? {
        current.mailbox(id) ?? guests.withLock { $0.first { $0.id == id } }
    }

    /// Draw one inside the transaction that changes the registry: transactions run one at a time, so the numbers are
    /// in commit order whichever task comes back first.
    package func nextOrder() -> Int { orders.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Posts a registry unless a later one is posted already.
    package func replace(with registry: Registry, order: Int) {
        let isLatest = posted.withLock { posted in
            guard order > posted.order else { return false }
            posted = Posted(registry: registry, order: order)
            return true
        }
        if isLatest { changed.ring() }
    }
}
