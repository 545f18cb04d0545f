// Mailboxes by page: what a newcomer types is what the registry keeps.

import MaloteCore
import Synchronization
import Testing

@testable import MaloteAdmin

struct MailboxPagesTests {
    private static let typed = [
        "name": "new-in", "description": "Requests", "server": "imap.example.org", "user": "me@example.org",
        "password": "sesame",
    ]

    // MARK: - Lists

    @Test("the list has what the source system's has, in both languages", arguments: PageLanguage.allCases)
    func list(language: PageLanguage) async {
        let page = await Browser.signedIn(language: language).get("/mailboxes").text
        let words = language.words(MailboxWords.self)
        for text in [words.id, words.server, words.description, words.type, words.lastError, words.inbox] {
            #expect(page.contains(">\(text)<"), "\(text)")
        }
        #expect(page.contains("href=\"/mailboxes/acme-in\"") && page.contains("href=\"/mailboxes/acme-in/delete\""))
    }

    @Test("the last error is told, in the list and with its remedy on the mailbox's page")
    func lastError() async {
        let (browser, _) = await Browser.atDesk()
        #expect(await browser.get("/mailboxes").text.contains("The login was refused."))
        #expect(await browser.get("/mailboxes/acme-in").text.contains("Look at &lt;it&gt;."))
    }

    @Test("it is filtered by a part of the server's name")
    func filter() async {
        let browser = await Browser.signedIn()
        let page = await browser.get("/mailboxes?server=smtp").text
        #expect(page.contains("/mailboxes/acme-out") && !page.contains("/mailboxes/acme-in"))
        #expect(await browser.get("/mailboxes?server=%3Cb%3E").text.contains("value=\"&lt;b&gt;\""))
    }

    @Test("a long list comes in pages that keep the filter")
    func paging() async {
        let many = (1...250).map { number in
            Mailbox(
                id: MailboxID(rawValue: Int64(number)), name: Sample.name("m\(number)"), server: "a.example", port: 25,
                security: .none, login: nil, role: .outbox(Outbox(senders: [])))
        }
        let (browser, _) = await Browser.atDesk(Registry(mailboxes: many))
        let page = await browser.get("/mailboxes?server=a.ex&page=2").text
        #expect(page.contains("/mailboxes/m101\"") && !page.contains("/mailboxes/m201\""))
        #expect(page.contains("?page=3&amp;server=a.ex"))
        #expect(await browser.get("/mailboxes?page=99").text.contains("/mailboxes/m250\""))
    }

    // MARK: - New

    @Test("a newcomer registers an inbox: what is left empty is as usual")
    func newInbox() async throws {
        let (browser, desk) = await Browser.atDesk()
        let answer = await browser.submit("/mailboxes/new", Self.typed)
        #expect(answer.status == 303 && answer.headers["Location"] == "/mailboxes/new-in")
        let mailbox = try #require(desk.registry.mailbox(Sample.name("new-in")))
        #expect(mailbox.port == 993 && mailbox.security == .implicit && mailbox.inbox == Inbox(access: .imap))
        #expect(mailbox.login == .init(user: "me@example.org", password: .literal(Secret("sesame"))))
        let page = await browser.get("/mailboxes/new-in").text
        #expect(page.contains("new-in is saved.") && page.contains("/contracts/new?inboxes=new-in"))
    }

    /// What is typed for an outbox, and the port and protection that it has then.
    static let outboxes: [([String: String], Int, Mailbox.Security, Bool)] = [
        ([:], 587, .starttls, true), (["tls": "implicit"], 465, .implicit, true),
        (["tls": "none", "auth": "false", "senders": "Help <help@example.org>\ndesk@example.org"], 25, .none, false),
        (["port": "2525"], 2525, .starttls, true), (["preset": "yahoo", "server": ""], 465, .implicit, true),
    ]

    @Test("an outbox's fields follow its type, whatever stands in those of an inbox", arguments: outboxes)
    func newOutbox(_ item: ([String: String], Int, Mailbox.Security, Bool)) async throws {
        let (browser, desk) = await Browser.atDesk()
        let typed = Self.typed.merging(["type": "outbox", "folder": "x"]) { $1 }.merging(item.0) { $1 }
        let answer = await browser.submit("/mailboxes/new", typed)
        #expect(answer.status == 303, "\(answer.text)")
        let mailbox = try #require(desk.registry.mailbox(Sample.name("new-in")))
        #expect(mailbox.port == item.1 && mailbox.security == item.2 && (mailbox.login != nil) == item.3)
        #expect(mailbox.outbox?.senders.count == (item.3 ? 1 : 2))
        #expect(!mailbox.server.isEmpty)
    }

