// Templates and files of mailboxes as an operator handles them, with the real programs.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized) struct TemplateTests {
    private static let registry = """
        mailboxes:
          - {name: out, type: outbox, server: smtp.one.invalid, port: 465, tls: implicit, auth: false, senders: ["Desk <desk@one.invalid>"]}
        system: {outbox: out}
        contracts: [{name: one, title: Um Ltda, prefix: ONE, inboxes: [], outbox: standard, language: pt-BR}]
        """

    private func started() async throws -> (RealDaemon, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let daemon = try RealDaemon(in: folder.path)
        try await daemon.start()
        try #require(try daemon.apply(Self.registry).status == 0)
        return (daemon, folder)
    }

    private func expect(
        _ daemon: RealDaemon, _ words: [String], status: Int32 = 0, _ holds: [String], no: [String] = []
    ) throws {
        let result = try Program.run(RealDaemon.binary("malotectl"), ["--socket", daemon.socket] + words)
        let all = result.output + result.errors
        #expect(result.status == status, "\(words): \(all)")
        for part in holds { #expect(all.contains(part), "\(words): no \"\(part)\" in \(all)") }
        for part in no { #expect(!all.contains(part), "\(words): \"\(part)\" in \(all)") }
    }

    @Test func theShippedTemplatesAreAppliedShownAndTried() async throws {
        let (daemon, folder) = try await started()
        defer { withExtendedLifetime(folder) {} }
        for language in ["en", "pt-BR"] {
            let file = projectFolder + "/etc/templates.\(language).yaml"
            try expect(daemon, ["apply", "-f", file], ["added template completed"], no: ["warning"])
            try expect(daemon, ["apply", "-f", file], ["nothing to change"])
        }
        try expect(daemon, ["template", "list"], ["pt-BR", "ACTIVE"])
        try expect(
            daemon, ["template", "show", "opened", "--language", "pt-BR"], ["language: pt-BR", "recebemos"],
            no: ["language: en"])
        try expect(daemon, ["template", "show", "opened"], ["language: pt-BR", "language: en"])
        try expect(
            daemon, ["template", "preview", "approval", "--contract", "one"],
            ["template: approval (pt-BR)", "subject: Aprovação pendente: [ONE-42]", "Um Ltda", "--- HTML"],
            no: ["without a value"])
        try expect(
            daemon,
            ["template", "preview", "completed", "--language", "en", "--data", "{\"answer\": \"Done.\"}", "--html"],
            ["<pre", "Done.", "</html>"], no: ["subject:"])
        try expect(daemon, ["template", "preview", "opend"], status: 1, ["no template \"opend\""])
        try expect(daemon, ["template", "preview", "opened", "--data", "{"], status: 2, ["--data is no JSON"])
        try expect(
            daemon,
            ["template", "test", "opened", "--contract", "one", "--to", "ana@one.invalid", "--outbox", "system"],
            ["1\n"])
        try expect(daemon, ["queue", "list"], ["ana@one.invalid"])
        try expect(daemon, ["template", "test", "opened", "--contract", "one"], status: 2, ["--to is missing"])
    }

    @Test func versionsOutliveARestart() async throws {
        let (daemon, folder) = try await started()
        defer { withExtendedLifetime(folder) {} }
        let add = ["template", "add", "--name", "hi", "--subject", "S", "--text", "first {{ticket.key}}"]
        try expect(daemon, add, ["added template hi"])
        try expect(daemon, ["template", "edit", "hi", "--text", "second"], ["changed template hi: text"])
        try expect(daemon, ["template", "edit", "hi", "--text", "second"], ["nothing to change"])
        try expect(
            daemon, ["template", "edit", "hi", "--text", "{{ticket.kye}}"], status: 1, ["Did you mean ticket.key?"])
        try expect(
            daemon, ["template", "edit", "hi", "--language", "en", "--inactive"], ["changed template hi: active"])
        try expect(daemon, ["template", "preview", "hi"], ["inactive"])
        #expect(daemon.stop() == 0)
        try await daemon.start()
        try expect(daemon, ["template", "history", "hi"], ["3 ", "current", "1 "], no: ["4 "])
        try expect(daemon, ["template", "show", "hi", "--version", "1"], ["version: 1", "text: first {{ticket.key}}"])
        try expect(
            daemon, ["template", "restore", "hi", "--version", "1", "--dry-run"], ["would be changed template hi"])
        try expect(daemon, ["template", "restore", "hi", "--version", "1"], ["changed template hi: text, active"])
        try expect(daemon, ["template", "show", "hi"], ["text: first {{ticket.key}}", "active: yes"])
        try expect(daemon, ["template", "restore", "hi"], status: 2, ["--version is missing"])
        try expect(daemon, ["template", "restore", "hi", "--version", "9"], status: 1, ["no version 9"])
        try expect(daemon, ["template", "delete", "hi", "--language", "en"], ["removed template hi"])
        try expect(daemon, ["template", "history", "hi"], ["deleted"])
        try expect(daemon, ["template", "restore", "hi", "--version", "2"], ["added template hi"])
    }

    @Test func mailboxesOfAnotherSystemAreImported() async throws {
        let (daemon, folder) = try await started()
        defer { withExtendedLifetime(folder) {} }
        let file = projectFolder + "/Tests/Fixtures/mailboxes/caixas.csv"
        try expect(
            daemon, ["import", "mailboxes", file], status: 1,
            ["row 2, column Contrato: there is no contract \"Ação Ltda\"", "--create-contracts"], no: ["segredo"])
        let words = ["import", "mailboxes", file, "--create-contracts"]
        let added = ["added mailbox entrada-acao-ltda", "added contract acao-ltda", "changed system outbox"]
        try expect(daemon, words + ["--dry-run"], added.map { "would be \($0)" }, no: ["segredo"])
        let output = folder.path + "/imported.yaml"
        try expect(daemon, words + ["--output", output], ["holds passwords"], no: ["segredo"])
        let mode = try FileManager.default.attributesOfItem(atPath: output)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        try expect(daemon, words + ["--output", output], status: 1, ["cannot be made"])
        try expect(daemon, ["mailbox", "list"], [], no: ["entrada-acao-ltda"])
        try expect(daemon, words, added, no: ["segredo"])
        try expect(daemon, words, ["nothing to change"], no: ["segredo"])
        try expect(daemon, ["apply", "-f", output], ["nothing to change"])
        try expect(daemon, ["contract", "show", "acao-ltda"], ["prefix: ACAO", "outbox: saida-acao-ltda"])
    }
}
