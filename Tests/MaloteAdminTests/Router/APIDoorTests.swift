// The API's door: paces, parameters and types that are not known, entity tags, keys and pages.

import MaloteCore
import Synchronization
import Testing

@testable import MaloteAdmin

@Suite struct APIDoorTests {
    private let control = FakeControl(callers: [
        "good": Caller(name: "ci", role: .admin), "eye": Caller(name: "eye", role: .reader(nil)),
    ])

    private func respond(
        _ method: String, _ path: String, query: [String: String] = [:], headers: [String: String] = [:],
        body: String = ""
    ) async -> HTTPResponse {
        let router = AdminRouter(control: control, door: .controlSocket) { true }
        return await router.respond(
            to: HTTPRequest(method, path, query: query, headers: headers, body: Array(body.utf8), user: "root"))
    }

    // MARK: - Who

    @Test func aWrongTokenIsRefusedAndAfterManyOnlyLater() async {
        let router = AdminRouter(control: control, door: .tcp) { true }
        func ask(_ token: String, from client: String) async -> HTTPResponse {
            await router.respond(
                to: HTTPRequest("GET", "/v1/status", headers: ["authorization": "Bearer \(token)"], client: client))
        }
        for _ in 0..<1000 { #expect(await ask("bad", from: "192.0.2.1").status == 401) }
        for _ in 0..<100 { _ = await ask("bad", from: "192.0.2.1") }
        let late = await ask("bad", from: "192.0.2.1")
        #expect(late.status == 429)
        #expect(late.headers["Retry-After"] == "60")
        // Others, and whoever has a token, are not held up.
        #expect(await ask("bad", from: "192.0.2.2").status == 401)
        #expect(await ask("good", from: "192.0.2.1").status == 200)
    }

    @Test func aCallerThatAsksTooFastWaits() async {
        let router = AdminRouter(control: control, door: .tcp) { true }
        var (statuses, waits): (Set<Int>, Set<String?>) = ([], [])
        for _ in 0..<1000 {
            let request = HTTPRequest("GET", "/v1/status", headers: ["authorization": "Bearer good"])
            let response = await router.respond(to: request)
            statuses.insert(response.status)
            waits.insert(response.headers["Retry-After"])
        }
        #expect(statuses == [200, 429])
        #expect(waits == [nil, "1"])
        let other = HTTPRequest("GET", "/v1/status", headers: ["authorization": "Bearer eye"])
        #expect(await router.respond(to: other).status == 200)
        // The control socket is not limited.
        for _ in 0..<400 { #expect(await respond("GET", "/v1/status").status == 200) }
    }

    @Test func theAuditLogHearsWhoItWas() async {
        let router = AdminRouter(control: control, door: .tcp) { true }
        let request = HTTPRequest(
            "DELETE", "/v1/flows/x", headers: ["authorization": "Bearer good"], client: "192.0.2.7")
        _ = await router.respond(to: request)
        _ = await respond("DELETE", "/v1/flows/y")
        let told = control.told.withLock { $0 }
        #expect(told.map(\.who) == ["ci", "root"])
        #expect(told.map(\.place) == ["192.0.2.7", "control socket"])
        #expect(told.map(\.subject) == ["flow x", "flow y"])
    }

    @Test func onlyWhoIsKnownMaySendMuch() async {
        let router = AdminRouter(control: control, door: .tcp) { true }
        func limit(_ path: String, _ token: String?) async -> Int {
            await router.bodyLimit(
                for: HTTPRequest("POST", path, headers: token.map { ["authorization": "Bearer \($0)"] } ?? [:]))
        }
        #expect(await limit("/v1/notifications", nil) == 16_384)
        #expect(await limit("/v1/notifications", "bad") == 16_384)
        #expect(await limit("/v1/notifications", "good") == 48 << 20)
        #expect(await limit("/v1/registry", "good") == 4 << 20)
        #expect(await limit("/a/x", "good") == 16_384)
        #expect(await limit("/v1/openapi.yaml", nil) == 16_384)
    }

    /// An IPv4 client of an IPv6 socket is not everybody who has an IPv4 address, and not this machine.
    @Test(arguments: [
        ([127, 0, 0, 1], "127.0.0.1"), ([192, 0, 2, 7], "192.0.2.7"),
        ([UInt8](repeating: 0, count: 10) + [255, 255, 192, 0, 2, 7], "192.0.2.7"),
        ([UInt8](repeating: 0, count: 15) + [1], "::"),
        ([0x20, 1, 0xD, 0xB8, 0, 0, 0, 1] + [UInt8](repeating: 7, count: 8), "2001:db8:0:1::"), ([1, 2, 3], ""),
    ])
    func aClientIsItsAddressOrItsNetwork(_ octets: [UInt8], _ words: String) {
        #expect(ClientAddress.words(octets) == words)
    }

    // MARK: - What

    @Test(arguments: [("dryrun", "Did you mean"), ("x", "Known parameters: dry-run, prune.")])
    func aParameterThatIsNotKnownIsRefused(_ name: String, _ remedy: String) async {
        let response = await respond("PUT", "/v1/registry", query: [name: "true"], body: "{}")
        #expect(response.status == 422)
        #expect(response.text.contains(remedy))
        #expect(control.calls.isEmpty)
    }

    @Test(arguments: [
        ("PUT", "/v1/registry", "application/x-www-form-urlencoded", 415),
        ("PUT", "/v1/registry", "text/yaml; a=b", 200),
        ("POST", "/v1/notifications", "text/plain", 415), ("POST", "/v1/quarantine/replay", "application/json", 415),
        ("POST", "/v1/mailboxes", "application/json;charset=utf-8", 201),
        ("POST", "/v1/import/mailboxes", "text/csv", 200),
    ])
    func aBodyOfAnotherTypeIsRefused(_ method: String, _ path: String, _ type: String, _ status: Int) async {
        let response = await respond(method, path, headers: ["content-type": type], body: "{}")
        #expect(response.status == status)
    }

    @Test(arguments: [
        ("/v1/status", "*/*", 200), ("/v1/status", "text/html, application/*;q=0.5", 200),
        ("/v1/status", "text/html", 406),
        ("/v1/status", "application/json;q=0", 406), ("/v1/registry", "application/json", 200),
        ("/v1/events", "application/jsonl", 200), ("/v1/events", "application/json", 406), ("/v1/status", "", 200),
    ])
    func onlyWhatThereIsCanBeHad(_ path: String, _ accept: String, _ status: Int) async {
        #expect(await respond("GET", path, headers: ["accept": accept]).status == status)
    }

    @Test func theRegistryComesAsItIsWanted() async {
        _ = await respond("GET", "/v1/registry", headers: ["accept": "application/json"])
        #expect(control.calls == ["export json"])
    }

    @Test func headIsGetAndOptionsSaysWhatThereIs() async {
        #expect(await respond("HEAD", "/v1/status").status == 200)
        let options = await respond("OPTIONS", "/v1/contracts/acme/triggers")
        #expect(options.status == 204)
        #expect(options.headers["Allow"] == "GET, POST, HEAD, OPTIONS")
    }

    @Test(arguments: ["mailboxes[0].port", "a.b[12].c", "x", "", "to[3]", "a/b~c"])
    func aFieldIsAPointerToo(_ field: String) {
        let pointers = [
            "mailboxes[0].port": "/mailboxes/0/port", "a.b[12].c": "/a/b/12/c", "x": "/x", "": "", "to[3]": "/to/3",
            "a/b~c": "/a~1b~0c",
        ]
        #expect(ProblemView.pointer(field) == pointers[field])
    }

    /// One object is planned as a document, and its body is the object alone.
    @Test(arguments: [
        ("PATCH", "/v1/mailboxes/acme-in", "/port"), ("POST", "/v1/mailboxes", "/port"),
        ("PUT", "/v1/registry", "/mailboxes/0/port"), ("POST", "/v1/import/mailboxes", "/mailboxes/0/port"),
    ])
    func aPointerStartsAtTheBody(_ method: String, _ path: String, _ pointer: String) async {
        let error = DocumentError(field: "mailboxes[0].port", message: "is odd.")
        let refusing = FakeControl(refusing: Problem(status: 422, title: "No", detail: "", errors: [error]))
        let response = await AdminRouter(control: refusing, door: .controlSocket) { true }.respond(
            to: HTTPRequest(method, path, body: Array("{}".utf8)))
        #expect(response.text.contains("\"pointer\":\"\(pointer)\""))
    }

    // MARK: - Tags

    @Test(arguments: [
        "/v1/registry", "/v1/mailboxes/acme-in", "/v1/contracts/acme", "/v1/flows/confirm", "/v1/templates/opened",
    ])
    func whoHasItAlreadyIsToldSo(_ path: String) async throws {
        let first = await respond("GET", path)
        let tag = try #require(first.headers["ETag"])
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
        for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            let again = await respond("GET", path, headers: ["if-none-match": known])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            #expect(again.headers["ETag"] == tag)
        }
        #expect(await respond("GET", path, headers: ["if-none-match": "\"x\""]).status == 200)
    }

    @Test func whatHasChangedMeanwhileIsNotWrittenOver() async throws {
        let tag = try #require(await respond("GET", "/v1/mailboxes/acme-in").headers["ETag"])
        for method in ["PATCH", "DELETE"] {
            func status(_ field: String) async -> Int {
                await respond(method, "/v1/mailboxes/acme-in", headers: ["if-match": field]).status
            }
            #expect(await status(tag) == 200)
            #expect(await status("*") == 200)
            #expect(await status("\"x\"") == 412)
            // A weak tag matches nothing here (RFC 9110 §13.1.1).
            #expect(await status("W/\(tag)") == 412)
        }
        // What is not there is for the mail room to say.
        #expect(await respond("DELETE", "/v1/mailboxes/none", headers: ["if-match": tag]).status == 200)
        #expect(await respond("PUT", "/v1/registry", headers: ["if-match": "\"x\""]).status == 412)
    }

    @Test func aTagCoversSecretsAndTellsNothingOfThem() {
        var other = Sample.registry
        other.mailboxes[0].login?.password = .literal(Secret("other"))
        let (a, b) = (Sample.registry.tag(of: .mailboxes, "acme-in"), other.tag(of: .mailboxes, "acme-in"))
        #expect(a != b)
        #expect(a == Sample.registry.tag(of: .mailboxes, "acme-in"))
    }

    // MARK: - Keys and pages

    @Test func aRequestWithAKeyIsAnsweredFromMemoryTheSecondTime() async {
        let headers = ["idempotency-key": "\"k\""]
        let first = await respond("POST", "/v1/flows", headers: headers, body: "{}")
        let again = await respond("POST", "/v1/flows", headers: headers, body: "{}")
        #expect(first.status == 201)
        #expect(again.status == 201)
        #expect(again.body == first.body)
        #expect(again.headers["Idempotency-Replayed"] == "true")
        #expect(control.calls == ["add flows {}"])
        #expect(await respond("POST", "/v1/flows", headers: ["idempotency-key": ""], body: "{}").status == 422)
        _ = await respond("POST", "/v1/flows", query: ["dry-run": ""], headers: headers, body: "{}")
        #expect(control.calls.count == 2)
    }

    @Test func aFullPageLeadsToTheNext() async {
        let full = await respond("GET", "/v1/messages", query: ["limit": "1", "search": "a&b"])
        #expect(full.headers["Link"] == "</v1/messages?after=7&limit=1&search=a%26b>; rel=\"next\"")
        #expect(await respond("GET", "/v1/messages", query: ["limit": "2"]).headers["Link"] == nil)
        let log = await respond("GET", "/v1/contracts/acme/events", query: ["limit": "2"])
        #expect(log.headers["Link"] == "</v1/contracts/acme/events?after=1&limit=2>; rel=\"next\"")
    }

    @Test(arguments: ["0", "1001", "99999999999999999999", "-1", "x"])
    func aPageHasALimit(_ limit: String) async {
        #expect(await respond("GET", "/v1/audit", query: ["limit": limit]).status == 422)
        #expect(control.calls.isEmpty)
    }
}
