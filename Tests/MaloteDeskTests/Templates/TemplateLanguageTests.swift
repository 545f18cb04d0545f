// Several languages of one name are kept apart, an inactive one sends nothing, and a rendering tells what was missing.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct TemplateLanguageTests {
    private static func template(_ language: String, active: Bool = true) -> Template {
        Template(name: name("opened"), language: language, subject: "S", text: language, isActive: active)
    }

    private static func registry(_ languages: String...) -> Registry {
        edited(Sample.registry) { $0.templates = languages.map { template($0) } }
    }

    static let keyed: [(String, String?)] = [
        ("opened", "en"), ("opened en", "en"), ("opened pt-BR", "pt-BR"), ("opened PT-br", "pt-BR"), ("opened de", nil),
        ("other", nil), ("", nil), ("opened pt-BR x", nil),
    ]

    @Test(arguments: keyed)
    func aNameWithALanguageIsOneTemplate(_ text: String, _ language: String?) {
        #expect(Self.registry("en", "pt-BR").template(keyed: text)?.language == language)
    }

    @Test func aNameAloneIsTheOnlyOne() {
        #expect(Self.registry("pt-BR").template(keyed: "opened")?.language == "pt-BR")
        #expect(Self.registry("de", "pt-BR").template(keyed: "opened") == nil)
    }

    @Test(arguments: [("opened", "en"), ("opened en", "en"), ("opened pt-br", "pt-BR")])
    func oneLanguageIsEditedAndDeleted(_ key: String, _ language: String) throws {
        let registry = Self.registry("en", "pt-BR")
        let change: Doc = ["text": "new", "active": false]
        let edit = try RegistryPlanner.plan(.edit(.templates, name: key, fields: change.node), on: registry)
        #expect(edit.lines.first { $0.kind == "template" }?.fields == ["active", "text"])
        let changed = edit.result.templates.filter { $0.text == "new" && !$0.isActive }
        #expect(changed.map(\.language) == [language])
        let delete = try? RegistryPlanner.plan(.delete(.templates, name: key), on: registry)
        #expect(delete?.result.templates.count == 1)
        #expect(delete?.result.templates.first?.language != language)
    }

    @Test func activeIsWrittenAndReadBack() throws {
        let registry = edited(Sample.registry) {
            $0.templates = [Self.template("en", active: false), Self.template("de")]
        }
        #expect(RegistryExport.yaml(registry).contains("active: false"))
        #expect(!RegistryExport.yaml(Self.registry("en")).contains("active"))
        let plan = try RegistryPlanner.plan(
            .document(RegistryExport.document(registry), prune: false), on: Sample.registry)
        #expect(plan.result.templates.first { $0.language == "en" }?.isActive == false)
        #expect(plan.result.templates.first { $0.language == "de" }?.isActive == true)
    }

    @Test func aFormerTemplateGoesThroughTheSameRules() throws {
        let old = edited(Sample.opened) { $0.text = "As it was: {{ticket.key}}" }
        let plan = try RegistryPlanner.plan(.restore(old), on: Sample.registry)
        #expect(plan.changes == [.putTemplate(old)])
        #expect(try RegistryPlanner.plan(.restore(Sample.opened), on: Sample.registry).changes.isEmpty)
        let broken = edited(Sample.opened) { $0.text = "{{ticket.kye}}" }
        #expect(throws: DocumentErrors.self) { try RegistryPlanner.plan(.restore(broken), on: Sample.registry) }
    }

    @Test func anInactiveTemplateSendsNothingAndSaysSo() {
        var scene = FlowRunTests.Scene()
        scene.registry.templates = [Self.template("en", active: false), Self.template("pt-BR")]
        #expect(scene.drafts.isEmpty)
        #expect(scene.reasons.count == 1)
        #expect(scene.reasons.first?.hasSuffix("Template opened is inactive.") == true)
        scene.registry.contracts[0].language = "pt-BR"
        #expect(scene.drafts.first?.message.text == "pt-BR")
        scene.registry.templates = [Self.template("en"), Self.template("pt-BR", active: false)]
        #expect(scene.reasons.first?.hasSuffix("Template opened pt-BR is inactive.") == true)
    }

    @Test func aRenderingTellsWhatWasMissing() throws {
        let template = Template(
            name: name("x"), language: "en", subject: "{{ticket.key}}\n{{data.a}}",
            text: "{{data.a}} {{data.b | default: none}} ${IMPACTO} {{#data.c}}{{data.d}}{{/data.c}}",
            html: "<p>{{data.e}} {{data.list}}</p>")
        let values = TemplateValue.object([
            "ticket": .object(["key": .text("A-1")]), "data": .object(["list": .list([])]),
        ])
        let made = try TemplateRendering(template, values, zone: "UTC")
        #expect(made.subject == "A-1 ")
        #expect(made.text == " none  ")
        #expect(made.missing == ["data.a", "${IMPACTO}", "data.e", "data.list"])
    }

    @Test func aDocumentBecomesValues() throws {
        let doc: Doc = ["a": ["b": ["x", 7, nil, true]], "c": .scalar("yes", isPlain: true), "d": "true"]
        let values = TemplateValue(doc.node)
        let source = "{{#a.b}}<{{.}}>{{/a.b}} {{c}} {{d}}{{e}}"
        #expect(try MustacheTemplate(source).render(values, escaping: .none) == "<x><7><><true> yes true")
    }
}
