// Routes of events, notifications and the queue; knows no rule of sending.

import Foundation
import MaloteCore

enum MailRoutes {
    private static let queueQuery: Set<String> = ["contract", "outbox", "notification", "state"]

    static let all = [
        Route(
            "GET", "/v1/events", query: ["contract", "after", "limit", "wait"], gives: ["application/jsonl"], events),
        Route(
            "GET", "/v1/contracts/{name}/events", query: ["after", "limit", "wait"], gives: ["application/jsonl"],
            events),
        Route("POST", "/v1/notifications", body: .json, keepsKey: true, send),
        Route("GET", "/v1/notifications/{id}/raw", gives: ["message/rfc822"], content),
        Route("GET", "/v1/queue", query: queueQuery.union(["after", "limit"]), queue),
        Route("POST", "/v1/queue/{action}", query: queueQuery.union(["limit"]), changeQueue),
        Route("GET", "/v1/suppressions", query: ["contract", "after", "limit"], suppressions),
        Route("POST", "/v1/suppressions", query: ["contract", "address", "reason"], suppress),
        Route("DELETE", "/v1/suppressions", query: ["contract", "address"], unsuppress),
    ]

    /// JSON Lines in log order: exactly the texts that were stored.
    static func events(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let limit = try ask.limit
        let query = EventQuery(
            contract: ask.names["name"] ?? ask.query("contract"), after: ask.query("after"), limit: limit,
            waitSeconds: try ask.number("wait", default: 0))
        let events = try await ask.control.events(query)
        let response = HTTPResponse.text(200, events.map { $0.json + "\n" }.joined(), type: "application/jsonl")
        return ask.linked(response, next: events.count < limit ? nil : events.last?.cursor)
    }

    // MARK: - Sending

    static func content(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let octets = try await ask.control.content(notification: try ask.id())
        return HTTPResponse(status: 200, type: "message/rfc822", body: octets)
    }

    static func send(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let body = try ask.decode(SendBody.self)
        var wish = SendRequest(
            contract: body.contract, to: body.to, outbox: body.outbox, subject: body.subject, text: body.text ?? "",
            html: body.html, idempotencyKey: body.idempotencyKey ?? ask.idempotencyKey)
        wish.priority = try priority(body.priority)
        wish.attachments = (body.attachments ?? []).map {
            .init(name: $0.name, type: $0.type ?? "application/octet-stream", content: Array($0.content))
        }
        let receipt = try await ask.control.send(wish)
        return .json(receipt, status: receipt.repeated ? 200 : 201)
    }

    private struct SendBody: Decodable {
        struct Attachment: Decodable {
            var name: String
            var type: String?
            /// Base64 in JSON.
            var content: Data
        }

        var contract: String
        var to: [String]
        var outbox: String?
        var subject: String
        var text: String?
        var html: String?
        var attachments: [Attachment]?
        var idempotencyKey: String?
        var priority: String?
    }

    private static func priority(_ text: String?) throws(Problem) -> Priority {
        guard let text else { return .normal }
        guard let priority = Priority(rawValue: text) else {
            throw AdminRouter.invalid(
                "priority", "\"\(text.onOneLine)\" is not known.", "Write high, normal or low.")
        }
        return priority
    }

    // MARK: - Queue

    static func queue(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        var query = try selection(ask)
        query.after = try ask.page.after.map { text throws(Problem) in
            guard let number = Int64(text) else {
                throw AdminRouter.invalid("after", "\"\(text.onOneLine)\" is no delivery.", "Write its number.")
            }
            return number
        }
        query.limit = try ask.limit
        return try ask.list(try await ask.control.queue(query))
    }

    /// Changes what the query selects.
    static func changeQueue(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        guard let action = QueueAction(rawValue: ask["action"]) else { throw AdminRouter.notFound(ask.request) }
        return .json(["changed": try await ask.control.changeQueue(action, try selection(ask))])
    }

    private static func selection(_ ask: APIRequest) throws(Problem) -> QueueQuery {
        let notification = try ask.query("notification").map { text throws(Problem) in
            guard let number = Int64(text) else {
                throw AdminRouter.invalid(
                    "notification", "\"\(text.onOneLine)\" is not a notification's id.",
                    "Write the number that send gave.")
            }
            return number
        }
        return QueueQuery(
            contract: ask.query("contract"), outbox: ask.query("outbox"), notification: notification,
            states: ask.query("state").map { $0.split(separator: ",").map(String.init) } ?? [],
            limit: try ask.number("limit", default: 1000))
    }

    // MARK: - Suppressed addresses

    static func suppressions(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        try ask.list(try await ask.control.suppressions(contract: ask.query("contract"), page: try ask.page))
    }

    static func suppress(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let contract = try ask.required("contract", "Name the contract.")
        let address = try ask.required("address", "Write the address.")
        let reason = ask.query("reason") ?? "An operator suppressed it."
        return .json(
            try await ask.control.suppress(contract: contract, address: address, reason: reason), status: 201)
    }

    static func unsuppress(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let contract = try ask.required("contract", "Name the contract.")
        let address = try ask.required("address", "Write the address.")
        try await ask.control.unsuppress(contract: contract, address: address)
        return .json(["removed": address])
    }
}