    @Test("what is wrong is said beside its field, what was typed stays, and no password is sent back")
    func faults() async {
        let (browser, desk) = await Browser.atDesk()
        let before = desk.registry
        let answer = await browser.submit(
            "/mailboxes/new",
            Self.typed.merging(["name": "No Name", "port": "x", "server": "imap.example:993", "poll": "soon"]) { $1 })
        #expect(answer.status == 422 && desk.registry == before)
        for field in ["name", "port", "server", "poll"] {
            #expect(answer.text.contains("id=\"\(field)-fault\""), "\(field)")
            #expect(answer.text.contains("<a href=\"#\(field)\">"), "\(field)")
        }
        #expect(answer.text.contains("value=\"imap.example:993\"") && !answer.text.contains("sesame"))
        #expect(answer.text.contains("role=\"alert\""))
    }

    @Test("a name that is taken and a link that leads nowhere are faults of the form, too")
    func linked() async {
        let (browser, _) = await Browser.atDesk()
        let taken = await browser.submit("/mailboxes/new", Self.typed.merging(["name": "acme-in"]) { $1 })
        #expect(taken.status == 422 && taken.text.contains("id=\"name-fault\""))
        let rules = "rules: [{when: {from: \"*\"}, do: {contract: nobody}}]"
        let nowhere = await browser.submit("/mailboxes/new", Self.typed.merging(["more": rules]) { $1 })
        #expect(nowhere.text.contains("id=\"more-fault\"") && nowhere.text.contains("nobody"))
        let broken = await browser.submit("/mailboxes/new", Self.typed.merging(["more": "rules: ["]) { $1 })
        #expect(broken.status == 422 && broken.text.contains("\nrules: [</textarea>"))
    }

    // MARK: - Edit

    @Test("a form that is sent as it came changes nothing", arguments: ["acme-in", "acme-out"])
    func untouched(name: String) async {
        let (browser, desk) = await Browser.atDesk()
        let before = desk.registry
        let answer = await browser.submit("/mailboxes/\(name)/edit", [:])
        #expect(answer.status == 303, "\(answer.text)")
        #expect(desk.registry == before)
    }

    @Test("an empty password keeps the present one, and another takes its place")
    func passwords() async {
        let (browser, desk) = await Browser.atDesk()
        func login() -> Mailbox.Login? { desk.registry.mailbox(Sample.name("acme-in"))?.login }
        let edit = "/mailboxes/acme-in/edit"
        #expect(await !browser.get(edit).text.contains("hunter2"))
        _ = await browser.submit(edit, ["password": "", "description": "Other"])
        #expect(login()?.password == .literal(Secret("hunter2")))
        #expect(desk.registry.mailbox(Sample.name("acme-in"))?.description == "Other")
        _ = await browser.submit(edit, ["password": "new"])
        #expect(login()?.password == .literal(Secret("new")))
        _ = await browser.submit(edit, ["proof": "file", "password-file": "/run/x"])
        #expect(login()?.password == .file(path: "/run/x"))
        let empty = await browser.submit(edit, ["proof": "stored"])
        #expect(empty.status == 422 && empty.text.contains("id=\"password-fault\""))
        let relative = await browser.submit(edit, ["proof": "file", "password-file": "x"])
        #expect(relative.text.contains("id=\"password-file-fault\""))
    }

    @Test("a login by OAuth keeps its secrets when it is edited")
    func oauth() async throws {
        let (browser, desk) = await Browser.atDesk()
        let typed = Self.typed.merging([
            "proof": "oauth2", "oauth2-tenant": "t.example", "oauth2-client_id": "c", "oauth2-client_secret": "s",
        ]) { $1 }
        #expect(await browser.submit("/mailboxes/new", typed).status == 303)
        #expect(await browser.submit("/mailboxes/new-in/edit", ["oauth2-tenant": "u.example"]).status == 303)
        let grant = try #require(desk.registry.mailbox(Sample.name("new-in"))?.login?.oauth)
        #expect(grant.tenant == "u.example" && grant.clientSecret == .literal(Secret("s")))
        let page = await browser.submit("/mailboxes/new-in/edit", ["oauth2-tenant": ""])
        #expect(page.text.contains("id=\"oauth2-tenant-fault\""))
    }

    @Test("what has no control of its own is edited as YAML, and taken away there")
    func more() async {
        let (browser, desk) = await Browser.atDesk()
        func inbox() -> Mailbox? { desk.registry.mailbox(Sample.name("acme-in")) }
        let edit = "/mailboxes/acme-in/edit"
        let rules = "trusted: [mx.acme.example]\nrules:\n  - name: spam\n    when: {subject: \"*!*\"}\n    do: ignore\n"
        #expect(await browser.submit(edit, ["more": rules]).status == 303)
        #expect(inbox()?.inbox?.rules.count == 1 && inbox()?.inbox?.trusted == ["mx.acme.example"])
        #expect(inbox()?.login?.sasl == nil)
        let before = desk.registry
        #expect(await browser.submit(edit, [:]).status == 303)
        #expect(desk.registry == before)
    }

