// The daemon's own directory: made if missing, private, and locked against a second daemon; knows no file in it.

import Foundation
import MaloteCore

/// Holds the lock on the state directory until it is released with the object.
package final class StateFolder: Sendable {
    /// Absolute and without links, so that a link found in a file's own place is known for a stranger's.
    package let path: String
    private let lock: Int32

    /// - Throws: `Failure(.operatorNeeded, .storage)` naming the directory and what is wrong with it; `(.transient, .storage)`
    ///   while another daemon has it.
    package init(_ path: String) throws(Failure) {
        if mkdir(path, 0o700) == 0 {
            // A power cut after the first start must not take the folder with what is in it.
            guard Self.sync(path + "/..") else { throw Self.failure("cannot be synced", path) }
        } else if errno != EEXIST {
            throw Self.failure("cannot be created", path)
        }
        guard let real = Self.real(path) else { throw Self.failure("cannot be found", path) }
        self.path = real
        let file = path + "/lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot be written", path) }
        guard Self.lock(descriptor) else {
            close(descriptor)
            throw Failure(
                .transient, .storage, "Another maloted is using the state directory \(path).",
                remedy: "Stop it first, or give each daemon a `state` of its own.")
        }
        lock = descriptor
    }

    deinit { close(lock) }

    /// Tells a daemon that waits for the lock that it is worth waiting for.
    package func markStopping() { _ = pwrite(lock, "stopping", 8, 0) }

    /// A daemon that was killed holds its lock until the kernel has taken it apart, and one that is stopping until it has
    /// finished what was under way: the first is worth three seconds, the second fifteen.
    private static func lock(_ descriptor: Int32) -> Bool {
        for turn in 0..<300 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return ftruncate(descriptor, 0) == 0 }
            var mark = [UInt8](repeating: 0, count: 8)
            if turn > 60, pread(descriptor, &mark, 8, 0) != 8 { return false }
            usleep(50_000)
        }
        return false
    }

    /// Absolute and without links; `nil` with `errno` set.
    static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Makes names in a folder durable: what was made, renamed or removed there.
    /// - Returns: false with `errno` set.
    static func sync(_ path: String) -> Bool {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return false }
        defer { close(folder) }
        return fsync(folder) == 0
    }

    static func failure(_ what: String, _ path: String) -> Failure {
        Failure(
            .operatorNeeded, .storage, "The state directory \(path) \(what): \(String(cString: strerror(errno))).",
            remedy: "Make it a directory that maloted's user may write to.")
    }
}
