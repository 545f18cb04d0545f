// A life that is over commits nothing, whatever it still wants; a real PostgreSQL decides.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct FencingTests {
    private let schema = SharedPostgres.freshSchema()

    private func node(_ name: String) async throws -> PostgresStore {
        try await SharedPostgres.store(name, schema: schema)
    }

    private func expectOver(_ store: PostgresStore) async {
        await #expect { try await store.write { try $0.append(Sample.event(99)) } } throws: {
            ($0 as? Failure)?.cause == .lease
        }
        #expect(store.end?.cause == .lease)
    }

    @Test func whoeverIsExpelledWritesNothing() async throws {
        let (one, two) = (try await node("one"), try await node("two"))
        try await one.write { try $0.append(Sample.event(1)) }
        try RealPostgres.shared.get().sql("UPDATE \(schema).nodes SET lease_ends = 0 WHERE name = 'one'")
        let token = try await two.cluster.renew(after: 0, waiting: []).nodes[0].token
        // Its lease is over, and nobody minds yet.
        try await one.write { try $0.append(Sample.event(2)) }
        #expect(try await two.cluster.expel([token]) == [token])
        await expectOver(one)
        #expect(try await two.read { try $0.events(contract: nil, after: nil, limit: 9).count } == 2)
    }

    @Test func anEarlierLifeWritesNothing() async throws {
        let before = try await node("one")
        try await before.write { try $0.append(Sample.event(1)) }
        let after = try await node("one")
        await expectOver(before)
        try await after.write { try $0.append(Sample.event(2)) }
        try await after.cluster.leave()
        await expectOver(after)
    }

    @Test func nothingIsWrittenBeforeJoining() async throws {
        let store = try PostgresStore(
            SharedPostgres.settings(schema: schema), vault: Vault(key: [UInt8](repeating: 7, count: 32)))
        await #expect(throws: Failure.self) { try await store.write { try $0.append(Sample.event(1)) } }
        #expect(try await store.read { try $0.events(contract: nil, after: nil, limit: 9).isEmpty })
    }

    /// An expulsion waits for the commit that is under way, and the next one is refused.
    @Test func acommitUnderWayIsBeforeTheExpulsion() async throws {
        let (one, two) = (try await node("one"), try await node("two"))
        let gate = Gate()
        let writing = Task.immediate {
            try await one.write { store in
                try store.append(Sample.event(1))
                gate.standStill()
            }
        }
        await gate.untilReached()
        try RealPostgres.shared.get().sql("UPDATE \(schema).nodes SET lease_ends = 0 WHERE name = 'one'")
        let token = try await two.cluster.renew(after: 0, waiting: []).nodes[0].token
        async let expelled = two.cluster.expel([token])
        try await Task.sleep(for: .milliseconds(200))
        gate.open()
        try await writing.value
        #expect(try await expelled == [token])
        await expectOver(one)
        #expect(try await two.read { try $0.events(contract: nil, after: nil, limit: 9).count } == 1)
    }

    @Test func newsComesFromOthersOnly() async throws {
        let (one, two) = (try await node("one"), try await node("two"))
        #expect(await two.news.next(atMost: .seconds(5)) == Set(NewsTopic.allCases), "it has just begun to listen")
        #expect(await one.news.next(atMost: .seconds(5)) == Set(NewsTopic.allCases))
        try await one.write { try $0.append(Sample.event(1)) }
        var heard: Set<NewsTopic> = []
        while !heard.contains(.events) { heard.formUnion(await two.news.next(atMost: .seconds(20))) }
        #expect(!(await one.news.next(atMost: .milliseconds(300)).contains(.events)))
    }

    /// The key belongs to the database: a node with another one is told so at once.
    @Test func aNodeWithAnotherKeyIsRefused() async throws {
        _ = try await node("one")
        do {
            _ = try PostgresStore(
                SharedPostgres.settings(schema: schema), vault: Vault(key: [UInt8](repeating: 8, count: 32)))
            Issue.record("it was opened")
        } catch { #expect((error as? Failure)?.cause == .credential) }
    }

    @Test func secretsAreSealedAnewOnceEveryNodeHasTheKey() async throws {
        let (old, new) = (SealingKey([UInt8](repeating: 7, count: 32)), SealingKey([UInt8](repeating: 9, count: 32)))
        let one = try await node("one")
        try await WholeDesk.fill(one)
        await #expect(throws: Failure.self, "there is no new key") { try await one.rotateKey { _, _ in } }
        func changed(_ name: String) async throws -> PostgresStore {
            try await SharedPostgres.store(name, schema: schema, vault: Vault(new, old: [old]))
        }
        let two = try await changed("two")
        do {
            _ = try await two.rotateKey { _, _ in }
            Issue.record("node one could open nothing any more")
        } catch { #expect(error.detail.contains("one")) }
        let again = try await changed("one")
        let rotation = try await two.rotateKey { _, _ in }
        #expect(rotation.secrets > 2 && rotation.closed == 0 && rotation.key == new.id)
        #expect(try await again.keys().keys.map(\.secrets) == [rotation.secrets, 0])
        #expect(try await again.read { try $0.registry() }.mailboxes.allSatisfy { $0.login?.password != nil })
    }

    /// While nodes are upgraded one after the other, an old one works on what a new one has added to.
    @Test func aNewerSchemaIsSharedIfItOnlyAdds() async throws {
        let one = try await node("one")
        let server = try RealPostgres.shared.get()
        let present = SchemaVersion.present
        try server.sql(
            """
            SET search_path = \(schema); ALTER TABLE messages ADD COLUMN later BIGINT;
            INSERT INTO schema_version (step, needs) VALUES (\(present + 1), \(present))
            """)
        try await one.write { try $0.append(Sample.event(1)) }
        let two = try await node("two")
        try await two.write { try $0.append(Sample.event(2)) }
        try server.sql("SET search_path = \(schema); UPDATE schema_version SET needs = step WHERE step > \(present)")
        do {
            _ = try await node("three")
            Issue.record("it works on what it does not know")
        } catch { #expect((error as? Failure)?.detail.contains("schema \(present + 1)") == true, "\(error)") }
    }
}
