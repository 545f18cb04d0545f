// Routes of what is done with a mailbox: poll it, fetch older mail, try it, authorize it; knows no protocol.

import Foundation
import MaloteCore

enum MailboxRoutes {
    static let all = [
        Route("POST", "/v1/mailboxes/{name}/poll", poll),
        Route("POST", "/v1/mailboxes/{name}/backfill", query: ["since", "all", "dry-run"], backfill),
        Route("POST", "/v1/mailboxes/{name}/test", query: ["round-trip", "to"], test),
        Route("GET", "/v1/mailboxes/{name}/authorization", query: ["wait"], consent),
        Route("POST", "/v1/mailboxes/{name}/authorization", body: .json, authorize),
    ]

    static func poll(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        try await ask.control.poll(ask["name"])
        return .json(["polled": ask["name"]], status: 202)
    }

    /// `since` or `all` must be said: all is a lot.
    static func backfill(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let (since, dryRun) = (ask.query("since"), try ask.flag("dry-run"))
        guard try ask.flag("all") == (since == nil) else {
            throw AdminRouter.invalid(
                "since", "It is not said which mail to fetch.", "Write since=YYYY-MM-DD, or all.")
        }
        let report = try await ask.control.backfill(ask["name"], since: since, dryRun: dryRun)
        return .json(report, status: dryRun ? 200 : 202)
    }

    static func test(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let roundTrip = ask.query("round-trip").map { RoundTrip(partner: $0, to: ask.query("to")) }
        return .json(try await ask.control.test(ask["name"], roundTrip: roundTrip))
    }

    // MARK: - Authorization

    static func consent(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.consent(ask["name"], waitSeconds: try ask.number("wait", default: 0)))
    }

    /// Begins a person's consent, or takes a token that a person has got elsewhere.
    static func authorize(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        guard !ask.request.body.isEmpty else { return .json(try await ask.control.authorize(ask["name"]), status: 201) }
        return .json(try await ask.control.authorize(ask["name"], refreshToken: try refreshToken(ask.request.body)))
    }

    private struct RefreshToken: Decodable { var refreshToken: String }

    private static func refreshToken(_ body: [UInt8]) throws(Problem) -> Secret {
        let given = try? JSONDecoder().decode(RefreshToken.self, from: Data(body))
        guard let text = given?.refreshToken, !text.isEmpty, text.utf8.count <= 16 * 1024,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw AdminRouter.invalid(
                "refreshToken", "is no refresh token.", "Write it as {\"refreshToken\": \"...\"}, without spaces.")
        }
        return Secret(text)
    }
}
