// Routes of templates tried out and as they were, and of files of another system's mailboxes; knows no rule of either.

import Foundation
import MaloteCore

extension AdminRouter {
    /// `POST /v1/templates/NAME/preview` renders and `/test` sends what it rendered; `GET /v1/templates/NAME/versions`
    /// lists, `/versions/N` shows, and `POST /versions/N/restore` takes it up again. `?language=` says which template.
    func template(_ rest: [String], _ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let (name, language) = (rest[0], request.query["language"])
        let number = rest.count > 2 ? Int(rest[2]) : nil
        switch (rest.count, rest[1], number, rest.last) {
        case (2, "preview", _, _):
            let wish = try Self.wish(name, request)
            return .json(try await control.preview(wish.values))
        case (2, "test", _, _):
            let wish = try Self.wish(name, request)
            guard !wish.to.isEmpty else { throw Self.invalid("to", "is missing.", "Give at least one address.") }
            let receipt = try await control.sendPreview(wish.values, to: wish.to, outbox: wish.outbox)
            return .json(receipt, status: 201)
        case (2, "versions", _, _):
            guard request.method == "GET" else { throw Self.notAllowed(request, ["GET"]) }
            return .json(try await control.templateVersions(name, language: language))
        case (3, "versions", let number?, _):
            guard request.method == "GET" else { throw Self.notAllowed(request, ["GET"]) }
            return .json(try await control.templateVersion(name, language: language, number: number))
        case (4, "versions", let number?, "restore"):
            guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
            let edit = RegistryEdit.restore(template: name, language: language, version: number)
            return .json(try await control.apply(edit, dryRun: try Self.flag(request, "dry-run")))
        default: throw Self.notFound(request)
        }
    }

    private struct Wish {
        var values: PreviewWish
        var to: [String] = []
        var outbox: String?
    }

    /// `{"language", "contract", "ticket", "data": {...}}`, and to send it `{"to": [...], "outbox"}`; all may be absent.
    private static func wish(_ name: String, _ request: HTTPRequest) throws(Problem) -> Wish {
        guard request.method == "POST" else { throw notAllowed(request, ["POST"]) }
        var wish = Wish(values: PreviewWish(template: name, language: request.query["language"]))
        guard !request.body.isEmpty else { return wish }
        guard let fields = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any] else {
            throw invalid("", "the body is not a JSON object.", "Write it as {\"contract\": ..., \"data\": {...}}.")
        }
        let known = ["language", "contract", "ticket", "data", "to", "outbox"]
        if let other = fields.keys.sorted().first(where: { !known.contains($0) }) {
            throw invalid(other, "is not a known field.", "Known fields: \(known.joined(separator: ", ")).")
        }
        wish.values.language = try text(fields, "language") ?? wish.values.language
        wish.values.contract = try text(fields, "contract")
        wish.values.ticket = try text(fields, "ticket")
        wish.outbox = try text(fields, "outbox")
        if let data = fields["data"], !(data is NSNull) {
            guard data is [String: Any], let bytes = try? JSONSerialization.data(withJSONObject: data) else {
                throw invalid("data", "is no object.", "Write it as {\"name\": value, ...}.")
            }
            wish.values.data = Array(bytes)
        }
        guard let to = fields["to"] else { return wish }
        guard let list = to as? [String] else { throw invalid("to", "is no list of texts.", "Write [address].") }
        wish.to = list
        return wish
    }

    private static func text(_ fields: [String: Any], _ key: String) throws(Problem) -> String? {
        guard let value = fields[key], !(value is NSNull) else { return nil }
        guard let text = value as? String else { throw invalid(key, "has the wrong type.", "Write a text.") }
        return text
    }

    // MARK: - Coming from another system

    /// `POST /v1/import/mailboxes` applies a table of mailboxes: `?format=csv|yaml`, `?contract-column=`,
    /// `?create-contracts`, `?dry-run`. `?document` answers with the registry document it stands for, and applies nothing.
    func importing(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard rest == ["mailboxes"] else { throw Self.notFound(request) }
        guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
        var options = ImportOptions(contractColumn: request.query["contract-column"])
        options.createsContracts = try Self.flag(request, "create-contracts")
        if let text = request.query["format"] {
            guard let format = ImportOptions.Format(rawValue: text) else {
                throw Self.invalid("format", "\"\(text)\" is not known.", "Write csv or yaml.")
            }
            options.format = format
        }
        guard try Self.flag(request, "document") else {
            let edit = RegistryEdit.importing(request.body, options)
            return .json(try await control.apply(edit, dryRun: try Self.flag(request, "dry-run")))
        }
        return .text(200, try await control.document(importing: request.body, options), type: "application/yaml")
    }
}
