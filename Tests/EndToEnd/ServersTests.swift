// The main job on servers of other makes: a request comes in by one, its confirmation leaves by another.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized) struct ServersTests {
    /// A server's make on each side, and how its mailboxes are registered.
    struct Pair: Sendable, CustomTestStringConvertible {
        var inbox: UnpackedServer.Kind
        /// Provider, port, `tls`.
        var access: (provider: String, port: String)
        var outbox: UnpackedServer.Kind
        var submission: (port: String, words: String)
        var testDescription: String { "\(inbox) \(access.provider) to \(outbox)" }
    }

    static let pairs = [
        Pair(
            inbox: .cyrus, access: ("imaps", "imaps"), outbox: .exim,
            submission: ("submission", "tls: starttls, auth: true, user: help, password: canary-out")),
        Pair(
            inbox: .courier, access: ("pops", "pop3s"), outbox: .exim,
            submission: ("smtps", "tls: implicit, auth: true, user: help, password: canary-out")),
        Pair(
            inbox: .courier, access: ("imap", "imap"), outbox: .opensmtpd,
            submission: ("smtp", "tls: none, auth: false")),
    ]

    @Test(
        .enabled(
            if: pairs.allSatisfy { $0.inbox.isPossible && $0.outbox.isPossible }, "\(UnpackedServer.Kind.absence)"),
        arguments: pairs)
    func aRequestIsConfirmed(_ pair: Pair) async throws {
        let folder = try TemporaryFolder()
        let incoming = try UnpackedServer(pair.inbox, in: folder.path + "/in", user: "help", password: "canary-in")
        defer { incoming.stop() }
        let outgoing = try UnpackedServer(pair.outbox, in: folder.path + "/out", user: "help", password: "canary-out")
        defer { outgoing.stop() }
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let applied = try daemon.apply(
            """
            mailboxes:
              - {name: in, type: inbox, server: localhost, port: \(incoming.ports[pair.access.port] ?? 0), start: all,
                 provider: \(pair.access.provider), user: help, password: canary-in, poll: 5s, ca: \(incoming.folder)/tls/ca.pem}
              - {name: out, type: outbox, server: localhost, port: \(outgoing.ports[pair.submission.port] ?? 0),
                 \(pair.submission.words), senders: ["Help <help@acme.example>"]\(pair.outbox == .exim ? ", ca: \(outgoing.caFile)" : "")}
            contracts: [{name: acme, title: Acme, prefix: ACME, inboxes: [in], outbox: out}]
            flows:
              - {name: confirm, contract: acme, on: ticket.opened,
                 steps: [{email: {outbox: contract, to: [requester], template: opened}}]}
            templates:
              - {name: opened, language: en, subject: "[{{ticket.key}}] {{message.subject}}", text: "Received {{ticket.key}}."}

            """)
        try #require(applied.status == 0, "\(applied.errors)")
        try incoming.deliver(
            (1...3).map { number in
                "From: ana@acme.example\nSubject: Request \(number)\nMessage-ID: <\(number)@acme.example>\n"
                    + "\nA004 OK\n.\n.dot\n"
            })
        #expect(try await eventually { outgoing.received().count == 3 }, "\(daemon.log.suffix(3000))")
        let opened = try daemon.events("acme").filter { $0.contains("ticket.opened") }
        #expect(opened.count == 3 && opened.allSatisfy { $0.contains("A004 OK\\n.\\n.dot") }, "\(opened)")
        for number in 1...3 {
            #expect(outgoing.received().filter { $0.contains("] Request \(number)") }.count == 1)
        }
        #expect(!daemon.log.contains("canary"))
        #expect(daemon.stop() == 0)
    }
}
