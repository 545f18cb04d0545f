// Who has access, by page: tokens are made, shown once and revoked, and the audit log is read.

import MaloteCore
import Testing

@testable import MaloteAdmin

struct AccessPageTests {
    @Test("tokens and the audit log are shown to administrators alone", arguments: PageLanguage.allCases)
    func shown(language: PageLanguage) async {
        let page = await Browser.signedIn(language: language).get("/access")
        let words = language.words(AccessWords.self)
        #expect(page.status == 200 && page.text.contains(words.tokens) && page.text.contains("queue.retry"))
        for role in [Caller.Role.reader(nil), .contract(Sample.name("acme"))] {
            let browser = await Browser.signedIn(role: role, language: language)
            #expect(await browser.get("/access").status == 403)
            #expect(await browser.post("/access", [("name", "x"), ("role", "admin")]).status == 403)
            #expect(await browser.post("/access/ci/revoke").status == 403)
        }
    }

    @Test("a token is made and told once")
    func issue() async {
        let control = FakeControl()
        let browser = await Browser.signedIn(control)
        let made = await browser.submit("/access", ["name": "bia", "role": "contract", "contract": "acme"])
        #expect(made.text.contains("malote_abc") && made.headers["Cache-Control"] == "no-store")
        #expect(control.calls.contains("issue bia contract acme -"))
        #expect(await !browser.get("/access").text.contains("malote_abc"))
    }

    @Test("a token is revoked after a question")
    func revoke() async {
        let control = FakeControl()
        let browser = await Browser.signedIn(control)
        #expect(await browser.get("/access/ci/revoke").text.contains("action=\"/access/ci/revoke\""))
        #expect(!control.calls.contains("revoke ci"))
        #expect(await browser.post("/access/ci/revoke").headers["Location"] == "/access")
        #expect(control.calls.contains("revoke ci"))
    }

    @Test("the audit log is narrowed by contract, by whom and since when")
    func audit() async {
        let control = FakeControl()
        _ = await Browser.signedIn(control).get("/access?contract=acme&who=ci&since=2026-11-01")
        #expect(control.calls.contains { $0.hasPrefix("audit acme ci 2026-11-01") })
    }
}
