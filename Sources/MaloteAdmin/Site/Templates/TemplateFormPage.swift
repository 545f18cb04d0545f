// The form of a template, and what becomes of what is typed; knows no Mustache.

import MaloteCore

struct TemplateFormPage {
    private let visit: Visit
    private let words: TemplateWords
    private let shared: RegistryPageWords
    /// `nil` for a new one.
    private let template: Template?

    init(_ visit: Visit, _ template: Template?) {
        self.visit = visit
        self.template = template
        words = visit.words(TemplateWords.self)
        shared = visit.words(RegistryPageWords.self)
    }

    func response() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET", "POST")
        try visit.requireAdmin()
        var old: RegisteredObject?
        if let template {
            old = try await RegisteredObject.find(
                .templates, template.name.text, language: template.language, visit)
        }
        guard visit.isPost else { return page(values(old), [], old) }
        return try await save(old)
    }

    private func values(_ old: RegisteredObject?) -> [String: String] {
        guard let old else {
            let query = visit.request.query
            return ["name": query["name"] ?? "", "language": visit.language.tag, "active": "on"]
        }
        var values = ["subject": old.text("subject"), "text": old.text("text"), "html": old.text("html")]
        if old.text("active") != "false" { values["active"] = "on" }
        return values
    }

    private func save(_ old: RegisteredObject?) async throws(Problem) -> HTTPResponse {
        let given = template?.name.text ?? visit.form.text("name") ?? ""
        let language = template?.language ?? visit.form.text("language") ?? "en"
        let title = "\(given) \(language)"
        var fields = ObjectFields()
        if template == nil {
            fields.set("name", given)
            fields.set("language", language)
        }
        for field in ["subject", "text"] { fields.set(field, visit.form[field] ?? "") }
        fields.set("html", visit.form.text("html") == nil ? nil : visit.form["html"])
        fields.set("active", visit.form.isOn("active") ? .null : .flag(false))
        let document = fields.document(isNew: template == nil)
        let edit: RegistryEdit =
            template == nil
            ? .add(.templates, fields: document) : .edit(.templates, name: title, fields: document)
        switch try await visit.save(
            edit, .templates, name: title, done: shared.saved.filled(["name": title]),
            onlyIf: visit.unchanged(.templates, template?.name.text, language: template?.language))
        {
        case .changed: return page(visit.form.single, [], old, remark: shared.changedMeanwhile, status: 409)
        case .refused(let errors): return page(visit.form.single, errors, old, status: 422)
        case .saved(let notice):
            let path = "/templates/\(given.inAddress)/\(language.inAddress)"
            return visit.redirect(to: visit.form["then"] == "preview" ? path + "/preview" : path, notice: notice)
        }
    }

    private func page(
        _ values: [String: String], _ errors: [DocumentError], _ old: RegisteredObject?, remark: String? = nil,
        status: Int = 200
    ) -> HTTPResponse {
        let form = Form(visit, values: values, errors: errors)
        let named: HTMLText =
            template == nil
            ? """
            <div class="row">\(form.input("name", shared.name, hint: shared.nameHint, isRequired: true))
            \(form.input(
                "language", shared.language, hint: words.languageHint, isRequired: true,
                proposals: PageLanguage.allCases.map(\.tag)))</div>
            """ : ""
        let body: HTMLText = """
            \(visit.remark(remark))
            \(form.summary(anchors: ["name", "language", "subject", "text", "html", "active"]))
            <form class="stack" method="post" action="\(template.map { $0.path + "/edit" } ?? "/templates/new")">
            \(visit.formKeyField)\(visit.version(old))
            <fieldset><legend>\(words.template)</legend>\(named)
            \(form.input("subject", words.subject, hint: words.keysHint))
            \(form.area("text", words.text, rows: 12, isCode: true))
            \(form.area("html", words.html, hint: words.htmlHint, rows: 12, isCode: true))
            \(form.box("active", words.active, hint: words.activeHint))</fieldset>
            <div class="actions"><button>\(visit.frame.save)</button>
            <button name="then" value="preview" class="second">\(visit.frame.save) + \(words.preview)</button>
            \(visit.link(visit.frame.cancel, template?.path ?? "/templates"))</div></form>
            """
        let title = template.map { words.editTemplate.filled(["name": $0.title]) } ?? words.newTemplate
        return Page(title: title, area: .templates, body: body, status: status).response(visit)
    }
}
