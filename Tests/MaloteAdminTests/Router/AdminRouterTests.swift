// Which request asks the mail room for what, and what comes of a request that fits nothing.

import MaloteCore
import Testing

@testable import MaloteAdmin

@Suite struct AdminRouterTests {
    private let control = FakeControl()

    private func respond(_ request: HTTPRequest, door: AdminRouter.Door = .controlSocket) async -> HTTPResponse {
        await AdminRouter(control: control, door: door) { true }.respond(to: request)
    }

    struct Route: Sendable {
        var method: String
        var path: String
        var query: [String: String] = [:]
        var status = 200
        /// What the mail room is asked; the registry is only looked at.
        var call: String?

        init(
            _ method: String, _ path: String, _ query: [String: String] = [:], status: Int = 200, call: String? = nil
        ) {
            (self.method, self.path, self.query, self.status, self.call) = (method, path, query, status, call)
        }

        var request: HTTPRequest { HTTPRequest(method, path, query: query, body: Array("{}".utf8)) }
    }

    static let sections = RegistrySection.allCases.map(\.rawValue)
    static let names = ["mailboxes": "acme-in", "contracts": "acme", "flows": "confirm", "templates": "opened"]

    static let contractRoutes: [Route] = [
        Route("POST", "/v1/contracts", ["from": "standard"], status: 201, call: "copy standard {}"),
        Route("POST", "/v1/mailboxes", ["from": "standard"], status: 422),
        Route("GET", "/v1/contracts/acme/registry", call: "export of acme"),
        Route("GET", "/v1/contracts/acme/tickets", call: "tickets of acme after 0 limit 100"),
        Route(
            "GET", "/v1/contracts/acme/notifications", ["after": "7"], call: "notifications of acme after 7 limit 100"),
        Route("GET", "/v1/notifications/7/raw", call: "content of 7"),
        Route("POST", "/v1/notifications/7/raw", status: 405),
        Route("POST", "/v1/contracts/acme/erase", ["dry-run": ""], call: "erase acme dry"),
        Route("POST", "/v1/contracts/acme/erase", call: "erase acme"),
        Route("GET", "/v1/contracts/acme/erase", status: 405),
        Route(
            "POST", "/v1/contracts/acme/moved",
            ["what": "message", "received": "2026-11-21T08:00:00Z", "fate": "opened", "ticket": "ACME-1"],
            call: "move opened ACME-1 {} into acme"),
        Route("POST", "/v1/contracts/acme/moved", ["what": "events"], status: 422),
        Route("POST", "/v1/contracts/acme/moved", ["what": "tickets"], status: 422),
        Route("POST", "/v1/contracts/acme/moved", ["what": "message", "fate": "lost"], status: 422),
        Route("POST", "/v1/contracts/acme/moved", status: 422),
    ]

