// Routes of approvals for operators; knows no rule of voting.

import MaloteCore

extension AdminRouter {
    /// `GET /v1/approvals` lists (`?contract=&ticket=&state=`), `/v1/approvals/ID` shows one; `POST` of `ID/cancel` asks no
    /// more, `ID/vote` (`as`, `choice`, `comment`) votes for somebody who was asked.
    func approvals(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard let id = rest.first else {
            let query = request.query
            return .json(
                try await only("GET", request, rest) { () throws(Problem) in
                    try await control.approvals(
                        contract: query["contract"], ticket: query["ticket"], state: query["state"])
                })
        }
        guard let number = Int64(id), rest.count <= 2 else { throw Self.notFound(request) }
        switch rest.dropFirst().first {
        case nil:
            guard request.method == "GET" else { throw Self.notAllowed(request, ["GET"]) }
            return .json(try await control.approval(number))
        case "cancel":
            guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
            return .json(try await control.cancel(approval: number))
        case "vote":
            guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
            return .json(try await control.vote(try Self.operatorVote(number, request.body)))
        default: throw Self.notFound(request)
        }
    }

    private struct VoteBody: Decodable {
        var `as`, choice: String
        var comment: String?
    }

    private static func operatorVote(_ number: Int64, _ body: [UInt8]) throws(Problem) -> OperatorVote {
        let body = try decode(VoteBody.self, body)
        guard let choice = Approval.Choice(rawValue: body.choice) else {
            throw invalid("choice", "\"\(body.choice.onOneLine)\" is no choice.", "Write approve or reject.")
        }
        return OperatorVote(approval: number, voter: body.as, choice: choice, comment: body.comment ?? "")
    }
}
