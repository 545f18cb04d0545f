// Brings what the write-ahead log holds into the database file while the writer goes on; knows no table.

import Dispatch
import Synchronization

/// A connection of its own on a thread of its own: no commit waits for it. It never waits for readers or the writer
/// either; what it cannot bring over yet stays in the log, where it is just as durable.
final class Checkpointer: @unchecked Sendable {
    // Unchecked: the connection is touched on the queue only.
    private let connection: SQLiteConnection
    private let queue = DispatchQueue(label: "malote.store.checkpoint")
    private let isAtWork = Atomic<Bool>(false)

    init(path: String) throws(SQLiteError) {
        connection = try SQLiteConnection(path: path, mode: .readWrite)
        // What is brought over is synced before the log may be written anew.
        try connection.execute("PRAGMA synchronous = FULL")
        try connection.execute("PRAGMA wal_autocheckpoint = 0")
    }

    func start() {
        guard !isAtWork.exchange(true, ordering: .acquiringAndReleasing) else { return }
        queue.async { [self] in
            // One that fails has marked nothing as done: the next begins where this one did.
            try? connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            isAtWork.store(false, ordering: .releasing)
        }
    }
}