    static let messageRoutes: [Route] = [
        Route("GET", "/v1/messages", call: "messages - - - - - - 0 100"),
        Route(
            "GET", "/v1/messages",
            [
                "contract": "c", "inbox": "i", "ticket": "t", "fate": "f", "since": "d", "search": "s",
                "after": "9", "limit": "5",
            ], call: "messages c i t f d s 9 5"),
        Route("GET", "/v1/messages/7", call: "message 7 -"),
        Route("GET", "/v1/messages/7", ["contract": "c"], call: "message 7 c"),
        Route("GET", "/v1/messages/<a%2Fb@x>", call: "message <a/b@x> -"),
        Route("GET", "/v1/messages/<a%2Fraw>", call: "message <a/raw> -"),
        Route("GET", "/v1/messages/7/explain", call: "explain 7 -"),
        Route("GET", "/v1/messages/<a%2Fb@x>/explain", ["contract": "c"], call: "explain <a/b@x> c"),
        Route("GET", "/v1/messages/7/raw", call: "raw 7 -"),
        Route("GET", "/v1/quarantine", call: "quarantine - - - - - 100"),
        Route(
            "GET", "/v1/quarantine", ["contract": "c", "inbox": "i", "since": "d", "search": "s", "limit": "2"],
            call: "quarantine - c i d s 2"),
        Route("GET", "/v1/quarantine/u12", call: "quarantine u12 - - - - 1000"),
        Route("POST", "/v1/quarantine/replay", call: "replay - - - - - 1000"),
        Route(
            "POST", "/v1/quarantine/replay", ["id": "7", "dry-run": "", "pass-rules": "yes"],
            call: "replay 7 - - - - 1000 passing dry"),
        Route("POST", "/v1/tickets/ACME-1/close", ["contract": "c"], call: "turn ACME-1 c true -"),
        Route("POST", "/v1/tickets/ACME-1/reopen", ["quiet": ""], call: "turn ACME-1 - false quiet -"),
        Route("GET", "/v1/planned-steps", ["flow": "f", "ticket": "A-1"], call: "planned - f A-1"),
        Route("DELETE", "/v1/planned-steps/5", call: "cancel step 5"),
        Route("GET", "/v1/triggers", ["ticket": "A-1"], call: "triggers - A-1"),
        Route("GET", "/v1/contracts/acme/triggers", ["limit": "3"], call: "triggers acme - limit 3"),
        Route("POST", "/v1/contracts/acme/triggers", status: 201, call: "trigger acme - - - [] -"),
        Route("GET", "/v1/tickets/ACME-1", call: "ticket ACME-1 -"),
        Route(
            "POST", "/v1/tickets/ACME-1/link", ["external": "INC 1", "contract": "c"], call: "link ACME-1 c INC 1"),
    ]

    static let templateRoutes: [Route] = [
        Route("GET", "/v1/templates/opened", ["language": "pt-br"]),
        Route("DELETE", "/v1/templates/opened", ["language": "pt-BR"], call: "delete templates opened pt-BR"),
        Route("PATCH", "/v1/templates/opened", ["language": "en"], call: "edit templates opened en {}"),
        Route("POST", "/v1/templates/opened/preview", call: "preview opened - - - -"),
        Route("POST", "/v1/templates/opened/preview", ["language": "en"], call: "preview opened en - - -"),
        Route("GET", "/v1/templates/opened/versions", call: "versions opened -"),
        Route("GET", "/v1/templates/opened/versions/2", ["language": "pt-BR"], call: "version opened pt-BR 2"),
        Route("POST", "/v1/templates/opened/versions/2/restore", call: "restore opened - 2"),
        Route(
            "POST", "/v1/templates/opened/versions/2/restore", ["language": "de", "dry-run": ""],
            call: "restore opened de 2 dry"),
        Route("POST", "/v1/import/mailboxes", call: "import {} csv -"),
        Route(
            "POST", "/v1/import/mailboxes",
            ["format": "yaml", "contract-column": "Cliente", "create-contracts": "", "dry-run": "1"],
            call: "import {} yaml Cliente creating dry"),
        Route("POST", "/v1/import/mailboxes", ["document": ""], call: "document of {} csv -"),
    ]

    static let routes: [Route] = messageRoutes + contractRoutes + templateRoutes + otherRoutes

