// The pages of voters, open to whoever has a link; knows no rule of voting.

import MaloteCore
import Synchronization

extension AdminRouter {
    /// Octets of a form; the comment of 2,000 characters fits in, however it is written.
    package static let formLimit = 16 * 1024

    /// `GET /a/LINK` shows and changes nothing; `POST` there, with `choice` and `comment` of a form, votes.
    func approvalPage(_ request: HTTPRequest, _ link: String) async -> HTTPResponse {
        let accepted = request.headers["accept-language"]
        do throws(Problem) {
            switch request.method {
            case "GET", "HEAD":
                return page(try await guarded(request).look(at: link), request, accepted)
            case "POST": return try await vote(link, request, accepted)
            default:
                throw Problem(status: 405, title: "Method not allowed", detail: "")
            }
        } catch {
            let words = ApprovalLanguage.named(accepted.map { String($0.prefix(5)) })
            var response = ApprovalPage.response(
                error.status, words.troubleHeading, "<p>\(words.trouble)</p>", words)
            if error.status == 405 { response.headers["Allow"] = "GET, HEAD, POST" }
            return response
        }
    }

    /// Who has a link is nobody else: nothing but what the link opens is for them.
    private func guarded(_ request: HTTPRequest) -> GuardedControl {
        GuardedControl(
            control, for: Caller(name: "a voter's link", role: .reader(nil), place: request.client))
    }

    private func vote(
        _ link: String, _ request: HTTPRequest, _ accepted: String?
    ) async throws(Problem) -> HTTPResponse {
        let type = (request.headers["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
        guard type.trimmed == "application/x-www-form-urlencoded" else {
            throw Problem(status: 415, title: "Unsupported media type", detail: "")
        }
        guard request.body.count <= Self.formLimit else { throw Problem(status: 413, title: "Too large", detail: "") }
        let form = FormFields(request.body)
        let choice = form["choice"].flatMap(Approval.Choice.init)
        let visit = try await guarded(request).answer(link, choice, comment: form["comment"] ?? "")
        if case .asks = visit.outcome { return ApprovalPage(visit, isAgain: true).response }
        return page(visit, request, accepted)
    }

    private func page(_ visit: ApprovalVisit, _ request: HTTPRequest, _ accepted: String?) -> HTTPResponse {
        let isRefused = visit.outcome == .forged || visit.outcome == .foreign
        if isRefused, failures.withLock({ $0.fails(request.client, at: .now) }) {
            let words = ApprovalLanguage.named(accepted.map { String($0.prefix(5)) })
            var response = ApprovalPage.response(429, words.troubleHeading, "<p>\(words.tooOften)</p>", words)
            response.headers["Retry-After"] = "60"
            return response
        }
        return ApprovalPage(visit, accepted: accepted).response
    }
}
