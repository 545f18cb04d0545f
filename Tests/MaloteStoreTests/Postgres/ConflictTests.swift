// Several nodes write at one time, and the server goes away meanwhile: it comes to the same as one after the other.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct ConflictTests {
    /// Each takes the next number of a series without gaps, and appends an event.
    @Test func numbersWithoutGapsStaySo() async throws {
        let schema = SharedPostgres.freshSchema()
        let nodes = try await SharedPostgres.nodes(["one", "two", "three"], schema: schema)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for turn in 0..<90 {
                group.addTask {
                    try await nodes[turn % 3].write { store in
                        let number = try store.nextTicketNumber(contract: Sample.acme)
                        _ = try store.insert(Sample.ticket(number))
                        try store.append(Sample.event(turn))
                    }
                }
            }
            try await group.waitForAll()
        }
        let (tickets, events) = try await nodes[0].read {
            (
                try $0.tickets(contract: Sample.acme, after: 0, limit: 200).map(\.number),
                try $0.events(contract: nil, after: nil, limit: 200).count
            )
        }
        #expect(tickets == Array(1...90))
        #expect(events == 90)
    }

    /// Whoever has read the log up to an event has read all that ever stands before it.
    @Test func theLogIsReadWithoutGaps() async throws {
        let schema = SharedPostgres.freshSchema()
        let nodes = try await SharedPostgres.nodes(["one", "two", "three"], schema: schema)
        async let writing: Void = withThrowingTaskGroup(of: Void.self) { group in
            for turn in 0..<150 {
                group.addTask { try await nodes[1 + turn % 2].write { try $0.append(Sample.event(turn)) } }
            }
            try await group.waitForAll()
        }
        var (place, seen) = (EventPlace.unsaved, 0)
        while seen < 150 {
            let after = place
            let events = try await nodes[0].read { try $0.events(of: Sample.acme, behind: after, limit: 7) }
            #expect(events.map(\.place) == events.map(\.place).sorted())
            seen += events.count
            place = events.last?.place ?? place
            if events.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        }
        try await writing
        #expect(try await nodes[0].read { try $0.events(contract: nil, after: nil, limit: 999).count } == 150)
    }

    /// Connections are cut in the midst: what was acknowledged is there, once; what was refused is not.
    @Test(.timeLimit(.minutes(3))) func connectionsAreCut() async throws {
        let schema = SharedPostgres.freshSchema()
        let store = try await SharedPostgres.store(schema: schema)
        let server = try RealPostgres.shared.get()
        let done = Done()
        async let cutting: Int = {
            var cuts = 0
            while await !done.isSet {
                let cut = try server.sql(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = "
                        + "'maloted one: writer' AND pid <> pg_backend_pid() AND query NOT LIKE '%other%'")
                cuts += Int(cut) ?? 0
                try await Task.sleep(for: .milliseconds(7))
            }
            return cuts
        }()
        var acknowledged: Set<Int> = []
        for turn in 0..<120 {
            do {
                try await store.write { try $0.append(Sample.event(turn)) }
                acknowledged.insert(turn)
            } catch {}
        }
        await done.set()
        let cuts = try await cutting
        let there = try await store.read { try $0.events(contract: nil, after: nil, limit: 999).map(\.id) }
        #expect(Set(there).count == there.count)
        #expect(Set(there) == Set(acknowledged.map { Sample.event($0).id }))
        #expect(cuts > 0)
    }

    /// A crash of the server, and its return within the time that a write waits.
    @Test(.timeLimit(.minutes(3))) func aServerThatRestartsIsWaitedFor() async throws {
        let server = try RealPostgres()
        let store = try PostgresStore(
            PostgresSettings(url: server.localURL), vault: Vault(key: [UInt8](repeating: 7, count: 32)))
        _ = try await store.cluster.join(SharedPostgres.introduction("one"))
        try await store.write { try $0.append(Sample.event(1)) }
        server.stop()
        async let write: Void = store.write { try $0.append(Sample.event(2)) }
        async let read = store.read { try $0.events(contract: nil, after: nil, limit: 9).count }
        try server.startAgain()
        _ = try? await write
        _ = try? await read
        try await store.write { try $0.append(Sample.event(3)) }
        #expect(try await store.read { try $0.events(contract: nil, after: nil, limit: 9).count } >= 2)
    }

    private actor Done {
        private(set) var isSet = false
        func set() { isSet = true }
    }
}
