// A request that has found its route and its caller, and how its parameters are read; knows no route.

import Foundation
import MaloteCore

struct APIRequest: Sendable {
    /// Items of a list unless the request says otherwise, and at most.
    static let usualLimit = 100
    static let largestLimit = 1000

    /// As far as the caller may go.
    let control: GuardedControl
    let request: HTTPRequest
    /// Of the path.
    let names: [String: String]

    init(_ control: GuardedControl, _ request: HTTPRequest, names: [String: String]) {
        self.control = control
        self.request = request
        self.names = names
    }

    /// A name in the path. The table has it: the empty text cannot be.
    subscript(_ name: String) -> String { names[name] ?? "" }

    func query(_ name: String) -> String? { request.query[name] }

    func flag(_ name: String) throws(Problem) -> Bool { try AdminRouter.flag(request, name) }

    func number(_ name: String, default value: Int) throws(Problem) -> Int {
        try AdminRouter.number(request, name, default: value)
    }

    /// A parameter that must be there.
    func required(_ name: String, _ remedy: String) throws(Problem) -> String {
        guard let text = query(name), !text.isEmpty else { throw AdminRouter.invalid(name, "is missing.", remedy) }
        return text
    }

    /// A number in the path.
    func id(_ name: String = "id") throws(Problem) -> Int64 {
        guard let number = Int64(self[name]) else { throw AdminRouter.notFound(request) }
        return number
    }

    func decode<Body: Decodable>(_ type: Body.Type) throws(Problem) -> Body {
        try AdminRouter.decode(type, request.body)
    }

    var idempotencyKey: String? { AdminRouter.idempotencyKey(request) }

    // MARK: - Lists

    var page: PageWish {
        get throws(Problem) { PageWish(limit: try limit, after: query("after")) }
    }

    var limit: Int {
        get throws(Problem) {
            let limit = try number("limit", default: Self.usualLimit)
            guard (1...Self.largestLimit).contains(limit) else {
                throw AdminRouter.invalid(
                    "limit", "\(limit) is not a number from 1 to \(Self.largestLimit).", "Ask for less, page by page.")
            }
            return limit
        }
    }

    /// A page of a list, with the way to the next one (RFC 8288) if it is full.
    func list<Item: Listed & Encodable>(_ items: [Item]) throws(Problem) -> HTTPResponse {
        linked(.json(items), next: items.count < (try limit) ? nil : items.last?.cursor)
    }

    func linked(_ response: HTTPResponse, next cursor: String?) -> HTTPResponse {
        guard let cursor else { return response }
        var query = request.query
        query["after"] = cursor
        let words = query.sorted { $0.key < $1.key }.map { "\(Self.encoded($0.key))=\(Self.encoded($0.value))" }
        var response = response
        response.headers["Link"] = "<\(request.target)?\(words.joined(separator: "&"))>; rel=\"next\""
        return response
    }

    private static func encoded(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
