// Contracts by page: terms, people, groups and endpoint, as the registry keeps them.

import MaloteCore
import Testing

@testable import MaloteAdmin

struct ContractPagesTests {
    private static let typed = ["name": "beta", "title": "Beta S/A", "prefix": "BETA", "inboxes": "acme-in"]

    /// With one of everything that a contract may have.
    static var rich: Registry {
        var registry = RegistryDesk.sample
        registry.contracts[0].people = [
            .init(name: "Ana", email: MailAddress(name: "Ana Lima", address: "ana@acme.example")),
            .init(name: "Bia \"B\" <x>", email: MailAddress(address: "bia@acme.example"), mail: false),
        ]
        registry.contracts[0].groups = [
            .init(
                name: "all",
                members: [
                    .init(MailAddress(address: "ana@acme.example")),
                    .init(MailAddress(address: "bia@acme.example"), mail: false),
                ], external: [MailAddress(name: "Out", address: "out@other.example")], mandatory: [.closing])
        ]
        registry.contracts[0].valid = .init(
            from: CivilDate(daysSinceEpoch: 20_000), until: CivilDate(daysSinceEpoch: 21_000))
        registry.contracts[0].notify = [.opening]
        registry.contracts[0].attachments = AttachmentPolicy(forbid: ["exe", "bat"], largest: 25_000_000)
        registry.contracts[0].closedTickets = ClosedTicketRule(reply: .new, days: 3)
        registry.contracts[0].opening = .init(
            requester: MailAddress(address: "desk@acme.example"), fields: ["kind": "yes", "area": "a: \"b\" # c"])
        registry.contracts[0].timezone = "America/Sao_Paulo"
        return registry
    }

    @Test("the list and the page say what is registered, in both languages", arguments: PageLanguage.allCases)
    func shown(language: PageLanguage) async {
        let (browser, _) = await Browser.atDesk(Self.rich, language: language)
        let words = language.words(ContractWords.self)
        let list = await browser.get("/contracts").text
        #expect(list.contains("Acme Ltda") && list.contains(words.outbox) && list.contains("/mailboxes/acme-in"))
        let page = await browser.get("/contracts/acme").text
        for text in [words.validity, words.people, words.groups, words.flows, "2024-10-04", "ana@acme.example"] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(page.contains("Bia &quot;B&quot; &lt;x&gt;") && page.contains("href=\"/flows/confirm\""))
        #expect(!page.contains("hunter2"))
    }

    @Test("a newcomer registers a contract: what is left empty is as usual")
    func new() async throws {
        let (browser, desk) = await Browser.atDesk()
        let answer = await browser.submit("/contracts/new", Self.typed)
        #expect(answer.headers["Location"] == "/contracts/beta", "\(answer.text)")
        let contract = try #require(desk.registry.contract(Sample.name("beta")))
        let expected = Contract(
            name: Sample.name("beta"), title: "Beta S/A", prefix: "BETA", inboxes: [Sample.name("acme-in")])
        #expect(contract == expected)
        // A link from a new mailbox has it chosen already.
        #expect(await browser.get("/contracts/new?outbox=acme-out").text.contains("value=\"acme-out\" selected"))
    }

    @Test("a form that is sent as it came changes nothing, in both languages", arguments: PageLanguage.allCases)
    func untouched(language: PageLanguage) async {
        let (browser, desk) = await Browser.atDesk(Self.rich, language: language)
        let answer = await browser.submit("/contracts/acme/edit", [:])
        #expect(answer.status == 303, "\(answer.text)")
        #expect(desk.registry == Self.rich)
    }

    @Test("groups are added in the empty one, and removed by emptying them")
    func groups() async {
        let (browser, desk) = await Browser.atDesk(Self.rich)
        func groups() -> [String] { desk.registry.contracts[0].groups.map(\.name) }
        let added = await browser.submit(
            "/contracts/acme/edit", ["g1-name": "board", "g1-members": "bia@acme.example\n\n cid@acme.example "])
        #expect(added.status == 303, "\(added.text)")
        #expect(groups() == ["all", "board"])
        #expect(desk.registry.contracts[0].groups.last?.members.count == 2)
        // A flow still names the first: that is said, and the second has moved up.
        var registry = desk.registry
        registry.flows = []
        let (other, otherDesk) = await Browser.atDesk(registry)
        _ = await other.submit("/contracts/acme/edit", ["g0-name": "", "g0-members": ""])
        #expect(otherDesk.registry.contracts[0].groups.map(\.name) == ["board"])
        let faulty = await other.submit(
            "/contracts/acme/edit", ["g0-name": "", "g0-members": "", "g1-name": "x", "g1-members": "nobody"])
        #expect(faulty.status == 422 && faulty.text.contains("id=\"g0-members-fault\""))
        #expect(faulty.text.contains("name=\"g0-name\" type=\"text\" value=\"x\""))
    }

