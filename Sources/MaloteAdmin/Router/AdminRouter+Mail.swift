// Routes of events, notifications and the queue; knows no rule of sending.

import Foundation
import MaloteCore

extension AdminRouter {
    /// JSON Lines in log order: exactly the texts that were stored. `?after=ID&limit=N&wait=SECONDS`;
    /// `after=acknowledged` goes on behind what the contract's puller has acknowledged.
    func events(_ request: HTTPRequest, contract: String?) async throws(Problem) -> HTTPResponse {
        guard request.method == "GET" else { throw Self.notAllowed(request, ["GET"]) }
        let query = EventQuery(
            contract: contract, after: request.query["after"],
            limit: try Self.number(request, "limit", default: 100),
            waitSeconds: try Self.number(request, "wait", default: 0))
        let events = try await control.events(query)
        return .text(200, events.map { $0.json + "\n" }.joined(), type: "application/jsonl")
    }

    // MARK: - Sending

    /// `POST /v1/notifications` queues one; `GET /v1/notifications/ID/raw` gives the octets of one.
    func send(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        if rest.count == 2, rest[1] == "raw", let id = Int64(rest[0]) {
            guard request.method == "GET" else { throw Self.notAllowed(request, ["GET"]) }
            return HTTPResponse(status: 200, type: "message/rfc822", body: try await control.content(notification: id))
        }
        let body = try await only("POST", request, rest) { () throws(Problem) in
            try Self.decode(SendBody.self, request.body)
        }
        var wish = SendRequest(
            contract: body.contract, to: body.to, outbox: body.outbox, subject: body.subject, text: body.text ?? "",
            html: body.html, idempotencyKey: body.idempotencyKey ?? Self.idempotencyKey(request))
        wish.priority = try Self.priority(body.priority)
        wish.attachments = (body.attachments ?? []).map {
            .init(name: $0.name, type: $0.type ?? "application/octet-stream", content: Array($0.content))
        }
        return .json(try await control.send(wish), status: 201)
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
            throw invalid("priority", "\"\(text)\" is not known.", "Write high, normal or low.")
        }
        return priority
    }

    // MARK: - Queue

    /// `GET /v1/queue` lists; `POST /v1/queue/retry|hold|release|cancel` changes what the same query selects.
    func queue(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        let query = try queueQuery(request)
        switch (request.method, rest.first.flatMap(QueueAction.init(rawValue:)), rest.count) {
        case ("GET", _, 0): return .json(try await control.queue(query))
        case ("POST", let action?, 1): return .json(["changed": try await control.changeQueue(action, query)])
        case (_, _, 0): throw Self.notAllowed(request, ["GET"])
        case (_, .some, 1): throw Self.notAllowed(request, ["POST"])
        default: throw Self.notFound(request)
        }
    }

    // MARK: - Suppressed addresses

    /// `GET /v1/suppressions` lists (`?contract=`); `POST` adds and `DELETE` removes `?contract=&address=`.
    func suppressions(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard rest.isEmpty else { throw Self.notFound(request) }
        let contract = request.query["contract"]
        if request.method == "GET" { return .json(try await control.suppressions(contract: contract)) }
        guard ["POST", "DELETE"].contains(request.method) else {
            throw Self.notAllowed(request, ["GET", "POST", "DELETE"])
        }
        guard let contract else { throw Self.invalid("contract", "is missing.", "Name the contract.") }
        guard let address = request.query["address"] else {
            throw Self.invalid("address", "is missing.", "Write the address.")
        }
        guard request.method == "POST" else {
            try await control.unsuppress(contract: contract, address: address)
            return .json(["removed": address])
        }
        let reason = request.query["reason"] ?? "An operator suppressed it."
        return .json(
            try await control.suppress(contract: contract, address: address, reason: reason), status: 201)
    }

    // MARK: - Drill

    /// `POST /v1/drill?outbox=&fault=&for=SECONDS` answers when the drill is over.
    func drill(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard rest.isEmpty else { throw Self.notFound(request) }
        guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
        guard let outbox = request.query["outbox"] else {
            throw Self.invalid("outbox", "is missing.", "Name an outbox.")
        }
        guard let fault = request.query["fault"].flatMap(DrillFault.init(rawValue:)) else {
            let known = DrillFault.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.invalid("fault", "is missing or not known.", "Use one of: \(known).")
        }
        let seconds = try Self.number(request, "for", default: 60)
        return .json(try await control.drill(outbox: outbox, fault: fault, seconds: seconds))
    }

    private func queueQuery(_ request: HTTPRequest) throws(Problem) -> QueueQuery {
        let notification = try request.query["notification"].map { text throws(Problem) in
            guard let number = Int64(text) else {
                throw Self.invalid(
                    "notification", "\"\(text)\" is not a notification's id.", "Write the number that send gave.")
            }
            return number
        }
        return QueueQuery(
            contract: request.query["contract"], outbox: request.query["outbox"], notification: notification,
            states: request.query["state"].map { $0.split(separator: ",").map(String.init) } ?? [],
            limit: try Self.number(request, "limit", default: 1000))
    }
}