    private static let otherRoutes: [Route] =
        [
            Route("GET", "/v1/status", call: "status"), Route("GET", "/v1/registry", call: "export yaml"),
            Route("GET", "/v1/registry", ["format": "json"], call: "export json"),
            Route("PUT", "/v1/registry", call: "document {}"),
            Route("PUT", "/v1/registry", ["prune": ""], call: "document {} pruning"),
            Route("PUT", "/v1/registry", ["prune": "true", "dry-run": "1"], call: "document {} pruning dry"),
            Route("PUT", "/v1/registry", ["prune": "No", "dry-run": "false"], call: "document {}"),
            Route("POST", "/v1/mailboxes/acme-in/poll", status: 202, call: "poll acme-in"),
            Route("POST", "/v1/mailboxes/a/backfill", ["all": ""], status: 202, call: "backfill a all"),
            Route(
                "POST", "/v1/mailboxes/a/backfill", ["since": "2026-01-01", "dry-run": "true"],
                call: "backfill a 2026-01-01 dry"),
            Route("POST", "/v1/mailboxes/acme-in/test", call: "test acme-in"),
            Route("POST", "/v1/mailboxes/a/test", ["round-trip": "b"], call: "test a with b to -"),
            Route(
                "POST", "/v1/mailboxes/a/test", ["round-trip": "b", "to": "c@d"], call: "test a with b to c@d"),
            Route("GET", "/v1/events", call: "events - - 100 0"),
            Route(
                "GET", "/v1/events", ["contract": "acme", "after": "7f", "limit": "5", "wait": "30"],
                call: "events acme 7f 5 30"),
            Route("GET", "/v1/contracts/acme/events", ["limit": "1"], call: "events acme - 1 0"),
            Route("GET", "/v1/queue", call: "queue - - 0 [] 100"),
            Route("GET", "/v1/suppressions", ["contract": "acme"], call: "suppressions acme"),
            Route(
                "POST", "/v1/suppressions", ["contract": "acme", "address": "a@x.example", "reason": "gone"],
                status: 201, call: "suppress acme a@x.example gone"),
            Route(
                "DELETE", "/v1/suppressions", ["contract": "acme", "address": "a@x.example"],
                call: "unsuppress acme a@x.example"),
            Route(
                "POST", "/v1/drill", ["outbox": "out", "fault": "hang-after-data", "for": "30"], status: 409,
                call: "drill out hang-after-data 30"),
            Route(
                "GET", "/v1/queue",
                ["contract": "acme", "outbox": "o", "notification": "12", "state": "sent,failed", "limit": "2"],
                call: #"queue acme o 12 ["sent", "failed"] 2"#),
        ]
        + QueueAction.allCases.map {
            Route("POST", "/v1/queue/\($0)", ["state": "queued"], call: "\($0) - - 0 [\"queued\"] 1000")
        }
        + sections.flatMap { section in
            let name = names[section] ?? ""
            return [
                Route("GET", "/v1/\(section)"), Route("GET", "/v1/\(section)/\(name)"),
                Route("POST", "/v1/\(section)", status: 201, call: "add \(section) {}"),
                Route("POST", "/v1/\(section)", ["dry-run": "yes"], call: "add \(section) {} dry"),
                Route("PATCH", "/v1/\(section)/\(name)", call: "edit \(section) \(name) {}"),
                Route("PATCH", "/v1/\(section)/\(name)", ["dry-run": ""], call: "edit \(section) \(name) {} dry"),
                Route("DELETE", "/v1/\(section)/a b", call: "delete \(section) a b"),
                Route("DELETE", "/v1/\(section)/x", ["dry-run": "on"], call: "delete \(section) x dry"),
            ]
        }

    @Test(arguments: routes)
    func aRouteAsksForOneThing(_ route: Route) async {
        let response = await respond(route.request)
        #expect(response.status == route.status)
        #expect(control.calls == [route.call].compactMap { $0 })
        let caching = response.headers["ETag"] == nil ? "no-store" : "private, no-cache"
        #expect(response.headers["Cache-Control"] == caching)
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
    }

    static let methods: [(String, allowed: [String])] =
        [
            ("/v1/status", ["GET"]), ("/v1/registry", ["GET", "PUT"]), ("/v1/events", ["GET"]),
            ("/v1/notifications", ["POST"]), ("/v1/queue", ["GET"]), ("/v1/queue/retry", ["POST"]),
            ("/v1/mailboxes/acme-in/poll", ["POST"]), ("/v1/mailboxes/acme-in/test", ["POST"]),
            ("/v1/contracts/acme/events", ["GET"]),
        ] + sections.flatMap { [("/v1/\($0)", ["GET", "POST"]), ("/v1/\($0)/x", ["GET", "PATCH", "DELETE"])] }

    static let messageMethods: [(String, allowed: [String])] = [
        ("/v1/messages", ["GET"]), ("/v1/messages/7", ["GET"]), ("/v1/messages/7/raw", ["GET"]),
        ("/v1/quarantine", ["GET"]), ("/v1/quarantine/7", ["GET"]), ("/v1/quarantine/replay", ["POST"]),
        ("/v1/tickets/A-1", ["GET"]), ("/v1/tickets/A-1/link", ["POST"]),
        ("/v1/tickets/A-1/close", ["POST"]), ("/v1/planned-steps/5", ["DELETE"]),
        ("/v1/contracts/acme/triggers", ["GET", "POST"]),
    ]

    static let templateMethods: [(String, allowed: [String])] = [
        ("/v1/templates/x/preview", ["POST"]), ("/v1/templates/x/test", ["POST"]),
        ("/v1/templates/x/versions", ["GET"]), ("/v1/templates/x/versions/1", ["GET"]),
        ("/v1/templates/x/versions/1/restore", ["POST"]), ("/v1/import/mailboxes", ["POST"]),
    ]

    @Test(arguments: methods + messageMethods + templateMethods)
    func anotherMethodIsRefusedNamingTheRightOnes(_ path: String, _ allowed: [String]) async {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "get", "BREW"]
        where !allowed.contains(method) {
            let response = await respond(HTTPRequest(method, path))
            #expect(response.status == 405)
            #expect(response.type == "application/problem+json")
            #expect(response.text.contains("takes \(allowed.joined(separator: ", ")), not \(method)."))
            #expect(response.headers["Allow"]?.hasPrefix(allowed.joined(separator: ", ")) ?? false)
        }
        #expect(control.calls.isEmpty)
    }

