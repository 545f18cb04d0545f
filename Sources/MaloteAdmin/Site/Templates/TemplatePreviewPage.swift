// A template with values in it, as text and as HTML, and sent as a test; renders nothing itself.

import MaloteCore

struct TemplatePreviewPage {
    private let visit: Visit
    private let words: TemplateWords
    private let template: Template

    init(_ visit: Visit, _ template: Template) {
        self.visit = visit
        self.template = template
        words = visit.words(TemplateWords.self)
    }

    private func given(_ name: String) -> String? {
        let text = (visit.isPost ? visit.form[name] : visit.request.query[name])?.trimmed ?? ""
        return text.isEmpty ? nil : text
    }

    private var wish: PreviewWish {
        PreviewWish(
            template: template.name.text, language: template.language, contract: given("contract"),
            ticket: given("ticket"))
    }

    func response(_ registry: Registry) async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET", "POST")
        return visit.isPost ? try await send(registry) : await page(registry)
    }

    /// The HTML alone, for the frame of the page: it runs nothing, loads nothing, and leads nowhere.
    func frame() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let html = try await visit.control.preview(wish).html ?? ""
        var response = HTTPResponse.text(200, html, type: "text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
            + "base-uri 'none'; frame-ancestors 'self'"
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    }

    // MARK: - Sending

    private func send(_ registry: Registry) async throws(Problem) -> HTTPResponse {
        let to = (visit.form["to"] ?? "").split { $0 == "," || $0.isNewline }.map { String($0).trimmed }
        do throws(Problem) {
            let receipt = try await visit.control.sendPreview(
                wish, to: to.filter { !$0.isEmpty }, outbox: given("outbox"))
            let notice = words.sent.filled(["n": "\(receipt.notification)", "outbox": receipt.outbox])
            return visit.redirect(to: template.path + "/preview" + query, notice: notice)
        } catch {
            guard [400, 404, 409, 422].contains(error.status) else { throw error }
            let errors = error.errors.isEmpty ? [DocumentError(field: "", message: error.detail)] : error.errors
            return await page(registry, errors, status: 422)
        }
    }

    private var query: String {
        let parts = [("contract", given("contract")), ("ticket", given("ticket"))].compactMap { name, text in
            text.map { "\(name)=\($0.inAddress)" }
        }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    // MARK: - The page

    private func page(_ registry: Registry, _ errors: [DocumentError] = [], status: Int = 200) async -> HTTPResponse {
        var (errors, status) = (errors, status)
        var shown: HTMLText = ""
        do throws(Problem) {
            shown = result(try await visit.control.preview(wish))
        } catch {
            if errors.isEmpty { errors = [DocumentError(field: "", message: error.detail)] }
            status = error.status
        }
        let names = ["contract", "ticket", "to", "outbox"]
        let values = names.reduce(into: [:]) { $0[$1] = given($1) }
        let form = Form(visit, values: values, errors: errors)
        let body: HTMLText = """
            \(form.summary(anchors: Set(names)))\(choice(form, registry))\(shown)\(sending(form, registry))
            """
        return Page(
            title: "\(words.preview): \(template.title)", area: .templates, body: body, status: status,
            actions: "\(visit.link(visit.frame.back, template.path))"
        ).response(visit)
    }

    private func choice(_ form: Form, _ registry: Registry) -> HTMLText {
        let contracts =
            [(value: "", label: words.sample)]
            + registry.contracts.map {
                (value: $0.name.text, label: $0.name.text)
            }
        return """
            <form class="card" method="get" action="\(template.path)/preview"><p class="soft">\(words.previewHint)</p>
            <div class="row">\(form.select("contract", words.contract, contracts))
            \(form.input("ticket", words.ticket, hint: words.ticketHint))</div>
            <button class="second">\(words.show)</button></form>
            """
    }

    private func result(_ preview: TemplatePreview) -> HTMLText {
        let missing: HTMLText =
            preview.missing.isEmpty
            ? "" : "<p class=\"remark\">\(words.missing) <code>\(preview.missing.joined(separator: " "))</code></p>"
        let html: HTMLText =
            preview.html == nil
            ? "<p class=\"soft\">\(words.noHTML)</p>"
            : """
            <iframe class="mail" sandbox="" referrerpolicy="no-referrer" title="\(words.asHTML)" \
            src="\(template.path)/preview/html\(query)"></iframe>
            """
        return """
            \(missing)<section class="card"><h2>\(words.subject)</h2><p>\(preview.subject)</p>
            <h2>\(words.asText)</h2><pre>\(preview.text)</pre></section>
            <section class="card"><h2>\(words.asHTML)</h2>\(html)</section>
            """
    }

    private func sending(_ form: Form, _ registry: Registry) -> HTMLText {
        guard visit.caller.mayChange else { return "" }
        let outboxes =
            [(value: "", label: words.ofContract), (value: "system", label: words.ofSystem)]
            + registry.mailboxes.filter { $0.outbox != nil }.map { (value: $0.name.text, label: $0.name.text) }
        let hidden = ["contract", "ticket"].map { name -> HTMLText in
            "<input type=\"hidden\" name=\"\(name)\" value=\"\(given(name) ?? "")\">"
        }
        return """
            <form class="stack" method="post" action="\(template.path)/preview">\(visit.formKeyField)\(hidden)
            <fieldset><legend>\(words.sendTest)</legend><p class="hint">\(words.sendHint)</p>
            <div class="row">\(form.input("to", words.to, placeholder: "ana@acme.example"))
            \(form.select("outbox", words.outbox, outboxes))</div><button>\(words.send)</button></fieldset></form>
            """
    }
}
