// Where events are delivered, as registries say it: what is read, kept, warned of and refused.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct EventEndpointTests {
    private static let whole: Doc = [
        "url": "https://desk.example/hooks/acme", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "former_secret": ["file": "/run/secrets/former"], "mode": "binary", "ca": "/etc/desk.pem",
    ]

    private func plan(_ endpoint: Doc, on registry: Registry = Registry()) throws -> RegistryPlan {
        let contract = Sample.contract.with(["inboxes": .list([]), "outbox": "standard", "events": endpoint])
        return try RegistryPlanner.plan(.document(Doc.contracts(contract).node, prune: false), on: registry)
    }

    private func stored(_ change: (inout Contract.EventEndpoint) -> Void = { _ in }) throws -> Registry {
        var registry = try plan(Self.whole).result.numbered
        if var endpoint = registry.contracts[0].events {
            change(&endpoint)
            registry.contracts[0].events = endpoint
        }
        return registry
    }

    @Test func everyFieldIsRead() throws {
        let plan = try plan(Self.whole)
        let endpoint = try #require(plan.result.contracts.first?.events)
        #expect(endpoint.mode == .binary && endpoint.caFile == "/etc/desk.pem")
        #expect(endpoint.formerSecret == .file(path: "/run/secrets/former"))
        #expect(endpoint.secrets.count == 2 && plan.warnings.isEmpty)
    }

    @Test func whatIsExportedIsReadBack() throws {
        let registry = try stored { $0.formerSecret = .literal(Secret("a former secret, long enough")) }
        let text = RegistryExport.yaml(registry)
        #expect(text.contains("mode: ") && text.contains("former_secret: ") && !text.contains("whsec"))
        let again = try RegistryPlanner.plan(
            .document(RegistryExport.document(registry), prune: false), on: registry)
        #expect(again.changes.isEmpty, "\(again.lines)")
    }

    @Test func eachSecretIsKeptByItself() throws {
        let registry = try stored { $0.formerSecret = .literal(Secret("a former secret, long enough")) }
        let kept = try plan(
            Self.whole.with(["secret": "another secret, long enough", "former_secret": ["keep": true]]), on: registry)
        #expect(kept.result.contracts[0].events?.formerSecret == registry.contracts[0].events?.formerSecret)
        #expect(kept.lines.first?.fields == ["events"])
        let without = try stored { $0.formerSecret = nil }
        #expect(throws: DocumentErrors.self) {
            try plan(Self.whole.with(["former_secret": ["keep": true]]), on: without)
        }
    }

    /// An edit of one field leaves the others as they are; null takes one away.
    @Test func anEditChangesOneField() throws {
        let registry = try stored()
        let edit = RegistryPlanner.Wish.edit(
            .contracts, name: "acme",
            fields: (["events": ["former_secret": .scalar("null", isPlain: true)]] as Doc).node)
        let endpoint = try RegistryPlanner.plan(edit, on: registry).result.contracts[0].events
        #expect(endpoint?.formerSecret == nil && endpoint?.mode == .binary)
        #expect(endpoint?.secret == registry.contracts[0].events?.secret)
    }

    static let doubtful: [(Doc, String, String)] = [
        (["secret": "short"], "secret", "is short: 5 octets"),
        (["former_secret": "whsec_AAAA"], "former_secret", "is short: 3 octets"),
        (["url": "http://127.0.0.1:8600/"], "url", "events are sent in clear"),
        (["url": "http://[::1]:8600/"], "url", "events are sent in clear"),
    ]

    @Test(arguments: doubtful)
    func aWarning(_ change: Doc, _ field: String, _ says: String) throws {
        let warnings = try plan(Self.whole.with(change)).warnings
        #expect(warnings.map(\.field) == ["contracts[0].events.\(field)"])
        #expect(warnings.first?.message.hasPrefix(says) == true, "\(warnings)")
    }

    static let mistaken: [(Doc, String, String)] = [
        (["url": "http://desk.example/"], "url", "in clear"),
        (["url": "http://10.0.0.1/"], "url", "in clear"),
        (["url": "http://127.0.0.1.evil.example/"], "url", "in clear"),
        (["url": "https://user@desk.example/"], "url", "is not a web address"),
        (["url": "https://desk.example/ x"], "url", "is not a web address"),
        (["secret": "whsec_!!!"], "secret", "is not Base64"), (["mode": "both"], "mode", "is not known"),
        (["ca": "desk.pem"], "ca", "is not an absolute path"), (["secrets": "x"], "secrets", ""),
    ]

    @Test(arguments: mistaken)
    func aMistake(_ change: Doc, _ field: String, _ says: String) throws {
        let errors = #expect(throws: DocumentErrors.self) { try plan(Self.whole.with(change)) }
        #expect(errors?.errors.first?.field == "contracts[0].events.\(field)", "\(errors?.errors ?? [])")
        #expect(errors?.errors.first?.message.contains(says) == true, "\(errors?.errors ?? [])")
    }
}
