// Routes of a contract as a whole: its data, page by page, and its end; knows no row.

import Foundation
import MaloteCore

extension AdminRouter {
    enum ContractData: String { case registry, tickets, notifications, erase, moved }

    /// `GET /v1/contracts/NAME/registry`, `/tickets` and `/notifications` (`?after=&limit=`);
    /// `POST /v1/contracts/NAME/erase`, `?dry-run` only counts; `POST /v1/contracts/NAME/moved?what=` takes over what another
    /// installation exported: `tickets` (JSON), `message` (a mail, `&received=&fate=&ticket=`) or `events` (JSON Lines).
    func contractData(_ name: String, _ what: String, _ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let method = ["erase", "moved"].contains(what) ? "POST" : "GET"
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
        case .moved: return .json(["new": try await moveIn(name, request)])
        case nil: throw Self.notFound(request)
        }
    }

    private func moveIn(_ name: String, _ request: HTTPRequest) async throws(Problem) -> Int {
        switch request.query["what"] {
        case "tickets":
            return try await control.moveIn(
                contract: name, tickets: try Self.decode([MovedTicket].self, request.body))
        case "events":
            let lines = request.body.split(separator: UInt8(ascii: "\n"))
            let events = try lines.map { line throws(Problem) in try Self.event(Array(line)) }
            return try await control.moveIn(contract: name, events: events)
        case "message":
            guard let received = request.query["received"].flatMap(Timestamp.init(rfc3339:)),
                let fate = request.query["fate"].flatMap(StoredMessage.Fate.init(rawValue:))
            else {
                throw Self.invalid(
                    "received, fate", "are missing or not known.", "Write them as messages.jsonl has them.")
            }
            let message = MovedMessage(
                raw: request.body, received: received, fate: fate, ticket: request.query["ticket"])
            return try await control.moveIn(contract: name, message: message) ? 1 : 0
        default: throw Self.invalid("what", "is not known.", "Write tickets, message or events.")
        }
    }

    private struct EventHead: Decodable {
        var id, type, subject, time: String
    }

    private static func event(_ line: [UInt8]) throws(Problem) -> MovedEvent {
        let head = try decode(EventHead.self, line)
        guard let time = Timestamp(rfc3339: head.time) else {
            throw invalid("time", "\"\(head.time)\" is no time.", "Send the lines of events.jsonl as they are.")
        }
        return MovedEvent(
            id: head.id, type: head.type, subject: head.subject, time: time,
            json: String(decoding: line, as: UTF8.self))
    }
}
