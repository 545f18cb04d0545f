// The one PostgreSQL server of this test process, a schema for each test; knows no table.

import Foundation
import MaloteStore
import MaloteTestKit
import Synchronization

enum SharedPostgres {
    private static let count = Atomic<Int>(0)

    static func freshSchema() -> String { "test_\(count.wrappingAdd(1, ordering: .relaxed).newValue)" }

    static func settings(schema: String) throws -> PostgresSettings {
        try PostgresSettings(url: RealPostgres.shared.get().localURL, schema: schema)
    }
}
