// A preset stands for a provider's fields, gives way to what is written beside it, and is not kept.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct ProviderPresetTests {
    private static let account: Doc = ["name": "a", "user": "help@acme.example", "password": "sesame"]

    private func decode(_ fields: Doc) throws -> Mailbox {
        let document = try RegistryDocument.decode(Doc.mailboxes(Self.account.with(fields)).node)
        #expect(document.warnings.isEmpty)
        return try #require(document.mailboxes.first)
    }

    @Test(arguments: ProviderPreset.all)
    func everyPresetMakesBothMailboxes(_ preset: ProviderPreset) throws {
        let inbox = try decode(["type": "inbox", "preset": .text(preset.name)])
        #expect(inbox.server == preset.provider.servers.imap && inbox.port == 993 && inbox.security == .implicit)
        #expect(inbox.inbox?.access == .imap)
        let outbox = try decode(["type": "outbox", "preset": .text(preset.name.uppercased())])
        #expect(outbox.server == preset.provider.servers.smtp && outbox.login != nil)
        #expect([465: .implicit, 587: .starttls][outbox.port] == outbox.security)
        for mailbox in [inbox, outbox] { #expect(ProviderPreset.serving(mailbox)?.login == preset.login) }
        #expect(!preset.limits.isEmpty && !preset.login.isEmpty)
    }

    @Test func whatIsGivenStands() throws {
        let pop = try decode(["type": "inbox", "preset": "gmail", "provider": "pops"])
        #expect(pop.server == "pop.gmail.com" && pop.port == 995 && pop.inbox?.access == .pop3)
        let zoho = try decode(["type": "inbox", "preset": "zoho", "server": "imap.zoho.eu", "port": 1993])
        #expect(zoho.server == "imap.zoho.eu" && zoho.port == 1993)
        let starttls = try decode(["type": "outbox", "preset": "gmail", "tls": "starttls"])
        #expect(starttls.server == "smtp.gmail.com" && starttls.port == 587 && starttls.security == .starttls)
        let plain = try decode(["type": "inbox", "preset": nil, "server": "mail.acme.example"])
        #expect(plain.server == "mail.acme.example" && ProviderPreset.serving(plain) == nil)
    }

    @Test(
        arguments: [
            (["preset": "gmial"], "preset", "gmail, microsoft365, yahoo, icloud, zoho, fastmail"),
            (["preset": ["gmail"]], "preset", "one value"),
            (["preset": "icloud", "provider": "pop"], "provider", "imaps"),
        ] as [(Doc, String, String)])
    func aWrongPresetIsNamed(_ fields: Doc, field: String, remedy: String) throws {
        let node = Doc.mailboxes(Self.account.with(["type": "inbox"]).with(fields)).node
        let errors = #expect(throws: DocumentErrors.self) { try RegistryDocument.decode(node) }
        let error = try #require(errors?.errors.first { $0.field == "mailboxes[0].\(field)" })
        #expect(error.remedy.contains(remedy) && error.line == node.line(at: "mailboxes[0].\(field)"))
    }

    @Test func theRegistryKeepsFieldsAndAnEditMovesAMailbox() throws {
        let fields = Self.account.with(["type": "inbox", "preset": "gmail", "after": "leave"])
        let added = try RegistryPlanner.plan(.add(.mailboxes, fields: fields.node), on: Registry())
        let text = RegistryExport.text(added.result, .yaml)
        #expect(text.contains("imap.gmail.com") && !text.contains("preset"))
        let edit: Doc = ["preset": "fastmail"]
        let moved = try RegistryPlanner.plan(.edit(.mailboxes, name: "a", fields: edit.node), on: added.result)
        #expect(moved.lines.map(\.fields) == [["server"]])
        #expect(moved.result.mailboxes.map(\.server) == ["imap.fastmail.com"])
        #expect(moved.result.mailboxes.first?.inbox?.after == .leave)
    }
}
