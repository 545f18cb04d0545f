// The registry everyone works from, as one value that is swapped whole; knows not how it is stored or edited.

import MaloteCore
import Synchronization

/// Holds the current registry. Readers take a snapshot; a change swaps it and rings, so it takes effect at once.
package final class RegistryBoard: Sendable {
    private struct Posted {
        var registry: Registry
        var order: Int64
    }

    private let posted: Mutex<Posted>
    private let guests = Mutex<[Mailbox]>([])
    /// Rung after every change.
    package let changed = Bell()

    /// - Parameter order: `StoreReading.registryVersion()` of the same snapshot, as everywhere here.
    package init(_ registry: Registry, order: Int64 = 0) { posted = Mutex(Posted(registry: registry, order: order)) }

    package var current: Registry { posted.withLock { $0.registry } }
    package var order: Int64 { posted.withLock { $0.order } }

    /// Outboxes that are used without being registered: a drill's. The last list counts.
    func invite(_ mailboxes: [Mailbox]) {
        guests.withLock { $0 = mailboxes }
        changed.ring()
    }

    /// Registered or invited.
    func mailbox(_ id: MailboxID) -> Mailbox? {
        current.mailbox(id) ?? guests.withLock { $0.first { $0.id == id } }
    }

    /// Whether it is used without being registered.
    func isGuest(_ id: MailboxID) -> Bool { guests.withLock { $0.contains { $0.id == id } } }

    /// Posts a registry unless it, or a later one, is posted already.
    package func replace(with registry: Registry, order: Int64) {
        let isLatest = posted.withLock { posted in
            guard order > posted.order else { return false }
            posted = Posted(registry: registry, order: order)
            return true
        }
        if isLatest { changed.ring() }
    }
}
