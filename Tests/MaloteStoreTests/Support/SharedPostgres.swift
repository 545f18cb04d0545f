// The one PostgreSQL server of this test process, a schema for each test; knows no table.

import Foundation
import MaloteCore
import MaloteTestKit
import Synchronization

@testable import MaloteStore

enum SharedPostgres {
    private static let count = Atomic<Int>(0)

    static func freshSchema() -> String { "test_\(count.wrappingAdd(1, ordering: .relaxed).newValue)" }

    static func settings(schema: String) throws -> PostgresSettings {
        try PostgresSettings(url: RealPostgres.shared.get().localURL, schema: schema)
    }

    /// Joined.
    static func store(
        _ node: String = "one", schema: String, vault: Vault = Vault(key: [UInt8](repeating: 7, count: 32))
    ) async throws -> PostgresStore {
        let store = try PostgresStore(settings(schema: schema), vault: vault)
        _ = try await store.cluster.join(introduction(node))
        return store
    }

    static func nodes(_ names: [String], schema: String) async throws -> [PostgresStore] {
        var nodes: [PostgresStore] = []
        for name in names { nodes.append(try await store(name, schema: schema)) }
        return nodes
    }

    static func introduction(_ name: String, home: String? = nil) -> NodeIntroduction {
        NodeIntroduction(
            name: name, home: home ?? "home of \(name)", version: "1", schema: Migrations.steps.count,
            address: "\(name).example")
    }
}
