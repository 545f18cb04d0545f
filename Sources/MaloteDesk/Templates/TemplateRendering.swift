// A template with values in it: the mail it makes, and what was missing; knows no sender and no recipient.

import MaloteCore

package struct TemplateRendering: Sendable, Hashable {
    /// On one line.
    package var subject: String
    package var text: String
    package var html: String?
    /// Keys that printed nothing, each once, as the template writes them.
    package var missing: [String]

    /// - Parameter zone: a name of the time zone database.
    package init(_ template: Template, _ values: TemplateValue, zone: String) throws(MustacheTemplate.SyntaxError) {
        let style = TemplateStyle(language: template.language, zone: zone)
        let subject = try MustacheTemplate(template.subject).rendering(values, escaping: .none, style: style)
        let text = try MustacheTemplate(template.text).rendering(values, escaping: .none, style: style)
        self.subject = subject.text.onOneLine
        self.text = text.text
        missing = subject.missing + text.missing.filter { !subject.missing.contains($0) }
        guard let source = template.html else { return }
        let html = try MustacheTemplate(source).rendering(values, escaping: .html, style: style)
        self.html = html.text
        missing += html.missing.filter { !missing.contains($0) }
    }
}
