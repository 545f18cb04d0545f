// A request and a response as values; knows neither sockets nor what is asked for.

import Foundation
import MaloteCore

package struct HTTPRequest: Sendable, Hashable {
    package var method: String
    /// The path as it was written, percent-encoded, without the query.
    package var target: String
    package var query: [String: String]
    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]
    /// Whom it comes from: an address, of IPv6 its network. Empty on the control socket.
    package var client: String
    /// On the control socket: the user of this machine at its other end.
    package var user: String?

    package init(
        _ method: String, _ target: String, query: [String: String] = [:], headers: [String: String] = [:],
        body: [UInt8] = [], client: String = "", user: String? = nil
    ) {
        self.method = method
        self.target = target
        self.query = query
        self.headers = headers
        self.body = body
        self.client = client
        self.user = user
    }

    /// Percent-decoded, for words and comparisons; slashes that were written as `%2F` are slashes here.
    package var path: String { PercentText.decoded(target) ?? target }

    /// The path's segments, each decoded; an empty one is kept, so that `/v1//x` matches nothing.
    var segments: [String] {
        target.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            PercentText.decoded($0) ?? String($0)
        }
    }
}

package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: [UInt8]
    /// Goes out in place of the body, piece by piece as it is asked for.
    package var stream: RawCopy?
    /// Writes what goes out in place of the body, for as long as it takes.
    package var live: LiveBody.Writing?

    package init(status: Int, type: String, body: [UInt8]) {
        self.status = status
        self.body = body
        headers = ["Content-Type": type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"]
    }

    static func stream(_ copy: RawCopy, type: String) -> HTTPResponse {
        var response = HTTPResponse(status: 200, type: type, body: [])
        response.stream = copy
        return response
    }

    static func text(_ status: Int, _ text: String, type: String = "text/plain; charset=utf-8") -> HTTPResponse {
        HTTPResponse(status: status, type: type, body: Array(text.utf8))
    }

    static func json(_ value: some Encodable, status: Int = 200) -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            return .text(500, "The answer could not be written as JSON.")
        }
        return HTTPResponse(status: status, type: "application/json", body: Array(data))
    }

    /// RFC 9457.
    static func problem(_ problem: Problem, to request: HTTPRequest? = nil) -> HTTPResponse {
        var response = json(ProblemView(problem, to: request), status: problem.status)
        response.headers["Content-Type"] = "application/problem+json"
        switch problem.status {
        case 401: response.headers["WWW-Authenticate"] = "Bearer realm=\"malote\""
        // A pace is kept again within a second; whoever guesses waits longer.
        case 429: response.headers["Retry-After"] = problem.title == "Too many requests" ? "1" : "60"
        case 503: response.headers["Retry-After"] = "10"
        default: break
        }
        return response
    }
}

extension HTTPResponse: Equatable {
    /// What is still to be read or written is equal to nothing.
    package static func == (a: Self, b: Self) -> Bool {
        a.status == b.status && a.headers == b.headers && a.body == b.body && a.stream == nil && b.stream == nil
            && a.live == nil && b.live == nil
    }
}
