// A mail that is too large for memory arrives whole, octet for octet, from a real Dovecot to the event.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized) struct LargeMailTests {
    @Test(arguments: [("imaps", "imaps"), ("pops", "pop3s")])
    func everyOctetArrives(provider: String, port: String) async throws {
        let folder = try TemporaryFolder()
        let dovecot = try RealDovecot(in: folder.path + "/in", user: "help@large.example", password: "canary-large")
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let applied = try daemon.apply(
            """
            mailboxes:
              - {name: in, type: inbox, server: localhost, port: \(dovecot.ports[port] ?? 0), provider: \(provider), user: help@large.example,
                 password: canary-large, poll: 5s, start: all, ca: \(dovecot.caFile)}
            contracts: [{name: large, title: Large, prefix: LRG, inboxes: [in]}]
            """)
        #expect(applied.status == 0, "\(applied.errors)")
        // Larger than what stays in memory, and than a batch; between them one that is neither.
        let mails = [3_000_000, 5_000, 5_000_000].map(Self.mail)
        try dovecot.deliver(mails)
        #expect(try await eventually { try daemon.events("large").count == 3 }, "\(daemon.log)")
        let events = try daemon.events("large")
        for mail in mails {
            let expected = #""raw":{"size":\#(mail.utf8.count),"sha256":"\#(try Self.sha256(mail, folder))"}"#
            #expect(events.contains { $0.contains(expected) }, "\(expected) is in none of them")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.folder + "/state/spool") == [])
        #expect(daemon.stop() == 0)
    }

    private static func mail(_ octets: Int) -> String {
        let head = "From: <ana@large.example>\r\nSubject: \(octets)\r\nMessage-ID: <\(octets)@large.example>\r\n\r\n"
        let line = ".\(octets) " + String(repeating: "x", count: 70) + "\r\n"
        return head + String(repeating: line, count: octets / line.utf8.count)
    }

    private static func sha256(_ text: String, _ folder: TemporaryFolder) throws -> String {
        let file = folder.path + "/mail"
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        return String(try Program.succeed("/usr/bin/sha256sum", [file]).prefix(64))
    }
}
