// Reads one template of a registry document; knows nothing of who uses it.

import MaloteCore

struct TemplateDecoder {
    private let fields: FieldReader
    init(_ fields: FieldReader) { self.fields = fields }

    func decode() -> Template? {
        let before = fields.errors.errors.count
        fields.finish(known: ["name", "language", "active", "subject", "text", "html"])
        let name = fields.name("name", TemplateName.self)
        let subject = fields.required("subject", "Write the subject line.")
        let text = fields.required("text", "Write the text of the mail.")
        for key in ["subject", "text", "html"] { TemplateCheck.read(fields, key) }
        let language = fields.language("language") ?? "en"
        let isActive = fields.flag("active") ?? true
        guard let name, let subject, let text, fields.errors.errors.count == before else { return nil }
        return Template(
            name: name, language: language, subject: subject, text: text, html: fields.text("html"),
            isActive: isActive)
    }
}
