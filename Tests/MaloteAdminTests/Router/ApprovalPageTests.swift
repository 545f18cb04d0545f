// The pages of voters: what each says, with which status and headers; and the operators' routes.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteAdmin

@Suite struct ApprovalPageTests {
    private let control = FakeControl()
    private static let form = ["content-type": "application/x-www-form-urlencoded"]

    private func ask(
        _ method: String, _ path: String, _ body: String = "", headers: [String: String] = form,
        door: AdminRouter.Door = .tcp
    ) async -> HTTPResponse {
        await AdminRouter(control: control, door: door) { true }.respond(
            to: HTTPRequest(method, path, headers: headers, body: Array(body.utf8)))
    }

    // MARK: - Looking

    @Test(arguments: ["GET", "HEAD"], ["view", "approve", "used", "forged"])
    func lookingOnlyLooks(_ method: String, _ link: String) async {
        _ = await ask(method, "/a/\(link)")
        #expect(control.calls == ["look \(link)"])
    }

    @Test(arguments: [AdminRouter.Door.tcp, .controlSocket])
    func bothDoorsShowIt(_ door: AdminRouter.Door) async {
        #expect(await ask("GET", "/a/view", door: door).status == 200)
    }

    static let pages: [(link: String, status: Int, says: String)] = [
        ("view", 200, "Bia, do you approve this request?"), ("approve", 200, "Please confirm, Bia: do you approve"),
        ("used", 410, "Your vote was &quot;rejected&quot;, on 21 Nov 2026 10:00."),
        ("approved", 410, "was approved on 21 Nov"), ("rejected", 410, "was rejected on 21 Nov"),
        ("expired", 410, "The time to vote ended on 21 Nov"), ("cancelled", 410, "was withdrawn on 21 Nov"),
        ("foreign", 404, "The link is genuine"), ("forged", 404, "This link is not valid"),
    ]

    @Test(arguments: pages.indices)
    func eachPageSaysWhatIsSo(_ index: Int) async {
        let page = Self.pages[index]
        let response = await ask("GET", "/a/\(page.link)")
        #expect(response.status == page.status)
        #expect(response.text.contains(page.says), "\(response.text)")
        #expect(response.text.contains("<form method=\"post\">") == (page.status == 200))
        #expect(response.headers["Content-Type"] == "text/html; charset=utf-8")
        #expect(response.headers["Cache-Control"] == "no-store")
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
        #expect(response.headers["Referrer-Policy"] == "no-referrer")
        let policy = response.headers["Content-Security-Policy"] ?? ""
        for rule in [
            "default-src 'none'", "style-src 'sha256-", "form-action 'self'", "frame-ancestors 'none'",
            "base-uri 'none'",
        ] { #expect(policy.contains(rule), "\(policy)") }
        #expect(!policy.contains("unsafe"))
    }

    @Test func nothingOfThePageComesFromElsewhereOrRuns() async {
        for page in Self.pages {
            let text = await ask("GET", "/a/\(page.link)").text.lowercased()
            for word in [
                "<script", "http:", "https:", "src=", "href=", "<img", "<link", "onclick", "javascript", "url(",
            ] {
                #expect(!text.contains(word), "\(word) in \(page.link)")
            }
        }
    }

    @Test func textsFromOutsideAreEscaped() async {
        let text = await ask("GET", "/a/view").text
        #expect(text.contains("A new &lt;b&gt;printer&lt;/b&gt;"))
        #expect(text.contains("price: 100 &quot;EUR&quot;\nwhy: it&#39;s old &amp; slow"))
        #expect(text.contains("Ana &lt;ana@acme.example&gt;"))
        let hostile = "\u{0}\u{202E}\"><script>'&\u{2028}"
        let escaped: HTMLText = "<p title=\"\(hostile)\">"
        #expect(
            escaped.markup
                == "<p title=\"\u{FFFD}\u{FFFD}&quot;&gt;&lt;script&gt;&#39;&amp;\u{FFFD}\">")
    }

    @Test func thePageIsInItsLanguage() async {
        let page = ApprovalPage(ApprovalVisit(.asks([.reject]), language: "pt-BR", question: Sample.question)).response
        #expect(page.text.contains("<html lang=\"pt-BR\">") && page.text.contains("você rejeita esta solicitação?"))
        #expect(page.text.contains(">Rejeitar</button>") && !page.text.contains(">Aprovar</button>"))
        let stranger = await ask("GET", "/a/forged", headers: ["accept-language": "pt-PT,pt;q=0.9,en;q=0.8"])
        #expect(stranger.text.contains("Este link não é válido"))
        #expect(await ask("GET", "/a/forged", headers: ["accept-language": "\u{0}x"]).text.contains("lang=\"en\""))
    }

    @Test func everyInputHasItsLabel() async {
        let text = await ask("GET", "/a/view").text
        #expect(text.contains("<label for=\"comment\">") && text.contains("id=\"comment\""))
        #expect(text.contains("<main>") && text.contains("<h1>") && text.contains("<title>"))
    }

    /// Browsers use the sheet only if this is its digest.
    @Test func theStyleSheetIsTheOneThatIsAllowed() throws {
        let folder = try TemporaryFolder()
        try PageStyle.sheet.markup.write(toFile: folder.path + "/sheet", atomically: true, encoding: .utf8)
        let sum = try Program.run("/usr/bin/sha256sum", [folder.path + "/sheet"]).output.prefix(64)
        let bytes = Hexadecimal.decode(String(sum)) ?? []
        #expect(String(decoding: Base64.encode(bytes), as: UTF8.self) == PageStyle.digest)
    }

