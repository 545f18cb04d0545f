// From a request to a response by way of the Control port; knows no socket and does nothing itself.

import MaloteCore
import Synchronization

/// The API, version 1. Requests on TCP see only the health probes and the pages of voters' links: the rest is for the
/// control socket, whose file permissions say who may use it.
package final class AdminRouter: Sendable {
    package enum Door: Sendable { case controlSocket, tcp }

    let control: any Control
    private let door: Door
    private let isReady: @Sendable () -> Bool
    /// Whatever is neither a probe, nor a voter's link, nor the API.
    private let site: Site?
    /// Of links that are not valid.
    let failures = Mutex(FailureLimit())

    package init(control: any Control, door: Door, site: Site? = nil, isReady: @escaping @Sendable () -> Bool) {
        self.control = control
        self.door = door
        self.site = site
        self.isReady = isReady
    }

    package func respond(to request: HTTPRequest) async -> HTTPResponse {
        do throws(Problem) { return try await route(request) } catch { return .problem(error) }
    }

    private func route(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        switch request.path {
        // Alive says only that requests are answered; ready, that mail is moved.
        case "/healthz": return .text(200, "ok\n")
        case "/readyz": return isReady() ? .text(200, "ready\n") : .text(503, "stopping\n")
        case "/metrics":
            return try await metrics(request, isOpen: door == .controlSocket || Self.isLocal(request))
        default: break
        }
        let segments = request.segments
        if segments.first == "a", segments.count == 2 { return await approvalPage(request, segments[1]) }
        if let site, segments.first != "v1" { return await site.respond(to: request) }
        guard door == .controlSocket, segments.first == "v1", segments.count >= 2 else { throw Self.notFound(request) }
        let rest = Array(segments.dropFirst(2))
        switch segments[1] {
        case "status":
            return .json(try await only("GET", request, rest) { () throws(Problem) in try await control.status() })
        case "registry": return try await registryDocument(request, rest)
        case "events" where rest.isEmpty: return try await events(request, contract: request.query["contract"])
        case "endpoints": return try await endpoints(request, rest)
        case "refused-events": return try await refusedEvents(request, rest)
        case "notifications": return try await send(request, rest)
        case "triggers" where rest.isEmpty && request.method == "GET": return try await triggers(request, contract: nil)
        case "approvals": return try await approvals(request, rest)
        case "planned-steps": return try await plannedSteps(request, rest)
        case "queue": return try await queue(request, rest)
        case "suppressions": return try await suppressions(request, rest)
        case "course": return try await course(request, rest)
        case "alerts": return try await alerts(request, rest)
        case "drill": return try await drill(request, rest)
        case "messages": return try await messages(request, rest)
        case "quarantine": return try await quarantine(request, rest)
        case "tickets": return try await tickets(request, rest)
        case "import": return try await importing(request, rest)
        default:
            guard let section = RegistrySection(rawValue: segments[1]) else { throw Self.notFound(request) }
            return try await objects(section, request, rest)
        }
    }

    func only<T>(
        _ method: String, _ request: HTTPRequest, _ rest: [String], _ body: () async throws(Problem) -> T
    ) async throws(Problem) -> T {
        guard rest.isEmpty else { throw Self.notFound(request) }
        guard request.method == method else { throw Self.notAllowed(request, [method]) }
        return try await body()
    }

    static func notFound(_ request: HTTPRequest) -> Problem {
        Problem(status: 404, title: "Not found", detail: "There is nothing at \(request.path).")
    }

    static func notAllowed(_ request: HTTPRequest, _ methods: [String]) -> Problem {
        Problem(
            status: 405, title: "Method not allowed",
            detail: "\(request.path) takes \(methods.joined(separator: ", ")), not \(request.method).")
    }

    /// Absent is false, present without a value is true. Whoever writes something else must not be guessed at:
    /// `dry-run` decides whether anything happens.
    static func flag(_ request: HTTPRequest, _ name: String) throws(Problem) -> Bool {
        guard let text = request.query[name] else { return false }
        switch text.lowercased() {
        case "", "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw invalid(name, "\"\(text)\" is neither true nor false.", "Write true or false.")
        }
    }

    static func number(_ request: HTTPRequest, _ name: String, default value: Int) throws(Problem) -> Int {
        guard let text = request.query[name] else { return value }
        guard let number = Int(text), number >= 0 else {
            throw invalid(name, "\"\(text)\" is not a number.", "Write a whole number from 0.")
        }
        return number
    }

    static func invalid(_ field: String, _ message: String, _ remedy: String) -> Problem {
        let error = DocumentError(field: field, message: message, remedy: remedy)
        return Problem(status: 422, title: "Invalid request", detail: error.description, errors: [error])
    }
}
