// What the mail room does with templates: previews, tests, versions; and with a file of mailboxes.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct MailRoomTemplatesTests {
    private static func fields(_ pairs: [(String, String)]) -> DocumentNode {
        DocumentNode(.mapping(pairs.map { .init(key: $0.0, value: DocumentNode(.scalar($0.1, isPlain: false))) }))
    }

    private static let documents = [
        "one": fields([("text", "one")]), "two": fields([("text", "two")]),
        "wrong": fields([("text", "{{ticket.kye}}")]),
        "new": fields([("name", "fresh"), ("language", "pt-BR"), ("subject", "S"), ("text", "T")]),
        "data": fields([("service", "E-mail")]), "list": DocumentNode(.sequence([])),
    ]

    private func house(_ change: (inout Registry) -> Void = { _ in }) -> House {
        House(
            deskRegistry(1...1, answers: true) { registry in
                registry.contracts[0].title = "Acme"
                registry.templates[0].text = "{{contract.title}} {{message.text}}{{data.service}}"
                change(&registry)
            })
    }

    private func problem(_ house: House, _ body: @escaping @Sendable () async throws -> Void) -> Problem? {
        #expect(throws: Problem.self) { try house.stage.run(body) }
    }

    // MARK: - Previews

    @Test func aPreviewHasSamplesATicketOrData() throws {
        let house = house()
        house.inbox(1).receive(mail("Printer"))
        try house.poll()
        let (room, commits) = (Run(house).room(Self.documents), house.store.commits)
        let sample = try house.stage.run { try await room.preview(PreviewWish(template: "receipt")) }
        #expect(sample.subject == "[EX-42] Received")
        #expect(sample.text.hasPrefix("Example Ltda Good morning,"))
        #expect(sample.missing.isEmpty && sample.html == nil && sample.active)
        let own = try house.stage.run { try await room.preview(PreviewWish(template: "receipt", contract: "c-1")) }
        #expect(own.subject == "[C1-42] Received")
        let real = try house.stage.run { try await room.preview(PreviewWish(template: "receipt", ticket: "C1-1")) }
        #expect(real.subject == "[C1-1] Received")
        #expect(real.text.hasPrefix("Acme My printer burns."))
        #expect(real.missing == ["data.service"])
        let wish = PreviewWish(template: "receipt", ticket: "C1-1", data: Array("data".utf8))
        let given = try house.stage.run { try await room.preview(wish) }
        #expect(given.text.hasSuffix("E-mail") && given.missing.isEmpty)
        // Looking changes nothing.
        #expect(house.store.commits == commits)
    }

    static let wrong: [(PreviewWish, Int)] = [
        (PreviewWish(template: "recipt"), 404), (PreviewWish(template: "receipt", language: "de"), 404),
        (PreviewWish(template: "receipt", contract: "none"), 404),
        (PreviewWish(template: "receipt", ticket: "X-1"), 404),
        (PreviewWish(template: "receipt", data: Array("list".utf8)), 422),
        (PreviewWish(template: "receipt", data: Array("unreadable".utf8)), 422),
    ]

    @Test(arguments: wrong)
    func aPreviewThatCannotBeIsRefused(_ wish: PreviewWish, _ status: Int) {
        let house = house()
        let room = Run(house).room(Self.documents)
        #expect(problem(house) { _ = try await room.preview(wish) }?.status == status)
    }

    @Test func theContractsLanguageIsTakenUnlessOneIsNamed() throws {
        let house = house { registry in
            var other = registry.templates[0]
            (other.language, other.subject) = ("pt-BR", "Recebido")
            registry.templates.append(other)
            registry.contracts[0].language = "pt-BR"
        }
        let room = Run(house).room()
        let wishes: [(PreviewWish, String)] = [
            (PreviewWish(template: "receipt"), "en"), (PreviewWish(template: "receipt", contract: "c-1"), "pt-BR"),
            (PreviewWish(template: "receipt pt-BR"), "pt-BR"),
            (PreviewWish(template: "receipt", language: "EN", contract: "c-1"), "en"),
        ]
        for (wish, language) in wishes {
            #expect(try house.stage.run { try await room.preview(wish) }.language == language)
        }
    }

    @Test func aTestIsANotificationOfTheContract() throws {
        let house = house { $0.templates[0].isActive = false }
        let room = Run(house).room()
        let wish = PreviewWish(template: "receipt", contract: "c-1")
        let receipt = try house.stage.run {
            try await room.sendPreview(wish, to: ["boss@x.example"], outbox: nil)
        }
        #expect(receipt.outbox == "out-1")
        let sent = try #require(house.store.state.notifications.first)
        #expect(sent.recipients == ["boss@x.example"] && sent.subject == "[C1-42] Received")
        let nobodys = PreviewWish(template: "receipt")
        #expect(
            problem(house) { _ = try await room.sendPreview(nobodys, to: ["a@b.example"], outbox: nil) }?.status == 422)
        #expect(house.store.state.notifications.count == 1)
    }

    // MARK: - Versions

    private func edit(_ house: House, _ room: MailRoom, _ text: String) throws {
        let edit = RegistryEdit.edit(.templates, name: "receipt", fields: Array(text.utf8))
        try house.stage.run { _ = try await room.apply(edit, dryRun: false) }
    }

    @Test func eachChangeKeepsTheOneBefore() throws {
        let house = house()
        let room = Run(house).room(Self.documents)
        let before = try house.stage.run { try await room.templateVersions("receipt", language: nil) }
        #expect(before.map(\.number) == [1] && before[0].time == nil && before[0].isCurrent)
        for text in ["one", "two", "two"] { try edit(house, room, text) }
        let dry = RegistryEdit.edit(.templates, name: "receipt", fields: Array("one".utf8))
        try house.stage.run { _ = try await room.apply(dry, dryRun: true) }
        let versions = try house.stage.run { try await room.templateVersions("receipt", language: "EN") }
        #expect(versions.map(\.number) == [3, 2, 1])
        #expect(versions.map(\.isCurrent) == [true, false, false])
        #expect(versions.map(\.time) == [house.now, house.now, nil])
        #expect(versions.allSatisfy { $0.text == nil })
        let first = try house.stage.run { try await room.templateVersion("receipt", language: nil, number: 1) }
        #expect(first.text?.hasPrefix("{{contract.title}}") == true)
    }

    @Test func aFormerVersionIsRestoredAsANewOne() throws {
        let house = house()
        let room = Run(house).room(Self.documents)
        let original = house.registry.templates[0]
        try edit(house, room, "one")
        let restore = RegistryEdit.restore(template: "receipt", language: nil, version: 1)
        let dry = try house.stage.run { try await room.apply(restore, dryRun: true) }
        #expect(dry.lines.first { $0.kind == "template" }?.fields == ["text"])
        #expect(house.registry.templates[0].text == "one")
        try house.stage.run { _ = try await room.apply(restore, dryRun: false) }
        #expect(house.registry.templates[0] == original)
        let again = try house.stage.run { try await room.apply(restore, dryRun: false) }
        #expect(again.lines.allSatisfy { $0.action == "unchanged" })
        #expect(
            try house.stage.run { try await room.templateVersions("receipt", language: nil) }.map(\.number) == [
                3, 2, 1,
            ])
        let none = RegistryEdit.restore(template: "receipt", language: nil, version: 9)
        #expect(problem(house) { _ = try await room.apply(none, dryRun: false) }?.status == 404)
    }

    @Test func aDeletedTemplateIsRestoredToo() throws {
        let house = house()
        let room = Run(house).room(Self.documents)
        let new = Array("new".utf8)
        try house.stage.run {
            _ = try await room.apply(.add(.templates, fields: new), dryRun: false)
            _ = try await room.apply(.delete(.templates, name: "fresh"), dryRun: false)
        }
        let versions = try house.stage.run { try await room.templateVersions("fresh", language: nil) }
        #expect(versions.map(\.isDeleted) == [true, false])
        let deleted = RegistryEdit.restore(template: "fresh", language: nil, version: 2)
        #expect(problem(house) { _ = try await room.apply(deleted, dryRun: false) }?.status == 409)
        let restore = RegistryEdit.restore(template: "fresh", language: nil, version: 1)
        try house.stage.run { _ = try await room.apply(restore, dryRun: false) }
        #expect(house.registry.templates.contains { $0.name.text == "fresh" && $0.language == "pt-BR" })
        #expect(problem(house) { _ = try await room.templateVersions("never", language: nil) }?.status == 404)
    }

    @Test func aTemplateThatIsRefusedKeepsNoVersion() throws {
        let house = house()
        let room = Run(house).room(Self.documents)
        let wrong = RegistryEdit.edit(.templates, name: "receipt", fields: Array("wrong".utf8))
        #expect(
            problem(house) { _ = try await room.apply(wrong, dryRun: false) }?.detail.contains("ticket.key") == true)
        #expect(house.store.state.templateVersions.isEmpty)
    }

    // MARK: - Files of mailboxes

    private static let table = Array(
        "Description;Type;Server;User;Password;Provider;Contract\nNew in;Inbox;mail.new.example;u@new.example;hunter2;imaps;c-1\n"
            .utf8)

    @Test func aFileOfMailboxesIsAppliedLikeADocument() throws {
        let house = house()
        let room = Run(house).room()
        let edit = RegistryEdit.importing(Self.table, ImportOptions())
        let dry = try house.stage.run { try await room.apply(edit, dryRun: true) }
        #expect(dry.lines.map { "\($0.action) \($0.name)" } == ["added new-in", "changed c-1"])
        #expect(house.registry.mailboxes.count == 2)
        let text = try house.stage.run { try await room.document(importing: Self.table, ImportOptions()) }
        #expect(text.contains("hunter2"))
        #expect(house.registry.mailboxes.count == 2)
        try house.stage.run { _ = try await room.apply(edit, dryRun: false) }
        #expect(house.registry.contracts[0].inboxes.map(\.text) == ["in-1", "new-in"])
        let again = try house.stage.run { try await room.apply(edit, dryRun: false) }
        #expect(again.lines.allSatisfy { $0.action == "unchanged" })
    }
}
