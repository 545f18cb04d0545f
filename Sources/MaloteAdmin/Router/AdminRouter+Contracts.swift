// Routes of a contract as a whole: its data, page by page, and its end; knows no row.

import MaloteCore

extension AdminRouter {
    enum ContractData: String { case registry, tickets, notifications, erase }

    /// `GET /v1/contracts/NAME/registry`, `/tickets` and `/notifications` (`?after=&limit=`);
    /// `POST /v1/contracts/NAME/erase`, `?dry-run` only counts.
    func contractData(_ name: String, _ what: String, _ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let method = what == ContractData.erase.rawValue ? "POST" : "GET"
        guard request.method == method else { throw Self.notAllowed(request, [method]) }
        let after = try Self.number(request, "after", default: 0)
        switch ContractData(rawValue: what) {
        case .registry: return .text(200, try await control.export(contract: name), type: "application/yaml")
        case .tickets:
            let limit = try Self.number(request, "limit", default: 1000)
            return .json(try await control.tickets(contract: name, after: after, limit: limit))
        case .notifications:
            let limit = try Self.number(request, "limit", default: 100)
            return .json(try await control.notifications(contract: name, after: Int64(after), limit: limit))
        case .erase:
            return .json(try await control.erase(contract: name, dryRun: try Self.flag(request, "dry-run")))
        case nil: throw Self.notFound(request)
        }
    }
}
