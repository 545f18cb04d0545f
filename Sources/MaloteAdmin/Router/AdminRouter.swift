// From a request to a response by way of the Control port; knows no socket and does nothing itself.

import MaloteCore
import Synchronization

/// What stands behind a socket: probes, the pages of voters' links, and the API. On the control socket, whose file
/// permissions say who may use it, everybody is an admin; on TCP a token says who asks.
package final class AdminRouter: Sendable {
    package enum Door: Sendable { case controlSocket, tcp }

    /// How fast one caller may ask, and how much at once.
    static let callsPerSecond = 50
    private static let callsAtOnce = 200
    /// Octets of an answer that is kept for its key.
    static let largestKeptAnswer = 65_536

    let control: any Control
    let door: Door
    private let isReady: @Sendable () -> Bool
    /// Whatever is neither a probe, nor a voter's link, nor the API.
    private let site: Site?
    /// Of links that are not valid.
    let failures = Mutex(FailureLimit())
    /// Nobody guesses 256 bits: this only spares the work. By address.
    let wrongTokens = Mutex(Buckets(size: 1000, seconds: 60))
    let calls = Mutex(
        Buckets(size: Double(callsAtOnce), seconds: Double(callsAtOnce) / Double(callsPerSecond)))

    package init(control: any Control, door: Door, site: Site? = nil, isReady: @escaping @Sendable () -> Bool) {
        self.control = control
        self.door = door
        self.site = site
        self.isReady = isReady
    }

    package func respond(to request: HTTPRequest) async -> HTTPResponse {
        do throws(Problem) { return try await route(request) } catch { return .problem(error, to: request) }
    }

    private func route(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        switch request.target {
        // Alive says only that requests are answered; ready, that mail is moved.
        case "/healthz": return .text(200, "ok\n")
        case "/readyz": return isReady() ? .text(200, "ready\n") : .text(503, "stopping\n")
        case "/metrics": return try await metrics(request)
        default: break
        }
        let segments = request.segments
        if segments.first == "a", segments.count == 2 { return await approvalPage(request, segments[1]) }
        if let site, segments.first != "v1" { return await site.respond(to: request) }
        guard segments.first == "v1" else { throw Self.notFound(request) }
        return try await api(request, segments)
    }

    /// Octets of a body that are taken from whoever sends this head; asked before any of it is read.
    package func bodyLimit(for head: HTTPRequest) async -> Int {
        guard door == .tcp else { return HTTPServer.largestBody }
        if let site, head.segments.first != "v1" {
            return site.knows(head.headers) ? Self.apiLimit : Self.formLimit
        }
        guard head.segments.first == "v1", let token = Self.bearer(head),
            (try? await control.caller(presenting: token)) != nil
        else { return Self.formLimit }
        return Self.largeBodies.contains(head.segments.last ?? "") ? HTTPServer.largestBody : Self.apiLimit
    }

    /// Octets of a body from somebody who is known, but for mails and their attachments.
    private static let apiLimit = 4 << 20
    private static let largeBodies: Set<String> = ["notifications", "moved", "triggers"]

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
