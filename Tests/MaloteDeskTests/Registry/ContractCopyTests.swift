// A new contract made from another: what is taken over, what is not, and what is refused.

import MaloteCore
import MaloteDesk
import Testing

@Suite struct ContractCopyTests {
    private static let desk: Doc = [
        "mailboxes": [Sample.inbox, Sample.outbox, Sample.house],
        "contracts": [
            Sample.contract.with([
                "name": "standard", "prefix": "STD", "title": "A template", "status": "ended", "language": "pt-BR",
                "people": [["name": "Ana", "email": "ana@desk.example"]],
                "events": ["url": "https://desk.example/hooks", "secret": "abc"],
            ])
        ],
        "templates": [Sample.template],
        "flows": [
            [
                "name": "standard-confirm", "contract": "standard", "on": "ticket.opened",
                "steps": [["email": ["to": ["requester"], "template": "opened"]]],
            ],
            [
                "name": "tell", "contract": "standard", "on": "ticket.replied",
                "steps": [["email": ["to": ["requester"], "template": "opened"]]],
            ],
        ],
    ]

    private func copy(_ fields: Doc, of name: String = "standard") throws -> Registry {
        let stored = try RegistryPlanner.plan(.document(Self.desk.node, prune: false), on: Registry()).result
        return try RegistryPlanner.plan(.copy(contract: name, fields: fields.node), on: stored).result
    }

    private func contract(_ registry: Registry, _ name: String) throws -> Contract {
        try #require(registry.contracts.first { $0.name.text == name })
    }

    @Test func whatIsNotGivenIsTakenOver() throws {
        let registry = try copy(["name": "beta", "prefix": "BET", "title": "Beta"])
        let (beta, other) = (try contract(registry, "beta"), try contract(registry, "standard"))
        #expect(beta.title == "Beta" && beta.prefix == "BET")
        #expect(beta.language == "pt-BR" && beta.people == other.people && beta.outbox == other.outbox)
        // Mail, receivers and standing are its own.
        #expect(beta.inboxes.isEmpty && beta.events == nil && beta.status == .active)
        #expect(other.title == "A template" && other.events != nil)
    }

    @Test func flowsComeAlongUnderNamesOfTheirOwn() throws {
        let flows = try copy(["name": "beta", "prefix": "BET"]).flows.filter { $0.contract.text == "beta" }
        #expect(flows.map(\.name.text) == ["beta-confirm", "beta-tell"])
        #expect(flows.map(\.trigger) == ["ticket.opened", "ticket.replied"])
    }

    @Test func whatIsGivenStands() throws {
        let registry = try copy(["name": "beta", "prefix": "BET", "language": "en", "inboxes": ["acme-in"]])
        let beta = try contract(registry, "beta")
        #expect(beta.language == "en" && beta.inboxes.map(\.text) == ["acme-in"])
    }

    @Test(arguments: [
        ("standard", ["prefix": "BET"] as Doc, "name"), ("standrad", ["name": "beta"] as Doc, "name"),
        ("standard", ["name": "standard", "prefix": "X"] as Doc, "name"),
    ])
    func aCopyThatCannotBeIsRefused(_ name: String, fields: Doc, field: String) throws {
        let errors = #expect(throws: DocumentErrors.self) { try copy(fields, of: name) }
        #expect(errors?.errors.contains { $0.field.hasSuffix(field) } == true)
    }
}
