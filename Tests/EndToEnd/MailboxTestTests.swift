// `malotectl mailbox test` on real servers: what is well, and the step at which each fault shows.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct MailboxTestTests {
    /// A mailbox, the step at which its test fails (none if all is well), and parts of what is said.
    private struct Case {
        var name: String
        var fields: String
        var failsAt: String?
        var says: [String]
    }

    @Test func everyFaultShowsAtItsStep() async throws {
        let folder = try TemporaryFolder()
        let acme = try Customer("acme", in: folder.path)
        let expired = try await ExpiredServer(in: folder.path + "/expired")
        let cases = Self.cases(acme, expired)
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        try acme.dovecot.deliver(acme.mails(0..<3))
        let applied = try daemon.apply(
            "mailboxes:\n" + cases.map { "  - {name: \($0.name), \($0.fields)}\n" }.joined())
        try #require(applied.status == 0, "\(applied.errors)")

        for item in cases {
            let result = try daemon.ctl("mailbox", "test", item.name)
            let text = result.output + result.errors
            #expect(result.status == (item.failsAt == nil ? 0 : 1), "\(item.name): \(text)")
            if let step = item.failsAt { #expect(result.errors.contains("fails at \(step) "), "\(item.name): \(text)") }
            for part in item.says { #expect(text.contains(part), "\(item.name) lacks \(part): \(text)") }
            #expect(!text.contains("canary"))
        }
        try expectNothingWasDone(acme, daemon)
        #expect(daemon.stop() == 0)
    }

    private static func cases(_ acme: Customer, _ expired: ExpiredServer) -> [Case] {
        let (dovecot, postfix) = (acme.dovecot.ports, acme.postfix.ports)
        func inbox(_ provider: String, _ port: String, _ more: String = "", password: String = "canary-acme") -> String
        {
            "type: inbox, server: localhost, port: \(dovecot[port] ?? 0), provider: \(provider), user: \(acme.user), "
                + "password: \(password), ca: \(acme.dovecot.caFile)\(more)"
        }
        func outbox(password: String = "canary-acme") -> String {
            "type: outbox, server: localhost, port: \(postfix["submission"] ?? 0), tls: starttls, auth: true, "
                + "user: \(acme.user), password: \(password), ca: \(acme.postfix.caFile)"
        }
        let elsewhere = "type: inbox, user: x, password: canary-x, provider: imaps, "
        return [
            Case(
                name: "well", fields: inbox("imaps", "imaps"),
                says: ["TLSv1.3", "signed by CN=Malote test CA", "fits localhost", "days left", "INBOX: 3 messages"]),
            Case(name: "upgraded", fields: inbox("imap", "imap", ", after: leave"), says: ["STARTTLS", "needs none"]),
            Case(name: "maildrop", fields: inbox("pop", "pop3"), says: ["the maildrop: 3 messages"]),
            Case(name: "out", fields: outbox(), says: ["220 ", "by SCRAM-SHA-256", "the server takes \(acme.user)"]),
            Case(
                name: "in-password", fields: inbox("imaps", "imaps", password: "canary-wrong"), failsAt: "login",
                says: ["auth-refused", "Check the user and password"]),
            Case(
                name: "out-password", fields: outbox(password: "canary-wrong"), failsAt: "login",
                says: ["auth-refused", "Check the user and password"]),
            Case(
                name: "expired",
                fields: elsewhere + "server: localhost, port: \(expired.port), ca: \(expired.caFile)", failsAt: "tls",
                says: ["certificate", "has expired", "renewed", "ended on 2020-02-01"]),
            Case(
                name: "host", fields: elsewhere + "server: no-such-host.invalid, port: 995", failsAt: "name",
                says: ["dns", "spelling", "warning: settings: port: port 995 is usually POP3"]),
            Case(
                name: "folder", fields: inbox("imaps", "imaps", ", folder: Nowhere"), failsAt: "folder",
                says: ["mailbox-missing", "Nowhere", "Check the folder name"]),
            Case(
                name: "target", fields: inbox("imaps", "imaps", ", after: move Nowhere"), failsAt: "target",
                says: ["mailbox-missing", "Nowhere", "Create this folder"]),
        ]
    }

    /// No poll, no event, no flag, no mail.
    private func expectNothingWasDone(_ acme: Customer, _ daemon: RealDaemon) throws {
        let status = try daemon.ctl("status", "--json").output
        #expect(!status.contains("lastGood") && !status.contains("\"failure\""), "\(status)")
        let files = try ["new", "cur"].flatMap {
            try FileManager.default.contentsOfDirectory(atPath: acme.dovecot.inboxFolder + "/" + $0)
        }
        #expect(files.count == 3 && files.allSatisfy { !$0.contains(":2,S") })
        #expect(acme.postfix.received().isEmpty)
    }

    @Test func aRoundTripShowsBothEnds() async throws {
        let folder = try TemporaryFolder()
        let acme = try Customer("acme", in: folder.path)
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        try #require(try daemon.apply(registry([acme])).status == 0)
        async let result = daemon.ctl("mailbox", "test", "acme-out", "--round-trip", "acme-in")
        // Plays the mail servers between the two.
        #expect(try await eventually { !acme.postfix.received().isEmpty })
        try acme.dovecot.deliver(acme.postfix.received())
        let text = try await result.output
        #expect(try await result.status == 0, "\(text)")
        #expect(text.contains("to help@acme.example by acme-out") && text.contains("250 2.0.0"))
        #expect(text.contains("in acme-in after") && text.contains("it is ignored"))
        #expect(try acme.opened(daemon).isEmpty)
        #expect(daemon.stop() == 0)
    }

    @Test func theStepsAreJSONAndAMissingMailboxIsNamed() async throws {
        struct Step: Decodable {
            struct Failure: Decodable { var cause, detail, remedy: String }
            var name, found: String
            var warnings: [String]
            var failure: Failure?
        }
        let folder = try TemporaryFolder()
        let daemon = try RealDaemon(in: folder.path)
        try await daemon.start()
        let added = try daemon.ctl(
            "mailbox", "add", "--name", "in", "--type", "inbox", "--preset", "gmail", "--server",
            "no-such-host.invalid",
            "--user", "x", "--password-stdin", input: "canary\n")
        #expect(added.status == 0, "\(added.errors)")
        let result = try daemon.ctl("mailbox", "test", "in", "--json")
        #expect(result.status == 1)
        let steps = try JSONDecoder().decode([Step].self, from: Data(result.output.utf8))
        #expect(steps.map(\.name) == ["settings", "name"])
        #expect(steps.first?.failure == nil && steps.last?.failure?.cause == "dns")
        let missing = try daemon.ctl("mailbox", "test", "inn")
        #expect(missing.status == 1 && missing.errors.contains("There is no mailbox \"inn\""), "\(missing.errors)")
        let unknown = try daemon.ctl("mailbox", "edit", "in", "--preset", "hotmail")
        #expect(unknown.status == 1 && unknown.errors.contains("microsoft365"), "\(unknown.errors)")
        #expect(try daemon.ctl("mailbox", "edit", "in", "--preset", "icloud").status == 0)
        #expect(try daemon.ctl("mailbox", "show", "in").output.contains("server: imap.mail.me.com"))
    }
}
