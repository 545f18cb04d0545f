// Templates by page: written, previewed, tested, and as they were.

import MaloteCore
import Testing

@testable import MaloteAdmin

struct TemplatePagesTests {
    @Test("the list has each language of a name, in both languages", arguments: PageLanguage.allCases)
    func list(language: PageLanguage) async {
        let (browser, _) = await Browser.atDesk(language: language)
        let page = await browser.get("/templates").text
        #expect(page.contains("/templates/opened/en\"") && page.contains("/templates/opened/pt-BR\""))
        #expect(page.contains(language.words(TemplateWords.self).active))
        #expect(await browser.get("/templates/opened").text.contains("/templates/new?name=opened"))
        #expect(await browser.get("/templates/none").status == 404)
        #expect(await browser.get("/templates/opened/de").status == 404)
    }

    @Test("a template is written, in the language of the page")
    func new() async throws {
        let (browser, desk) = await Browser.atDesk(language: .portuguese)
        let answer = await browser.submit(
            "/templates/new", ["name": "closed", "subject": "S {{ticket.key}}", "text": "\nTwo\n", "html": ""])
        #expect(answer.headers["Location"] == "/templates/closed/pt-BR", "\(answer.text)")
        let template = try #require(desk.registry.templates.first { $0.name.text == "closed" })
        #expect(
            template
                == Template(
                    name: Sample.name("closed"), language: "pt-BR", subject: "S {{ticket.key}}", text: "\nTwo\n"))
    }

    @Test("a form that is sent as it came changes nothing", arguments: ["en", "pt-BR"])
    func untouched(language: String) async {
        var registry = RegistryDesk.sample
        registry.templates[1].html = "<p class=\"x\">&amp; {{{data.x}}}</p>\n</textarea><script>"
        registry.templates[1].text = "\n\nlines  \n\ttab\n"
        registry.templates[0].isActive = false
        let (browser, desk) = await Browser.atDesk(registry)
        let answer = await browser.submit("/templates/opened/\(language)/edit", [:])
        #expect(answer.status == 303, "\(answer.text)")
        #expect(desk.registry == registry)
    }

    @Test("a template that cannot be read is said at its field, and a taken name at the name")
    func faults() async {
        let (browser, desk) = await Browser.atDesk()
        let broken = await browser.submit("/templates/opened/en/edit", ["text": "{{#open}}"])
        #expect(broken.status == 422 && broken.text.contains("id=\"text-fault\""))
        #expect(broken.text.contains("{{#open}}</textarea>"))
        let taken = await browser.submit(
            "/templates/new", ["name": "opened", "language": "en", "subject": "S", "text": "T"])
        #expect(taken.status == 422 && taken.text.contains("id=\"name-fault\""))
        #expect(desk.registry == RegistryDesk.sample)
    }

    @Test("a template is switched off and on")
    func active() async {
        let (browser, desk) = await Browser.atDesk()
        let fields = Browser.fields(await browser.get("/templates/opened/en/edit")).filter { $0.0 != "form-key" }
        _ = await browser.post("/templates/opened/en/edit", fields.filter { $0.0 != "active" })
        #expect(!desk.registry.templates[0].isActive)
        _ = await browser.submit("/templates/opened/en/edit", ["active": "on"])
        #expect(desk.registry.templates[0].isActive)
    }

    @Test("the last language of a name stays while a flow uses it")
    func delete() async {
        let (browser, desk) = await Browser.atDesk()
        #expect(await browser.post("/templates/opened/pt-BR/delete").status == 303)
        #expect(await browser.get("/templates/opened/en/delete").text.contains("href=\"/flows/confirm\""))
        #expect(await browser.post("/templates/opened/en/delete").status == 409)
        #expect(desk.registry.templates.map(\.language) == ["en"])
    }

    @Test("the preview asks with the values of a ticket, and says what printed nothing")
    func preview() async {
        let control = FakeControl()
        let browser = await Browser.signedIn(control)
        let page = await browser.get("/templates/opened/pt-BR/preview?contract=acme&ticket=ACME-1")
        #expect(page.status == 200 && page.text.contains("<code>data.x</code>"))
        #expect(control.calls.contains("preview opened pt-BR acme ACME-1 -"))
        _ = await browser.get("/templates/opened/en/preview")
        #expect(control.calls.last == "preview opened en - - -")
    }

    @Test("HTML is shown in a frame that runs nothing, loads nothing and leads nowhere")
    func frame() async {
        let frame = await Browser.signedIn().get("/templates/opened/pt-BR/preview/html")
        let policy = frame.headers["Content-Security-Policy"] ?? ""
        #expect(policy.hasPrefix("sandbox; default-src 'none'") && !policy.contains("allow-"))
        #expect(frame.headers["X-Frame-Options"] == "SAMEORIGIN")
    }

    @Test("a test is sent with what is shown; without the right it is not offered")
    func send() async {
        let control = FakeControl()
        let browser = await Browser.signedIn(control)
        let answer = await browser.post(
            "/templates/opened/en/preview", [("contract", "acme"), ("to", "a@x, b@x"), ("outbox", "system")])
        #expect(answer.headers["Location"] == "/templates/opened/en/preview?contract=acme")
        #expect(control.calls.last == "test opened en acme - - to [\"a@x\", \"b@x\"] by system")
        let page = await Browser.signedIn(role: .reader(nil)).get("/templates/opened/en/preview").text
        #expect(!page.contains("name=\"to\""))
    }

    @Test("versions are listed, shown and taken up again")
    func versions() async {
        let control = FakeControl()
        let browser = await Browser.signedIn(control)
        let list = await browser.get("/templates/opened/en/versions").text
        #expect(list.contains("/templates/opened/en/versions/2"))
        #expect(await browser.get("/templates/opened/en/versions/2").text.contains("<pre>T</pre>"))
        let answer = await browser.post("/templates/opened/en/versions/1/restore")
        #expect(answer.headers["Location"] == "/templates/opened/en")
        #expect(control.calls.last == "restore opened en 1")
        #expect(
            await Browser.signedIn(role: .reader(nil)).post("/templates/opened/en/versions/1/restore").status == 403)
        #expect(await browser.get("/templates/opened/en/versions/x").status == 404)
    }
}
