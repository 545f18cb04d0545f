// The price of durability is shared: what waits for the disk together is synced together.

import MaloteCore
import Testing

@testable import MaloteStore

@Suite struct GroupCommitTests {
    @Test(arguments: [(1, 1), (10, 1), (256, 1), (257, 2), (600, 3)])
    func whatWaitsSharesACommit(writes: Int, commits: Int) async throws {
        let disk = try Disk()
        let store = try disk.open()
        let gate = Gate()
        let first = Task.immediate { try await store.write { _ in gate.standStill() } }
        await gate.untilReached()
        let waiting = (1...writes).map { number in
            Task.immediate { try await store.write { try $0.append(Sample.event(number)) } }
        }
        gate.open()
        try await first.value
        for write in waiting { try await write.value }
        #expect(store.commits == 1 + commits)
        #expect(try await store.events().count == writes)
    }

    @Test func manyWritersAtOnceCostFewCommits() async throws {
        let disk = try Disk()
        let store = try disk.open()
        try await withThrowingTaskGroup { group in
            for number in 1...500 { group.addTask { try await store.write { try $0.append(Sample.event(number)) } } }
            try await group.waitForAll()
        }
        #expect(store.commits < 500)
        #expect(try await store.events().count == 500)
    }

    // MARK: - A full disk

    /// A limit on the file's pages stands for the disk: what SQLite does then is the same.
    @Test func aFullDiskIsSaidToBeOneAndPasses() async throws {
        let disk = try Disk()
        let store = try disk.open()
        try await store.write { try $0.append(Sample.event(1)) }
        try await limitPages(of: store, to: 1)
        let gate = Gate()
        let first = Task.immediate { try await store.write { _ in gate.standStill() } }
        await gate.untilReached()
        let small = Task.immediate { try await store.write { try $0.append(Sample.event(2)) } }
        let big = Task.immediate {
            try await store.write {
                _ = try $0.insert(
                    Sample.message(), raw: RawMessage(.init(repeating: 0x20, count: 1 << 20)), ledger: nil)
            }
        }
        gate.open()
        try await first.value
        let failure = await #expect(throws: Failure.self) { try await big.value }
        #expect(failure?.cause == .diskFull)
        #expect(failure?.remedy.isEmpty == false)
        // SQLite gives up the transaction as a whole; then its neighbour hears the same reason, never a success.
        let neighbour = await small.result
        switch neighbour {
        case .success: #expect(try await store.events() == ["event-1", "event-2"])
        case .failure(let error):
            #expect((error as? Failure)?.cause == .diskFull)
            #expect(try await store.events() == ["event-1"])
        }
        try await limitPages(of: store, to: 1_000_000)
        try await store.write {
            _ = try $0.insert(Sample.message(), raw: RawMessage(.init(repeating: 0x20, count: 1 << 20)), ledger: nil)
        }
    }

    private func limitPages(of store: SQLiteStore, to pages: Int) async throws {
        try await store.write { store in
            let transaction = try #require(store as? StoreTransaction)
            try transaction.connection.execute("PRAGMA max_page_count = \(pages)")
        }
    }
}
