// Copies of the whole database for backups, made beside the writer; knows not where they go.

import CSQLite
import Foundation
import MaloteCore
import Synchronization

/// On a thread and a connection of its own: writers and readers go on, while SQLite's log grows. A copy lies in the folder
/// `spool` without a name once it is made; what a crash leaves there before, the next start removes.
actor SnapshotMaker {
    private let executor = BlockingExecutor(label: "malote.store.snapshot")
    private let folder: StateFolder
    private let isBusy = Atomic<Bool>(false)
    /// What stays free beside a copy: the daemon must go on storing mail.
    private static let reserve: Int64 = 64 << 20

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(folder: StateFolder) { self.folder = folder }

    /// One at a time: each takes the room of the database.
    func make() throws(Failure) -> Snapshot {
        guard !isBusy.exchange(true, ordering: .acquiringAndReleasing) else {
            throw Failure(
                .transient, .storage, "Another backup is under way.", remedy: "Try again when it is done.")
        }
        do {
            let descriptor = try copy()
            return Snapshot(descriptor, executor) { [weak self] in self?.end() }
        } catch {
            end()
            throw Failure(sql: error)
        }
    }

    private nonisolated func end() { isBusy.store(false, ordering: .releasing) }

    /// - Returns: the copy, open for reading and without a name.
    private func copy() throws -> Int32 {
        let place = folder.path + "/spool"
        mkdir(place, 0o700)
        let connection = try SQLiteConnection(path: folder.path + "/malote.db", mode: .readOnly)
        try checkRoom(connection)
        let path = place + "/snapshot-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        // Made here, so that it is nobody else's from its first moment; SQLite fills an empty file.
        let descriptor = open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(spool: errno, "opened") }
        defer { unlink(path) }
        do { try connection.run("VACUUM INTO ?", .text(path)) } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private func checkRoom(_ connection: SQLiteConnection) throws {
        func pragma(_ name: String) throws -> Int64 { try connection.first("PRAGMA \(name)") { $0.integer(0) } ?? 0 }
        let pages = try pragma("page_count") - pragma("freelist_count")
        let needed = pages.multipliedReportingOverflow(by: try pragma("page_size")).partialValue + Self.reserve
        var disk = statvfs()
        guard statvfs(folder.path, &disk) == 0 else { throw Failure(spool: errno, "opened") }
        let free = Int64(clamping: disk.f_bavail).multipliedReportingOverflow(by: Int64(clamping: disk.f_frsize))
        guard !free.overflow, free.partialValue < needed else { return }
        throw Failure(
            .operatorNeeded, .diskFull,
            "A backup needs \(needed >> 20) MiB in the state directory for a while, and \(free.partialValue >> 20) MiB "
                + "are free.",
            remedy: "Free space on the file system of the state directory.")
    }
}

/// One copy, from its making to its last reader.
actor Snapshot: StoreSnapshot {
    private static let pieceSize = 256 << 10

    private let executor: BlockingExecutor
    private let descriptor: Int32
    private let ended: @Sendable () -> Void
    nonisolated let size: Int

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ descriptor: Int32, _ executor: BlockingExecutor, ended: @escaping @Sendable () -> Void) {
        self.descriptor = descriptor
        self.executor = executor
        self.ended = ended
        var facts = stat()
        size = fstat(descriptor, &facts) == 0 ? Int(facts.st_size) : 0
    }

    // On its own thread: to close the last descriptor of a long file is to delete it.
    isolated deinit {
        close(descriptor)
        ended()
    }

    func piece(from offset: Int) throws(Failure) -> [UInt8] {
        guard offset >= 0, offset < size else { return [] }
        var piece = [UInt8](repeating: 0, count: min(Self.pieceSize, size - offset))
        while true {
            let count = piece.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
            if count < 0, errno == EINTR { continue }
            // An end before its time is a fault, too.
            guard count > 0 else { throw Failure(spool: count < 0 ? errno : EIO, "read") }
            piece.removeLast(piece.count - count)
            return piece
        }
    }
}
