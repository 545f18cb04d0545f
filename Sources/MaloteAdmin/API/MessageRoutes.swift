// Routes of single messages, the quarantine and tickets; knows no rule of what becomes of them.

import MaloteCore

enum MessageRoutes {
    private static let quarantineQuery: Set<String> = ["contract", "inbox", "since", "search"]

    static let all = [
        Route(
            "GET", "/v1/messages",
            query: ["contract", "inbox", "ticket", "fate", "since", "search", "after", "limit"], list),
        Route("GET", "/v1/messages/{reference}", query: ["contract"], show),
        Route("GET", "/v1/messages/{reference}/explain", query: ["contract"], explain),
        Route("GET", "/v1/messages/{reference}/raw", query: ["contract"], gives: ["message/rfc822"], raw),
        Route("GET", "/v1/quarantine", query: quarantineQuery.union(["after", "limit"]), quarantine),
        Route("GET", "/v1/quarantine/{id}", query: quarantineQuery, quarantined),
        Route(
            "POST", "/v1/quarantine/replay", query: quarantineQuery.union(["id", "limit", "pass-rules", "dry-run"]),
            replay),
        Route("GET", "/v1/tickets", query: ["contract", "state", "search", "after", "limit"], tickets),
        Route("GET", "/v1/tickets/{key}", query: ["contract"], ticket),
        Route("POST", "/v1/tickets/{key}/link", query: ["contract", "external"], link),
        Route("POST", "/v1/tickets/{key}/close", query: ["contract", "quiet"], body: .json) { ask throws(Problem) in
            try await turn(ask, isClosed: true)
        },
        Route("POST", "/v1/tickets/{key}/reopen", query: ["contract", "quiet"], body: .json) { ask throws(Problem) in
            try await turn(ask, isClosed: false)
        },
    ]

    static func list(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let after = try ask.number("after", default: 0)
        let query = MessageQuery(
            contract: ask.query("contract"), inbox: ask.query("inbox"), ticket: ask.query("ticket"),
            fate: ask.query("fate"), since: ask.query("since"), search: ask.query("search"),
            before: after == 0 ? nil : Int64(after), limit: try ask.limit)
        return try ask.list(try await ask.control.messages(query))
    }

    // A reference is a number or a Message-ID in its brackets, with its slashes encoded.

    static func show(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.message(ask["reference"], contract: ask.query("contract")))
    }

    static func explain(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.explain(ask["reference"], contract: ask.query("contract")))
    }

    static func raw(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .stream(
            try await ask.control.raw(ask["reference"], contract: ask.query("contract")), type: "message/rfc822")
    }

    // MARK: - Quarantine

    static func quarantine(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        var query = selection(ask)
        query.after = ask.query("after")
        query.limit = try ask.limit
        return try ask.list(try await ask.control.quarantine(query))
    }

    static func quarantined(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        var query = selection(ask)
        query.id = ask["id"]
        return .json(try await ask.control.quarantine(query))
    }

    /// Files again what the query selects; `pass-rules` lets through what rules hold.
    static func replay(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        var query = selection(ask)
        query.id = ask.query("id")
        query.limit = try ask.number("limit", default: 1000)
        let (passes, dryRun) = (try ask.flag("pass-rules"), try ask.flag("dry-run"))
        return .json(try await ask.control.replay(query, passingRules: passes, dryRun: dryRun))
    }

    private static func selection(_ ask: APIRequest) -> QuarantineQuery {
        QuarantineQuery(
            contract: ask.query("contract"), inbox: ask.query("inbox"), since: ask.query("since"),
            search: ask.query("search"))
    }

    // MARK: - Tickets

    static func tickets(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let after = try ask.number("after", default: 0)
        let isClosed: Bool?
        switch ask.query("state") {
        case nil: isClosed = nil
        case "open": isClosed = false
        case "closed": isClosed = true
        case let text?:
            throw AdminRouter.invalid("state", "\"\(text.onOneLine)\" is not known.", "Write open or closed.")
        }
        let query = TicketQuery(
            contract: ask.query("contract"), isClosed: isClosed, search: ask.query("search"),
            before: after == 0 ? nil : Int64(after), limit: try ask.limit)
        return try ask.list(try await ask.control.tickets(query))
    }

    static func ticket(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.ticket(ask["key"], contract: ask.query("contract")))
    }

    static func link(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let external = try ask.required("external", "Write the ticket system's id.")
        return .json(
            try await ask.control.link(ticket: ask["key"], contract: ask.query("contract"), external: external))
    }

    private struct TurnBody: Decodable { var data: JSONValue? }

    /// An empty body is none.
    private static func turn(_ ask: APIRequest, isClosed: Bool) async throws(Problem) -> HTTPResponse {
        let data = ask.request.body.isEmpty ? nil : try ask.decode(TurnBody.self).data
        let turn = TicketTurn(isClosed: isClosed, isQuiet: try ask.flag("quiet"), data: data ?? .null)
        return .json(try await ask.control.turn(ticket: ask["key"], contract: ask.query("contract"), turn))
    }
}
