// What the answers look like: objects without secrets, event lines, receipts, and errors of a sent body.

import MaloteCore
import Testing

@testable import MaloteAdmin

@Suite struct AnswersTests {
    private let control = FakeControl()

    private func respond(_ request: HTTPRequest) async -> HTTPResponse {
        await AdminRouter(control: control, door: .controlSocket) { true }.respond(to: request)
    }

    private func get(_ path: String, _ query: [String: String] = [:]) async -> HTTPResponse {
        await respond(HTTPRequest("GET", path, query: query))
    }

    // MARK: - Objects

    static let inbox =
        #"{"after":"leave","auth":true,"ca":"/etc/acme.pem","contracts":["acme"],"description":"Requests","#
        + #""folder":"INBOX","id":1,"name":"acme-in","password":"stored","pin":"sha256//x","plus":false,"pollSeconds":90,"#
        + #""port":110,"provider":"pop","sasl":"scram-sha-256","server":"mail.acme.example","start":"since 2024-10-04","tls":"starttls","#
        + #""type":"inbox","user":"help"}"#
    static let outbox =
        #"{"auth":false,"contracts":["acme"],"description":"","id":2,"name":"acme-out","port":25,"provider":"smtp","#
        + #""senders":["Acme Help <help@acme.example>"],"server":"SMTP.acme.example","tls":"none","type":"outbox"}"#
    static let contract =
        #"{"eventsURL":"https://desk.example/acme","flows":["confirm"],"groups":[{"members":["ana@acme.example"],"#
        + #""name":"all"}],"id":1,"inboxes":["acme-in"],"language":"en","name":"acme","outbox":"acme-out","#
        + #""people":[{"email":"ana@acme.example","name":"Ana"}],"prefix":"ACME","status":"active","timezone":"UTC","title":"Acme Ltda"}"#
    static let flow =
        #"{"contract":"acme","name":"confirm","on":"ticket.opened","steps":[{"outbox":"acme-out","#
        + #""sender":"help@acme.example","template":"opened","#
        + #""to":["requester","person Ana","group all","x@acme.example"]}]}"#
    static let english = #"{"active":true,"language":"en","name":"opened","subject":"S","text":"T"}"#
    static let portuguese =
        #"{"active":true,"html":"<p>","language":"pt-BR","name":"opened","subject":"S2","text":"T2"}"#

    static let shown: [(String, String)] = [
        ("/v1/mailboxes", "[\(inbox),\(outbox)]"), ("/v1/mailboxes/acme-in", inbox),
        ("/v1/mailboxes/acme-out", outbox), ("/v1/contracts", "[\(contract)]"), ("/v1/contracts/acme", contract),
        ("/v1/flows", "[\(flow)]"), ("/v1/flows/confirm", flow), ("/v1/templates", "[\(english),\(portuguese)]"),
        ("/v1/templates/opened", "[\(english),\(portuguese)]"), ("/v1/templates/opened pt-BR", "[\(portuguese)]"),
    ]

    @Test(arguments: shown)
    func objectsAreShownWithoutSecrets(_ path: String, _ json: String) async {
        let response = await get(path)
        #expect(response.status == 200)
        #expect(response.type == "application/json")
        #expect(response.text == json)
        #expect(!response.text.contains("hunter2"))
    }

    @Test(arguments: [
        ("mailboxes", "mailbox"), ("contracts", "contract"), ("flows", "flow"), ("templates", "template"),
    ])
    func whatIsNotThereIsNamed(_ section: String, _ kind: String) async {
        for name in ["none", "Acme-in"] {
            let response = await get("/v1/\(section)/\(name)")
            #expect(response.status == 404)
            #expect(response.text.contains(#"There is no \#(kind) \"\#(name)\"."#))
        }
    }

    @Test(arguments: [
        ("smtp.acme.EXAMPLE", "[\(outbox)]"), ("mail.acme.example", "[\(inbox)]"), ("other.example", "[]"),
    ])
    func mailboxesOfOneServer(_ server: String, _ json: String) async {
        #expect(await get("/v1/mailboxes", ["server": server]).text == json)
    }

    // MARK: - Other answers

    @Test func theRegistryIsYAML() async {
        let response = await get("/v1/registry")
        #expect(response.type == "application/yaml")
        #expect(response.text == "mailboxes: []\n")
    }

    @Test func eventsAreLinesOfTheirExactTexts() async {
        let response = await get("/v1/events")
        #expect(response.type == "application/jsonl")
        #expect(response.text == "{\"id\":\"1\"}\n{\"id\":\"2\"}\n")
    }

