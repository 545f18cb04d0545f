// Routes of the store's key and its backups; knows neither.

import MaloteCore

enum CareRoutes {
    static let all = [
        Route("GET", "/v1/keys", keys), Route("POST", "/v1/keys", rotate),
        Route("POST", "/v1/backup", gives: ["application/vnd.sqlite3"], backup),
    ]

    static func keys(_ ask: APIRequest) async throws(Problem) -> HTTPResponse { .json(try await ask.control.keys()) }

    static func rotate(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.rotateKey(), status: 201)
    }

    /// No GET: each takes work and room, and a line of the audit log.
    static func backup(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .stream(try await ask.control.backup(), type: "application/vnd.sqlite3")
    }
}
