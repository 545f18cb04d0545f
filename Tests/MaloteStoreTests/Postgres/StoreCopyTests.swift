// A desk moves from a file into PostgreSQL and back: every row is the same, and the store goes on where it was.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct StoreCopyTests {
    private let schema = SharedPostgres.freshSchema()

    private func desk() async throws -> TemporaryFolder {
        let place = try TemporaryFolder()
        let folder = try StateFolder(place.path)
        let store = try SQLiteStore(folder: folder, vault: Vault(folder: folder))
        try await WholeDesk.fill(store)
        await store.close()
        return place
    }

    private func copy(_ place: TemporaryFolder) throws -> StoreCopy {
        try StoreCopy(StateFolder(place.path), SharedPostgres.settings(schema: schema))
    }

    @Test func thereAndBackAgain() async throws {
        let place = try await desk()
        let there = try copy(place).toPostgres()
        #expect(there.tables.filter { $0.rows > 0 }.count > 20)
        let vault = try #require(try Vault.present(in: place.path, credentials: nil))
        let check = try PostgresCheck(SharedPostgres.settings(schema: schema), vault: vault).run()
        #expect(check.isSound, "\(check.complaints)")

        try FileManager.default.removeItem(atPath: place.path + "/malote.db")
        let back = try copy(place).toSQLite()
        // The series of numbers stand in a table there, and what is in it may be behind here.
        #expect(back.tables.filter { $0.name != "counters" } == there.tables.filter { $0.name != "counters" })
        let found = try StoreCheck(place.path + "/malote.db", isLive: false, vault: vault).run()
        #expect(found.isSound, "\(found.complaints)")
    }

    @Test func whatComesNextHasTheNextNumber() async throws {
        let place = try await desk()
        _ = try copy(place).toPostgres()
        let folder = try StateFolder(place.path)
        let store = try await SharedPostgres.store(schema: schema, vault: Vault(folder: folder))
        let before = try await store.read { try $0.endOfLog() }
        try await store.write { store in
            try store.append(Sample.event(777))
            try store.want(Sample.keys(900...902))
            _ = try store.insert(Sample.ticket(try store.nextTicketNumber(contract: Sample.acme)))
        }
        #expect(try await store.read { try $0.endOfLog() } > before)
        #expect(try await store.read({ try $0.registry() }).mailboxes.first?.login?.password != nil)
    }

    @Test func nothingIsCopiedOntoSomething() async throws {
        let place = try await desk()
        _ = try copy(place).toPostgres()
        #expect(throws: Failure.self) { try copy(place).toPostgres() }
        #expect(throws: Failure.self, "there is a file already") { try copy(place).toSQLite() }
    }

    @Test func nothingIsNoStore() throws {
        let place = try TemporaryFolder()
        let refusal = #expect(throws: Failure.self) { try copy(place).toSQLite() }
        #expect(refusal?.kind == .operatorNeeded && refusal?.detail.contains("nothing of Malote's") == true)
        #expect(
            try RealPostgres.shared.get().sql("SELECT count(*) FROM pg_namespace WHERE nspname = '\(schema)'") == "0")
    }

    @Test func nodesAtWorkKeepTheirDatabase() async throws {
        let place = try TemporaryFolder()
        let store = try await SharedPostgres.store(schema: schema)
        let refusal = #expect(throws: Failure.self) { try copy(place).toSQLite() }
        #expect(refusal?.kind == .transient && refusal?.detail.contains("one") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).allSatisfy { !$0.hasSuffix(".db") })
        try await store.cluster.leave()
        _ = try copy(place).toSQLite()
    }
}
