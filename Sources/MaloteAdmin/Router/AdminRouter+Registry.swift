// Routes of the registry: the whole document, and each kind of object; knows no field's meaning.

import MaloteCore

extension AdminRouter {
    /// `GET` exports (`?format=json`, else YAML), `PUT` applies; `?dry-run` plans only, `?prune` removes what the document does not name.
    func registryDocument(_ request: HTTPRequest, _ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard rest.isEmpty else { throw Self.notFound(request) }
        switch request.method {
        case "GET":
            let format: RegistryFormat = request.query["format"] == "json" ? .json : .yaml
            return .text(200, try await control.export(format), type: "application/\(format)")
        case "PUT":
            let dryRun = try Self.flag(request, "dry-run")
            let edit = RegistryEdit.document(request.body, prune: try Self.flag(request, "prune"))
            return .json(try await control.apply(edit, dryRun: dryRun))
        default: throw Self.notAllowed(request, ["GET", "PUT"])
        }
    }

    func objects(
        _ section: RegistrySection, _ request: HTTPRequest, _ rest: [String]
    ) async throws(Problem) -> HTTPResponse {
        switch rest.count {
        case 0: return try await collection(section, request)
        case 1:
            let language = section == .templates ? request.query["language"].map { " " + $0 } : nil
            return try await object(section, rest[0] + (language ?? ""), request)
        case 2... where section == .templates: return try await template(rest, request)
        case 2 where section == .mailboxes && rest[1] == "poll":
            guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
            try await control.poll(rest[0])
            return .json(["polled": rest[0]], status: 202)
        case 2 where section == .mailboxes && rest[1] == "backfill": return try await backfill(rest[0], request)
        case 2 where section == .mailboxes && rest[1] == "test":
            guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
            let roundTrip = request.query["round-trip"].map { RoundTrip(partner: $0, to: request.query["to"]) }
            return .json(try await control.test(rest[0], roundTrip: roundTrip))
        case 2 where section == .mailboxes && rest[1] == "authorization":
            return try await authorization(rest[0], request)
        case 2 where section == .contracts && rest[1] == "events":
            return try await events(request, contract: rest[0])
        case 3 where section == .contracts && rest[1...] == ["events", "acknowledge"]:
            return try await acknowledge(rest[0], request)
        case 2... where section == .contracts && rest[1] == "endpoint":
            return try await endpoint(rest[0], Array(rest.dropFirst(2)), request)
        case 3 where section == .contracts && rest[1] == "dead-events":
            return try await deadEvents(rest[0], rest[2], request)
        case 2 where section == .contracts && ContractData(rawValue: rest[1]) != nil:
            return try await contractData(rest[0], rest[1], request)
        case 2 where section == .contracts && rest[1] == "triggers":
            return try await triggers(request, contract: rest[0])
        default: throw Self.notFound(request)
        }
    }

    /// `POST ?since=YYYY-MM-DD` or `POST ?all`, and `dry-run`. One of the two must be said: all is a lot.
    private func backfill(_ name: String, _ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        guard request.method == "POST" else { throw Self.notAllowed(request, ["POST"]) }
        let (since, dryRun) = (request.query["since"], try Self.flag(request, "dry-run"))
        guard try Self.flag(request, "all") == (since == nil) else {
            throw Self.invalid("since", "It is not said which mail to fetch.", "Write since=YYYY-MM-DD, or all.")
        }
        let report = try await control.backfill(name, since: since, dryRun: dryRun)
        return .json(report, status: dryRun ? 200 : 202)
    }

    private func collection(_ section: RegistrySection, _ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        switch request.method {
        case "GET": return await list(section, await control.registry(), server: request.query["server"])
        case "POST":
            let dryRun = try Self.flag(request, "dry-run")
            let edit: RegistryEdit =
                if section == .contracts, let other = request.query["from"] {
                    .copy(contract: other, fields: request.body)
                } else {
                    .add(section, fields: request.body)
                }
            let report = try await control.apply(edit, dryRun: dryRun)
            return .json(report, status: dryRun ? 200 : 201)
        default: throw Self.notAllowed(request, ["GET", "POST"])
        }
    }

    private func object(
        _ section: RegistrySection, _ name: String, _ request: HTTPRequest
    ) async throws(Problem) -> HTTPResponse {
        let dryRun = try Self.flag(request, "dry-run")
        switch request.method {
        case "GET": return try await show(section, name, await control.registry())
        case "PATCH":
            return .json(try await control.apply(.edit(section, name: name, fields: request.body), dryRun: dryRun))
        case "DELETE": return .json(try await control.apply(.delete(section, name: name), dryRun: dryRun))
        default: throw Self.notAllowed(request, ["GET", "PATCH", "DELETE"])
        }
    }

    private func list(
        _ section: RegistrySection, _ registry: Registry, server: String?
    ) async -> HTTPResponse {
        switch section {
        case .mailboxes:
            let wanted = server?.lowercased()
            let mailboxes = registry.mailboxes.filter { wanted == nil || $0.server.lowercased() == wanted }
            let tokens = await control.tokens()
            return .json(mailboxes.map { MailboxView($0, registry, token: tokens[$0.id]) })
        case .contracts: return .json(registry.contracts.map { ContractView($0, registry) })
        case .flows: return .json(registry.flows.map(FlowView.init))
        case .templates: return .json(registry.templates.map(TemplateView.init))
        }
    }

    private func show(
        _ section: RegistrySection, _ name: String, _ registry: Registry
    ) async throws(Problem) -> HTTPResponse {
        switch section {
        case .mailboxes:
            if let found = registry.mailboxes.first(where: { $0.name.text == name }) {
                return .json(MailboxView(found, registry, token: await control.tokens()[found.id]))
            }
        case .contracts:
            if let found = registry.contracts.first(where: { $0.name.text == name }) {
                return .json(ContractView(found, registry))
            }
        case .flows:
            if let found = registry.flows.first(where: { $0.name.text == name }) { return .json(FlowView(found)) }
        case .templates:
            // A name alone shows it in every language; one of them is changed as "NAME LANGUAGE".
            let found = registry.templates.filter {
                $0.name.text == name || "\($0.name.text) \($0.language.lowercased())" == name.lowercased()
            }
            if !found.isEmpty { return .json(found.map(TemplateView.init)) }
        }
        let kind = section == .mailboxes ? "mailbox" : String(section.rawValue.dropLast())
        throw Problem(status: 404, title: "Not found", detail: "There is no \(kind) \"\(name)\".")
    }
}
