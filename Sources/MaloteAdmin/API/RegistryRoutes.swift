// Routes of the registry: the whole document, and each kind of object; knows no field's meaning.

import MaloteCore

enum RegistryRoutes {
    static let all =
        [
            Route(
                "GET", "/v1/registry", query: ["format"], gives: ["application/yaml", "application/json"], export),
            Route("PUT", "/v1/registry", query: ["dry-run", "prune"], body: .document, apply),
            Route(
                "POST", "/v1/import/mailboxes",
                query: ["format", "contract-column", "create-contracts", "dry-run", "document"], body: .table,
                gives: ["application/json", "application/yaml"], importing),
        ] + RegistrySection.allCases.flatMap(objects)

    /// List, add, show, change and delete.
    private static func objects(_ section: RegistrySection) -> [Route] {
        let (list, one) = ("/v1/\(section)", "/v1/\(section)/{name}")
        let which: Set<String> = section == .templates ? ["language"] : []
        let filters: Set<String> = section == .mailboxes ? ["server"] : []
        let origin: Set<String> = section == .contracts ? ["from"] : []
        return [
            Route("GET", list, query: filters) { ask throws(Problem) in await self.list(section, ask) },
            Route("POST", list, query: origin.union(["dry-run"]), body: .document) { ask throws(Problem) in
                try await add(section, ask)
            },
            Route("GET", one, query: which) { ask throws(Problem) in try await show(section, ask) },
            Route("PATCH", one, query: which.union(["dry-run"]), body: .document) { ask throws(Problem) in
                let edit = RegistryEdit.edit(section, name: name(section, ask), fields: ask.request.body)
                return try await change(section, edit, ask)
            },
            Route("DELETE", one, query: which.union(["dry-run"])) { ask throws(Problem) in
                try await change(section, .delete(section, name: name(section, ask)), ask)
            },
        ]
    }

    // MARK: - The whole

    static func export(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let format: RegistryFormat
        switch ask.query("format") {
        case nil: format = AdminRouter.accepts(ask.request, anyOf: ["application/yaml"]) ? .yaml : .json
        case let text?:
            guard let known = RegistryFormat(rawValue: text) else {
                throw AdminRouter.invalid("format", "\"\(text.onOneLine)\" is not known.", "Write yaml or json.")
            }
            format = known
        }
        let (text, registry) = (try await ask.control.export(format), await ask.control.registry())
        return ask.tagged(.text(200, text, type: "application/\(format)"), EntityTag(registry))
    }

    static func apply(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let edit = RegistryEdit.document(ask.request.body, prune: try ask.flag("prune"))
        let condition = ask.condition { EntityTag($0) }
        return .json(try await ask.control.apply(edit, dryRun: try ask.flag("dry-run"), onlyIf: condition))
    }

    /// A table of another system's mailboxes. `document` answers with the registry document it stands for, and applies
    /// nothing.
    static func importing(_ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        var options = ImportOptions(contractColumn: ask.query("contract-column"))
        options.createsContracts = try ask.flag("create-contracts")
        if let text = ask.query("format") {
            guard let format = ImportOptions.Format(rawValue: text) else {
                throw AdminRouter.invalid("format", "\"\(text.onOneLine)\" is not known.", "Write csv or yaml.")
            }
            options.format = format
        }
        guard try ask.flag("document") else {
            let edit = RegistryEdit.importing(ask.request.body, options)
            return .json(try await ask.control.apply(edit, dryRun: try ask.flag("dry-run")))
        }
        let text = try await ask.control.document(importing: ask.request.body, options)
        return .text(200, text, type: "application/yaml")
    }

    // MARK: - Objects

    /// Templates are told by name and language.
    private static func name(_ section: RegistrySection, _ ask: APIRequest) -> String {
        guard section == .templates, let language = ask.query("language") else { return ask["name"] }
        return "\(ask["name"]) \(language)"
    }

    private static func add(_ section: RegistrySection, _ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let edit: RegistryEdit =
            if section == .contracts, let other = ask.query("from") {
                .copy(contract: other, fields: ask.request.body)
            } else {
                .add(section, fields: ask.request.body)
            }
        let dryRun = try ask.flag("dry-run")
        return .json(try await ask.control.apply(edit, dryRun: dryRun), status: dryRun ? 200 : 201)
    }

    private static func change(
        _ section: RegistrySection, _ edit: RegistryEdit, _ ask: APIRequest
    ) async throws(Problem) -> HTTPResponse {
        let name = name(section, ask)
        let condition = ask.condition { $0.tag(of: section, name) }
        return .json(try await ask.control.apply(edit, dryRun: try ask.flag("dry-run"), onlyIf: condition))
    }

    private static func list(_ section: RegistrySection, _ ask: APIRequest) async -> HTTPResponse {
        let registry = await ask.control.registry()
        switch section {
        case .mailboxes:
            let wanted = ask.query("server")?.lowercased()
            let mailboxes = registry.mailboxes.filter { wanted == nil || $0.server.lowercased() == wanted }
            let tokens = await ask.control.tokens()
            return .json(mailboxes.map { MailboxView($0, registry, token: tokens[$0.id]) })
        case .contracts: return .json(registry.contracts.map { ContractView($0, registry) })
        case .flows: return .json(registry.flows.map(FlowView.init))
        case .templates: return .json(registry.templates.map(TemplateView.init))
        }
    }

    private static func show(_ section: RegistrySection, _ ask: APIRequest) async throws(Problem) -> HTTPResponse {
        let (name, registry) = (name(section, ask), await ask.control.registry())
        guard let tag = registry.tag(of: section, name),
            let response = await view(section, name, registry, ask)
        else {
            throw Problem(
                status: 404, title: "Not found", detail: "There is no \(section.one) \"\(name.onOneLine)\".")
        }
        return ask.tagged(response, tag)
    }

    private static func view(
        _ section: RegistrySection, _ name: String, _ registry: Registry, _ ask: APIRequest
    ) async -> HTTPResponse? {
        switch section {
        case .mailboxes:
            guard let found = registry.mailboxes.first(where: { $0.name.text == name }) else { return nil }
            return .json(MailboxView(found, registry, token: await ask.control.tokens()[found.id]))
        case .contracts:
            return registry.contracts.first { $0.name.text == name }.map { .json(ContractView($0, registry)) }
        case .flows: return registry.flows.first { $0.name.text == name }.map { .json(FlowView($0)) }
        case .templates: return .json(registry.templates(named: name).map(TemplateView.init))
        }
    }
}
