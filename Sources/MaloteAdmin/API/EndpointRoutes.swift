// Routes of endpoints, of events that they refused and of pullers' acknowledgements; knows no schedule.

import MaloteCore

enum EndpointRoutes {
    static let all = [
        Route("GET", "/v1/endpoints", query: ["contract"], list),
        Route("GET", "/v1/contracts/{name}/endpoint", show),
        Route("POST", "/v1/contracts/{name}/endpoint/enable") { ask throws(Problem) in
            .json(try await ask.control.setEndpoint(ask["name"], isEnabled: true))
        },
        Route("POST", "/v1/contracts/{name}/endpoint/disable") { ask throws(Problem) in
            .json(try await ask.control.setEndpoint(ask["name"], isEnabled: false))
        },
        Route("POST", "/v1/contracts/{name}/endpoint/retry") { ask throws(Problem) in
            .json(try await ask.control.retryEndpoint(ask["name"]))
        },
        Route("POST", "/v1/contracts/{name}/endpoint/replay", query: ["after", "since", "dry-run"], replay),
        Route("GET", "/v1/refused-events", query: ["contract", "state", "limit"], refusedEvents),
        Route("POST", "/v1/contracts/{name}/dead-events/{action}", query: ["event", "all"], changeDeadEvents),
        Route("POST", "/v1/contracts/{name}/events/acknowledge", body: .json, acknowledge),
    ]

    static func list(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.endpoints(contract: ask.query("contract")))
    }

    static func show(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.endpoint(ask["name"]))
    }

    static func replay(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let wish = ReplayWish(contract: ask["name"], point: try point(ask))
        return .json(try await ask.control.replay(wish, dryRun: try ask.flag("dry-run")))
    }

    /// `after=EVENT` or `since=TIME`.
    private static func point(_ ask: APIRequest) throws(Problem) -> ReplayWish.Point {
        switch (ask.query("after"), ask.query("since")) {
        case (let event?, nil): return .after(event: event)
        case (nil, let text?):
            guard let time = Timestamp(rfc3339: text) else {
                throw AdminRouter.invalid(
                    "since", "\"\(text.onOneLine)\" is no time.", "Write 2026-11-21 or 2026-11-21T08:00:00Z, in UTC.")
            }
            return .since(time)
        default:
            throw AdminRouter.invalid(
                "after, since", "one of them says from where on events are delivered again.",
                "Write after=EVENT or since=TIME.")
        }
    }

    // MARK: - Refused events

    static func refusedEvents(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let state = try ask.query("state").map { (text) throws(Problem) in
            guard let state = RefusedEvent.State(rawValue: text) else {
                let known = RefusedEvent.State.allCases.map(\.rawValue).joined(separator: " or ")
                throw AdminRouter.invalid("state", "\"\(text.onOneLine)\" is not known.", "Write \(known).")
            }
            return state
        }
        let limit = try ask.number("limit", default: 1000)
        return .json(try await ask.control.refusedEvents(contract: ask.query("contract"), state: state, limit: limit))
    }

    /// `event=ID`, or `all`.
    static func changeDeadEvents(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        guard let action = DeadEventAction(rawValue: ask["action"]) else { throw AdminRouter.notFound(ask.request) }
        let event = ask.query("event")
        guard try ask.flag("all") == (event == nil) else {
            throw AdminRouter.invalid("event", "It is not said which dead letters.", "Write event=ID, or all.")
        }
        let changed = try await ask.control.changeDeadEvents(action, contract: ask["name"], event: event)
        return .json(["changed": changed])
    }

    // MARK: - Pullers

    private struct AcknowledgeBody: Decodable { var event: String }

    static func acknowledge(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let body = try ask.decode(AcknowledgeBody.self)
        return .json(try await ask.control.acknowledge(contract: ask["name"], event: body.event))
    }
}
