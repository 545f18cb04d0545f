// Routes of what starts flows, and of steps that wait; knows no flow.

import MaloteCore

enum FlowRoutes {
    static let all = [
        Route("GET", "/v1/triggers", query: ["ticket", "after", "limit"], triggers),
        Route("GET", "/v1/contracts/{name}/triggers", query: ["ticket", "after", "limit"], triggers),
        Route("POST", "/v1/contracts/{name}/triggers", body: .json, keepsKey: true, trigger),
        Route("GET", "/v1/planned-steps", query: ["contract", "flow", "ticket", "after", "limit"], plannedSteps),
        Route("DELETE", "/v1/planned-steps/{id}", cancel),
    ]

    static func triggers(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        try ask.list(
            try await ask.control.triggers(
                contract: ask.names["name"], ticket: ask.query("ticket"), page: try ask.page))
    }

    static func trigger(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let body = try ask.decode(TriggerBody.self)
        let receipt = try await ask.control.trigger(
            TriggerRequest(
                contract: ask["name"], flow: body.flow, on: body.on, ticket: body.ticket, data: body.data ?? .null,
                files: (body.attachments ?? []).map(\.file),
                idempotencyKey: body.idempotencyKey ?? ask.idempotencyKey))
        return .json(receipt, status: receipt.repeated ? 200 : 201)
    }

    private struct TriggerBody: Decodable {
        struct Attachment: Decodable {
            var name: String
            var type: String?
            /// Base64.
            var content: String

            var file: Occasion.File {
                Occasion.File(name: name, type: type ?? "application/octet-stream", base64: content)
            }
        }

        var flow, on, ticket: String?
        var data: JSONValue?
        var attachments: [Attachment]?
        var idempotencyKey: String?
    }

    static func plannedSteps(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        try ask.list(
            try await ask.control.plannedSteps(
                contract: ask.query("contract"), flow: ask.query("flow"), ticket: ask.query("ticket"),
                page: try ask.page))
    }

    static func cancel(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.cancel(plannedStep: try ask.id()))
    }
}
