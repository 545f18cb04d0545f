// The registry everyone works from, as one value that is swapped whole; knows not how it is stored or edited.

import MaloteCore
import Synchronization

/// Holds the current registry. Readers take a snapshot; a change swaps it and rings, so it takes effect at once.
package final class RegistryBoard: Sendable {
    private let registry: Mutex<Registry>
    /// Rung after every change.
    package let changed = Bell()

    package init(_ registry: Registry) { self.registry = Mutex(registry) }

    package var current: Registry { registry.withLock { $0 } }

    package func replace(with registry: Registry) {
        self.registry.withLock { $0 = registry }
        changed.ring()
    }
}
