// Routes of what starts flows; knows no flow.

import Foundation
import MaloteCore

extension AdminRouter {
    /// `POST /v1/contracts/NAME/triggers` runs flows (`on` or `flow`, `ticket`, `data`, `attachments`); once for one
    /// `Idempotency-Key`. `GET` there, or of `/v1/triggers`, tells what ran (`?ticket=&limit=`).
    func triggers(_ request: HTTPRequest, contract: String?) async throws(Problem) -> HTTPResponse {
        switch (request.method, contract) {
        case ("GET", _):
            let limit = try Self.number(request, "limit", default: 100)
            return .json(
                try await control.triggers(contract: contract, ticket: request.query["ticket"], limit: limit))
        case ("POST", let contract?):
            let body = try Self.decode(TriggerBody.self, request.body)
            let receipt = try await control.trigger(
                TriggerRequest(
                    contract: contract, flow: body.flow, on: body.on, ticket: body.ticket, data: body.data ?? .null,
                    files: (body.attachments ?? []).map(\.file),
                    idempotencyKey: body.idempotencyKey ?? Self.idempotencyKey(request)))
            return .json(receipt, status: receipt.repeated ? 200 : 201)
        default: throw Self.notAllowed(request, ["GET", "POST"])
        }
    }

    /// `GET /v1/planned-steps` lists (`?contract=&flow=&ticket=`), `DELETE /v1/planned-steps/ID` calls one off.
    func plannedSteps(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard let id = rest.first else {
            let query = request.query
            return .json(
                try await only("GET", request, rest) { () throws(Problem) in
                    try await control.plannedSteps(
                        contract: query["contract"], flow: query["flow"], ticket: query["ticket"])
                })
        }
        guard rest.count == 1, let number = Int64(id) else { throw Self.notFound(request) }
        guard request.method == "DELETE" else { throw Self.notAllowed(request, ["DELETE"]) }
        return .json(try await control.cancel(plannedStep: number))
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

    /// An empty body is none.
    static func turn(_ request: HTTPRequest, isClosed: Bool) throws(Problem) -> TicketTurn {
        let data = request.body.isEmpty ? nil : try decode(TurnBody.self, request.body).data
        return TicketTurn(isClosed: isClosed, isQuiet: try flag(request, "quiet"), data: data ?? .null)
    }

    private struct TurnBody: Decodable { var data: JSONValue? }
}
