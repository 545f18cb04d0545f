// What a real server says of itself is what it was told to be.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct DatabaseFactsTests {
    private func store(_ server: RealPostgres) throws -> PostgresStore {
        try PostgresStore(
            PostgresSettings(url: server.localURL), vault: Vault(key: [UInt8](repeating: 7, count: 32)))
    }

    @Test func aServerIsKnownByItsSettings() async throws {
        let server = try RealPostgres(settings: ["max_pred_locks_per_transaction=640"])
        let before = try store(server)
        _ = try await before.cluster.join(SharedPostgres.introduction("one"))
        let well = try #require(try await before.database())
        #expect(well.version >= 150_000 && well.octets > 1 << 20)
        #expect(well.syncs && well.writesFullPages && well.cleansUp && !well.isReadOnly)
        #expect(well.synchronousCommit == "on" && well.synchronousCommitElsewhere == "on")
        #expect(well.predicateLocks == 640)
        #expect(well.connections == [.init("max_connections", 57)])
        #expect(well.nodes == 1 && well.standbys == 0 && !well.waitsForStandbys && well.strangers == 0)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        #expect(abs(well.time.milliseconds - now) < 5000)

        try server.sql("ALTER ROLE malote CONNECTION LIMIT 40; ALTER DATABASE malote CONNECTION LIMIT 50")
        try server.sql(
            "ALTER ROLE malote SET synchronous_commit = off; ALTER ROLE malote SET idle_session_timeout = 100")
        server.stop("fast")
        try server.startAgain(settings: [
            "fsync=off", "full_page_writes=off", "autovacuum=off", "superuser_reserved_connections=5",
            "synchronous_standby_names=nobody", "synchronous_commit=off",
        ])
        // Nothing can be committed there: it is only asked.
        let after = try store(server)
        let worse = try #require(try await after.database())
        #expect(!worse.syncs && !worse.writesFullPages && !worse.cleansUp && worse.waitsForStandbys)
        // What it is for others is not what it is for Malote.
        #expect(worse.synchronousCommit == "on" && worse.synchronousCommitElsewhere == "off")
        #expect(Set(worse.connections.map(\.count)) == [55, 40, 50])
        let limit = try await after.inside(read: { store in
            try store.connection.first("SELECT current_setting('idle_session_timeout')") { $0.text(0) }
        })
        #expect(limit == "0")
    }

    @Test func aFileHasNoServer() async throws {
        let place = try TemporaryFolder()
        let folder = try StateFolder(place.path + "/state")
        let store = try SQLiteStore(folder: folder, vault: Vault(folder: folder))
        #expect(try await store.database() == nil)
    }
}
