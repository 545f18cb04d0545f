// Routes of templates tried out, and as they were; knows no Mustache.

import Foundation
import MaloteCore

enum TemplateRoutes {
    static let all = [
        Route("POST", "/v1/templates/{name}/preview", query: ["language"], body: .json, preview),
        Route("POST", "/v1/templates/{name}/test", query: ["language"], body: .json, test),
        Route("GET", "/v1/templates/{name}/versions", query: ["language"], versions),
        Route("GET", "/v1/templates/{name}/versions/{number}", query: ["language"], version),
        Route("POST", "/v1/templates/{name}/versions/{number}/restore", query: ["language", "dry-run"], restore),
    ]

    static func preview(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.preview(try wish(ask).values))
    }

    static func test(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let wish = try wish(ask)
        guard !wish.to.isEmpty else { throw AdminRouter.invalid("to", "is missing.", "Give at least one address.") }
        return .json(
            try await ask.control.sendPreview(wish.values, to: wish.to, outbox: wish.outbox), status: 201)
    }

    static func versions(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        .json(try await ask.control.templateVersions(ask["name"], language: ask.query("language")))
    }

    static func version(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let number = Int(clamping: try ask.id("number"))
        return .json(
            try await ask.control.templateVersion(ask["name"], language: ask.query("language"), number: number))
    }

    static func restore(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let edit = RegistryEdit.restore(
            template: ask["name"], language: ask.query("language"), version: Int(clamping: try ask.id("number")))
        return .json(try await ask.control.apply(edit, dryRun: try ask.flag("dry-run")))
    }

    // MARK: - What to render

    private struct Wish {
        var values: PreviewWish
        var to: [String] = []
        var outbox: String?
    }

    /// `{"language", "contract", "ticket", "data": {...}}`, and to send it `{"to": [...], "outbox"}`; all may be absent.
    private static func wish(_ ask: APIRequest) throws(Problem) -> Wish {
        var wish = Wish(values: PreviewWish(template: ask["name"], language: ask.query("language")))
        guard !ask.request.body.isEmpty else { return wish }
        guard let fields = (try? JSONSerialization.jsonObject(with: Data(ask.request.body))) as? [String: Any] else {
            throw AdminRouter.invalid(
                "", "the body is not a JSON object.", "Write it as {\"contract\": ..., \"data\": {...}}.")
        }
        let known = ["language", "contract", "ticket", "data", "to", "outbox"]
        if let other = fields.keys.sorted().first(where: { !known.contains($0) }) {
            throw AdminRouter.invalid(
                other.onOneLine, "is not a known field.", "Known fields: \(known.joined(separator: ", ")).")
        }
        wish.values.language = try text(fields, "language") ?? wish.values.language
        wish.values.contract = try text(fields, "contract")
        wish.values.ticket = try text(fields, "ticket")
        wish.outbox = try text(fields, "outbox")
        if let data = fields["data"], !(data is NSNull) {
            guard data is [String: Any], let bytes = try? JSONSerialization.data(withJSONObject: data) else {
                throw AdminRouter.invalid("data", "is no object.", "Write it as {\"name\": value, ...}.")
            }
            wish.values.data = Array(bytes)
        }
        guard let to = fields["to"] else { return wish }
        guard let list = to as? [String] else {
            throw AdminRouter.invalid("to", "is no list of texts.", "Write [address].")
        }
        wish.to = list
        return wish
    }

    private static func text(_ fields: [String: Any], _ key: String) throws(Problem) -> String? {
        guard let value = fields[key], !(value is NSNull) else { return nil }
        guard let text = value as? String else {
            throw AdminRouter.invalid(key, "has the wrong type.", "Write a text.")
        }
        return text
    }
}
