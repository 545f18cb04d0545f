// What a wish changes and what it leaves alone: applying, pruning, adding, editing, deleting, keeping secrets.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct RegistryPlannerTests {
    static let stored = Sample.registry.numbered

    private func plan(_ wish: RegistryPlanner.Wish, on current: Registry = stored) throws -> RegistryPlan {
        let plan = try RegistryPlanner.plan(wish, on: current)
        #expect(current.applying(plan.changes) == plan.result, "the changes alone lead to the result")
        return plan
    }

    private func errors(_ wish: RegistryPlanner.Wish, on current: Registry = stored) -> [DocumentError] {
        do {
            _ = try RegistryPlanner.plan(wish, on: current)
            return []
        } catch {
            return error.errors
        }
    }

    // MARK: - Documents

    @Test func anEmptyDocumentPrunesNothing() throws {
        let empty = (nil as Doc).node
        #expect(try plan(.document(empty, prune: false)).changes.isEmpty)
        #expect(throws: DocumentErrors.self) { try plan(.document(empty, prune: true)) }
        #expect(try !plan(.document(([:] as Doc).node, prune: true)).changes.isEmpty)
    }

    @Test func applyingTwiceChangesNothingTheSecondTime() throws {
        let wish = RegistryPlanner.Wish.document(Sample.desk.node, prune: false)
        let first = try plan(wish, on: Registry())
        #expect(first.result == Sample.registry)
        #expect(first.changes.count == 7)
        let second = try plan(wish, on: first.result.numbered)
        #expect(second.changes.isEmpty)
        #expect(second.result == first.result.numbered)
        #expect(second.lines.map(\.action) == Array(repeating: "unchanged", count: 6))
    }

    @Test func whatADocumentDoesNotNameStays() throws {
        let plan = try plan(.document(Doc.contracts(Sample.contract.with(["title": "Acme SA"])).node, prune: false))
        #expect(plan.lines == [.init(action: "changed", kind: "contract", name: "acme", fields: ["title"])])
        #expect(plan.result == edited(Self.stored) { $0.contracts[0].title = "Acme SA" })
    }

    @Test func pruningRemovesUsersBeforeWhatTheyUse() throws {
        let plan = try plan(.document(Doc.mailboxes(Sample.house).node, prune: true))
        #expect(
            plan.lines.map { "\($0.action) \($0.kind) \($0.name)" } == [
                "changed system outbox", "unchanged mailbox house-out", "removed flow confirm",
                "removed contract acme", "removed template opened", "removed mailbox acme-in",
                "removed mailbox acme-out",
            ])
        #expect(plan.result == Registry(mailboxes: Self.stored.mailboxes.filter { $0.name == name("house-out") }))
    }

    @Test func pruningByTheSameDocumentRemovesNothing() throws {
        #expect(try plan(.document(Sample.desk.node, prune: true)).changes.isEmpty)
    }

    @Test func pruningRefusesToCutALink() {
        let errors = errors(
            .document(Sample.desk.with(["mailboxes": [Sample.inbox, Sample.outbox]]).node, prune: true))
        #expect(errors.map(\.field) == ["system.outbox"])
    }

    @Test(
        arguments: [
            (["description": "x", "poll": "5m"], ["description", "poll"]),
            (["provider": "pops"], ["port", "provider"]),
            (["password": "other"], ["password"]), (["user": "u", "ca": "/x"], ["user", "ca"]),
            (["tls": ["pin": .text(RegistryFieldsTests.pin)]], ["pin"]),
        ] as [(Doc, Set<String>)])
    func changedFieldsAreNamed(_ change: Doc, _ fields: Set<String>) throws {
        let plan = try plan(.document(Doc.mailboxes(Sample.inbox.with(change)).node, prune: false))
        #expect(plan.lines.count == 1)
        #expect(plan.lines.first?.action == "changed")
        #expect(Set(plan.lines.first?.fields ?? []) == fields)
        #expect(plan.result.mailboxes.first?.id == Self.stored.mailboxes.first?.id)
    }

    @Test func aNewLiteralSecretShowsAsItsField() throws {
        let current = edited(Self.stored) {
            $0.mailboxes[0].login?.password = .literal(Secret("old"))
            $0.contracts[0].events?.secret = .literal(Secret("old"))
        }
        let doc = Sample.desk.with([
            "mailboxes": [Sample.inbox.with(["password": "new", "description": "x"]), Sample.outbox, Sample.house],
            "contracts": [
                Sample.contract.with(["events": ["url": "https://desk.example/hooks/acme", "secret": "new"]])
            ],
        ])
        let lines = try plan(.document(doc.node, prune: false), on: current).lines.filter { $0.action == "changed" }
        #expect(lines.map(\.name) == ["acme-in", "acme"])
        #expect(lines.map { Set($0.fields) } == [["password", "description"], ["events"]])
    }

    // MARK: - Secrets

    @Test func aKeptSecretIsTheStoredOne() throws {
        let current = edited(Self.stored) {
            $0.mailboxes[0].login?.password = .literal(Secret("old"))
            $0.contracts[0].events?.secret = .credential(name: "hook")
        }
        let doc = Sample.desk.with([
            "mailboxes": [Sample.inbox.with(["password": ["keep": true]]), Sample.outbox, Sample.house],
            "contracts": [
                Sample.contract.with([
                    "events": ["url": "https://desk.example/hooks/acme", "secret": ["keep": true]]
                ])
            ],
        ])
        let plan = try plan(.document(doc.node, prune: true), on: current)
        #expect(plan.changes.isEmpty && plan.result == current)
    }

    @Test func thereMustBeASecretToKeep() throws {
        let errors = errors(
            .document(
                (["mailboxes": [Sample.inbox.with(["password": ["keep": true]])]] as Doc).node, prune: false),
            on: Registry())
        #expect(errors.map(\.field) == ["mailbox acme-in.password"])
        #expect(errors.first?.line == 2)
        #expect(errors.first?.message == "there is no stored secret to keep.")
    }

    // MARK: - Single objects

    @Test func anObjectIsAdded() throws {
        let plan = try plan(.add(.contracts, fields: (["name": "beta"] as Doc).node))
        #expect(plan.lines == [.init(action: "added", kind: "contract", name: "beta")])
        #expect(plan.result.contracts.map(\.name.text) == ["acme", "beta"])
    }

    @Test(
        arguments: [
            (.mailboxes, Sample.inbox, "mailbox acme-in"), (.contracts, Sample.contract, "contract acme"),
            (.flows, Sample.flow, "flow confirm"), (.templates, Sample.template, "template opened"),
        ] as [(RegistrySection, Doc, String)])
    func aTakenNameIsRefused(_ section: RegistrySection, _ fields: Doc, _ object: String) {
        let errors = errors(.add(section, fields: fields.node))
        #expect(errors.map(\.message) == ["there is a \(object) already."])
    }

    @Test func anotherLanguageOfATemplateIsAdded() throws {
        let plan = try plan(.add(.templates, fields: Sample.template.with(["language": "pt-BR"]).node))
        #expect(plan.result.templates.map(\.key) == ["opened", "opened pt-BR"])
    }

    static let edits: [(Doc, @Sendable (inout Mailbox) -> Void)] = [
        (["poll": "5m"], { $0.role = .inbox(Inbox(access: .imap, pollSeconds: 300)) }),
        (["description": "Acme"], { $0.description = "Acme" }),
        (["provider": "imap", "port": nil], { ($0.security, $0.port) = (.starttls, 143) }),
        (["name": "acme-in"], { _ in }), ([:], { _ in }),
    ]

    @Test(arguments: edits.indices)
    func anEditChangesItsFieldsOnly(_ index: Int) throws {
        let (fields, change) = Self.edits[index]
        let current = edited(Self.stored) { $0.mailboxes[0].login?.password = .literal(Secret("old")) }
        let plan = try plan(.edit(.mailboxes, name: "acme-in", fields: fields.node), on: current)
        #expect(plan.result == edited(current) { change(&$0.mailboxes[0]) })
    }

    @Test func nullTakesAFieldBackToItsDefault() throws {
        let plan = try plan(
            .edit(.contracts, name: "acme", fields: (["outbox": nil, "people": nil, "events": nil] as Doc).node))
        let contract = try #require(plan.result.contracts.first)
        #expect(contract.outbox == .standard && contract.people.isEmpty && contract.events == nil)
        #expect(plan.lines.first.map { Set($0.fields) } == ["outbox", "people", "events"])
    }

    @Test(
        arguments: [
            (
                .edit(.mailboxes, name: "acme-im", fields: ([:] as Doc).node), "name", "no mailbox \"acme-im\"",
                "acme-in"
            ),
            (.edit(.flows, name: "zzzzzz", fields: ([:] as Doc).node), "name", "no flow \"zzzzzz\"", "confirm"),
            (.delete(.templates, name: "x"), "name", "no template \"x\"", "opened"),
            (.edit(.mailboxes, name: "acme-in", fields: ("x" as Doc).node), "", "must be a mapping", "{field"),
            (
                .edit(.mailboxes, name: "acme-in", fields: (["name": "b"] as Doc).node), "name", "cannot be changed",
                "Add"
            ),
            (.edit(.templates, name: "opened", fields: (["language": "pt"] as Doc).node), "language", "cannot", "Add"),
            (
                .edit(.mailboxes, name: "acme-in", fields: (["port": 0] as Doc).node), "mailboxes[0].port", "number",
                "Write"
            ),
        ] as [(RegistryPlanner.Wish, String, String, String)])
    func aWrongEditIsRefused(_ wish: RegistryPlanner.Wish, field: String, says: String, remedy: String) throws {
        let errors = errors(wish)
        #expect(errors.map(\.field) == [field])
        #expect(errors.first?.message.contains(says) == true)
        #expect(errors.first?.remedy.contains(remedy) == true)
    }

    @Test func aTranslatedTemplateIsEditedByItsKey() throws {
        let current = edited(Self.stored) { registry in
            registry.templates.append(edited(Sample.opened) { $0.language = "pt-BR" })
        }
        let plan = try plan(
            .edit(.templates, name: "opened pt-BR", fields: (["name": "opened", "text": "Oi"] as Doc).node),
            on: current)
        #expect(plan.result.templates.map(\.text) == [Sample.opened.text, "Oi"])
    }

    @Test(
        arguments: [
            (.mailboxes, "house-out", ["it is the system outbox", "step 1 of flow other"]),
            (.mailboxes, "acme-in", ["inbox of contract acme"]),
            (.mailboxes, "acme-out", ["outbox of contract acme"]),
            (.contracts, "acme", ["flow confirm", "flow other"]),
            (.templates, "opened", ["step 1 of flow confirm", "step 1 of flow other"]),
        ] as [(RegistrySection, String, [String])])
    func whatIsStillUsedCannotBeDeleted(_ section: RegistrySection, _ object: String, _ links: [String]) throws {
        let other = EmailStep(outbox: .specific(name("house-out")), to: [.requester], template: name("opened"))
        let current = edited(Self.stored) {
            $0.flows.append(Flow(name: name("other"), contract: name("acme"), trigger: "x", steps: [.email(other)]))
        }
        let errors = errors(.delete(section, name: object), on: current)
        #expect(errors.count == 1)
        #expect(errors.first?.message.hasSuffix("is still used: \(links.joined(separator: "; ")).") == true)
        #expect(errors.first?.remedy == "Remove these links first.")
    }

    @Test func whatNobodyUsesIsDeleted() throws {
        let withoutFlow = try plan(.delete(.flows, name: "confirm"))
        #expect(withoutFlow.changes == [.deleteFlow(name("confirm"))])
        let withoutContract = try plan(.delete(.contracts, name: "acme"), on: withoutFlow.result)
        let withoutInbox = try plan(.delete(.mailboxes, name: "acme-in"), on: withoutContract.result)
        #expect(withoutInbox.lines == [.init(action: "removed", kind: "mailbox", name: "acme-in")])
        #expect(withoutInbox.result.mailboxes.map(\.name.text) == ["acme-out", "house-out"])
    }

    @Test func oneOfTwoLanguagesIsDeletedWhileUsed() throws {
        let current = edited(Self.stored) { registry in
            registry.templates.append(edited(Sample.opened) { $0.language = "pt-BR" })
        }
        let plan = try plan(.delete(.templates, name: "opened pt-BR"), on: current)
        #expect(plan.changes == [.deleteTemplate(name("opened"), language: "pt-BR")])
    }
}

extension Registry {
    /// What the store does with changes, told in the plainest way.
    func applying(_ changes: [RegistryChange]) -> Registry {
        var result = changes.reduce(into: self) { registry, change in
            switch change {
            case .setSystemOutbox(let name): registry.systemOutbox = name
            case .setAlerts(let addresses): registry.alerts = addresses
            case .putMailbox(let new): registry.mailboxes = registry.mailboxes.filter { $0.name != new.name } + [new]
            case .deleteMailbox(let name): registry.mailboxes.removeAll { $0.name == name }
            case .putContract(let new): registry.contracts = registry.contracts.filter { $0.name != new.name } + [new]
            case .deleteContract(let name): registry.contracts.removeAll { $0.name == name }
            case .putFlow(let new): registry.flows = registry.flows.filter { $0.name != new.name } + [new]
            case .deleteFlow(let name): registry.flows.removeAll { $0.name == name }
            case .putTemplate(let new):
                registry.templates = registry.templates.filter { $0.key != new.key } + [new]
            case .deleteTemplate(let name, let language):
                registry.templates.removeAll { $0.name == name && $0.language == language }
            }
        }
        result.sort()
        return result
    }
}
