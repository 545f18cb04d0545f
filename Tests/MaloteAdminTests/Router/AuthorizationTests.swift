// Routes of a mailbox's authorization, and what is shown of tokens.

import MaloteCore
import Testing

@testable import MaloteAdmin

@Suite struct AuthorizationTests {
    private func answer(
        _ method: String, _ path: String, query: [String: String] = [:], body: String = ""
    ) async -> (HTTPResponse, [String]) {
        let control = FakeControl(forecasts: [Sample.acmeIn.id: Sample.forecast])
        let router = AdminRouter(control: control, door: .controlSocket) { true }
        let response = await router.respond(to: HTTPRequest(method, path, query: query, body: Array(body.utf8)))
        return (response, control.calls)
    }

    private let path = "/v1/mailboxes/acme-in/authorization"

    @Test func consentIsBegunAndWaitedFor() async {
        let (begun, first) = await answer("POST", path)
        #expect(begun.status == 201 && first == ["authorize acme-in"])
        #expect(String(decoding: begun.body, as: UTF8.self).contains("\"userCode\":\"WDJB-MJHT\""))
        let (_, second) = await answer("GET", path, query: ["wait": "20"])
        #expect(second == ["consent acme-in 20"])
    }

    @Test func aTokenIsHandedIn() async {
        let (taken, calls) = await answer("POST", path, body: #"{"refreshToken":"canary"}"#)
        #expect(taken.status == 200 && calls == ["accept acme-in canary"])
        #expect(!String(decoding: taken.body, as: UTF8.self).contains("canary"))
    }

    @Test(arguments: [
        "x", "{}", #"{"refreshToken":""}"#, #"{"refreshToken":"can ary"}"#, #"{"refreshToken":["canary"]}"#,
    ])
    func whatIsNoTokenIsRefusedUnseen(_ body: String) async {
        let (refused, calls) = await answer("POST", path, body: body)
        #expect(refused.status == 422 && calls.isEmpty)
        #expect(!String(decoding: refused.body, as: UTF8.self).contains("ary"))
    }

    @Test func otherMethodsAndDoorsAreClosed() async {
        #expect(await answer("DELETE", path).0.status == 405)
        let router = AdminRouter(control: FakeControl(), door: .tcp) { true }
        #expect(await router.respond(to: HTTPRequest("POST", path)).status == 401)
    }

    @Test func aMailboxShowsItsForecastAndNoSecret() async throws {
        let (shown, _) = await answer("GET", "/v1/mailboxes/acme-in")
        #expect(String(decoding: shown.body, as: UTF8.self).contains("\"token\":{\"accessExpires\""))
        var mailbox = Sample.acmeIn
        let grant = OAuthGrant(
            provider: .microsoft, flow: .clientCredentials, tenant: "acme.example", clientID: "desk",
            clientSecret: .literal(Secret("canary")), key: .file(path: "/k"))
        mailbox.login = .init(user: "help", proof: .oauth(grant))
        let view = HTTPResponse.json(MailboxView(mailbox, Sample.registry, token: nil))
        let text = String(decoding: view.body, as: UTF8.self)
        #expect(text.contains(#""client_secret":"stored""#) && text.contains(#""key":"file /k""#))
        #expect(!text.contains("canary") && !text.contains("password"))
    }
}
