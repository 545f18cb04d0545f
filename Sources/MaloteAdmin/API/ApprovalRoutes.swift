// Routes of approvals for operators; knows no rule of voting.

import MaloteCore

enum ApprovalRoutes {
    static let all = [
        Route("GET", "/v1/approvals", query: ["contract", "ticket", "state", "after", "limit"], list),
        Route("GET", "/v1/approvals/{id}", show), Route("POST", "/v1/approvals/{id}/cancel", cancel),
        Route("POST", "/v1/approvals/{id}/vote", body: .json, vote),
    ]

    static func list(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        try ask.list(
            try await ask.control.approvals(
                contract: ask.query("contract"), ticket: ask.query("ticket"), state: ask.query("state"),
                page: try ask.page))
    }

    static func show(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.approval(try ask.id()))
    }

    /// Asks no more.
    static func cancel(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.cancel(approval: try ask.id()))
    }

    private struct VoteBody: Decodable {
        var `as`, choice: String
        var comment: String?
    }

    /// Votes for somebody who was asked.
    static func vote(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let (number, body) = (try ask.id(), try ask.decode(VoteBody.self))
        guard let choice = Approval.Choice(rawValue: body.choice) else {
            throw AdminRouter.invalid(
                "choice", "\"\(body.choice.onOneLine)\" is no choice.", "Write approve or reject.")
        }
        let vote = OperatorVote(approval: number, voter: body.as, choice: choice, comment: body.comment ?? "")
        return .json(try await ask.control.vote(vote))
    }
}
