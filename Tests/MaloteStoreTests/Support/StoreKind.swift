// The stores that the conformance suite runs against: a further one is added to `all` and must pass the same tests.

import MaloteCore
import MaloteStore
import MaloteTestKit
import Testing

struct StoreKind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Makes an empty store in an existing, empty folder.
    let make: @Sendable (String) async throws -> any Store

    static let all = [
        StoreKind(testDescription: "SQLite") { path in
            let folder = try StateFolder(path)
            return try SQLiteStore(folder: folder, vault: Vault(folder: folder))
        },
        StoreKind(testDescription: "PostgreSQL") { path in
            let folder = try StateFolder(path)
            return try await SharedPostgres.store(schema: SharedPostgres.freshSchema(), vault: Vault(folder: folder))
        },
    ]

    /// With the fake that the engine's tests stand on: it must keep the same promises.
    static let withFake = all + [StoreKind(testDescription: "memory") { _ in MemoryStore() }]

    func fresh() async throws -> FreshStore {
        let folder = try TemporaryFolder()
        return FreshStore(folder: folder, store: try await make(folder.path))
    }
}

/// An empty store whose files go when it goes.
struct FreshStore: Store {
    fileprivate let folder: TemporaryFolder
    fileprivate let store: any Store

    func read<T: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> T) async throws -> T {
        try await store.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any StoreWriting) throws -> T) async throws -> T {
        try await store.write(body)
    }

    func tidy() async { await store.tidy() }
}
