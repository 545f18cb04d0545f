// What became of each message, as an operator finds out with malotectl; on a real Dovecot and Postfix.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct MessageLifeTests {
    private static let rules = """
        rules: [{name: spam, when: {header: {name: X-Spam-Flag, is: "YES", anywhere: true}}, do: ignore}, \
        {name: held, when: {subject: {contains: invoice}}, do: quarantine}, \
        {when: {from: "person3@*"}, do: {set: {priority: high}}}]
        """

    private struct Found: Decodable {
        var id: Int
        var fate: String
        var subject: String
        var sha256: String
    }

    private func list(_ daemon: RealDaemon, _ words: String...) throws -> [Found] {
        let result = try Program.run(
            RealDaemon.binary("malotectl"), ["--socket", daemon.socket, "--json", "message", "list"] + words)
        return try JSONDecoder().decode([Found].self, from: Data(result.output.utf8))
    }

    /// Applies the registry with these fields added to the contract.
    private func apply(_ fields: String, _ acme: Customer, _ daemon: RealDaemon) throws {
        let text = registry([acme]).replacingOccurrences(of: "outbox: acme-out}", with: "outbox: acme-out, \(fields)}")
        let applied = try daemon.apply(text)
        try #require(applied.status == 0, "\(applied.errors)")
    }

    @Test func everyMessageIsAccountedFor() async throws {
        let folder = try TemporaryFolder()
        let acme = try Customer("acme", in: folder.path)
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        try apply(Self.rules + ", attachments: {forbid: [exe]}", acme, daemon)
        let mails = acme.mails(0..<4) + [Self.mail("Cheap", "X-Spam-Flag: YES"), Self.mail("Your invoice", "X-A: b")]
        try acme.dovecot.deliver(mails)
        #expect(try await eventually { try list(daemon).count == 6 })
        #expect(try await eventually { acme.confirmations().count == 4 })
        #expect(try list(daemon, "--fate", "ignored").map(\.subject) == ["Cheap"])
        #expect(try list(daemon, "--search", "REQUEST 2").map(\.subject) == ["Request 2"])
        #expect(try list(daemon, "--ticket", "ACME-1", "--limit", "1").count == 1)
        let page = try list(daemon, "--limit", "4")
        #expect(try list(daemon, "--before", "\(page.last?.id ?? 0)").count == 2)

        try await explain(daemon, acme)
        try raw(daemon, mails, folder)
        try quarantine(daemon, acme)
        try tickets(daemon)
        let log = daemon.log
        #expect(daemon.stop() == 0)
        #expect(!log.contains("canary"))
    }

    private static func mail(_ subject: String, _ header: String) -> String {
        """
        From: Seller <seller@else.example>
        Subject: \(subject)
        Message-ID: <\(subject.split(separator: " ")[0])/x@else.example>
        \(header)
        Content-Type: application/octet-stream; name="a.exe"
        Content-Transfer-Encoding: base64
        Content-Disposition: attachment; filename="a.exe"

        aGVsbG8=

        """
    }

    private func explain(_ daemon: RealDaemon, _ acme: Customer) async throws {
        #expect(
            try await eventually {
                let told = try daemon.ctl("message", "explain", "<request.3@acme.example>").output
                return told.contains("sent after 1 try") && told.contains("settled")
            })
        let told = try daemon.ctl("message", "explain", "<request.3@acme.example>").output
        var rest = told[...]
        for part in [
            "fate: opened, ticket ACME-", "seen", "fetched", "from inbox acme-in", "rule", "sets priority: high",
            "understood", "ticket", "requester", "filed", "is opened.", "event", "ticket.opened ACME-", "notification",
            "person3@acme.example", "Contract acme has outbox acme-out.", "delivery", "250",
        ] {
            let found = try #require(rest.range(of: part), "\(part) in \(told)")
            rest = rest[found.upperBound...]
        }
        let spam = try daemon.ctl("message", "explain", "<Cheap/x@else.example>").output
        #expect(spam.contains("Rule spam of contract acme says ignore."), "\(spam)")
        let event = try daemon.events("acme").first { $0.contains("Request 3") } ?? ""
        #expect(event.contains(#""fields":{"priority":"high"}"#), "\(event)")
    }

    private func raw(_ daemon: RealDaemon, _ mails: [String], _ folder: TemporaryFolder) throws {
        let file = folder.path + "/mail"
        let result = try daemon.ctl("message", "raw", "<Cheap/x@else.example>", "--output", file)
        #expect(result.status == 0, "\(result.errors)")
        let octets = FileManager.default.contents(atPath: file) ?? Data()
        #expect(String(decoding: octets, as: UTF8.self).contains("X-Spam-Flag: YES"))
        let sum = try Program.run("/usr/bin/sha256sum", [file]).output
        let sha256 = try list(daemon, "--search", "Cheap").first?.sha256
        #expect(sha256.map(sum.hasPrefix) == true, "\(sum)")
        let shown = try daemon.ctl("message", "show", "<Cheap/x@else.example>").output
        for part in [
            "fate: ignored", "From: Seller <seller@else.example>", "a.exe (application/octet-stream, 5 octets",
            "refused: Names that end in .exe are refused.", "why: Ignored.",
        ] { #expect(shown.contains(part), "\(part) in \(shown)") }
        for (words, says) in [
            (["raw", "99"], "no message 99"), (["show", "x"], "Message-ID"), (["show", "<a@b>"], "no message"),
        ] {
            let refused = try Program.run(
                RealDaemon.binary("malotectl"), ["--socket", daemon.socket, "message"] + words)
            #expect(refused.status == 1 && refused.errors.contains(says), "\(refused.errors)")
        }
    }

    private func quarantine(_ daemon: RealDaemon, _ acme: Customer) throws {
        let listed = try daemon.ctl("quarantine", "list").output
        #expect(listed.contains("Rule held of contract acme says quarantine."), "\(listed)")
        let id = "\(try list(daemon, "--fate", "quarantined").first?.id ?? 0)"
        #expect(try daemon.ctl("quarantine", "show", id).output.contains("Your invoice"))
        let kept = try daemon.ctl("quarantine", "replay", id)
        #expect(kept.status == 1 && kept.errors.contains("1 of 1 stay"), "\(kept.output)\(kept.errors)")
        try apply("rules: []", acme, daemon)
        let before = try opened(daemon)
        let dry = try daemon.ctl("quarantine", "replay", "--all", "--dry-run")
        #expect(dry.status == 0 && dry.output.contains("opened ACME-5"), "\(dry.output)\(dry.errors)")
        #expect(dry.output.contains("mail through acme-out to seller@else.example"), "\(dry.output)")
        #expect(try opened(daemon) == before)
        let filed = try daemon.ctl("quarantine", "replay", id)
        #expect(filed.status == 0 && filed.output.contains("opened ACME-5"), "\(filed.output)\(filed.errors)")
        let again = try daemon.ctl("quarantine", "replay", id)
        #expect(again.status == 0 && again.output.contains("not in quarantine any more"), "\(again.output)")
        #expect(try opened(daemon) == before + 1)
        #expect(try daemon.ctl("quarantine", "list").output == "Nothing is in quarantine.\n")
        #expect(try daemon.ctl("quarantine", "replay").status == 2)
    }

    private func tickets(_ daemon: RealDaemon) throws {
        let linked = try daemon.ctl("ticket", "link", "ACME-1", "INC 7")
        #expect(linked.output == "ticket ACME-1 of contract acme is INC 7\n", "\(linked.errors)")
        let shown = try daemon.ctl("ticket", "show", "ACME-1").output
        for part in ["external: INC 7", "opened", "ticket.opened", "sent"] { #expect(shown.contains(part), "\(shown)") }
        let missing = try daemon.ctl("ticket", "link", "ACME-99", "x")
        #expect(missing.status == 1 && missing.errors.contains("no ticket ACME-99"))
    }

    private func opened(_ daemon: RealDaemon) throws -> Int {
        try daemon.events("acme").count { $0.contains("malote.ticket.opened.v1") }
    }
}
