// Who has access, and who changed what: tokens made and revoked, and the audit log; knows no token itself.

import MaloteCore

struct AccessPage {
    private let visit: Visit
    private let words: AccessWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(AccessWords.self)
    }

    /// - Parameter rest: of the path, behind `/access`: nothing, or `NAME/revoke`.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET", "POST")
        try visit.requireAdmin()
        switch (rest.count, rest.last) {
        case (0, _): return visit.isPost ? try await issue() : try await page()
        case (2, "revoke"): return try await revoke(rest[0])
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    // MARK: - Tokens

    private func issue() async throws(Problem) -> HTTPResponse {
        let form = visit.form
        let wish = AccessTokenWish(
            name: form.text("name") ?? "", role: form["role"] ?? "", contract: form.text("contract"),
            expires: form.text("expires"))
        do throws(Problem) {
            let issued = try await visit.control.issue(wish)
            let token = issued.token.reveal { String(decoding: $0, as: UTF8.self) }
            let body: HTMLText = """
                <div class="card"><p>\(words.issued.filled(["name": issued.view.name]))</p>
                <p><code class="token">\(token)</code></p>
                <p class="remark" role="status">\(words.issuedHint)</p></div>
                <div class="actions">\(visit.link(visit.frame.back, "/access"))</div>
                """
            return Page(title: words.newToken, area: .access, body: body).response(visit)
        } catch {
            guard [400, 404, 409, 422].contains(error.status) else { throw error }
            let errors = error.errors.isEmpty ? [DocumentError(field: "", message: error.detail)] : error.errors
            return try await page(errors, status: 422)
        }
    }

    private func revoke(_ name: String) async throws(Problem) -> HTTPResponse {
        let named = ["name": name]
        guard !visit.isPost else {
            try await visit.control.revoke(accessToken: name)
            return visit.redirect(to: "/access", notice: words.revoked.filled(named))
        }
        let body: HTMLText = """
            <p>\(words.revokeText)</p><div class="actions">
            \(visit.button(words.revoke, post: "/access/\(name.inAddress)/revoke", style: "danger"))
            \(visit.link(visit.frame.cancel, "/access"))</div>
            """
        return Page(title: words.revokeQuestion.filled(named), area: .access, body: body).response(visit)
    }

    // MARK: - The page

    private func page(_ errors: [DocumentError] = [], status: Int = 200) async throws(Problem) -> HTTPResponse {
        let tokens = try await visit.control.accessTokens()
        let registry = await visit.control.registry()
        let values = errors.isEmpty ? ["role": "read-only"] : visit.form.single
        let form = Form(visit, values: values, errors: errors)
        let body: HTMLText = """
            \(form.summary(anchors: ["name", "role", "contract", "expires"]))
            <h2>\(words.tokens)</h2>\(table(tokens))\(new(form, registry))
            <h2 id="audit">\(words.audit)</h2>\(try await audit(registry))
            """
        return Page(title: visit.frame.access, area: .access, body: body, status: status).response(visit)
    }

    private func table(_ tokens: [AccessTokenView]) -> HTMLText {
        let rows = tokens.map { token -> [HTMLText] in
            [
                "\(token.name)", "\(words.role(token.role))", "\(token.contract ?? "")", visit.stamp(token.created),
                token.expires == nil ? "\(words.never)" : visit.stamp(token.expires), visit.stamp(token.lastUsed),
                token.isValid ? Pill.good(words.valid) : Pill.warn(words.invalid),
                """
                <a href="/access/\(token.name.inAddress)/revoke" aria-label="\(words.revoke) \(token.name)">\
                \(words.revoke)</a>
                """,
            ]
        }
        let names = [
            words.name, words.role, words.contract, words.created, words.expires, words.lastUsed, words.state,
            words.actions,
        ]
        return Table(
            caption: words.tokens, columns: names.map { .init($0) }, rows: rows, empty: words.noTokens
        ).html
    }

    private func new(_ form: Form, _ registry: Registry) -> HTMLText {
        let roles = [APIToken.Role.reader, .contract, .admin].map { (value: $0.rawValue, label: words.role($0)) }
        let contracts =
            [(value: "", label: words.allContracts)]
            + registry.contracts.map {
                (value: $0.name.text, label: $0.name.text)
            }
        return """
            <form class="stack" method="post" action="/access">\(visit.formKeyField)
            <fieldset><legend>\(words.newToken)</legend>
            <div class="row">\(form.input("name", words.name, hint: words.nameHint, isRequired: true))
            \(form.input("expires", words.expires, .date, hint: words.expiresHint))</div>
            <div class="row">\(form.select("role", words.role, roles, hint: words.roleHint))
            \(form.select("contract", words.contract, contracts, hint: words.contractHint))</div>
            <button>\(words.issue)</button></fieldset></form>
            """
    }

    // MARK: - Audit log

    private func audit(_ registry: Registry) async throws(Problem) -> HTMLText {
        let filters = Filters(visit)
        let query = AuditQuery(
            contract: visit.query("contract"), who: visit.query("who"), since: visit.query("since"),
            page: PageWish(limit: 100, after: visit.query("after")))
        let entries = try await visit.control.audit(query)
        let rows = entries.map { entry -> [HTMLText] in
            let isDone = entry.outcome == AuditEntry.done
            let outcome: HTMLText =
                isDone ? Pill.good(entry.outcome) : "<span class=\"wide\" lang=\"en\">\(entry.outcome)</span>"
            return [
                visit.stamp(entry.time), "\(entry.who)", "\(entry.place)", "<code>\(entry.action)</code>",
                "\(entry.subject)", "\(entry.details)", outcome,
            ]
        }
        let names = [
            words.time, words.who, words.place, words.action, words.subject, words.details, words.outcome,
        ]
        let table = Table(
            caption: words.audit, columns: names.map { .init($0) }, rows: rows, empty: words.noAudit)
        let form = filters.form(
            "/access",
            [
                filters.contract(words.contract, registry), filters.input("who", words.who),
                filters.input("since", words.since, .date),
            ])
        let next = entries.count == 100 ? entries.last?.cursor : nil
        return "\(form)\(table.html)\(visit.further(words.later, "after", next))"
    }
}
