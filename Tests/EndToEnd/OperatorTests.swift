// malotectl and maloted as an operator meets them: what works, and what a mistake says.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized) struct OperatorTests {
    private static let registry = """
        mailboxes:
          - {name: one-in, type: inbox, description: first, server: mail.one.invalid, port: 993, provider: imaps, user: a@one.invalid, password: canary-secret, poll: 1h}
          - {name: two-in, type: inbox, description: second, server: mail.two.invalid, port: 995, provider: POP3S, user: b@two.invalid, password: {file: /nowhere/password}, poll: 1h}
          - {name: out, type: outbox, server: smtp.one.invalid, port: 465, tls: implicit, auth: false, senders: ["Desk <desk@one.invalid>"]}
        system: {outbox: out}
        contracts:
          - {name: one, title: One, prefix: ONE, inboxes: [one-in], outbox: standard}
          - {name: two, title: Two, prefix: TWO, inboxes: [two-in], outbox: out}
        """

    private func started() async throws -> (RealDaemon, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let daemon = try RealDaemon(in: folder.path)
        try await daemon.start()
        let applied = try daemon.apply(Self.registry)
        try #require(applied.status == 0, "\(applied.errors)")
        return (daemon, folder)
    }

    @Test func theSampleFilesAreGood() async throws {
        let folder = try TemporaryFolder()
        let daemon = try RealDaemon(in: folder.path)
        let check = try Program.run(
            RealDaemon.binary("maloted"), ["check-config", "--config", projectFolder + "/etc/malote.yaml"])
        #expect(check.status == 0, "\(check.errors)")
        try await daemon.start()
        let applied = try daemon.ctl("apply", "-f", projectFolder + "/etc/registry.example.yaml")
        #expect(applied.status == 0, "\(applied.errors)")
        let again = try daemon.ctl("apply", "-f", projectFolder + "/etc/registry.example.yaml")
        #expect(again.output == "nothing to change\n")
    }

    /// words, exit status, what the answer must hold.
    @Test(arguments: [
        (["mailbox", "list"], 0, "mail.two.invalid"),
        (["mailbox", "list", "--server", "mail.one.invalid"], 0, "one-in"),
        (["mailbox", "show", "two-in"], 0, "password: file /nowhere/password"),
        (["mailbox", "show", "one-in", "--json"], 0, "\"password\":\"stored\""),
        (["mailbox", "show", "none"], 1, "no mailbox \"none\""),
        (["mailbox", "delete", "one-in"], 1, "contract one"),
        (["mailbox", "delete", "out"], 1, "system outbox"),
        (["mailbox", "edit", "one-in", "--port", "70000"], 1, "port"),
        (
            [
                "mailbox", "add", "--name", "one-in", "--type", "inbox", "--server", "x", "--user", "u",
                "--password-file", "/p",
            ], 1, "already"
        ),
        (["mailbox", "edit", "one-in", "--prot", "1"], 2, "--port"),
        (["mailbx", "list"], 2, "mailbox"),
        (["contract", "list"], 0, "TWO"),
        (["contract", "show", "one"], 0, "outbox: standard"),
        (["poll", "out"], 1, "outbox"),
        (["poll", "none"], 1, "no mailbox"),
        (["status"], 0, "one-in"),
        (["queue", "list"], 0, "No delivery"),
        (["queue", "list", "--state", "lost"], 1, "queued"),
        (["queue", "retry"], 2, "--contract"),
        (["events", "--contract", "none"], 1, "no contract"),
        (["export"], 0, "keep: true"),
        (["help", "send"], 0, "--attach"),
        (["--version"], 0, "malotectl "),
    ])
    func commands(words: [String], status: Int32, holds: String) async throws {
        let daemon = try await Self.shared.daemon()
        let result = try Program.run(RealDaemon.binary("malotectl"), ["--socket", daemon.socket] + words)
        #expect(result.status == status, "\(result.output)\(result.errors)")
        #expect((result.output + result.errors).contains(holds), "\(result.output)\(result.errors)")
        #expect(!(result.output + result.errors).contains("canary"))
    }

    /// One daemon for all read-only commands.
    private actor Shared {
        private var held: (daemon: RealDaemon, folder: TemporaryFolder)?

        func daemon() async throws -> RealDaemon {
            if let held { return held.daemon }
            let folder = try TemporaryFolder()
            let daemon = try RealDaemon(in: folder.path)
            try await daemon.start()
            _ = try daemon.apply(OperatorTests.registry)
            held = (daemon, folder)
            return daemon
        }
    }

    private static let shared = Shared()

    @Test func aRegistryWithErrorsNamesThemAllAndChangesNothing() async throws {
        let (daemon, folder) = try await started()
        defer { withExtendedLifetime(folder) {} }
        let before = try daemon.ctl("export").output
        let result = try daemon.apply(
            """
            mailboxes:
              - {name: new-in, type: inbox, server: mail.new.invalid, prot: 993, provider: imapz, user: x, password: y}
            contracts:
              - {name: one, title: Changed, prefix: ONE, inboxes: [nowhere-in], outbox: standard}
            """)
        #expect(result.status == 1)
        for part in ["line 2", "mailboxes[0].prot", "Did you mean \"port\"?", "provider", "imaps"] {
            #expect(result.errors.contains(part), "\(result.errors)")
        }
        let unlinked = try daemon.apply("contracts: [{name: one, title: x, prefix: ONE, inboxes: [nowhere-in]}]")
        #expect(unlinked.status == 1 && unlinked.errors.contains("nowhere-in"), "\(unlinked.errors)")
        #expect(try daemon.ctl("export").output == before)
    }

    @Test func aConfigurationWithErrorsNamesLineFieldAndRemedy() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/malote.yaml"
        try "state: relative\nlimits: {mesage: 50MB, per-host: many}\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        for words in [["check-config", "--config", file], ["--config", file]] {
            let result = try Program.run(RealDaemon.binary("maloted"), words)
            #expect(result.status == 78)
            for part in ["line 1: state", "absolute path", "line 2: limits.mesage", "\"message\"", "limits.per-host"] {
                #expect(result.errors.contains(part), "\(result.errors)")
            }
        }
        #expect(try Program.run(RealDaemon.binary("maloted"), ["--config", "/nowhere.yaml"]).status == 78)
        #expect(try Program.run(RealDaemon.binary("maloted"), ["--confg", "x"]).status == 64)
    }

    @Test func exportAppliesToAnotherDaemonOnceItsPasswordIsKnown() async throws {
        let (daemon, folder) = try await started()
        defer { withExtendedLifetime(folder) {} }
        let exported = try daemon.ctl("export").output
        #expect(!exported.contains("canary-secret"))
        let other = try RealDaemon(in: folder.path + "/other")
        try await other.start()
        let refused = try other.apply(exported)
        #expect(refused.status == 1 && refused.errors.contains("one-in"), "\(refused.errors)")
        let applied = try other.apply(exported.replacingOccurrences(of: "{keep: true}", with: "canary-secret"))
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(try other.ctl("export").output == exported)
        // The other form says the same.
        try other.ctl("export", "--json").output.write(
            toFile: folder.path + "/registry.json", atomically: true, encoding: .utf8)
        #expect(try other.ctl("apply", "-f", folder.path + "/registry.json").output == "nothing to change\n")
    }

    @Test func aSecondDaemonOnTheSameStateIsRefused() async throws {
        let (daemon, folder) = try await started()
        defer { withExtendedLifetime(folder) {} }
        let second = try Program.run(
            RealDaemon.binary("maloted"), ["--config", daemon.configFile, "--log", "text"])
        #expect(second.status != 0 && second.errors.contains("Another maloted"), "\(second.errors)")
        #expect(try daemon.ctl("status").status == 0)
    }

    @Test func objectsAreMadeByOptionsAlone() async throws {
        let (daemon, folder) = try await started()
        defer { withExtendedLifetime(folder) {} }
        let commands = [
            ["template", "add", "--name", "opened", "--language", "en", "--subject", "Hi", "--text", "{{ticket.key}}"],
            [
                "flow", "add", "--name", "f", "--contract", "one", "--on", "ticket.opened", "--template", "opened",
                "--to", "requester",
                "--to", "boss@one.invalid", "--outbox", "out",
            ],
            ["contract", "edit", "two", "--person", "Ana <ana@two.invalid>", "--title", "Two Ltda"],
            ["mailbox", "edit", "one-in", "--poll", "2h"],
            ["flow", "delete", "f"],
            ["contract", "delete", "two"],
            ["mailbox", "delete", "two-in"],
        ]
        for words in commands {
            let result = try Program.run(RealDaemon.binary("malotectl"), ["--socket", daemon.socket] + words)
            #expect(result.status == 0, "\(words): \(result.errors)")
        }
        #expect(try daemon.ctl("mailbox", "show", "one-in").output.contains("pollSeconds: 7200"))
    }

    @Test func theSameIdempotencyKeyQueuesOnce() async throws {
        let (daemon, folder) = try await started()
        defer { withExtendedLifetime(folder) {} }
        func send() throws -> String {
            try daemon.ctl(
                "send", "--contract", "one", "--to", "a@b.invalid", "--subject", "Olá", "--key", "k1", input: "text\n"
            ).output
        }
        let (first, second) = (try send(), try send())
        #expect(first == second && Int(first.trimmingCharacters(in: .whitespacesAndNewlines)) != nil)
        let listed = try daemon.ctl("queue", "list", "--json").output
        #expect(listed.components(separatedBy: "\"recipient\"").count == 2, "\(listed)")
        let shown = try daemon.ctl("queue", "show", first.trimmingCharacters(in: .whitespacesAndNewlines)).output
        #expect(shown.contains("The system outbox is out."), "\(shown)")
        let wrong = try daemon.ctl("send", "--contract", "one", "--to", "nobody", "--subject", "x", input: "x")
        #expect(wrong.status == 1 && wrong.errors.contains("to[0]"), "\(wrong.errors)")
    }

    @Test func aReloadIsAnsweredAndAStopIsClean() async throws {
        let (daemon, folder) = try await started()
        defer { withExtendedLifetime(folder) {} }
        daemon.signal(SIGHUP)
        #expect(try await eventually { daemon.log.contains("has reloaded") })
        #expect(daemon.stop() == 0)
        #expect(daemon.log.contains("maloted has stopped."))
        // One file is all there is to copy.
        let log = try FileManager.default.attributesOfItem(atPath: daemon.folder + "/state/malote.db-wal")[.size]
        #expect((log as? NSNumber)?.intValue == 0)
    }
}
