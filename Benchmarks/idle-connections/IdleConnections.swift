// Holds many IMAPS connections open in IDLE and tells what each costs; the server is a script beside it.

import Foundation
import MaloteCore
import MaloteTransport

/// `idle-connections PORT CA-FILE CONNECTIONS SECONDS`: prints one JSON object.
@main struct IdleConnections {
    /// Opened before the count begins: the first connections load what all of them share.
    private static let warmUp = 20
    /// At one time: a herd of handshakes would measure the server.
    private static let openingAtOnce = 20

    struct Report: Encodable {
        var connections, idling, seconds: Int
        var kibibytesEach, coreShareIdle, opensPerSecond: Double
    }

    static func main() async throws {
        let words = CommandLine.arguments.dropFirst().map { $0 }
        guard words.count == 4, let port = Int(words[0]), let count = Int(words[2]), let seconds = Int(words[3]),
            count > warmUp, seconds > 0
        else {
            FileHandle.standardError.write(Data("usage: idle-connections PORT CA-FILE CONNECTIONS SECONDS\n".utf8))
            exit(2)
        }
        raiseDescriptorLimit()
        let network = try Network(caFile: words[1], clientName: "bench.example")
        let connector = MailConnector(
            streams: network, secrets: Literal(), spool: NoSpool(), clientName: "bench.example")
        let report = try await measure(connector, mailbox(port), count, seconds)
        print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
    }

    private static func measure(
        _ connector: MailConnector, _ mailbox: Mailbox, _ count: Int, _ seconds: Int
    ) async throws -> Report {
        var sessions = try await open(warmUp, connector, mailbox)
        let before = residentKibibytes()
        let began = ContinuousClock.now
        sessions += try await open(count - warmUp, connector, mailbox)
        let opening = (ContinuousClock.now - began) / .seconds(1)
        let idling = sessions.filter(\.canIdle)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for session in idling {
                group.addTask { _ = try await session.idle(atMost: .seconds(seconds + 30)) }
            }
            try await Task.sleep(for: .seconds(5))
            let start = processorSeconds()
            try await Task.sleep(for: .seconds(seconds))
            let used = processorSeconds() - start
            let each = Double(residentKibibytes() - before) / Double(count - warmUp)
            group.cancelAll()
            return Report(
                connections: count, idling: idling.count, seconds: seconds, kibibytesEach: each,
                coreShareIdle: used / Double(seconds), opensPerSecond: Double(count - warmUp) / opening)
        }
    }

    private static func open(
        _ count: Int, _ connector: MailConnector, _ mailbox: Mailbox
    ) async throws -> [any InboxSession] {
        guard let inbox = mailbox.inbox else { return [] }
        return try await withThrowingTaskGroup(of: (any InboxSession).self) { group in
            var sessions: [any InboxSession] = []
            for number in 0..<count {
                if number >= openingAtOnce, let session = try await group.next() { sessions.append(session) }
                group.addTask {
                    try await connector.open(mailbox, inbox: inbox, limits: InboxLimits(messageOctets: 1 << 20))
                }
            }
            for try await session in group { sessions.append(session) }
            return sessions
        }
    }

    private static func mailbox(_ port: Int) -> Mailbox {
        guard let name = MailboxName("bench") else { preconditionFailure("bench is a name") }
        return Mailbox(
            name: name, server: "localhost", port: port, security: .implicit,
            login: .init(user: "bench", password: .literal(Secret("bench"))), role: .inbox(Inbox(access: .imap)))
    }

    /// Nothing is fetched here.
    private struct NoSpool: Spool {
        func open() async throws(Failure) -> any SpoolWriter { throw Failure(.permanent, .defect, "No spool.") }
    }

    private struct Literal: SecretReader {
        func reveal(_ source: SecretSource) async throws(Failure) -> Secret { Secret("bench") }
    }

    // MARK: - What the system says of us

    private static func residentKibibytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    private static func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