    @Test(arguments: [
        "", "/", "/v1", "/v1/", "/v2/status", "v1/status", "//v1/status", "/v1//status", "/v1/status/", "/v1/status/x",
        "/V1/status", "/v1/Status", "/v1/registry/x", "/v1/events/x", "/v1/notifications/7", "/v1/queue/",
        "/v1/queue/retry/7", "/v1/mailboxes/a/b", "/v1/mailboxes/a/poll/", "/v1/mailboxes/a/test/",
        "/v1/flows/a/test", "/v1/contracts/a/poll",
        "/v1/flows/a/events", "/v1/mailboxes/a/events", "/v1/system", "/healthz/", "/metric", "/v1/messages/",
        "/v1/messages/7/x", "/v1/messages/7/raw/x", "/v1/quarantine/", "/v1/quarantine/7/x", "/v1/quarantine/replay/x",
        "/v1/templates/x/", "/v1/templates/x/show", "/v1/templates/x/versions/",
        "/v1/templates/x/versions/1/", "/v1/templates/x/versions/1/restore/x", "/v1/flows/x/versions",
        "/v1/import", "/v1/import/contracts", "/v1/import/mailboxes/x",
        "/v1/planned-steps/5/x", "/v1/tickets/", "/v1/tickets/A-1/x",
        "/v1/tickets/A-1/link/x",
    ])
    func nothingIsAtAnotherPath(_ path: String) async {
        for method in ["GET", "POST", "PUT"] {
            let response = await respond(HTTPRequest(method, path))
            #expect(response.status == 404)
            #expect(response.type == "application/problem+json")
        }
        #expect(control.calls.isEmpty)
    }

    @Test(arguments: [
        ("POST", "/v1/queue/drop"), ("GET", "/v1/templates/x/versions/one"), ("DELETE", "/v1/planned-steps/x"),
        ("GET", "/v1/approvals/99999999999999999999"), ("GET", "/v1/notifications/1e3/raw"),
    ])
    func aNameThatCannotBeIsNotThere(_ method: String, _ path: String) async {
        #expect(await respond(HTTPRequest(method, path)).status == 404)
        #expect(control.calls.isEmpty)
    }

    @Test func aProblemIsWrittenAsRFC9457Says() async {
        #expect(
            await respond(HTTPRequest("GET", "/v1/x")).text
                == #"{"detail":"There is nothing at /v1/x.","errors":[],"instance":"/v1/x","status":404,"#
                + #""title":"Not found","type":"urn:malote:problem:not-found"}"#)
    }

    // MARK: - Doors

