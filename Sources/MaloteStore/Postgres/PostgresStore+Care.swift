// The StoreCare port where the database has owners of its own: keys are told, and copies are the database's business.

import MaloteCore

extension PostgresStore {
    package func keys() async throws(Failure) -> KeyReport {
        do { return try await inside(read: { [vault] in try KeyReport($0.connection, vault) }) } catch {
            throw Failure(sql: error)
        }
    }

    package func rotateKey(
        alongside: @escaping @Sendable (KeyRotation, any StoreWriting) throws -> Void
    ) async throws(Failure) -> KeyRotation {
        throw Failure(
            .permanent, .registry, "The key belongs to all nodes: no node may change it alone.",
            remedy:
                "Give every node the new key as credential malote.key and the old one as malote.key.old, one after the "
                + "other; then the next start of each seals anew.")
    }

    package func snapshot() async throws(Failure) -> any StoreSnapshot {
        throw Failure(
            .permanent, .registry, "The state is in PostgreSQL: it is backed up there.",
            remedy: "Use pg_dump or a base backup of the server, and keep malote.key with it.")
    }
}