    @Test func whatWasDoneIsTold() async {
        #expect(await respond(HTTPRequest("POST", "/v1/queue/hold")).text == #"{"changed":3}"#)
        #expect(await respond(HTTPRequest("POST", "/v1/mailboxes/acme-in/poll")).text == #"{"polled":"acme-in"}"#)
        #expect(
            await respond(HTTPRequest("PUT", "/v1/registry")).text == #"{"dryRun":false,"lines":[],"warnings":[]}"#)
        #expect(
            await get("/v1/status").text
                == #"{"contracts":[],"endpoints":[],"lanes":[],"mailboxes":[],"now":"2026-09-21T14:13:20.000Z","started":"2026-09-21T14:13:20.000Z","#
                + #""version":"1"}"#)
    }

    // MARK: - Sending

    private func send(_ json: String, headers: [String: String] = [:]) async -> HTTPResponse {
        await respond(HTTPRequest("POST", "/v1/notifications", headers: headers, body: Array(json.utf8)))
    }

    @Test func aNotificationIsHandedOnWhole() async {
        let response = await send(
            #"{"contract":"acme","to":["a@x.example"],"outbox":"system","subject":"Hi","text":"T","html":"<p>","#
                + #""attachments":[{"name":"a.txt","type":"text/plain","content":"aGk="},{"name":"b","content":""}],"#
                + #""idempotencyKey":"k"}"#, headers: ["idempotency-key": "\"other\""])
        #expect(response.status == 201)
        #expect(
            response.text == #"{"notification":7,"outbox":"acme-out","outboxTrace":["because"],"#
                + #""repeated":false,"suppressed":[]}"#)
        #expect(
            control.calls == [
                #"send acme ["a@x.example"] system Hi T <p> ["a.txt text/plain hi", "b application/octet-stream "] k"#
            ])
    }

    @Test func whatIsLeftOutHasItsDefault() async {
        #expect(await send(#"{"contract":"acme","to":[],"subject":"Hi"}"#).status == 201)
        #expect(control.calls == ["send acme [] - Hi  - [] -"])
    }

    @Test(arguments: [("k-1", "k-1"), ("\"k-1\"", "k-1"), (" \"k 1\" ", "k 1")])
    func theKeyMayBeAHeader(_ header: String, _ key: String) async {
        _ = await send(#"{"contract":"a","to":[],"subject":"s"}"#, headers: ["idempotency-key": header])
        #expect(control.calls == ["send a [] - s  - [] \(key)"])
    }

    static let wrongBodies: [(String, field: String, message: String)] = [
        ("", "", "the body is not a JSON object."), ("{", "", "the body is not a JSON object."),
        ("[]", "", "the body is not a JSON object."), ("null", "", "the body is not a JSON object."),
        ("\"x\"", "", "the body is not a JSON object."), ("{}", "contract", "is missing."),
        (#"{"contract":"a","subject":"s"}"#, "to", "is missing."),
        (#"{"contract":"a","to":"b","subject":"s"}"#, "to", "has the wrong type."),
        (#"{"contract":"a","to":["b",1],"subject":"s"}"#, "to[1]", "has the wrong type."),
        (#"{"contract":1,"to":[],"subject":"s"}"#, "contract", "has the wrong type."),
        (#"{"contract":null,"to":[],"subject":"s"}"#, "contract", "has the wrong type."),
        (
            #"{"contract":"a","to":[],"subject":"s","attachments":[{"name":"x","content":""},{"content":""}]}"#,
            "attachments[1].name", "is missing."
        ),
        (
            #"{"contract":"a","to":[],"subject":"s","attachments":[{"name":"x","content":"*"}]}"#,
            "attachments[0].content", "is not Base64."
        ),
    ]

    @Test(arguments: wrongBodies)
    func aBodyThatCannotBeReadNamesTheField(_ json: String, _ field: String, _ message: String) async {
        let response = await send(json)
        #expect(response.status == 422)
        #expect(response.type == "application/problem+json")
        #expect(response.text.contains("\"field\":\"\(field)\",\"line\":0,\"message\":\"\(message)\""))
        #expect(control.calls.isEmpty)
    }

    @Test func deepAndLongBodiesAreRefusedToo() async {
        let deep = String(repeating: "[", count: 100_000)
        #expect(await send(deep).status == 422)
        #expect(await send(#"{"contract":"a","to":\#(deep),"subject":"s"}"#).status == 422)
        #expect(await respond(HTTPRequest("POST", "/v1/notifications", body: [0xFF, 0xFE, 0x00])).status == 422)
        #expect(control.calls.isEmpty)
    }
}
