// Routes of a contract as a whole: its data, page by page, and its end; knows no row.

import Foundation
import MaloteCore

enum ContractRoutes {
    static let all = [
        Route("GET", "/v1/contracts/{name}/registry", gives: ["application/yaml"], registry),
        Route("GET", "/v1/contracts/{name}/tickets", query: ["after", "limit"], tickets),
        Route("GET", "/v1/contracts/{name}/notifications", query: ["after", "limit"], notifications),
        Route("POST", "/v1/contracts/{name}/erase", query: ["dry-run"], erase),
        Route(
            "POST", "/v1/contracts/{name}/moved", query: ["what", "received", "fate", "ticket"], body: .moved, moveIn),
    ]

    static func registry(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .text(200, try await ask.control.export(contract: ask["name"]), type: "application/yaml")
    }

    static func tickets(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let after = try ask.number("after", default: 0)
        return try ask.list(try await ask.control.tickets(contract: ask["name"], after: after, limit: try ask.limit))
    }

    /// At most 200: each comes with its deliveries.
    static func notifications(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let (after, limit) = (Int64(try ask.number("after", default: 0)), min(try ask.limit, 200))
        let found = try await ask.control.notifications(contract: ask["name"], after: after, limit: limit)
        return ask.linked(.json(found), next: found.count < limit ? nil : found.last?.cursor)
    }

    static func erase(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.erase(contract: ask["name"], dryRun: try ask.flag("dry-run")))
    }

    // MARK: - From another installation

    /// `what`: `tickets` (JSON), `events` (JSON Lines) or `message` (a mail, with `received`, `fate`, `ticket`).
    static func moveIn(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let (name, body) = (ask["name"], ask.request.body)
        switch ask.query("what") {
        case "tickets":
            let tickets = try ask.decode([MovedTicket].self)
            return .json(["new": try await ask.control.moveIn(contract: name, tickets: tickets)])
        case "events":
            let lines = body.split(separator: UInt8(ascii: "\n"))
            let events = try lines.map { line throws(Problem) in try event(Array(line)) }
            return .json(["new": try await ask.control.moveIn(contract: name, events: events)])
        case "message":
            guard let received = ask.query("received").flatMap(Timestamp.init(rfc3339:)),
                let fate = ask.query("fate").flatMap(StoredMessage.Fate.init(rawValue:))
            else {
                throw AdminRouter.invalid(
                    "received, fate", "are missing or not known.", "Write them as messages.jsonl has them.")
            }
            let message = MovedMessage(raw: body, received: received, fate: fate, ticket: ask.query("ticket"))
            return .json(["new": try await ask.control.moveIn(contract: name, message: message) ? 1 : 0])
        default: throw AdminRouter.invalid("what", "is not known.", "Write tickets, message or events.")
        }
    }

    private struct EventHead: Decodable {
        var id, type, subject, time: String
    }

    private static func event(_ line: [UInt8]) throws(Problem) -> MovedEvent {
        let head = try AdminRouter.decode(EventHead.self, line)
        guard let time = Timestamp(rfc3339: head.time) else {
            throw AdminRouter.invalid(
                "time", "\"\(head.time.onOneLine)\" is no time.", "Send the lines of events.jsonl as they are.")
        }
        return MovedEvent(
            id: head.id, type: head.type, subject: head.subject, time: time,
            json: String(decoding: line, as: UTF8.self))
    }
}
