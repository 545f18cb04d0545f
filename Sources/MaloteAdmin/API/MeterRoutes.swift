// Routes of numbers and alerts; knows no rule of either.

import MaloteCore

enum MeterRoutes {
    static let all = [
        Route("GET", "/v1/course", query: ["contract", "hours"], course),
        Route("GET", "/v1/alerts", alerts),
        Route("POST", "/v1/alerts/test", test),
    ]

    static func course(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let hours = try ask.number("hours", default: 24)
        return .json(try await ask.control.course(contract: ask.query("contract"), hours: hours))
    }

    static func alerts(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.alerts())
    }

    static func test(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.testAlert(), status: 201)
    }
}

extension AdminRouter {
    /// `GET /metrics` for scrapers. It names contracts and their loads: on TCP it is for this machine itself, and for
    /// tokens that see all contracts.
    func metrics(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        guard ["GET", "HEAD"].contains(request.method) else { throw Self.notAllowed(request, ["GET", "HEAD"]) }
        let isOpen = door == .tcp && Self.bearer(request) == nil && Self.isLocal(request)
        let caller = isOpen ? Caller(name: "this machine", role: .reader(nil)) : try await caller(of: request)
        let format = MetricsText(accept: request.headers["accept"])
        let families = try await GuardedControl(control, for: caller).metrics()
        return .text(200, format.write(families), type: format.contentType)
    }

    /// Whether a request on TCP comes from this machine itself, and not through a proxy of it.
    static func isLocal(_ request: HTTPRequest) -> Bool {
        // Of IPv6 only the network is known; nobody else can have that of the loopback address.
        ["127.0.0.1", "::"].contains(request.client)
            && !["forwarded", "x-forwarded-for", "x-real-ip", "via"].contains { request.headers[$0] != nil }
    }
}
