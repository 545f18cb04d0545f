// The Store port on PostgreSQL, for several nodes: one writer with group commit, a few readers; knows no rule of the desk.

import Dispatch
import Glibc
import MaloteCore
import Synchronization

/// Durable state in a schema of a PostgreSQL database that several nodes share.
///
/// What is acknowledged is committed with `synchronous_commit` as the server has it, never off. A server that is gone for a
/// moment is waited for; a commit whose answer was lost is looked up. Bodies may run more than once: the last run counts.
package final class PostgresStore: SQLStore, DurableStore {
    /// What one reader queue owns. Touched on that queue only.
    private final class Reader: @unchecked Sendable {
        let line: PostgresLine
        let queue: DispatchQueue
        init(_ line: PostgresLine, _ queue: DispatchQueue) {
            self.line = line
            self.queue = queue
        }
    }

    /// Touched on the writer queue only.
    private struct OnWriter: @unchecked Sendable {
        let writer: PostgresWriter
    }

    let settings: PostgresSettings
    let vault: Vault
    private let seat = NodeLife.Seat()
    package let openingNews: [String]
    /// This node's seat among the others.
    package let cluster: PostgresCluster
    /// What other nodes have written.
    package let news: PostgresNews
    private let speaker: NewsSpeaker
    package let ended = Bell()
    private let fate = Mutex<Failure?>(nil)
    private let writes = WriteQueue(label: "malote.store.writer", groupLimit: 64)
    private let onWriter: OnWriter
    private let readers: [Reader]
    private let nextReader = Atomic<Int>(0)
    private let commitCount = Atomic<Int>(0)
    private static let patience = Duration.seconds(10)

    /// Connects and brings the schema to the present. Nothing is written before `cluster` has been joined.
    /// - Throws: `Failure(.operatorNeeded, ...)` for a server that cannot be used so, `(.transient, .storage)` for one that
    ///   is not reached.
    package init(_ settings: PostgresSettings, vault: Vault, readers: Int = 3) throws(Failure) {
        self.settings = settings
        self.vault = vault
        do {
            let connection = try PostgresConnection(settings, purpose: "start")
            let isFresh = try PostgresSchema.migrate(connection, schema: settings.schema)
            openingNews = try KeyCare.settleShared(connection, vault, isFresh: isFresh)
        } catch { throw Failure(sql: error) }
        speaker = NewsSpeaker(settings, seat)
        cluster = PostgresCluster(settings, seat, speaker, vault)
        news = PostgresNews(settings, seat)
        onWriter = OnWriter(writer: PostgresWriter(settings, vault, seat))
        self.readers = (0..<readers).map {
            Reader(
                PostgresLine(settings, purpose: "reader"), DispatchQueue(label: "malote.store.reader.\($0)"))
        }
    }

    package var commits: Int { commitCount.load(ordering: .relaxed) }
    package var waitingWrites: Int { writes.count }
    package var end: Failure? { fate.withLock { $0 } }
    package func close() async {}
    /// The server's own vacuum does it.
    package func tidy() async {}

    // MARK: - Reading

    package func read<T: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> T) async throws -> T {
        let number = nextReader.wrappingAdd(1, ordering: .relaxed).oldValue
        let reader = readers[number % readers.count]
        return try await withCheckedThrowingContinuation { continuation in
            reader.queue.async { [self] in continuation.resume(with: Result { try snapshot(reader, body) }) }
        }
    }

    private func snapshot<T>(_ reader: Reader, _ body: (any StoreReading) throws -> T) throws -> T {
        let end = ContinuousClock.now + Self.patience
        while true {
            do {
                let connection = try reader.line.connection()
                return try connection.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") {
                    try body(StoreTransaction(connection, vault, node: seat.taken?.node ?? ""))
                }
            } catch let error as PostgresError where error.isLoss || error.isConflict {
                reader.line.hangUp()
                guard ContinuousClock.now < end else { throw error.failure }
                usleep(100_000)
            } catch let error as any SQLFault { throw error.failure }
        }
    }

    // MARK: - Writing

    package func write<T: Sendable>(_ body: @escaping @Sendable (any StoreWriting) throws -> T) async throws -> T {
        try await writes.write(body) { [self] jobs in
            let outcomes = onWriter.writer.commit(jobs)
            commitCount.wrappingAdd(1, ordering: .relaxed)
            speaker.tell(onWriter.writer.news)
            if let broken = onWriter.writer.broken { giveUp(broken) }
            for (job, outcome) in zip(jobs, outcomes) { job.finish(outcome) }
        }
    }

    private func giveUp(_ failure: Failure) {
        let isFirst = fate.withLock { fate in
            defer { fate = fate ?? failure }
            return fate == nil
        }
        if isFirst { ended.ring() }
    }
}
