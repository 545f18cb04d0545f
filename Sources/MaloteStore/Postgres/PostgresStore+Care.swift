// The StoreCare port where the database has owners of its own: keys are told, and copies are the database's business.

import MaloteCore

extension PostgresStore {
    /// Seals everything anew under this node's key, which operators have given to all of them before.
    package func rotateKey(
        alongside: @escaping @Sendable (KeyRotation, any StoreWriting) throws -> Void
    ) async throws(Failure) -> KeyRotation {
        guard let former = vault.old.first else {
            throw Failure(
                .permanent, .registry, "The key belongs to all nodes, and there is no new one.",
                remedy: "Give every node the new key as credential malote.key and the present one as malote.key.old, "
                    + "restart one after the other, and ask again.")
        }
        do {
            return try await inside(write: { [vault] store in
                try store.connection.refuseNodes(without: vault.keyID)
                let done = try store.reseal()
                let rotation = KeyRotation(
                    key: vault.keyID, former: former.id, secrets: done.changed,
                    closed: done.closed.values.reduce(0, +))
                try alongside(rotation, store)
                return rotation
            })
        } catch { throw Failure(sql: error) }
    }

    package func snapshot() async throws(Failure) -> any StoreSnapshot {
        throw Failure(
            .permanent, .registry, "The state is in PostgreSQL: it is backed up there.",
            remedy: "Use pg_dump or a base backup of the server, and keep malote.key with it.")
    }
}

extension SQLConnection {
    /// What is sealed under a key must open on every node that is at work.
    fileprivate func refuseNodes(without key: String) throws {
        let nodes = try rows("SELECT name, keys FROM nodes ORDER BY name") {
            (name: $0.text(0), keys: try JSONColumn.decode($0.text(1), [String].self))
        }
        let without = nodes.filter { !$0.keys.contains(key) }.map(\.name)
        guard !without.isEmpty else { return }
        throw Failure(
            .permanent, .registry, "Nodes have no key \(key): \(without.joined(separator: ", ")).",
            remedy: "Give it to them as malote.key, the former one as malote.key.old, restart them, and ask again.")
    }
}
