// The Store port on one SQLite file: one writer with group commit, a few readers; knows no rule of the desk.

import CSQLite
import Foundation
import MaloteCore
import Synchronization

/// Durable state in `malote.db` (WAL, synchronous=FULL: what was acknowledged survives a power cut).
///
/// Writes run on one serial queue. Bodies that wait while a commit is under way share the next one, each in its own
/// savepoint, so a hundred writers cost a handful of syncs. Readers have connections of their own and never wait.
package final class SQLiteStore: SQLStore, DurableStore {
    /// What the writer queue owns. Touched on that queue only.
    private final class Writer: @unchecked Sendable {
        let connection: SQLiteConnection
        /// Set by a failed sync: what the file holds is then uncertain, and only a restart may go on.
        var broken: Failure?
        init(_ connection: SQLiteConnection) { self.connection = connection }
    }

    /// What one reader queue owns. Touched on that queue only.
    private final class Reader: @unchecked Sendable {
        let connection: SQLiteConnection
        let queue: DispatchQueue
        init(_ connection: SQLiteConnection, _ queue: DispatchQueue) {
            self.connection = connection
            self.queue = queue
        }
    }

    let vault: Vault
    /// What opening found to tell: of keys that changed, a sentence each.
    package let openingNews: [String]
    /// Its lock keeps a second daemon out for as long as the store lives.
    let folder: StateFolder
    private let writer: Writer
    private let writes = WriteQueue(label: "malote.store.writer", groupLimit: 256)
    private let checkpointer: Checkpointer
    /// Makes copies of the whole.
    let snapshots: SnapshotMaker
    private let readers: [Reader]
    private let nextReader = Atomic<Int>(0)
    private let commitCount = Atomic<Int>(0)
    /// Pages of 4 KiB in the log from which it is brought into the file beside the writer, and from which the writer
    /// helps: a log that it keeps ahead of would grow for as long as there is much to write.
    private static let longLog = 4000
    private static let tooLongLog = 16_000
    /// Pages of 4 KiB: fewer free ones are soon used again; more at one time would hold up the writer.
    private static let worthGivingBack = 1000
    private static let givenBackAtOnce = 8000

    /// Opens or creates the database in a state folder that the caller holds locked.
    /// - Throws: `Failure(.operatorNeeded, .storage)` for a file that is not ours, newer, or unusable.
    package init(folder: StateFolder, vault: Vault, readers: Int = 3) throws(Failure) {
        self.folder = folder
        self.vault = vault
        snapshots = SnapshotMaker(folder: folder)
        do {
            let path = folder.path + "/malote.db"
            let connection = try SQLiteConnection(path: path, mode: .readWrite)
            chmod(path, 0o600)
            // The name of a new file is as durable as what is committed to it.
            guard StateFolder.sync(folder.path) else { throw StateFolder.failure("cannot be synced", folder.path) }
            // Only of a file that has no table yet: what is removed later is given back to the disk by `tidy`.
            try connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            try connection.execute("PRAGMA journal_mode = WAL")
            try connection.execute("PRAGMA synchronous = FULL")
            try connection.execute("PRAGMA foreign_keys = ON")
            connection.countLog()
            // What a transaction has beyond this it writes into the log before its end: a mail of any size fits.
            try connection.execute("PRAGMA cache_size = -4096")
            // What a savepoint needs to be undone: index pages, and never what is new.
            try connection.execute("PRAGMA temp_store = MEMORY")
            // Whoever erases a contract means it: its octets go, too.
            try connection.execute("PRAGMA secure_delete = ON")
            // A log that a large mail has blown up does not stay so.
            try connection.execute("PRAGMA journal_size_limit = 67108864")
            let isFresh = try Migrator.migrate(connection)
            openingNews = try KeyCare.settle(connection, vault, isFresh: isFresh)
            checkpointer = try Checkpointer(path: path)
            writer = Writer(connection)
            self.readers = try (0..<readers).map { number in
                let reader = try SQLiteConnection(path: path, mode: .readOnly)
                return Reader(reader, DispatchQueue(label: "malote.store.reader.\(number)"))
            }
        } catch { throw Failure(sql: error) }
    }

    /// Set once a sync has failed: nothing is written any more, and only a new start may go on.
    package var end: Failure? { fate.withLock { $0 } }
    /// Rings when it is.
    package let ended = Bell()
    private let fate = Mutex<Failure?>(nil)

    /// Commits since the start: fewer than writes, when they are grouped.
    package var commits: Int { commitCount.load(ordering: .relaxed) }

    /// Writes that wait for their transaction.
    package var waitingWrites: Int { writes.count }

    /// Brings everything from the write-ahead log into the database file, so that after an orderly stop the one file is
    /// all there is. What is written afterwards opens a log again.
    package func close() async { await tidy() }

    package func tidy() async {
        await withCheckedContinuation { continuation in
            writes.queue.async {
                self.giveBack()
                try? self.writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                continuation.resume()
            }
        }
    }

    /// Runs between two commits, on the writer's thread and its connection.
    func onWriter<T: Sendable>(_ body: @escaping @Sendable (SQLiteConnection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            writes.queue.async {
                continuation.resume(with: Result { try body(self.writer.connection) })
            }
        }
    }

    /// Pages that nothing lies in, to the disk; on the writer queue.
    private func giveBack() {
        let connection = writer.connection
        let free = try? connection.first("PRAGMA freelist_count") { $0.count(0) }
        guard writer.broken == nil, let free, free >= Self.worthGivingBack else { return }
        try? connection.execute("PRAGMA incremental_vacuum(\(Self.givenBackAtOnce))")
    }

    // MARK: - Reading

    package func read<T: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> T) async throws -> T {
        let number = nextReader.wrappingAdd(1, ordering: .relaxed).oldValue
        let reader = readers[number % readers.count]
        return try await withCheckedThrowingContinuation { continuation in
            reader.queue.async { [vault] in
                continuation.resume(with: Result { try Self.snapshot(reader.connection, vault, body) })
            }
        }
    }

    private static func snapshot<T>(
        _ connection: SQLiteConnection, _ vault: Vault, _ body: (any StoreReading) throws -> T
    ) throws -> T {
        do {
            try connection.execute("BEGIN")
            defer { try? connection.execute("COMMIT") }
            return try body(StoreTransaction(connection, vault))
        } catch let error as any SQLFault { throw error.failure }
    }

    // MARK: - Writing

    package func write<T: Sendable>(_ body: @escaping @Sendable (any StoreWriting) throws -> T) async throws -> T {
        try await writes.write(body) { self.commit($0) }
    }

    private func commit(_ jobs: [WriteQueue.Job]) {
        var outcomes: [(any Error)?] = []
        do {
            if let broken = writer.broken { throw broken }
            try writer.connection.execute("BEGIN IMMEDIATE")
            let transaction = StoreTransaction(writer.connection, vault)
            for job in jobs { outcomes.append(try runInSavepoint(job, transaction)) }
            try commitTransaction()
            commitCount.wrappingAdd(1, ordering: .relaxed)
            shortenLog()
        } catch {
            try? writer.connection.execute("ROLLBACK")
            let failure = (error as? any SQLFault)?.failure ?? error
            outcomes = jobs.indices.map { outcomes.indices.contains($0) ? outcomes[$0] ?? failure : failure }
        }
        for (job, outcome) in zip(jobs, outcomes) { job.finish(outcome) }
    }

    private func shortenLog() {
        if writer.connection.logPages >= Self.tooLongLog {
            // In vain while the other is at it; it is not started again until this one has had its turn.
            try? writer.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        } else if writer.connection.logPages >= Self.longLog {
            checkpointer.start()
        }
    }

    /// A body that throws is undone alone. Throws only when the whole transaction is lost.
    private func runInSavepoint(_ job: WriteQueue.Job, _ transaction: StoreTransaction) throws -> (any Error)? {
        try writer.connection.execute("SAVEPOINT body")
        do {
            try job.run(transaction)
            try transaction.writeTally()
            try writer.connection.execute("RELEASE body")
            return nil
        } catch let cause {
            transaction.tally.clear()
            do {
                try writer.connection.execute("ROLLBACK TO body")
                try writer.connection.execute("RELEASE body")
            } catch {
                // On a full disk SQLite gives up the whole transaction by itself: what to tell is why, not that the
                // savepoint is gone.
                throw cause is SQLiteError ? cause : error
            }
            return (cause as? any SQLFault)?.failure ?? cause
        }
    }

    private func giveUp(_ failure: Failure) {
        writer.broken = failure
        // Never closed again: a close brings the log in, and would sync what must not be synced.
        _ = Unmanaged.passRetained(self)
        fate.withLock { $0 = failure }
        ended.ring()
    }

    private func commitTransaction() throws {
        do { try writer.connection.execute("COMMIT") } catch {
            // After a failed sync the kernel may have dropped the pages it could not write: trying again would report
            // success for data that is gone (docs/queue.md). Only a restart, which reads the file afresh, may go on.
            if error.primaryCode == SQLITE_IOERR {
                var failure = Failure(error)
                failure.detail += " Nothing more is written before the next start."
                giveUp(failure)
            }
            throw error
        }
    }
}
