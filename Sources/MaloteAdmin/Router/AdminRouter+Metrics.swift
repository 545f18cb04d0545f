// Routes of numbers and alerts; knows no rule of either.

import MaloteCore

extension AdminRouter {
    /// `GET /metrics` for scrapers. It names contracts and their loads.
    /// - Parameter isOpen: whether whoever asks may know.
    func metrics(_ request: HTTPRequest, isOpen: Bool) async throws(Problem) -> HTTPResponse {
        guard isOpen else { throw Self.notFound(request) }
        guard ["GET", "HEAD"].contains(request.method) else { throw Self.notAllowed(request, ["GET", "HEAD"]) }
        let format = MetricsText(accept: request.headers["accept"])
        return .text(200, format.write(try await control.metrics()), type: format.contentType)
    }

    /// Whether a request on TCP comes from this machine itself, and not through a proxy of it.
    static func isLocal(_ request: HTTPRequest) -> Bool {
        // Of IPv6 only the network is known; nobody else can have that of the loopback address.
        ["127.0.0.1", "::"].contains(request.client)
            && !["forwarded", "x-forwarded-for", "x-real-ip", "via"].contains { request.headers[$0] != nil }
    }

    /// `GET /v1/course?contract=&hours=`.
    func course(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        let hours = try Self.number(request, "hours", default: 24)
        return .json(
            try await only("GET", request, rest) { () throws(Problem) in
                try await control.course(contract: request.query["contract"], hours: hours)
            })
    }

    /// `GET /v1/alerts` lists; `POST /v1/alerts/test` sends one.
    func alerts(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        switch (request.method, rest) {
        case ("GET", []): return .json(try await control.alerts())
        case ("POST", ["test"]): return .json(try await control.testAlert(), status: 201)
        case (_, []): throw Self.notAllowed(request, ["GET"])
        case (_, ["test"]): throw Self.notAllowed(request, ["POST"])
        default: throw Self.notFound(request)
        }
    }
}