    @Test("whoever edits what another has changed meanwhile is told, and loses nothing")
    func meanwhile() async throws {
        let (browser, desk) = await Browser.atDesk()
        let edit = "/mailboxes/acme-in/edit"
        let fields = Browser.fields(await browser.get(edit)).filter { $0.0 != "form-key" && $0.0 != "description" }
        _ = try desk.apply(.edit(.mailboxes, name: "acme-in", fields: Array("{folder: INBOX, port: 995}".utf8)))
        let refused = await browser.post(edit, fields + [("description", "Mine")])
        #expect(refused.status == 409 && refused.text.contains("value=\"Mine\""))
        #expect(desk.registry.mailbox(Sample.name("acme-in"))?.description == "Requests")
        // It has the new version now: who insists may save.
        let again = Browser.fields(refused).filter { $0.0 != "form-key" }
        #expect(await browser.post(edit, again).status == 303)
        #expect(desk.registry.mailbox(Sample.name("acme-in"))?.description == "Mine")
    }

    // MARK: - Delete

    @Test("deleting asks first, and what is still used stays, with links to its users")
    func delete() async {
        let (browser, desk) = await Browser.atDesk()
        let used = await browser.get("/mailboxes/acme-in/delete").text
        #expect(used.contains("href=\"/contracts/acme\"") && !used.contains("class=\"danger\""))
        #expect(await browser.post("/mailboxes/acme-in/delete").status == 409)
        _ = await browser.submit("/mailboxes/new", Self.typed)
        #expect(await browser.get("/mailboxes/new-in/delete").text.contains("class=\"danger\""))
        #expect(await browser.post("/mailboxes/new-in/delete").headers["Location"] == "/mailboxes")
        #expect(desk.registry.mailboxes.count == 2)
        #expect(await browser.get("/mailboxes/new-in/delete").status == 404)
    }

    @Test(
        "who may not change the registry is shown it without what changes it",
        arguments: [
            Caller.Role.reader(nil), .contract(Sample.name("acme")),
        ])
    func readers(role: Caller.Role) async {
        let (browser, desk) = await Browser.atDesk(role: role)
        let page = await browser.get("/mailboxes/acme-in").text
        #expect(page.contains("mail.acme.example") && !page.contains("/edit") && !page.contains("/delete"))
        #expect(await !browser.get("/mailboxes").text.contains("/mailboxes/new"))
        for path in ["/mailboxes/new", "/mailboxes/acme-in/edit", "/mailboxes/acme-in/delete"] {
            #expect(await browser.get(path).status == 403)
            #expect(await browser.post(path).status == 403)
        }
        #expect(desk.registry == RegistryDesk.sample)
    }

    // MARK: - Test

    @Test("a test shows each step as it comes, and what to do", arguments: PageLanguage.allCases)
    func test(language: PageLanguage) async throws {
        let control = FakeControl()
        let browser = await Browser.signedIn(control, language: language)
        #expect(await browser.get("/mailboxes/acme-in/test").headers["Location"] == "/mailboxes/acme-in")
        let answer = await browser.post("/mailboxes/acme-in/test")
        #expect(answer.status == 200 && answer.headers["X-Accel-Buffering"] == "no")
        let pieces = await answer.pieces()
        #expect(pieces.count >= 5, "head, two steps, the end, and the foot")
        #expect(pieces.first?.contains("<h1>") == true && pieces.last?.contains("</html>") == true)
        #expect(pieces[1].contains("192.0.2.1") && pieces[2].contains("Look."))
        #expect(control.calls.last == "test acme-in")
        _ = await browser.post("/mailboxes/acme-in/test", [("partner", "acme-out")]).pieces()
        #expect(control.calls.last == "test acme-in with acme-out to -")
    }

    @Test("save and test does both")
    func saveAndTest() async {
        let (browser, desk) = await Browser.atDesk()
        let answer = await browser.submit("/mailboxes/new", Self.typed.merging(["then": "test"]) { $1 })
        let text = await answer.pieces().joined()
        #expect(answer.status == 200 && text.contains("new-in is saved.") && text.contains("192.0.2.1"))
        #expect(desk.registry.mailboxes.count == 3)
    }

    @Test("a test that cannot be is told in its place")
    func refusedTest() async {
        let browser = await Browser.signedIn(
            FakeControl(refusing: Problem(status: 503, title: "Not tested", detail: "All <b> in use.")))
        let text = await browser.post("/mailboxes/acme-in/test").pieces().joined()
        #expect(text.contains("All &lt;b&gt; in use.") && text.contains("</html>"))
    }
}

extension HTTPResponse {
    /// What a live answer writes.
    func pieces() async -> [String] {
        guard let live else { return [text] }
        let body = LiveBody()
        await live(body)
        body.finish()
        var pieces: [String] = []
        while case let piece = await body.next(), !piece.isEmpty {
            pieces.append(String(decoding: piece, as: UTF8.self))
        }
        return pieces
    }
}
