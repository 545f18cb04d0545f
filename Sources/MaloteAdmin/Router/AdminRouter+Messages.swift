// Routes of single messages, the quarantine and tickets; knows no rule of what becomes of them.

import MaloteCore

extension AdminRouter {
    /// `GET /v1/messages` lists; `/v1/messages/REFERENCE` shows one, `/explain` behind it says why, `/raw` gives its
    /// octets.
    func messages(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard !rest.isEmpty else {
            let query = try Self.messageQuery(request)
            return .json(
                try await only("GET", request, rest) { () throws(Problem) in try await control.messages(query) })
        }
        // A Message-ID may hold slashes: only the last word can be a verb.
        let verb = rest.count > 1 && ["explain", "raw"].contains(rest[rest.count - 1]) ? rest[rest.count - 1] : nil
        let reference = rest.dropLast(verb == nil ? 0 : 1).joined(separator: "/")
        guard rest.count == 1 || verb != nil || reference.hasPrefix("<"), !reference.isEmpty else {
            throw Self.notFound(request)
        }
        guard request.method == "GET" else { throw Self.notAllowed(request, ["GET"]) }
        let contract = request.query["contract"]
        switch verb {
        case "explain": return .json(try await control.explain(reference, contract: contract))
        case "raw": return .stream(try await control.raw(reference, contract: contract), type: "message/rfc822")
        default: return .json(try await control.message(reference, contract: contract))
        }
    }

    private static func messageQuery(_ request: HTTPRequest) throws(Problem) -> MessageQuery {
        let before = try number(request, "before", default: 0)
        return MessageQuery(
            contract: request.query["contract"], inbox: request.query["inbox"], ticket: request.query["ticket"],
            fate: request.query["fate"], since: request.query["since"], search: request.query["search"],
            before: before == 0 ? nil : Int64(before), limit: try number(request, "limit", default: 100))
    }

    // MARK: - Quarantine

    /// `GET /v1/quarantine` and `/v1/quarantine/ID` show; `POST /v1/quarantine/replay` files again what the same query
    /// selects, `?dry-run` only says what would be, `?pass-rules` lets through what rules hold.
    func quarantine(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        var query = QuarantineQuery(
            id: request.query["id"], contract: request.query["contract"], inbox: request.query["inbox"],
            since: request.query["since"], search: request.query["search"],
            limit: try Self.number(request, "limit", default: 1000))
        switch rest {
        case []:
            return .json(
                try await only("GET", request, rest) { () throws(Problem) in try await control.quarantine(query) })
        case ["replay"]:
            guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
            let (passes, dryRun) = (try Self.flag(request, "pass-rules"), try Self.flag(request, "dry-run"))
            return .json(try await control.replay(query, passingRules: passes, dryRun: dryRun))
        default:
            guard rest.count == 1, !rest[0].isEmpty else { throw Self.notFound(request) }
            guard request.method == "GET" else { throw Self.notAllowed(request, ["GET"]) }
            query.id = rest[0]
            return .json(try await control.quarantine(query))
        }
    }

    // MARK: - Tickets

    /// `GET /v1/tickets/KEY` shows; `POST /v1/tickets/KEY/link?external=ID` keeps the ticket system's id,
    /// `POST /v1/tickets/KEY/close` and `/reopen` what it did with the ticket (`?quiet`, body `{data}`).
    func tickets(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        let contract = request.query["contract"]
        switch (rest.count, rest.last) {
        case (1, let key?) where !key.isEmpty:
            guard request.method == "GET" else { throw Self.notAllowed(request, ["GET"]) }
            return .json(try await control.ticket(key, contract: contract))
        case (2, "link"):
            guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
            guard let external = request.query["external"] else {
                throw Self.invalid("external", "is missing.", "Write the ticket system's id.")
            }
            return .json(try await control.link(ticket: rest[0], contract: contract, external: external))
        case (2, "close"), (2, "reopen"):
            guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
            let turn = try Self.turn(request, isClosed: rest[1] == "close")
            return .json(try await control.turn(ticket: rest[0], contract: contract, turn))
        default: throw Self.notFound(request)
        }
    }
}
