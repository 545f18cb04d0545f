// Which page of templates a path is; the list and one of them; knows no form.

import MaloteCore

struct TemplatePages {
    private let visit: Visit
    private let words: TemplateWords
    private let shared: RegistryPageWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(TemplateWords.self)
        shared = visit.words(RegistryPageWords.self)
    }

    /// - Parameter rest: of the path, behind `/templates`: `NAME/LANGUAGE`, and what to do.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        let registry = await visit.control.registry()
        switch (rest.count, rest.count > 2 ? rest[2] : nil) {
        case (0, _): return try list(registry.templates)
        case (1, _) where rest[0] == "new": return try await TemplateFormPage(visit, nil).response()
        case (1, _): return try named(rest[0], registry.templates)
        default: break
        }
        let isIt = { (template: Template) in template.name.text == rest[0] && template.language == rest[1] }
        // What is gone has versions still.
        if rest.count >= 3, rest[2] == "versions" {
            return try await TemplateVersionsPage(visit, rest[0], rest[1]).response(Array(rest.dropFirst(3)))
        }
        guard let template = registry.templates.first(where: isIt) else { throw AdminRouter.notFound(visit.request) }
        switch (rest.count, rest.last) {
        case (2, _): return try show(template)
        case (3, "edit"): return try await TemplateFormPage(visit, template).response()
        case (3, "delete"): return try await delete(template, registry)
        case (3, "preview"): return try await TemplatePreviewPage(visit, template).response(registry)
        case (4, "html") where rest[2] == "preview": return try await TemplatePreviewPage(visit, template).frame()
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    private func delete(_ template: Template, _ registry: Registry) async throws(Problem) -> HTTPResponse {
        try await DeletePage(
            visit: visit, section: .templates, area: .templates, title: template.title, key: template.title,
            path: template.path, links: registry.links(toTemplate: template.name).map { $0.html(visit) }
        ).response()
    }

    // MARK: - Lists

    private func list(_ templates: [Template], heading: String? = nil) throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let paging = Paging(templates, visit)
        let table = Table(
            caption: visit.frame.templates,
            columns: [
                .init(shared.name), .init(shared.language), .init(words.subject), .init(words.state),
                .init(shared.actions),
            ], rows: paging.items.map(row), empty: "\(words.empty) \(words.emptyHint)")
        let new = heading.map { "/templates/new?name=\($0.inAddress)" } ?? "/templates/new"
        let actions: HTMLText =
            visit.caller.isAdmin
            ? visit.link(heading == nil ? words.newTemplate : words.newLanguage, new, style: "button") : ""
        return Page(
            title: heading ?? visit.frame.templates, area: .templates, body: "\(table.html)\(paging.links(visit))",
            actions: actions
        ).response(visit)
    }

    /// All languages of a name; of one alone, that one.
    private func named(_ name: String, _ templates: [Template]) throws(Problem) -> HTTPResponse {
        let found = templates.filter { $0.name.text == name }
        guard let first = found.first else { throw AdminRouter.notFound(visit.request) }
        return found.count == 1 ? .redirect(to: first.path) : try list(found, heading: name)
    }

    private func row(_ template: Template) -> [HTMLText] {
        let label = template.title
        var links: [(String, String)] = [(words.preview, "/preview")]
        if visit.caller.isAdmin { links += [(visit.frame.edit, "/edit"), (visit.frame.delete, "/delete")] }
        let actions = links.enumerated().map { index, link -> HTMLText in
            """
            \(index == 0 ? "" : " · ")<a href="\(template.path)\(link.1)" aria-label="\(link.0) \(label)">\(link.0)</a>
            """
        }
        return [
            "<a href=\"\(template.path)\">\(template.name.text)</a>", "\(template.language)",
            "\(template.subject)", Self.pill(template.isActive, words), "<span class=\"tight\">\(actions)</span>",
        ]
    }

    static func pill(_ isActive: Bool, _ words: TemplateWords) -> HTMLText {
        isActive ? Pill.good(words.active) : Pill.warn(words.inactive)
    }

    // MARK: - One

    private func show(_ template: Template) throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let path = template.path
        let changes: HTMLText =
            visit.caller.isAdmin
            ? """
            \(visit.link(visit.frame.edit, path + "/edit"))
            \(visit.link(words.newLanguage, "/templates/new?name=\(template.name.text.inAddress)"))
            \(visit.link(visit.frame.delete, path + "/delete"))
            """ : ""
        let actions: HTMLText = """
            \(visit.link(words.preview, path + "/preview", style: "button"))
            \(visit.link(words.versions, path + "/versions"))\(changes)
            """
        let body: HTMLText = """
            <p>\(Self.pill(template.isActive, words)) \(shared.language): \(template.language)</p>
            \(Self.source(template.subject, template.text, template.html, words))
            """
        return Page(title: template.title, area: .templates, body: body, actions: actions).response(visit)
    }

    /// As it is written.
    static func source(_ subject: String, _ text: String, _ html: String?, _ words: TemplateWords) -> HTMLText {
        let markup: HTMLText =
            html.map { "<section class=\"card\"><h2>\(words.html)</h2><pre>\($0)</pre></section>" } ?? ""
        return """
            <section class="card"><h2>\(words.subject)</h2><pre>\(subject)</pre></section>
            <section class="card"><h2>\(words.text)</h2><pre>\(text)</pre></section>\(markup)
            """
    }
}

extension Template {
    /// As people and the mail room call it.
    var title: String { "\(name.text) \(language)" }
    var path: String { "/templates/\(name.text.inAddress)/\(language.inAddress)" }
}