    @Test(arguments: routes)
    func onTCPOnlyATokenOpensIt(_ route: Route) async {
        for field in [nil, "", "Bearer", "Bearer ", "Bearer x", "Basic Z29vZDo=", "good"] {
            var request = route.request
            request.headers["authorization"] = field
            let response = await respond(request, door: .tcp)
            #expect(response.status == 401)
            #expect(response.headers["WWW-Authenticate"] == "Bearer realm=\"malote\"")
        }
        #expect(control.calls.isEmpty)
        var request = route.request
        request.headers["authorization"] = "bearer  good "
        let opening = FakeControl(callers: ["good": Caller(name: "ci", role: .admin)])
        let response = await AdminRouter(control: opening, door: .tcp) { true }.respond(to: request)
        #expect(response.status == route.status)
        #expect(opening.calls == [route.call].compactMap { $0 })
    }

    @Test(arguments: [AdminRouter.Door.tcp, .controlSocket], [true, false])
    func theProbesAnswerAtBothDoors(_ door: AdminRouter.Door, _ isReady: Bool) async {
        let router = AdminRouter(control: control, door: door) { isReady }
        #expect(await router.respond(to: HTTPRequest("GET", "/healthz")) == .text(200, "ok\n"))
        #expect(
            await router.respond(to: HTTPRequest("GET", "/readyz"))
                == (isReady ? .text(200, "ready\n") : .text(503, "stopping\n")))
        #expect(control.calls.isEmpty)
    }

    // MARK: - Queries

    static let wrongQueries: [(String, String, field: String, value: String)] = [
        ("GET", "/v1/events", "limit", "x"), ("GET", "/v1/events", "limit", ""), ("GET", "/v1/events", "limit", "-1"),
        ("GET", "/v1/events", "wait", "1.5"), ("GET", "/v1/contracts/a/events", "wait", "99999999999999999999"),
        ("GET", "/v1/queue", "limit", "ten"), ("GET", "/v1/queue", "notification", "abc"),
        ("POST", "/v1/queue/cancel", "notification", ""), ("POST", "/v1/queue/cancel", "limit", "all"),
        ("PUT", "/v1/registry", "dry-run", "maybe"), ("PUT", "/v1/registry", "prune", "2"),
        ("POST", "/v1/flows", "dry-run", "ture"), ("PATCH", "/v1/flows/x", "dry-run", "t"),
        ("DELETE", "/v1/flows/x", "dry-run", "-"), ("GET", "/v1/messages", "limit", "-1"),
        ("GET", "/v1/messages", "after", "x"), ("GET", "/v1/quarantine", "limit", "x"),
        ("POST", "/v1/import/mailboxes", "format", "xls"), ("POST", "/v1/import/mailboxes", "document", "perhaps"),
        ("POST", "/v1/import/mailboxes", "create-contracts", "x"),
        ("POST", "/v1/templates/x/versions/1/restore", "dry-run", "x"),
        ("POST", "/v1/quarantine/replay", "dry-run", "ja"), ("POST", "/v1/quarantine/replay", "pass-rules", "2"),
    ]

    @Test(arguments: wrongQueries)
    func aQueryThatCannotBeMeantIsRefusedNamingIt(
        _ method: String, _ path: String, _ field: String, _ value: String
    ) async throws {
        let response = await respond(HTTPRequest(method, path, query: [field: value]))
        #expect(response.status == 422)
        #expect(response.text.contains("\"field\":\"\(field)\""))
        #expect(response.text.contains("\"remedy\":\"Write "))
        #expect(control.calls.isEmpty)
    }

    // MARK: - The mail room's refusals

    @Test(arguments: routes.filter { $0.call != nil })
    func aRefusalOfTheMailRoomIsHandedOn(_ route: Route) async {
        let error = DocumentError(line: 2, field: "port", message: "is odd.", remedy: "Use 993.")
        let refusing = FakeControl(refusing: Problem(status: 409, title: "No", detail: "Why.", errors: [error]))
        let response = await AdminRouter(control: refusing, door: .controlSocket) { true }.respond(to: route.request)
        #expect(response.status == 409)
        #expect(response.type == "application/problem+json")
        let pointer = route.request.body.isEmpty ? "" : #""pointer":"/port","#
        #expect(response.text.contains(#""errors":[{"field":"port","line":2,"message":"is odd.","#))
        #expect(response.text.contains(pointer + #""remedy":"Use 993."}]"#))
        #expect(response.text.contains(#""status":409,"title":"No","type":"urn:malote:problem:no"}"#))
    }
}
