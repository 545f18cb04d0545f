// Puts a backup in the place of the database, with the daemon stopped; knows not where the backup comes from.

import Foundation
import MaloteCore

/// Blocking: for command-line tools. The folder's lock keeps a daemon out meanwhile.
package struct StoreRestore {
    private let folder: StateFolder
    private var database: String { folder.path + "/malote.db" }

    package init(_ folder: StateFolder) { self.folder = folder }

    /// Whoever is stopped half-way finds the former database in its place, or the new one, and never a part of either.
    /// - Parameters:
    ///   - file: a database file that was checked.
    ///   - now: names the former database.
    /// - Returns: where the former database lies; `nil` if there was none.
    /// - Throws: `Failure(.operatorNeeded, .storage)` or `.diskFull`; then nothing has changed but what is said.
    package func run(_ file: String, now: Timestamp) throws(Failure) -> String? {
        let draft = database + ".restoring"
        try copy(file, to: draft)
        let former = try keepFormer(as: "malote.db.before-\(Self.stamp(now))")
        // Notes on attempts of the former database would be taken for those of this one.
        for name in ["flight", "flight.old"] { try remove(folder.path + "/" + name) }
        guard StateFolder.sync(folder.path), rename(draft, database) == 0, StateFolder.sync(folder.path) else {
            throw Self.failure("\(database) cannot be replaced")
        }
        return former
    }

    // MARK: - Steps

    private func copy(_ file: String, to draft: String) throws(Failure) {
        let source = open(file, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw Self.failure("\(file) cannot be read") }
        defer { close(source) }
        unlink(draft)
        let target = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard target >= 0 else { throw Self.failure("\(draft) cannot be written") }
        defer { close(target) }
        do throws(Failure) {
            try Self.copy(source, target)
            try giveToOwner(target)
            guard fsync(target) == 0 else { throw Self.failure("\(draft) cannot be synced") }
        } catch {
            unlink(draft)
            throw error
        }
    }

    private static func copy(_ source: Int32, _ target: Int32) throws(Failure) {
        var facts = stat()
        guard fstat(source, &facts) == 0 else { throw failure("The backup cannot be read") }
        // Refused before anything is written, where the file system can tell.
        let reserved = posix_fallocate(target, 0, max(facts.st_size, 1))
        guard reserved == 0 || reserved == EOPNOTSUPP || reserved == EINVAL else {
            errno = reserved
            throw failure("There is no room for the backup")
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(source, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("The backup cannot be read") }
            guard count > 0 else { return }
            try write(buffer[..<count], to: target)
        }
    }

    private static func write(_ octets: ArraySlice<UInt8>, to target: Int32) throws(Failure) {
        var rest = octets
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(target, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("The backup cannot be copied") }
            rest = rest.dropFirst(count)
        }
    }

    /// Whoever restores as root leaves nothing that the daemon cannot open.
    private func giveToOwner(_ file: Int32) throws(Failure) {
        var owner = stat()
        guard geteuid() == 0, stat(folder.path, &owner) == 0, owner.st_uid != 0 else { return }
        let lock = folder.path + "/lock"
        guard fchown(file, owner.st_uid, owner.st_gid) == 0, chown(lock, owner.st_uid, owner.st_gid) == 0 else {
            throw Self.failure("The restored file cannot be given to the state directory's owner")
        }
    }

    /// The former file keeps what its log holds: both get the new name.
    private func keepFormer(as name: String) throws(Failure) -> String? {
        guard access(database, F_OK) == 0 else {
            for end in ["-wal", "-shm"] { try remove(database + end) }
            return nil
        }
        bringIn()
        let former = folder.path + "/" + name
        guard link(database, former) == 0 else { throw Self.failure("The former database cannot be kept as \(former)") }
        // What could not be brought in.
        if access(database + "-wal", F_OK) == 0, rename(database + "-wal", former + "-wal") != 0 {
            throw Self.failure("The former database's log cannot be kept")
        }
        try remove(database + "-shm")
        return former
    }

    /// Brings the log into the file, so that the one file is all there is; one that is damaged stays as it is.
    /// (SQLite throws the log of a file away that it does not take for one of its own.)
    private func bringIn() {
        let head = Array("SQLite format 3\0".utf8)
        guard let file = FileHandle(forReadingAtPath: database), let found = try? file.read(upToCount: head.count),
            Array(found) == head
        else { return }
        guard let connection = try? SQLiteConnection(path: database, mode: .readWrite) else { return }
        _ = try? KeyCare.isTidied(connection)
    }

    private func remove(_ path: String) throws(Failure) {
        guard unlink(path) == 0 || errno == ENOENT else { throw Self.failure("\(path) cannot be removed") }
    }

    // MARK: - Words

    /// `2027-01-15T101530`, in UTC.
    package static func stamp(_ time: Timestamp) -> String {
        String(time.description.filter { $0 != ":" }.prefix(17))
    }

    private static func failure(_ what: String) -> Failure {
        let (code, reason) = (errno, String(cString: strerror(errno)))
        let isFull = code == ENOSPC || code == EDQUOT
        return Failure(
            .operatorNeeded, isFull ? .diskFull : .storage, "\(what): \(reason).",
            remedy: isFull
                ? "Free space on the file system of the state directory."
                : "Run it as root or as maloted's user, and check the disk.")
    }
}
