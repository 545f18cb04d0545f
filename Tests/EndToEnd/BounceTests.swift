// A real bounce: Postfix accepts a confirmation, cannot deliver it, and reports that to the inbox that Malote polls.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct BounceTests {
    private static let request = """
        From: Ana <ana@nowhere.malote.example>
        Subject: Printer
        Message-ID: <bounced.request@nowhere.malote.example>

        It burns.

        """

    @Test func aBounceIsToldBesideItsTicketAndFailsItsDelivery() async throws {
        let folder = try TemporaryFolder()
        let acme = try Customer("acme", in: folder.path)
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let applied = try daemon.apply(registry([acme]))
        try #require(applied.status == 0, "\(applied.errors)")
        try acme.dovecot.deliver([Self.request])
        #expect(
            try await eventually { acme.postfix.received().contains { $0.contains("Undelivered Mail") } },
            "\(daemon.log)")
        let bounce = try #require(acme.postfix.received().first { $0.contains("Undelivered Mail") })
        try #require(bounce.contains("Original-Envelope-Id:"), "\(bounce)")

        // Once without what we signed: everybody can write that.
        let forged = bounce.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            !line.hasPrefix("Original-Envelope-Id:") && !line.lowercased().hasPrefix("message-id:")
                && !line.hasPrefix("X-Postfix-Queue-ID")
        }.joined(separator: "\n")
        try acme.dovecot.deliver([forged])
        #expect(try await eventually { try events("message.ignored", daemon).count == 1 }, "\(daemon.log)")
        #expect(try events("notification.bounced", daemon).isEmpty)

        try acme.dovecot.deliver([bounce])
        #expect(try await eventually { try events("notification.bounced", daemon).count == 1 }, "\(daemon.log)")
        let event = try #require(try events("notification.bounced", daemon).first)
        for part in [
            "\"subject\":\"ACME-1\"", "\"recipient\":\"ana@nowhere.malote.example\"", "\"status\":\"5.1.1\"",
            "\"action\":\"failed\"", "\"hard\":true", "\"evidence\":\"envelope-id\"",
        ] { #expect(event.contains(part), "\(event)") }
        let failed = try daemon.ctl("queue", "list", "--state", "failed").output
        #expect(failed.contains("ana@nowhere.malote.example"), "\(failed)")
        let shown = try daemon.ctl("ticket", "show", "ACME-1").output
        #expect(shown.contains("reported") && shown.contains("notification.bounced"), "\(shown)")
        #expect(daemon.stop() == 0)
    }

    private func events(_ type: String, _ daemon: RealDaemon) throws -> [String] {
        try daemon.events("acme").filter { $0.contains("malote.\(type).v1") }
    }
}