    /// What is typed wrong, and the control that says so.
    static let faults: [([String: String], String)] = [
        (["name": "No"], "name"), (["prefix": "x"], "prefix"), (["valid-until": "soon"], "valid-until"),
        (["people": "ana@acme.example"], "people"), (["people": "Ana <nobody>"], "people"),
        (["timezone": "Mars"], "timezone"), (["attachments-max": "big"], "attachments-max"),
        (["events-url": "desk"], "events-url"), (["events-url": "https://x.example/"], "events-secret"),
        (["more": "closed: {reply: never}"], "more"), (["prefix": "ACME"], "prefix"),
        (["events-url": "https://x.example/", "proof": "file", "secret-file": "x"], "secret-file"),
    ]

    @Test("what is wrong is said beside its field, and what was typed stays", arguments: faults)
    func refused(_ item: ([String: String], String)) async {
        let (browser, desk) = await Browser.atDesk()
        let answer = await browser.submit("/contracts/new", Self.typed.merging(item.0) { $1 })
        #expect(answer.status == 422 && answer.text.contains("id=\"\(item.1)-fault\""), "\(answer.text)")
        #expect(answer.text.contains("href=\"#\(item.1)\""))
        #expect(answer.text.contains("value=\"Beta S/A\"") && answer.text.contains("value=\"acme-in\" checked"))
        #expect(desk.registry == RegistryDesk.sample)
    }

    @Test("an endpoint's secret is kept, changed, and never sent back")
    func secret() async {
        let (browser, desk) = await Browser.atDesk()
        func secret() -> SecretSource? { desk.registry.contracts[0].events?.secret }
        let edit = "/contracts/acme/edit"
        #expect(await !browser.get(edit).text.contains("hunter2"))
        _ = await browser.submit(edit, ["events-url": "https://desk.example/other"])
        #expect(secret() == .literal(Secret("hunter2")))
        #expect(desk.registry.contracts[0].events?.url == "https://desk.example/other")
        _ = await browser.submit(edit, ["events-secret": "new"])
        #expect(secret() == .literal(Secret("new")))
        _ = await browser.submit(edit, ["events-url": ""])
        #expect(desk.registry.contracts[0].events == nil)
    }

    @Test("a contract is paused and resumed")
    func pause() async {
        let (browser, desk) = await Browser.atDesk()
        #expect(await browser.get("/contracts/acme").text.contains("/contracts/acme/pause"))
        #expect(await browser.post("/contracts/acme/pause").status == 303)
        #expect(desk.registry.contracts[0].status == .paused)
        #expect(await browser.get("/contracts/acme").text.contains("/contracts/acme/resume"))
        #expect(await browser.post("/contracts/acme/resume").status == 303)
        #expect(desk.registry == RegistryDesk.sample)
    }

    @Test("a contract with flows stays, with links to them; one without goes")
    func delete() async {
        let (browser, desk) = await Browser.atDesk()
        #expect(await browser.get("/contracts/acme/delete").text.contains("href=\"/flows/confirm\""))
        #expect(await browser.post("/contracts/acme/delete").status == 409)
        _ = await browser.submit("/contracts/new", Self.typed)
        #expect(await browser.post("/contracts/beta/delete").status == 303)
        #expect(desk.registry == RegistryDesk.sample)
    }

    @Test(
        "who may not change the registry is shown it without what changes it",
        arguments: ["/contracts/new", "/contracts/acme/edit", "/contracts/acme/delete"])
    func readers(path: String) async {
        let (browser, desk) = await Browser.atDesk(role: .reader(nil))
        let page = await browser.get("/contracts/acme").text
        #expect(page.contains("Acme Ltda") && !page.contains("/edit") && !page.contains("/pause"))
        #expect(await browser.get(path).status == 403)
        #expect(await browser.post(path).status == 403)
        #expect(await browser.post("/contracts/acme/pause").status == 403)
        #expect(desk.registry == RegistryDesk.sample)
    }
}
