// Parts that servers play for a probe, and the mailboxes that are probed; knows no step.

import Foundation
import MaloteCore
import Synchronization
import Testing

@testable import MaloteTransport

/// A protocol as a table: what a command is answered. `T` at the start of a line stands for its tag.
struct ProbePart: Sendable {
    var greeter: Endpoint.Greeter
    var greeting: String
    var answers: [String: String]

    func serve(_ peer: Peer) {
        peer.say(greeting)
        while let line = peer.line() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            let tag = greeter == .imap ? words.first ?? "" : ""
            let command = (greeter == .imap ? words.last ?? "" : line).uppercased()
            // The longest that fits: `MAIL FROM:<A` before `MAIL`.
            let key = answers.keys.filter { command.hasPrefix($0) }.max { $0.count < $1.count }
            guard let answer = key.flatMap({ answers[$0] }) else { return }
            let lines = answer.components(separatedBy: "\r\n").map { $0.hasPrefix("T ") ? tag + $0.dropFirst() : $0 }
            peer.say(lines.joined(separator: "\r\n"))
        }
    }

    private static func part(
        _ greeter: Endpoint.Greeter, _ greeting: String, _ usual: [String: String], _ answers: [String: String]
    ) -> ProbePart {
        ProbePart(greeter: greeter, greeting: greeting, answers: usual.merging(answers) { _, given in given })
    }

    static func imap(_ greeting: String = "* OK hi\r\n", _ answers: [String: String] = [:]) -> ProbePart {
        part(
            .imap, greeting,
            [
                "CAPABILITY": "* CAPABILITY IMAP4rev1 UIDPLUS MOVE\r\nT OK done\r\n", "LOGIN": "T OK in\r\n",
                "SELECT": "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"
                    + "* OK [PERMANENTFLAGS (\\Seen \\Deleted \\*)] x\r\nT OK [READ-WRITE] x\r\n",
                "EXAMINE": "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\nT OK [READ-ONLY] x\r\n",
                "STATUS": "* STATUS Done (UIDVALIDITY 1)\r\nT OK done\r\n",
            ], answers)
    }

    static func imap(answers: [String: String]) -> ProbePart { imap("* OK hi\r\n", answers) }

    static func pop3(answers: [String: String] = [:]) -> ProbePart {
        part(
            .pop3, "+OK hi\r\n",
            [
                "CAPA": "+OK\r\nUIDL\r\nTOP\r\n.\r\n", "USER": "+OK\r\n", "PASS": "+OK\r\n",
                "UIDL": "+OK\r\n1 a\r\n2 b\r\n.\r\n", "LIST": "+OK\r\n1 10\r\n2 20\r\n.\r\n",
            ], answers)
    }

    static func smtp(_ greeting: String = "220 hi\r\n", answers: [String: String] = [:]) -> ProbePart {
        part(
            .smtp, greeting,
            [
                "EHLO": "250-here\r\n250-SIZE 1000000\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n", "AUTH": "235 in\r\n",
                "MAIL": "250 ok\r\n", "RSET": "250 ok\r\n",
            ], answers)
    }
}

/// A clock that stands, and waits for real, or not at all.
struct ProbeTime: TimeSource {
    var moment = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
    var isOver = false

    func now() -> Timestamp { moment }
    func sleep(for duration: Duration) async throws { if !isOver { try await Task.sleep(for: duration) } }
}

struct ProbeSample: Sendable {
    var server = "127.0.0.1"
    var security = Mailbox.Security.none
    var trust = Mailbox.Trust()
    var after = Inbox.After.seen
    var password = SecretSource.literal(Secret("sesame"))
    var hasLogin = true
    var time = ProbeTime()

    func probe(_ greeter: Endpoint.Greeter, port: Int) async throws -> [ProbeStep] {
        let role: Mailbox.Role =
            switch greeter {
            case .imap: .inbox(Inbox(access: .imap, after: after))
            case .pop3: .inbox(Inbox(access: .pop3, after: after))
            case .smtp:
                .outbox(Outbox(senders: ["help", "desk"].map { MailAddress(address: "\($0)@acme.example") }))
            }
        let mailbox = Mailbox(
            name: try #require(MailboxName("sample")), server: server, port: port, security: security, trust: trust,
            login: hasLogin ? .init(user: "reader", password: password) : nil, role: role)
        let probe = MailProbe(
            network: try sharedNetwork(), secrets: GivenSecrets(), clientName: "client.test", time: time)
        let told = Mutex<[ProbeStep]>([])
        let steps = await probe.probe(mailbox) { step in told.withLock { $0.append(step) } }
        #expect(told.withLock { $0 } == steps, "each step is told once, in its order, as it came back")
        return steps
    }
}
