// The part of the operators' port that is about templates: how they look, and how they looked; knows no Mustache.

/// What an operator can try with templates before customers see them.
package protocol TemplateControl: Sendable {
    /// Renders with a ticket's values, or with samples.
    func preview(_ wish: PreviewWish) async throws(Problem) -> TemplatePreview

    /// Renders as `preview` does, and sends it as a notification of the contract.
    /// - Parameter outbox: `system`, `contract` (default) or an outbox's name.
    func sendPreview(_ wish: PreviewWish, to: [String], outbox: String?) async throws(Problem) -> SendReceipt

    /// By language, latest first, without their bodies.
    func templateVersions(_ name: String, language: String?) async throws(Problem) -> [TemplateVersionView]

    /// One of them, whole.
    func templateVersion(_ name: String, language: String?, number: Int) async throws(Problem) -> TemplateVersionView
}

/// Which template with which values. A template is its name, or `NAME LANGUAGE`.
package struct PreviewWish: Sendable, Hashable {
    package var template: String
    /// `nil` takes the contract's.
    package var language: String?
    /// Whose way of writing; `nil` takes a sample, or the ticket's.
    package var contract: String?
    /// A ticket's key: its values and those of its last mail; `nil` takes samples.
    package var ticket: String?
    /// What `data.*` is, as JSON.
    package var data: [UInt8]?

    package init(
        template: String, language: String? = nil, contract: String? = nil, ticket: String? = nil, data: [UInt8]? = nil
    ) {
        self.template = template
        self.language = language
        self.contract = contract
        self.ticket = ticket
        self.data = data
    }
}

package struct TemplatePreview: Sendable, Hashable, Codable {
    package var template: String
    package var language: String
    package var active: Bool
    package var subject: String
    package var text: String
    package var html: String?
    /// Keys that printed nothing, as the template writes them, in its order.
    package var missing: [String]

    package init(
        template: String, language: String, active: Bool, subject: String, text: String, html: String?,
        missing: [String]
    ) {
        self.template = template
        self.language = language
        self.active = active
        self.subject = subject
        self.text = text
        self.html = html
        self.missing = missing
    }
}

package struct TemplateVersionView: Sendable, Hashable, Codable {
    package var template: String
    package var language: String
    package var number: Int
    package var time: Timestamp?
    package var isCurrent: Bool
    /// From then on there was no such template.
    package var isDeleted: Bool
    package var active: Bool?
    package var subject: String?
    /// Absent from lists.
    package var text: String?
    package var html: String?

    /// - Parameter isWhole: with its bodies.
    package init(_ version: TemplateVersion, of name: String, isCurrent: Bool, isWhole: Bool) {
        template = name
        language = version.language
        number = version.number
        time = version.time
        self.isCurrent = isCurrent
        isDeleted = version.template == nil
        active = version.template?.isActive
        subject = version.template?.subject
        text = isWhole ? version.template?.text : nil
        html = isWhole ? version.template?.html : nil
    }
}
