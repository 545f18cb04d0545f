// The attempt journal as an append-only file without syncs; knows nothing of SMTP or of the database.

import Foundation
import MaloteCore
import Synchronization

/// `flight` in the state folder: fixed records of 64 octets, appended by write(2) and never synced. The page cache
/// outlives a killed process, so after a kill in the same boot the journal is exact; after a power cut the boot id in
/// its first record differs and it proves nothing.
///
/// Record: `B boot`, `D delivery attempt` (the final dot is about to leave) or `A delivery attempt code status text`
/// (the answer), as text padded with spaces and ended by a line feed. A torn last record is ignored. A full file
/// becomes `flight.old` in place of the one before: two files hold far more attempts than can be under way.
package final class FileAttemptJournal: AttemptJournal {
    private struct OpenFile {
        var descriptor: Int32
        /// In octets.
        var size: Int
    }

    private static let recordSize = 64
    private static let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
    private let path: String
    private let file: Mutex<OpenFile>
    private let fileSize: Int
    private let bootID: String
    private let previous: JournalLeftover

    /// - Throws: `Failure(.operatorNeeded, .storage)` when the file cannot be written.
    package init(folder: StateFolder, recordsAFile: Int = 262_144) throws(Failure) {
        path = folder.path + "/flight"
        fileSize = recordsAFile * Self.recordSize
        bootID = Self.currentBootID()
        let files = [path + ".old", path].map { FileManager.default.contents(atPath: $0).map(Array.init) ?? [] }
        previous = Self.parse(files, bootID: bootID)
        let descriptor = open(path, Self.flags, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                .operatorNeeded, .storage,
                "The attempt journal \(path) cannot be written: \(String(cString: strerror(errno))).",
                remedy: "Check the permissions of the state directory.")
        }
        _ = StateFolder.sync(folder.path)
        file = Mutex(OpenFile(descriptor: descriptor, size: files[1].count))
    }

    deinit { file.withLock { _ = close($0.descriptor) } }

    package func finalDot(_ attempts: [Attempt]) { append(attempts.map { "D \($0.delivery) \($0.number)" }) }

    package func answered(_ attempt: Attempt, reply: ProtocolReply) {
        let status = reply.status.isEmpty ? "-" : reply.status
        append(["A \(attempt.delivery) \(attempt.number) \(reply.code) \(status) \(reply.text)"])
    }

    package func leftover() -> JournalLeftover { previous }

    package func clear() {
        file.withLock { file in
            unlink(path + ".old")
            ftruncate(file.descriptor, 0)
            file.size = 0
            Self.append(["B \(bootID)"], to: &file)
        }
    }

    // MARK: - Writing

    private func append(_ records: [String]) {
        file.withLock { file in
            if file.size >= fileSize { turn(&file) }
            Self.append(records, to: &file)
        }
    }

    private static func append(_ records: [String], to file: inout OpenFile) {
        var bytes: [UInt8] = []
        for record in records {
            let line = record.utf8.prefix(recordSize - 1).map { $0 < 0x20 ? 0x20 : $0 }
            bytes += line + Array(repeating: 0x20, count: recordSize - 1 - line.count) + [0x0A]
        }
        let written = bytes.withUnsafeBytes { write(file.descriptor, $0.baseAddress, $0.count) }
        if written == bytes.count {
            file.size += written
        } else {
            // A full disk makes the journal silent, never wrong: a missing note only means one more resend. Half a
            // record would make those after it unreadable.
            ftruncate(file.descriptor, off_t(file.size))
        }
    }

    /// Goes on in a new file. Where that cannot be, the present one grows.
    private func turn(_ file: inout OpenFile) {
        guard rename(path, path + ".old") == 0 else { return }
        let fresh = open(path, Self.flags | O_EXCL, 0o600)
        guard fresh >= 0 else {
            rename(path + ".old", path)
            return
        }
        close(file.descriptor)
        file = OpenFile(descriptor: fresh, size: 0)
        Self.append(["B \(bootID)"], to: &file)
    }

    // MARK: - Reading the last run

    static func parse(_ files: [[UInt8]], bootID: String) -> JournalLeftover {
        var leftover = JournalLeftover(isSameBoot: false, finalDots: [], answers: [:])
        for bytes in files {
            for start in stride(from: 0, to: bytes.count - recordSize + 1, by: recordSize) {
                let record = bytes[start..<start + recordSize]
                guard record.last == 0x0A else { continue }
                let words = String(decoding: record.dropLast(), as: UTF8.self).split(separator: " ").map(String.init)
                read(words, bootID, into: &leftover)
            }
        }
        return leftover
    }

    private static func read(_ words: [String], _ bootID: String, into leftover: inout JournalLeftover) {
        if words.first == "B", words.count == 2 {
            if words[1] != bootID { leftover = JournalLeftover(isSameBoot: false, finalDots: [], answers: [:]) }
            leftover.isSameBoot = words[1] == bootID
        }
        guard leftover.isSameBoot, words.count >= 3, let delivery = Int64(words[1]), let number = Int(words[2]) else {
            return
        }
        let attempt = Attempt(delivery: DeliveryID(rawValue: delivery), number: number)
        if words[0] == "D" {
            leftover.finalDots.insert(attempt)
        } else if words[0] == "A", words.count >= 5, let code = Int(words[3]) {
            leftover.answers[attempt] = ProtocolReply(
                code: code, status: words[4] == "-" ? "" : words[4],
                text: words.dropFirst(5).joined(separator: " "), command: "DATA")
        }
    }

    private static func currentBootID() -> String {
        let bytes = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") ?? Data()
        let text = String(decoding: bytes, as: UTF8.self).trimmed
        // Without a boot id nothing can be proved: a fresh one never matches.
        return text.isEmpty ? UUID().uuidString : text
    }
}
