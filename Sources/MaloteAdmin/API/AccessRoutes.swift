// Routes of access tokens and of the audit log; knows no rule of access.

import MaloteCore

enum AccessRoutes {
    static let all = [
        Route("GET", "/v1/tokens", list), Route("POST", "/v1/tokens", body: .json, keepsKey: true, issue),
        Route("DELETE", "/v1/tokens/{name}", revoke),
        Route("GET", "/v1/audit", query: ["contract", "who", "since", "after", "limit"], audit),
    ]

    static func list(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.accessTokens())
    }

    /// The token itself is told here and nowhere else.
    private struct Issued: Encodable {
        var token: String
        var name: String
        var role: APIToken.Role
        var contract: String?
        var created: Timestamp
        var expires: Timestamp?

        init(_ issued: IssuedToken) {
            token = issued.token.reveal { String(decoding: $0, as: UTF8.self) }
            name = issued.view.name
            role = issued.view.role
            contract = issued.view.contract
            created = issued.view.created
            expires = issued.view.expires
        }
    }

    static func issue(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        // Its answer holds a secret: it is not kept for a key.
        .json(Issued(try await ask.control.issue(try ask.decode(AccessTokenWish.self))), status: 201)
    }

    static func revoke(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        try await ask.control.revoke(accessToken: ask["name"])
        return .json(["revoked": ask["name"]])
    }

    static func audit(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let query = AuditQuery(
            contract: ask.query("contract"), who: ask.query("who"), since: ask.query("since"), page: try ask.page)
        return try ask.list(try await ask.control.audit(query))
    }
}
