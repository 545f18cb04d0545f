// A mailbox's oauth2 in registry documents: every field, every wrong combination, exports, edits.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct OAuthRegistryTests {
    static let client: Doc = [
        "provider": "microsoft", "flow": "client-credentials", "tenant": "acme.example", "client_id": "desk",
        "client_secret": ["credential": "acme-client"], "client_secret_expires": "2027-05-31",
    ]
    static let device: Doc = [
        "provider": "custom", "flow": "device-code", "client_id": "desk", "token_url": "https://id.example/token",
        "device_url": "https://id.example/device",
    ]
    static let service: Doc = ["provider": "google", "flow": "service-account", "key": ["file": "/etc/key.json"]]

    static func inbox(_ oauth: Doc) -> Doc { Sample.inbox.with(["password": nil, "oauth2": oauth]) }

    private func decoded(_ mailbox: Doc) throws -> Mailbox {
        try #require(try RegistryDocument.decode(Doc.mailboxes(mailbox).node).mailboxes.first)
    }

    @Test func everyFieldIsRead() throws {
        let whole: Doc = [
            "provider": "custom", "flow": "refresh-token", "client_id": "desk", "client_secret": "canary",
            "refresh_token": ["file": "/token"], "scope": "mail offline", "token_url": "https://id.example/token",
            "device_url": "http://127.0.0.1:8080/device", "ca": "/etc/id.pem",
        ]
        let expected = OAuthGrant(
            provider: .custom, flow: .refreshToken, clientID: "desk", clientSecret: .literal(Secret("canary")),
            refreshToken: .file(path: "/token"), scope: "mail offline", tokenURL: "https://id.example/token",
            deviceURL: "http://127.0.0.1:8080/device", caFile: "/etc/id.pem")
        #expect(try decoded(Self.inbox(whole)).login?.oauth == expected)
        let service = try decoded(Self.inbox(Self.service.with(["subject": "ana@acme.example"]))).login?.oauth
        #expect(service?.key == .file(path: "/etc/key.json") && service?.subject == "ana@acme.example")
        let client = try decoded(Self.inbox(Self.client)).login
        #expect(client?.oauth?.clientSecretExpires == CivilDate(year: 2027, month: 5, day: 31))
        #expect(client?.oauth?.tenant == "acme.example" && client?.user == "help@acme.example")
        // The other spelling.
        #expect(try decoded(Sample.inbox.with(["password": ["oauth2": Self.client]])).login == client)
        #expect(
            try decoded(Sample.outbox.with(["password": nil, "oauth2": Self.device])).login?.oauth?.flow == .deviceCode)
    }

    static func wrong(_ base: Doc, _ changes: Doc, _ field: String, _ says: String, count: Int = 1) -> Wrong {
        Wrong(.mailboxes(inbox(base.with(changes))), "mailboxes[0].oauth2.\(field)", says, count: count)
    }

    static let wrongs: [Wrong] = [
        wrong(client, ["provider": nil], "provider", "is missing"),
        wrong(client, ["provider": "yahoo"], "provider", "\"yahoo\" is not known"),
        wrong(client, ["flow": nil], "flow", "is missing"),
        wrong(client, ["flow": "password"], "flow", "\"password\" is not known"),
        wrong(client, ["clientid": "x"], "clientid", "is not a known field"),
        wrong(client, ["tenant": nil], "tenant", "is missing for provider microsoft"),
        wrong(client, ["tenant": "a/b"], "tenant", "is not a directory"),
        wrong(client, ["tenant": "../x"], "tenant", "is not a directory"),
        wrong(client, ["client_id": nil], "client_id", "is missing"),
        wrong(client, ["client_id": "a\nb"], "client_id", "line break"),
        wrong(client, ["client_secret": nil], "client_secret", "is missing for provider microsoft with flow client"),
        wrong(client, ["client_secret": ["path": "/x"]], "client_secret.path", "is not a known field", count: 2),
        wrong(client, ["client_secret_expires": "2027-02-30"], "client_secret_expires", "is not a day"),
        wrong(service, ["client_secret_expires": "2027-05-31"], "client_secret_expires", "does not go with"),
        wrong(client, ["refresh_token": "x"], "refresh_token", "does not go with"),
        wrong(client, ["key": ["file": "/x"]], "key", "does not go with"),
        wrong(client, ["subject": "x"], "subject", "does not go with"),
        wrong(client, ["device_url": "https://x.example/"], "device_url", "does not go with"),
        wrong(
            client, ["token_url": "http://id.example/token"], "token_url", "is not an address that secrets may go to"),
        wrong(client, ["token_url": "http://127.0.0.1.id.example/"], "token_url", "is not an address"),
        wrong(client, ["ca": "id.pem"], "ca", "is not an absolute path"),
        wrong(client, ["scope": "a\u{7}"], "scope", "control character"),
        wrong(device, ["token_url": nil], "token_url", "is missing for provider custom"),
        wrong(device, ["device_url": nil], "device_url", "is missing for provider custom with flow device-code"),
        wrong(device, ["tenant": "x"], "tenant", "does not go with"),
        wrong(service, ["key": nil], "key", "is missing"),
        wrong(service, ["client_id": "x"], "client_id", "does not go with"),
        wrong(service.with(["provider": "microsoft", "tenant": "x"]), [:], "flow", "does not exist at Microsoft"),
        wrong(client.with(["provider": "google", "tenant": nil]), [:], "flow", "does not exist at Google"),
        Wrong(
            .mailboxes(inbox(["provider": "google", "flow": "device-code", "client_id": "x"])),
            "mailboxes[0].oauth2.flow", "Google lets no device"),
        Wrong(.mailboxes(Sample.inbox.with(["oauth2": client])), "mailboxes[0].oauth2", "beside a password"),
        Wrong(.mailboxes(inbox(client).with(["sasl": "plain"])), "mailboxes[0].sasl", "takes no access token"),
        Wrong(
            .mailboxes(inbox(client).with(["provider": "imap", "tls": "none"])), "mailboxes[0].oauth2",
            "needs an encrypted connection"),
        Wrong(
            .mailboxes(Sample.inbox.with(["password": nil, "oauth2": "x"])), "mailboxes[0].oauth2", "must be a mapping"),
        Wrong(
            .mailboxes(Sample.house.with(["oauth2": client])), "mailboxes[0].oauth2", "is given, but auth is false"),
    ]

    @Test(arguments: wrongs)
    func aWrongFieldIsNamedWithItsLine(_ wrong: Wrong) throws {
        let node = wrong.doc.node
        do {
            _ = try RegistryDocument.decode(node)
            Issue.record("it was taken")
        } catch {
            let found = try #require(
                error.errors.first { $0.field == wrong.field && $0.message.contains(wrong.says) }, "\(error)")
            #expect(found.line == node.line(at: wrong.field) && !found.remedy.isEmpty)
            #expect(error.errors.count == wrong.count, "\(error)")
        }
    }

    // MARK: - Exports and edits

    private static func registry(_ oauth: Doc) throws -> Registry {
        let document = try RegistryDocument.decode(Doc.mailboxes(inbox(oauth)).node)
        return Registry(mailboxes: document.mailboxes)
    }

    @Test func anExportShowsNoSecretAndReadsBackAsTheSame() throws {
        for oauth in [Self.client.with(["client_secret": "canary"]), Self.device, Self.service.with(["key": "canary"])]
        {
            let registry = try Self.registry(oauth)
            let yaml = RegistryExport.yaml(registry)
            #expect(!yaml.contains("canary") && yaml.contains("oauth2: {provider: "))
            #expect(!yaml.contains("password"))
            let plan = try RegistryPlanner.plan(
                .document(RegistryExport.document(registry), prune: true), on: registry)
            #expect(plan.changes.isEmpty && plan.result == registry)
        }
        #expect(
            try RegistryExport.yaml(Self.registry(Self.client.with(["client_secret": "canary"]))).contains(
                "client_secret: {keep: true}"))
    }

    @Test func whatIsToBeKeptMustBeThere() throws {
        let doc = Doc.mailboxes(Self.inbox(Self.client.with(["client_secret": ["keep": true]])))
        let errors = #expect(throws: DocumentErrors.self) {
            try RegistryPlanner.plan(.document(doc.node, prune: false), on: Registry())
        }
        #expect(errors?.errors.map(\.field) == ["mailbox acme-in.oauth2.client_secret"])
    }

    private func edit(_ changes: Doc, _ current: Registry) throws -> RegistryPlan {
        try RegistryPlanner.plan(.edit(.mailboxes, name: "acme-in", fields: changes.node), on: current)
    }

    @Test func oneFieldOfItIsEditedAndTheRestStays() throws {
        let current = try Self.registry(Self.client.with(["client_secret": "canary", "scope": "x"]))
        let plan = try edit(["oauth2": ["client_id": "other", "scope": nil]], current)
        let grant = try #require(plan.result.mailboxes.first?.login?.oauth)
        #expect(grant.clientID == "other" && grant.scope == nil && grant.tenant == "acme.example")
        #expect(grant.clientSecret == .literal(Secret("canary")))
        #expect(plan.lines.map(\.fields) == [["oauth2"]])
        let secret = try edit(["oauth2": ["client_secret": "canary-new"]], current)
        #expect(secret.lines.map(\.fields) == [["oauth2"]])
        #expect(try edit(["oauth2": ["client_secret": "canary"]], current).changes.isEmpty)
    }

    @Test func oneProofTakesTheOthersPlace() throws {
        let byPassword = Registry(mailboxes: [Sample.acmeIn])
        let plan = try edit(["oauth2": Self.client], byPassword)
        #expect(plan.result.mailboxes.first?.login?.oauth?.clientID == "desk")
        #expect(Set(plan.lines.first?.fields ?? []) == ["password", "oauth2"])
        let back = try edit(["password": ["file": "/run/secrets/acme"]], plan.result)
        #expect(back.result.mailboxes == [Sample.acmeIn])
    }
}
