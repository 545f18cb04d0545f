// Reads one template of a registry document; knows nothing of who uses it.

import MaloteCore

struct TemplateDecoder {
    private let fields: FieldReader
    init(_ fields: FieldReader) { self.fields = fields }

    /// - Returns: `nil`, with errors recorded, when something is wrong.
    func decode() -> (template: Template, warnings: [DocumentError])? {
        let before = fields.errors.errors.count
        fields.finish(known: ["name", "language", "active", "subject", "text", "html"])
        let name = fields.name("name", TemplateName.self)
        let subject = fields.required("subject", "Write the subject line.")
        let text = fields.required("text", "Write the text of the mail.")
        let warnings = ["subject", "text", "html"].flatMap { TemplateCheck.warnings(fields, $0) }
        let language = fields.language("language") ?? "en"
        let isActive = fields.flag("active") ?? true
        guard let name, let subject, let text, fields.errors.errors.count == before else { return nil }
        let template = Template(
            name: name, language: language, subject: subject, text: text, html: fields.text("html"),
            isActive: isActive)
        return (template, warnings)
    }
}
