// POP3 on a real Dovecot: implicit TLS and STARTTLS, leaving and deleting.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct POP3Tests {
    @Test(arguments: [("pops", "pop3s", "leave", 4), ("pop", "pop3", "delete", 0), ("imap", "imap", "delete", 0)])
    func everyMessageIsOneEvent(provider: String, port: String, after: String, left: Int) async throws {
        let folder = try TemporaryFolder()
        let dovecot = try RealDovecot(in: folder.path + "/in", user: "help@pop.example", password: "canary-pop")
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let applied = try daemon.apply(
            """
            mailboxes:
              - {name: in, type: inbox, server: localhost, port: \(dovecot.ports[port] ?? 0), provider: \(provider), user: help@pop.example,
                 password: canary-pop, poll: 5s, after: \(after), start: all, ca: \(dovecot.caFile)}
            contracts: [{name: pop, title: Pop, prefix: POP, inboxes: [in]}]
            """)
        #expect(applied.status == 0, "\(applied.errors)")
        try dovecot.deliver((1...4).map { "From: <a\($0)@pop.example>\nSubject: .dot \($0)\n\n.leading dot\n..two\n" })
        #expect(try await eventually { try daemon.events("pop").count == 4 }, "\(daemon.log)")
        let events = try daemon.events("pop")
        #expect(events.allSatisfy { $0.contains("ticket.opened") && $0.contains(".leading dot\\n..two") }, "\(events)")
        #expect(try await eventually { Self.count(dovecot.inboxFolder) == left }, "\(daemon.log)")
        #expect(try daemon.ctl("poll", "in").status == 0)
        #expect(daemon.stop() == 0)
        #expect(Self.count(dovecot.inboxFolder) == left)
    }

    private static func count(_ folder: String) -> Int {
        ["new", "cur"].map { (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\($0)").count) ?? 0 }
            .reduce(0, +)
    }
}
