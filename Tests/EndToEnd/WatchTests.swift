// Being told, with real servers: metrics as curl gets them, and alerts that arrive as mail.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct WatchTests {
    private func metrics(_ daemon: RealDaemon) throws -> String {
        let words = [
            "--silent", "--max-time", "10", "--unix-socket", daemon.socket, "-H",
            "Accept: application/openmetrics-text; version=1.0.0", "http://localhost/metrics",
        ]
        return try Program.succeed("/usr/bin/curl", words)
    }

    /// The value of the first sample that begins so.
    private func value(_ sample: String, _ text: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix(sample) }
            .flatMap { $0.split(separator: " ").last.flatMap { Double($0) } }
    }

    @Test func metricsAndAlertsTellOfRealMail() async throws {
        let folder = try TemporaryFolder()
        let acme = try Customer("acme", in: folder.path)
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let system = "system: {outbox: acme-out, alerts: [ops@house.example]}\n"
        let applied = try daemon.apply(system + registry([acme]))
        try #require(applied.status == 0, "\(applied.errors)")
        try acme.dovecot.deliver(acme.mails(0..<3))
        #expect(
            try await eventually {
                value("malote_events_total{contract=\"acme\",kind=\"notification.sent\"}", try metrics(daemon)) == 3
            }, "\(daemon.log)")
        let text = try metrics(daemon)
        #expect(text.hasSuffix("# EOF\n"))
        #expect(value("malote_messages_received_total{contract=\"acme\",fate=\"opened\"}", text) == 3)
        #expect(value("malote_mailboxes{type=\"inbox\",state=\"ok\"}", text) == 1)
        // Seen by the connections that were made anyway.
        let end = value("malote_contract_certificate_expiry_timestamp_seconds{contract=\"acme\"}", text)
        #expect((end ?? 0) > Date().timeIntervalSince1970)
        for sample in ["process_resident_memory_bytes ", "malote_database_bytes ", "malote_disk_free_bytes "] {
            #expect((value(sample, text) ?? 0) > 100_000, "\(sample)")
        }
        #expect((value("process_open_fds ", text) ?? 0) > 10)
        #expect(!text.contains("acme-in") && !text.contains("@"))

        let sent = try daemon.ctl("alert", "test")
        #expect(sent.status == 0 && sent.output.contains("through acme-out"), "\(sent.errors)")
        #expect(
            try await eventually {
                acme.postfix.received().contains { $0.contains("Subject: [Malote] Test of alerts") }
            })
        let mail = acme.postfix.received().first { $0.contains("[Malote] Test of alerts") } ?? ""
        #expect(mail.contains("Auto-Submitted: auto-generated") && mail.contains("To: ops@house.example"))

        // A login that is refused needs a person, who is told within about a minute.
        let edited = try daemon.ctl(["mailbox", "edit", "acme-in", "--password-stdin"], input: "wrong\n")
        #expect(edited.status == 0, "\(edited.errors)")
        #expect(
            try await eventually(within: .seconds(100)) {
                acme.postfix.received().contains { $0.contains("failure of mailbox acme-in") }
            }, "\(daemon.log)")
        let listed = try daemon.ctl("alert", "list").output
        #expect(listed.contains("mailbox-failing") && listed.contains("ops@house.example"), "\(listed)")
        #expect(daemon.stop() == 0)
    }
}
