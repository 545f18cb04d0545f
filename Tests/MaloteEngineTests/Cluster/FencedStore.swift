// One node's way to the common store: closed with its life, and to writing once it is expelled, as a database does it.

import MaloteCore
import MaloteTestKit
import Synchronization

final class FencedStore: Store {
    private let store: MemoryStore
    private let cluster: MemoryCluster
    private let name: String
    private let token = Mutex<NodeToken?>(nil)
    private let isDead = Mutex(false)

    init(_ store: MemoryStore, _ cluster: MemoryCluster, name: String) {
        (self.store, self.cluster, self.name) = (store, cluster, name)
    }

    /// From now on only this life may write.
    func fence(_ token: NodeToken) { self.token.withLock { $0 = token } }
    /// Like SIGKILL.
    func die() { isDead.withLock { $0 = true } }

    func read<T: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> T) async throws -> T {
        try reach()
        return try await store.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any StoreWriting) throws -> T) async throws -> T {
        try reach()
        if let token = token.withLock({ $0 }), !cluster.isAlive(token) {
            throw Failure(.transient, .lease, "The node was expelled.")
        }
        return try await store.write(body)
    }

    private func reach() throws(Failure) {
        guard !isDead.withLock({ $0 }), !cluster.isCut(name) else {
            throw Failure(.transient, .storage, "The database cannot be reached.")
        }
    }

    func tidy() async {}
}
