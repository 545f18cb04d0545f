// Who gets to see pages, and whose forms are believed.

import MaloteCore
import Testing

@testable import MaloteAdmin

struct SignInTests {
    @Test("without a session every page leads to the sign-in, and from there back")
    func leadsBack() async {
        let browser = Browser()
        let away = await browser.get("/queue?contract=acme")
        #expect(away.status == 303)
        #expect(away.headers["Location"] == "/sign-in?next=%2Fqueue%3Fcontract%3Dacme")
        let back = await browser.signIn(next: "/queue?contract=acme")
        #expect(back.status == 303)
        #expect(back.headers["Location"] == "/queue?contract=acme")
        #expect(await browser.get("/").status == 200)
    }

    @Test(
        "after signing in nobody is led to another site",
        arguments: ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x", "", "/é"])
    func staysHere(next: String) async {
        #expect(await Browser().signIn(next: next).headers["Location"] == "/")
    }

    @Test("a token that is not valid opens nothing, and after twenty tries it is enough")
    func wrongToken() async {
        let browser = Browser()
        for _ in 0..<20 { #expect(await browser.signIn("bad").status == 403) }
        let refused = await browser.signIn("bad")
        #expect(refused.status == 429)
        #expect(refused.headers["Retry-After"] == "60")
        #expect(browser.cookies.isEmpty)
        #expect(await browser.get("/").status == 303)
    }

    @Test("a revoked token ends its session at once")
    func revoked() async {
        let browser = await Browser.signedIn()
        #expect(await browser.get("/").status == 200)
        browser.access.revoke("good")
        #expect(await browser.get("/").status == 303)
    }

    @Test("signing out ends the session, and only by a form of ours")
    func signOut() async {
        let browser = await Browser.signedIn()
        _ = await browser.get("/")
        #expect(await browser.get("/sign-out").status == 303)
        #expect(await browser.get("/").status == 200)
        #expect(await browser.post("/sign-out").headers["Location"] == "/sign-in")
        #expect(await browser.get("/").status == 303)
    }

    @Test("a form without the session's key, or with another's, changes nothing")
    func formKeys() async {
        let control = FakeControl()
        let browser = await Browser.signedIn(control)
        let other = await Browser.signedIn(control)
        _ = await other.get("/")
        #expect(await browser.send("POST", "/sign-out").status == 403)
        #expect(await browser.send("POST", "/sign-out", form: [("form-key", other.formKey)]).status == 403)
        #expect(await browser.get("/").status == 200)
    }

    @Test(
        "a form from another site changes nothing",
        arguments: [
            ["sec-fetch-site": "cross-site"], ["sec-fetch-site": "same-site"],
            ["origin": "https://evil.example", "host": "desk.example"], ["origin": "null", "host": "desk.example"],
        ])
    func otherSites(headers: [String: String]) async {
        let browser = await Browser.signedIn()
        _ = await browser.get("/")
        browser.headers.merge(headers) { _, new in new }
        #expect(await browser.post("/sign-out").status == 403)
        #expect(await browser.signIn().status == 403)
    }

    @Test("the cookie is for this site alone, and under https for https alone")
    func cookies() async {
        let plain = await Browser().signIn().headers["Set-Cookie"] ?? ""
        #expect(plain.hasPrefix("malote=") && plain.contains("HttpOnly") && plain.contains("SameSite=Lax"))
        #expect(!plain.contains("Secure"))
        let secure = await Browser(isSecure: true).signIn().headers["Set-Cookie"] ?? ""
        #expect(secure.hasPrefix("__Host-malote=") && secure.hasSuffix("; Secure"))
    }

    @Test("a language is taken from the browser, and from the choice that was made")
    func languages() async {
        let browser = await Browser.signedIn(language: .portuguese)
        #expect(await browser.get("/").text.contains("<html lang=\"pt-BR\">"))
        let chosen = await browser.get("/language/en?back=/queue")
        #expect(chosen.headers["Location"] == "/queue")
        #expect(await browser.get("/").text.contains("<html lang=\"en\">"))
        #expect(PageLanguage.preferred("de-DE, pt;q=0.8, en;q=0.7") == .portuguese)
        #expect(PageLanguage.preferred(nil) == .english)
    }

    @Test("a path that is no page is not found, in the frame of the others")
    func notFound() async {
        let page = await Browser.signedIn().get("/nothing")
        #expect(page.status == 404)
        #expect(page.text.contains("<nav"))
    }

    @Test("the style sheet's name is its content's, and every page forbids all else")
    func headers() async {
        let page = await Browser.signedIn().get("/")
        #expect(page.text.contains("href=\"\(SiteStyle.path)\""))
        #expect(page.headers["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
        #expect(!page.text.contains("<script") && !page.text.contains(" style="))
        let sheet = await Browser().get(SiteStyle.path)
        #expect(sheet.status == 200 && sheet.headers["Cache-Control"]?.contains("immutable") == true)
    }
}

struct SessionBookTests {
    private let start = ContinuousClock.now

    @Test("a session ends after two idle hours, and after twelve in any case")
    func ends() {
        var book = SessionBook()
        book.open("a", token: Secret("t"), formKey: "k", at: start)
        #expect(book.visit("a", at: start + .seconds(7200)) != nil)
        #expect(book.visit("a", at: start + .seconds(14_401)) == nil)
        book.open("b", token: Secret("t"), formKey: "k", at: start)
        for hour in 1...12 { #expect(book.visit("b", at: start + .seconds(3600 * hour)) != nil) }
        #expect(book.visit("b", at: start + .seconds(43_201)) == nil)
        #expect(!book.has("b", at: start + .seconds(43_201)))
    }

    @Test("a notice is told once")
    func notices() {
        var book = SessionBook()
        book.open("a", token: Secret("t"), formKey: "k", at: start)
        book.leave("Saved.", for: "a")
        #expect(book.takeNotice(of: "a") == "Saved.")
        #expect(book.takeNotice(of: "a") == nil)
    }

    @Test("there is room for a thousand; the one that was idle longest makes way")
    func room() {
        var book = SessionBook()
        for number in 0...1000 {
            book.open("\(number)", token: Secret("t"), formKey: "k", at: start + .seconds(number))
        }
        #expect(!book.has("0", at: start + .seconds(1001)))
        #expect(book.has("1", at: start + .seconds(1001)))
    }
}
