// Routes of the cluster: its nodes and who holds what; knows no rule of sharing.

import MaloteCore

enum ClusterRoutes {
    static let all = [
        Route("GET", "/v1/cluster", cluster),
        Route("GET", "/v1/cluster/leases", query: ["kind", "node", "after", "limit"], leases),
        Route("GET", "/v1/cluster/leases/history", query: ["share", "node", "after", "limit"], history),
        Route("POST", "/v1/cluster/nodes/{name}/drain", drain),
        Route("POST", "/v1/cluster/nodes/{name}/resume", resume),
    ]

    static func cluster(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.cluster())
    }

    static func leases(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let kind = try ask.query("kind").map { text throws(Problem) in
            guard let kind = Share.Kind(rawValue: text) else {
                let known = Share.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw AdminRouter.invalid("kind", "\"\(text.onOneLine)\" is not known.", "Use one of: \(known).")
            }
            return kind
        }
        return try ask.list(
            try await ask.control.leases(kind: kind, node: ask.query("node"), page: try ask.page))
    }

    static func history(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        try ask.list(
            try await ask.control.leaseHistory(
                share: ask.query("share"), node: ask.query("node"), page: try ask.page))
    }

    static func drain(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.setNode(ask["name"], to: .draining))
    }

    static func resume(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.setNode(ask["name"], to: .active))
    }
}
