// What a trigger's body says reaches the mail room, and what is wrong with it is told.

import MaloteCore
import Testing

@testable import MaloteAdmin

@Suite struct TriggerRouteTests {
    private let control = FakeControl()

    private func post(_ path: String, _ body: String, _ headers: [String: String] = [:]) async -> HTTPResponse {
        let request = HTTPRequest("POST", path, headers: headers, body: Array(body.utf8))
        return await AdminRouter(control: control, door: .controlSocket) { true }.respond(to: request)
    }

    @Test func aTriggerIsTakenAsItIs() async {
        let body =
            #"{"on":"comment.added","ticket":"ACME-1","data":{"a":7,"deep":{"b":[1,null]}},"idempotencyKey":"k","#
            + #""attachments":[{"name":"a.txt","content":"aGk="}]}"#
        let response = await post("/v1/contracts/acme/triggers", body)
        #expect(response.status == 201)
        let file = #"["a.txt application/octet-stream aGk="]"#
        #expect(control.calls == ["trigger acme comment.added ACME-1 7 \(file) k"])
        #expect(response.text.contains(#""trigger":"comment.added""#))
    }

    @Test func theKeyMayStandInAHeaderAndARepeatIsNoCreation() async {
        let response = await post("/v1/contracts/acme/triggers", #"{"flow":"f"}"#, ["idempotency-key": "\"old\""])
        #expect(response.status == 200)
        #expect(control.calls == ["trigger acme f - - [] old"])
    }

    @Test func aClosingMayBringData() async {
        _ = await post("/v1/tickets/ACME-1/close", #"{"data":{"a":"done"}}"#)
        #expect(control.calls == ["turn ACME-1 - true done"])
    }

    @Test(arguments: [
        ("{", "the body is not a JSON object."), (#"{"on":7}"#, "on: has the wrong type."),
        (#"{"attachments":[{"content":"x"}]}"#, "attachments[0].name: is missing."),
    ])
    func aBrokenBodyIsRefused(_ body: String, _ says: String) async {
        let response = await post("/v1/contracts/acme/triggers", body)
        #expect(response.status == 422 && response.text.contains(says))
        #expect(control.calls.isEmpty)
    }
}
