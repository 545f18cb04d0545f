// The spool of mails that are too large for memory: files without a name in the state directory; knows no mail.

import Foundation
import MaloteCore

/// What lies here lives as long as somebody holds it, and not a moment longer: a file that has no name is gone with the
/// process. So nothing is ever synced. All disk work is done on one thread of its own.
package actor FileSpool: Spool {
    private let executor = BlockingExecutor(label: "malote.spool")
    /// O_TMPFILE, which glibc shows only to those who ask for GNU's own.
    private static let temporaryFile = 0o20_000_000 | O_DIRECTORY
    private let path: String
    private let makesNameless: Bool

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes the folder `spool` if it is missing, and removes what a crash may have left in it.
    /// - Parameter makesNameless: false on file systems that cannot (tests).
    /// - Throws: `Failure(.operatorNeeded, .storage)` naming the folder.
    package init(folder: StateFolder, makesNameless: Bool = true) throws(Failure) {
        path = folder.path + "/spool"
        self.makesNameless = makesNameless
        var place = stat()
        guard mkdir(path, 0o700) == 0 || errno == EEXIST, lstat(path, &place) == 0,
            place.st_mode & S_IFMT == S_IFDIR
        else {
            throw Failure(
                .operatorNeeded, .storage, "The folder \(path) cannot be made.",
                remedy: "Remove what lies in its place, and let maloted's user write to the state directory.")
        }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] { unlink(path + "/" + name) }
    }

    package func open() throws(Failure) -> any SpoolWriter {
        let descriptor = makesNameless ? nameless() : named()
        guard descriptor >= 0 else { throw Failure(spool: errno, "opened") }
        return SpoolFile(descriptor, executor)
    }

    /// - Returns: a descriptor, or -1 with `errno` set.
    private func nameless() -> Int32 {
        let descriptor = Foundation.open(path, Self.temporaryFile | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        // EISDIR comes from file systems that do not know the flag.
        return descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR) ? named() : descriptor
    }

    /// Has a name for a moment; what a crash leaves of that moment is removed at the next start.
    private func named() -> Int32 {
        let file = path + "/" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let descriptor = Foundation.open(file, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor >= 0 { unlink(file) }
        return descriptor
    }
}

extension Failure {
    /// - Parameters:
    ///   - code: the system's `errno`.
    ///   - what: what could not be done to the file, as a participle.
    init(spool code: Int32, _ what: String) {
        let detail = "A file of the spool cannot be \(what): \(String(cString: strerror(code)))."
        switch code {
        case ENOSPC, EDQUOT:
            self.init(
                .operatorNeeded, .diskFull, detail, remedy: "Free space on the file system of the state directory.")
        case EMFILE, ENFILE:
            self.init(.transient, .storage, detail, remedy: "Raise LimitNOFILE= of maloted's unit.")
        default:
            self.init(
                .transient, .storage, detail,
                remedy: "Check the disk and the permissions of the state directory, then restart maloted.")
        }
    }
}
