// Where the log goes: the journal with fields, or stderr as text or JSON; knows not who writes.

import CSystemd
import Foundation
import MaloteCore

package enum LogFormat: String, Sendable, CaseIterable { case journal, text, json }

extension Log {
    /// - Parameter level: less urgent sentences are dropped.
    package static func to(_ format: LogFormat, level limit: Level = .info) -> Log {
        let write: Sink =
            switch format {
            case .journal: writeJournal
            case .text: writeText
            case .json: writeJSON
            }
        return Log { level, sentence, fields in
            if level <= limit { write(level, sentence.onOneLine, fields) }
        }
    }

    /// The journal when systemd connects stderr to it, else text.
    package static var defaultFormat: LogFormat {
        ProcessInfo.processInfo.environment["JOURNAL_STREAM"] == nil ? .text : .journal
    }

    // MARK: - Journal

    private static func writeJournal(_ level: Level, _ sentence: String, _ fields: [Field: String]) {
        var texts = ["MESSAGE=\(sentence)", "PRIORITY=\(level.rawValue)", "SYSLOG_IDENTIFIER=maloted"]
        // MESSAGE_ID has a meaning of its own in the journal (a catalogue id): mail's goes under another name.
        for (field, value) in fields {
            texts.append("\(field == .message ? "MAIL_MESSAGE_ID" : field.rawValue)=\(value.onOneLine)")
        }
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let vectors = copies.map { iovec(iov_base: $0, iov_len: $0.map { strlen($0) } ?? 0) }
        if malote_journal_send(vectors, Int32(vectors.count)) < 0 { writeText(level, sentence, fields) }
    }

    // MARK: - Stderr

    private static func writeText(_ level: Level, _ sentence: String, _ fields: [Field: String]) {
        emit("\(SystemTime().now()) \(level) \(sentence)\n")
    }

    private static func writeJSON(_ level: Level, _ sentence: String, _ fields: [Field: String]) {
        var object = ["time": SystemTime().now().description, "level": "\(level)", "message": sentence]
        for (field, value) in fields { object[field.rawValue.lowercased()] = value }
        guard
            let data = try? JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return }
        emit(String(decoding: data, as: UTF8.self) + "\n")
    }

    /// One write a line, so that lines of several threads do not mix.
    private static func emit(_ line: String) {
        let bytes = Array(line.utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension String {
    /// Text from servers must not be able to forge a log line, nor a field of a message to systemd.
    var onOneLine: String {
        guard hasControlCharacter else { return self }
        return String(unicodeScalars.map { String($0).hasControlCharacter ? " " : Character($0) })
    }
}
