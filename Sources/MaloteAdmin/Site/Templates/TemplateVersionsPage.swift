// What a template was at each change, and taking one of them up again.

import MaloteCore

struct TemplateVersionsPage {
    private let visit: Visit
    private let words: TemplateWords
    private let name: String
    private let language: String

    init(_ visit: Visit, _ name: String, _ language: String) {
        self.visit = visit
        self.name = name
        self.language = language
        words = visit.words(TemplateWords.self)
    }

    private var path: String { "/templates/\(name.inAddress)/\(language.inAddress)" }

    /// - Parameter rest: nothing, a version's number, or that and `restore`.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        let number = rest.first.flatMap { Int($0) }
        switch (rest.count, number, rest.last) {
        case (0, _, _): return try await list()
        case (1, let number?, _): return try await show(number)
        case (2, let number?, "restore"): return try await restore(number)
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    private func list() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let versions = try await visit.control.templateVersions(name, language: language)
        let rows = versions.map { version -> [HTMLText] in
            let state: HTMLText =
                version.isCurrent
                ? Pill.good(words.current) : version.isDeleted ? Pill.warn(words.deleted) : ""
            return [
                "<a href=\"\(path)/versions/\(String(version.number))\">\(String(version.number))</a>",
                version.time == nil ? "\(words.beforeVersions)" : visit.moment(version.time),
                "\(version.subject ?? "")", state,
            ]
        }
        let table = Table(
            caption: words.versions,
            columns: [
                .init(words.number, isNumber: true), .init(words.since), .init(words.subject), .init(words.state),
            ],
            rows: rows, empty: visit.frame.none)
        return Page(
            title: "\(words.versions): \(name) \(language)", area: .templates, body: table.html,
            actions: visit.link(visit.frame.back, path)
        ).response(visit)
    }

    private func show(_ number: Int) async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let version = try await visit.control.templateVersion(name, language: language, number: number)
        let body: HTMLText =
            version.isDeleted
            ? "<p>\(Pill.warn(words.deleted))</p>"
            : TemplatePages.source(version.subject ?? "", version.text ?? "", version.html, words)
        let isOffered = visit.caller.isAdmin && !version.isCurrent && !version.isDeleted
        let restore = isOffered ? visit.button(words.restore, post: "\(path)/versions/\(number)/restore") : ""
        return Page(
            title: "\(name) \(language): \(words.version.filled(["n": "\(number)"]))", area: .templates, body: body,
            actions: "\(restore)\(visit.link(visit.frame.back, path + "/versions"))"
        ).response(visit)
    }

    private func restore(_ number: Int) async throws(Problem) -> HTTPResponse {
        guard visit.isPost else { return .redirect(to: "\(path)/versions/\(number)") }
        try visit.requireAdmin()
        _ = try await visit.control.apply(
            .restore(template: name, language: language, version: number), dryRun: false)
        return visit.redirect(to: path, notice: words.restored.filled(["n": "\(number)"]))
    }
}
