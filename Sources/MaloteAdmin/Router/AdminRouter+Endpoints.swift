// Routes of endpoints, of events that they refused and of pullers' acknowledgements; knows no schedule.

import MaloteCore

extension AdminRouter {
    /// `GET /v1/endpoints` lists (`?contract=`).
    func endpoints(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        .json(
            try await only("GET", request, rest) { () throws(Problem) in
                try await control.endpoints(contract: request.query["contract"])
            })
    }

    /// `GET /v1/contracts/NAME/endpoint` shows one; `POST` of its `/enable`, `/disable`, `/retry` or `/replay` changes it.
    func endpoint(_ contract: String, _ verbs: [String], _ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        guard verbs.count <= 1 else { throw Self.notFound(request) }
        guard let verb = verbs.first else {
            guard request.method == "GET" else { throw Self.notAllowed(request, ["GET"]) }
            return .json(try await control.endpoint(contract))
        }
        guard ["enable", "disable", "retry", "replay"].contains(verb) else { throw Self.notFound(request) }
        guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
        switch verb {
        case "enable", "disable":
            return .json(try await control.setEndpoint(contract, isEnabled: verb == "enable"))
        case "retry": return .json(try await control.retryEndpoint(contract))
        default:
            let dryRun = try Self.flag(request, "dry-run")
            let wish = ReplayWish(contract: contract, point: try Self.point(request))
            return .json(try await control.replay(wish, dryRun: dryRun))
        }
    }

    /// `?after=EVENT` or `?since=TIME`.
    private static func point(_ request: HTTPRequest) throws(Problem) -> ReplayWish.Point {
        switch (request.query["after"], request.query["since"]) {
        case (let event?, nil): return .after(event: event)
        case (nil, let text?):
            guard let time = Timestamp(rfc3339: text) else {
                throw invalid("since", "\"\(text)\" is no time.", "Write 2026-11-21 or 2026-11-21T08:00:00Z, in UTC.")
            }
            return .since(time)
        default:
            throw invalid(
                "after, since", "one of them says from where on events are delivered again.",
                "Write after=EVENT or since=TIME.")
        }
    }

    // MARK: - Refused events

    /// `GET /v1/refused-events?contract=&state=&limit=` lists.
    func refusedEvents(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        let state = try request.query["state"].map { (text) throws(Problem) in
            guard let state = RefusedEvent.State(rawValue: text) else {
                let known = RefusedEvent.State.allCases.map(\.rawValue).joined(separator: " or ")
                throw Self.invalid("state", "\"\(text)\" is not known.", "Write \(known).")
            }
            return state
        }
        let limit = try Self.number(request, "limit", default: 1000)
        return .json(
            try await only("GET", request, rest) { () throws(Problem) in
                try await control.refusedEvents(contract: request.query["contract"], state: state, limit: limit)
            })
    }

    /// `POST /v1/contracts/NAME/dead-events/retry|drop?event=ID`, or `?all`.
    func deadEvents(_ contract: String, _ verb: String, _ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        guard let action = DeadEventAction(rawValue: verb) else { throw Self.notFound(request) }
        guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
        let event = request.query["event"]
        guard try Self.flag(request, "all") == (event == nil) else {
            throw Self.invalid("event", "It is not said which dead letters.", "Write event=ID, or all.")
        }
        return .json(["changed": try await control.changeDeadEvents(action, contract: contract, event: event)])
    }

    // MARK: - Pullers

    private struct AcknowledgeBody: Decodable { var event: String }

    /// `POST /v1/contracts/NAME/events/acknowledge` with `{"event": ID}`.
    func acknowledge(_ contract: String, _ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
        let body = try Self.decode(AcknowledgeBody.self, request.body)
        return .json(try await control.acknowledge(contract: contract, event: body.event))
    }
}
