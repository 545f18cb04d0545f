// The attempt journal as an append-only file without syncs; knows nothing of SMTP or of the database.

import Foundation
import MaloteCore
import Synchronization

/// `flight` in the state folder: fixed records of 64 octets, appended by write(2) and never synced. The page cache
/// outlives a killed process, so after a kill in the same boot the journal is exact; after a power cut the boot id in
/// its first record differs and it proves nothing.
///
/// Record: `D id` (the final dot is about to leave) or `A id code text` (the answer), as text padded with spaces and
/// ended by a line feed. A torn last record is ignored.
package final class FileAttemptJournal: AttemptJournal {
    private static let recordSize = 64
    private let path: String
    private let file: Mutex<Int32>
    private let bootID: String
    private let previous: JournalLeftover

    /// - Throws: `Failure(.operatorNeeded, .storage)` when the file cannot be written.
    package init(folder: StateFolder) throws(Failure) {
        path = folder.path + "/flight"
        bootID = Self.currentBootID()
        previous = Self.parse(FileManager.default.contents(atPath: path).map(Array.init) ?? [], bootID: bootID)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                .operatorNeeded, .storage,
                "The attempt journal \(path) cannot be written: \(String(cString: strerror(errno))).",
                remedy: "Check the permissions of the state directory.")
        }
        file = Mutex(descriptor)
    }

    deinit { file.withLock { _ = close($0) } }

    package func finalDot(_ deliveries: [DeliveryID], attempt: Timestamp) {
        append(deliveries.map { "D \($0)" })
    }

    package func answered(_ delivery: DeliveryID, reply: ProtocolReply) {
        append(["A \(delivery) \(reply.code) \(reply.status.isEmpty ? "-" : reply.status) \(reply.text)"])
    }

    package func leftover() -> JournalLeftover { previous }

    package func clear() {
        file.withLock { _ = ftruncate($0, 0) }
        append(["B \(bootID)"])
    }

    private func append(_ records: [String]) {
        var bytes: [UInt8] = []
        for record in records {
            var line = Array(record.utf8.prefix(Self.recordSize - 1)).map { $0 < 0x20 ? 0x20 : $0 }
            line += Array(repeating: 0x20, count: Self.recordSize - 1 - line.count)
            bytes += line + [0x0A]
        }
        // A full disk makes the journal silent, never wrong: a missing answer only means one more resend.
        file.withLock { descriptor in
            _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        }
    }

    // MARK: - Reading the last run

    static func parse(_ bytes: [UInt8], bootID: String) -> JournalLeftover {
        var leftover = JournalLeftover(isSameBoot: false, finalDots: [], answers: [:])
        for start in stride(from: 0, to: bytes.count - recordSize + 1, by: recordSize) {
            let record = bytes[start..<start + recordSize]
            guard record.last == 0x0A else { continue }
            let words = String(decoding: record, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: true)
            read(words.map(String.init), bootID, into: &leftover)
        }
        return leftover
    }

    private static func read(_ words: [String], _ bootID: String, into leftover: inout JournalLeftover) {
        guard words.count >= 2 else { return }
        if words[0] == "B" {
            leftover = JournalLeftover(isSameBoot: words[1] == bootID, finalDots: [], answers: [:])
            return
        }
        guard let number = Int64(words[1]) else { return }
        let id = DeliveryID(rawValue: number)
        if words[0] == "D" {
            // A new attempt: what an earlier one was answered no longer counts.
            leftover.answers[id] = nil
            leftover.finalDots.insert(id)
        } else if words[0] == "A", words.count >= 4, let code = Int(words[2]) {
            leftover.answers[id] = ProtocolReply(
                code: code, status: words[3] == "-" ? "" : words[3],
                text: words.dropFirst(4).joined(separator: " ").trimmed, command: "DATA")
        }
    }

    private static func currentBootID() -> String {
        let bytes = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") ?? Data()
        let text = String(decoding: bytes, as: UTF8.self).trimmed
        // Without a boot id nothing can be proved: a fresh one never matches.
        return text.isEmpty ? UUID().uuidString : text
    }
}
