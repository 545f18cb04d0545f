// Routes of endpoints, refused events and acknowledgements: what is asked of the mail room, and what is refused.

import MaloteCore
import Testing

@testable import MaloteAdmin

@Suite struct EndpointRouteTests {
    private func ask(
        _ method: String, _ path: String, _ body: String = "", control: FakeControl = FakeControl()
    ) async -> (status: Int, calls: [String], text: String) {
        let router = AdminRouter(control: control, door: .controlSocket) { true }
        let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
        var query: [String: String] = [:]
        for pair in parts.dropFirst().joined().split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
            query[sides[0]] = sides.count > 1 ? sides[1] : ""
        }
        let response = await router.respond(
            to: HTTPRequest(method, parts[0], query: query, body: Array(body.utf8)))
        return (response.status, control.calls, response.text)
    }

    @Test(arguments: [
        ("GET", "/v1/endpoints", "endpoints -"), ("GET", "/v1/endpoints?contract=acme", "endpoints acme"),
        ("GET", "/v1/contracts/acme/endpoint", "endpoint acme"),
        ("POST", "/v1/contracts/acme/endpoint/enable", "endpoint acme enabled"),
        ("POST", "/v1/contracts/acme/endpoint/disable", "endpoint acme disabled"),
        ("POST", "/v1/contracts/acme/endpoint/retry", "endpoint acme retried"),
        ("POST", "/v1/contracts/acme/endpoint/replay?after=e1", "replay acme after(event: \"e1\")"),
        (
            "POST", "/v1/contracts/acme/endpoint/replay?since=2026-11-21&dry-run",
            "replay acme since(2026-11-21T00:00:00.000Z) dry"
        ),
        ("GET", "/v1/refused-events?contract=acme&state=dead&limit=5", "refused events acme dead 5"),
        ("POST", "/v1/contracts/acme/dead-events/retry?event=e1", "dead events acme retry e1"),
        ("POST", "/v1/contracts/acme/dead-events/drop?all", "dead events acme drop all"),
    ])
    func aRouteAsks(_ method: String, _ path: String, _ call: String) async {
        let answer = await ask(method, path)
        #expect(answer.status == 200 && answer.calls == [call], "\(answer)")
    }

    @Test func anEventIsAcknowledged() async {
        let answer = await ask("POST", "/v1/contracts/acme/events/acknowledge", #"{"event":"e1"}"#)
        #expect(answer.calls == ["acknowledge acme e1"])
        #expect(answer.text == #"{"contract":"acme","event":"e1","moved":true,"waiting":1}"#)
    }

    @Test func noSecretIsShown() async {
        let answer = await ask("GET", "/v1/endpoints")
        #expect(answer.text.contains("\"state\":\"waiting\"") && !answer.text.contains("/run/secrets"))
    }

    @Test(arguments: [
        ("POST", "/v1/endpoints", 405), ("GET", "/v1/endpoints/acme", 404),
        ("GET", "/v1/contracts/acme/endpoint/retry", 405), ("POST", "/v1/contracts/acme/endpoint", 405),
        ("POST", "/v1/contracts/acme/endpoint/explode", 404), ("POST", "/v1/contracts/acme/endpoint/retry/x", 404),
        ("POST", "/v1/contracts/acme/endpoint/replay", 422),
        ("POST", "/v1/contracts/acme/endpoint/replay?after=e1&since=2026-11-21", 422),
        ("POST", "/v1/contracts/acme/endpoint/replay?since=yesterday", 422),
        ("POST", "/v1/contracts/acme/endpoint/replay?after=e1&dry-run=perhaps", 422),
        ("GET", "/v1/refused-events?state=alive", 422), ("POST", "/v1/contracts/acme/dead-events/retry", 422),
        ("POST", "/v1/contracts/acme/dead-events/retry?event=e1&all", 422),
        ("POST", "/v1/contracts/acme/dead-events/burn?all", 404),
        ("GET", "/v1/contracts/acme/dead-events/drop?all", 405),
        ("POST", "/v1/contracts/acme/events/acknowledge", 422), ("GET", "/v1/contracts/acme/events/acknowledge", 405),
    ])
    func aMistakeAsksNothing(_ method: String, _ path: String, _ status: Int) async {
        let answer = await ask(method, path)
        #expect(answer.status == status && answer.calls.isEmpty, "\(answer)")
    }
}
