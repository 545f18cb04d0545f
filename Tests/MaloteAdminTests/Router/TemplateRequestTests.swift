// What a request for a preview or a test may say, and what it is told.

import MaloteCore
import Testing

@testable import MaloteAdmin

@Suite struct TemplateRequestTests {
    private let control = FakeControl()

    private func respond(_ verb: String, _ body: String) async -> HTTPResponse {
        await AdminRouter(control: control, door: .controlSocket) { true }.respond(
            to: HTTPRequest("POST", "/v1/templates/opened/\(verb)", body: Array(body.utf8)))
    }

    static let taken: [(String, String, String)] = [
        ("preview", "", "preview opened - - - -"),
        (
            "preview", #"{"language":"pt-BR","contract":"acme","ticket":"ACME-1","data":{"a":[1,null]}}"#,
            #"preview opened pt-BR acme ACME-1 {"a":[1,null]}"#
        ),
        ("preview", #"{"language":null,"data":null}"#, "preview opened - - - -"),
        (
            "test", #"{"contract":"acme","to":["a@x.example","b@x.example"],"outbox":"system"}"#,
            #"test opened - acme - - to ["a@x.example", "b@x.example"] by system"#
        ),
    ]

    @Test(arguments: taken)
    func aWishIsHandedOn(_ verb: String, _ body: String, _ call: String) async {
        let response = await respond(verb, body)
        #expect(response.status == (verb == "test" ? 201 : 200))
        #expect(control.calls == [call])
    }

    static let refused: [(String, String, String)] = [
        ("preview", "[]", "not a JSON object"), ("preview", "{", "not a JSON object"),
        ("preview", #"{"contarct":"acme"}"#, "contarct: is not a known field."),
        ("preview", #"{"contract":7}"#, "contract: has the wrong type."),
        ("preview", #"{"data":"x"}"#, "data: is no object."),
        ("test", #"{"contract":"acme"}"#, "to: is missing."), ("test", #"{"to":"a@x.example"}"#, "to: is no list"),
    ]

    @Test(arguments: refused)
    func aWishThatCannotBeMeantIsRefused(_ verb: String, _ body: String, _ says: String) async {
        let response = await respond(verb, body)
        #expect(response.status == 422)
        #expect(response.text.contains(says), "\(response.text)")
        #expect(control.calls.isEmpty)
    }
}
