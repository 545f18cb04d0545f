// Routes of a mailbox's authorization; knows neither providers nor tokens.

import Foundation
import MaloteCore

extension AdminRouter {
    /// `POST` begins a person's consent, or with `{"refreshToken": ...}` takes a token that a person has got elsewhere;
    /// `GET` (`?wait=SECONDS`) says how the consent stands.
    func authorization(_ mailbox: String, _ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        switch request.method {
        case "GET":
            let wait = try Self.number(request, "wait", default: 0)
            return .json(try await control.consent(mailbox, waitSeconds: wait))
        case "POST" where request.body.isEmpty: return .json(try await control.authorize(mailbox), status: 201)
        case "POST":
            return .json(try await control.authorize(mailbox, refreshToken: try Self.refreshToken(request.body)))
        default: throw Self.notAllowed(request, ["GET", "POST"])
        }
    }

    private struct RefreshToken: Decodable { var refreshToken: String }

    private static func refreshToken(_ body: [UInt8]) throws(Problem) -> Secret {
        let given = try? JSONDecoder().decode(RefreshToken.self, from: Data(body))
        guard let text = given?.refreshToken, !text.isEmpty, text.utf8.count <= 16 * 1024,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw invalid(
                "refreshToken", "is no refresh token.", "Write it as {\"refreshToken\": \"...\"}, without spaces.")
        }
        return Secret(text)
    }
}
