// What every store promises of templates' versions: they are numbered, kept apart by language, and only the last are kept.

import MaloteCore
import Testing

@Suite struct TemplateVersionConformance {
    private static let name: TemplateName = Sample.name("receipt")

    private static func template(_ text: String, _ language: String = "en") -> Template {
        Template(name: name, language: language, subject: "S", text: text, html: "<p>", isActive: text != "off")
    }

    @Test(arguments: StoreKind.withFake)
    func versionsAreNumberedByNameAndLanguage(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        try await store.write { store in
            try store.keepVersion(of: Self.name, language: "en", Self.template("one"), at: nil)
            try store.keepVersion(of: Self.name, language: "pt-BR", Self.template("um", "pt-BR"), at: Sample.at(1))
            try store.keepVersion(of: Self.name, language: "en", nil, at: Sample.at(2))
            try store.keepVersion(of: Self.name, language: "en", Self.template("off"), at: Sample.at(3))
            try store.keepVersion(of: Sample.name("other"), language: "en", Self.template("x"), at: Sample.at(4))
        }
        let expected = [
            TemplateVersion(language: "en", number: 3, time: Sample.at(3), template: Self.template("off")),
            TemplateVersion(language: "en", number: 2, time: Sample.at(2), template: nil),
            TemplateVersion(language: "en", number: 1, time: nil, template: Self.template("one")),
            TemplateVersion(language: "pt-BR", number: 1, time: Sample.at(1), template: Self.template("um", "pt-BR")),
        ]
        #expect(try await store.read { try $0.templateVersions(Self.name) } == expected)
        #expect(try await store.read { try $0.templateVersions(Sample.name("none")) }.isEmpty)
    }

    @Test(arguments: StoreKind.withFake)
    func onlyTheLastAreKeptAndNoNumberIsGivenAgain(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let count = TemplateVersion.kept + 5
        try await store.write { store in
            try store.keepVersion(of: Self.name, language: "pt-BR", Self.template("um", "pt-BR"), at: Sample.at(0))
            for number in 1...count {
                try store.keepVersion(
                    of: Self.name, language: "en", Self.template("\(number)"), at: Sample.at(Int64(number)))
            }
        }
        let versions = try await store.read { try $0.templateVersions(Self.name) }
        #expect(versions.filter { $0.language == "en" }.map(\.number) == Array((6...count).reversed()))
        #expect(
            versions.filter { $0.language == "en" }.map(\.template?.text) == (6...count).reversed().map(String.init))
        #expect(versions.filter { $0.language == "pt-BR" }.map(\.number) == [1])
    }

    @Test(arguments: StoreKind.withFake)
    func aVersionOfATransactionThatFailsIsNotKept(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        await #expect(throws: Sample.Refusal.self) {
            try await store.write { store in
                try store.keepVersion(of: Self.name, language: "en", Self.template("one"), at: nil)
                throw Sample.Refusal()
            }
        }
        #expect(try await store.read { try $0.templateVersions(Self.name) }.isEmpty)
    }
}
