// What the first page says of a mail room.

import MaloteCore
import Testing

@testable import MaloteAdmin

struct OverviewPageTests {
    @Test("each contract is there, in both languages", arguments: PageLanguage.allCases)
    func contracts(language: PageLanguage) async {
        let page = await Browser.signedIn(language: language).get("/")
        #expect(page.status == 200)
        #expect(page.text.contains("<a href=\"/contracts/acme\">Acme Ltda</a>"))
        #expect(page.text.contains("<html lang=\"\(language.tag)\">"))
    }

    @Test("only administrators are offered new mailboxes")
    func actions() async {
        #expect(await Browser.signedIn().get("/").text.contains("/mailboxes/new"))
        #expect(await !Browser.signedIn(role: .reader(nil)).get("/").text.contains("/mailboxes/new"))
    }

    @Test("times, spans and sizes are written as each language does")
    func moments() {
        func visit(_ language: PageLanguage) -> Visit {
            Visit(
                control: FakeControl(), caller: Caller(name: "ana", role: .admin), language: language,
                request: HTTPRequest("GET", "/"), form: FormFields(), formKey: "", notice: nil, now: Sample.now,
                leaveNotice: { _ in })
        }
        #expect(visit(.english).clock(Sample.now) == "2026-09-21 14:13 UTC")
        #expect(visit(.portuguese).clock(Sample.now) == "21/09/2026 14:13 UTC")
        #expect(visit(.english).distance(Sample.now + .seconds(-180)) == "3 min ago")
        #expect(visit(.portuguese).distance(Sample.now + .seconds(86_400)) == "em 24 h")
        #expect(visit(.english).size(8_240) == "8.2 kB")
        #expect(visit(.portuguese).size(1_500_000) == "1,5 MB")
        #expect(visit(.english).size(999) == "999 B")
    }
}