    // MARK: - Voting

    @Test func aPostVotes() async {
        let response = await ask("POST", "/a/view", "choice=approve&comment=Good+id%C3%A9e%0D%0A%26+cheap")
        #expect(control.calls == ["answer view approve Good idée\n& cheap"])
        #expect(response.status == 200 && response.text.contains("Your approval is recorded."))
        #expect(response.text.contains("Others are still to vote."))
    }

    @Test(arguments: ["", "choice=", "choice=maybe", "comment=x", "choice%00=approve", "&&&=&", "choice=Approve"])
    func aPostWithoutAChoiceAsksAgain(_ body: String) async {
        let response = await ask("POST", "/a/view", body)
        #expect(response.status == 422 && response.text.contains("Nothing was recorded"))
        #expect(control.calls.allSatisfy { $0.hasPrefix("answer view - ") })
    }

    @Test(arguments: ["", "text/plain", "multipart/form-data; boundary=x", "application/json"])
    func onlyFormsAreTaken(_ type: String) async {
        let response = await ask("POST", "/a/view", "choice=approve", headers: ["content-type": type])
        #expect(response.status == 415 && control.calls.isEmpty)
    }

    @Test func aLongFormIsRefusedThroughEitherDoor() async {
        let long = "choice=approve&comment=" + String(repeating: "x", count: 16 * 1024)
        #expect(await ask("POST", "/a/view", long, door: .controlSocket).status == 413)
        #expect(control.calls.isEmpty)
    }

    @Test(arguments: ["PUT", "DELETE", "PATCH", "OPTIONS", "get", ""])
    func otherMethodsAreRefused(_ method: String) async {
        let response = await ask(method, "/a/view", "choice=approve")
        #expect(response.status == 405 && response.headers["Allow"] == "GET, HEAD, POST" && control.calls.isEmpty)
    }

    @Test(arguments: ["/a", "/a/x/y", "/a/x/"])
    func otherPathsAreNotFound(_ path: String) async {
        #expect(await ask("GET", path).status == 404)
        #expect(control.calls.isEmpty)
    }

    @Test func aFailureOfTheStoreIsToldWithoutDetails() async {
        let control = FakeControl(refusing: Problem(status: 503, title: "storage", detail: "canary"))
        let response = await AdminRouter(control: control, door: .tcp) { true }.respond(
            to: HTTPRequest("GET", "/a/view"))
        #expect(response.status == 503 && !response.text.contains("canary"))
        #expect(response.text.contains("Nothing was recorded."))
    }

    // MARK: - Guessing

    @Test func whoGuessesIsSlowedDownAndNobodyElseIs() async {
        let router = AdminRouter(control: control, door: .tcp) { true }
        func status(_ link: String, _ client: String) async -> Int {
            await router.respond(to: HTTPRequest("GET", "/a/\(link)", client: client)).status
        }
        for _ in 0..<20 { #expect(await status("forged", "192.0.2.1") == 404) }
        #expect(await status("forged", "192.0.2.1") == 429)
        #expect(await status("foreign", "192.0.2.1") == 429)
        #expect(await status("forged", "192.0.2.2") == 404)
        #expect(await status("view", "192.0.2.1") == 200)
    }

    @Test func triesComeBackAndTheTableIsBounded() {
        var limit = FailureLimit()
        let start = ContinuousClock.now
        let first = (0..<20).map { _ in limit.fails("a", at: start) }
        #expect(!first.contains(true))
        let refused = limit.fails("a", at: start)
        #expect(refused)
        let early = limit.fails("a", at: start + .seconds(2))
        let later = limit.fails("a", at: start + .seconds(4))
        #expect(early && !later)
        var flooded = FailureLimit()
        let passed = (0..<10_000).count { !flooded.fails("\($0)", at: start) }
        #expect(passed <= 4096 + 21)
    }

    // MARK: - Operators

    @Test(arguments: [
        ("GET", "/v1/approvals", "", "approvals - - -"), ("GET", "/v1/approvals/7", "", "approval 7"),
        ("POST", "/v1/approvals/7/cancel", "", "cancel approval 7"),
        ("POST", "/v1/approvals/7/vote", #"{"as":"a@b.c","choice":"reject","comment":"x"}"#, "vote 7 a@b.c reject x"),
    ])
    func operatorsHaveRoutes(_ method: String, _ path: String, _ body: String, _ call: String) async {
        let response = await ask(method, path, body, headers: [:], door: .controlSocket)
        #expect(response.status == 200 && control.calls == [call])
        #expect(response.text.contains(#""address":"bia@acme.example","choice":"approve","comment":"Yes.""#))
        #expect(await ask(method, path, body, headers: [:]).status == 401)
    }

    @Test(arguments: [
        ("POST", "/v1/approvals", "", 405), ("GET", "/v1/approvals/x", "", 404), ("DELETE", "/v1/approvals/7", "", 405),
        ("GET", "/v1/approvals/7/vote", "", 405), ("POST", "/v1/approvals/7/no", "", 404),
        ("POST", "/v1/approvals/7/vote", #"{"as":"a@b.c","choice":"maybe"}"#, 422),
        ("POST", "/v1/approvals/7/vote", #"{"choice":"approve"}"#, 422),
    ])
    func whatIsWrongIsRefused(_ method: String, _ path: String, _ body: String, _ status: Int) async {
        #expect(await ask(method, path, body, headers: [:], door: .controlSocket).status == status)
        #expect(control.calls.isEmpty)
    }
}
