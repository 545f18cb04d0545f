// A registry file as values: what it names, and nothing about what is registered already.

import MaloteCore

/// The decoded form of a registry document. Where it says `{keep: true}` stands `keptPassword`, and a mailbox that keeps
/// its password is listed in `keptSecrets`: the planner puts the stored ones in their places.
package struct RegistryDocument: Sendable, Hashable {
    /// `nil` when the document does not say; `.some(nil)` when it says there is none.
    package var systemOutbox: MailboxName??
    /// `nil` when the document does not say.
    package var alerts: [MailAddress]?
    package var mailboxes: [Mailbox] = []
    package var contracts: [Contract] = []
    package var flows: [Flow] = []
    package var templates: [Template] = []
    /// Mailboxes whose stored password is to be kept, as `mailbox NAME`.
    package var keptSecrets: Set<String> = []
    /// Where each object stands in the file, for errors found later.
    package var lines: [String: Int] = [:]
    package var warnings: [DocumentError] = []

    package init() {}

    static let keptPassword = SecretSource.literal(Secret(""))

    /// - Throws: every error in the document, in its order.
    package static func decode(_ node: DocumentNode) throws(DocumentErrors) -> RegistryDocument {
        let errors = ErrorList()
        var document = RegistryDocument()
        if !node.isNull, let fields = FieldReader(node, path: "", errors: errors) {
            document.read(fields)
            fields.finish(known: ["system", "mailboxes", "contracts", "flows", "templates"])
        }
        guard errors.errors.isEmpty else { throw DocumentErrors(errors.errors.sorted { $0.line < $1.line }) }
        return document
    }

    private mutating func read(_ fields: FieldReader) {
        if let system = fields.node("system"), let reader = FieldReader(system, path: "system", errors: fields.errors) {
            lines["system"] = system.line
            if let text = reader.text("outbox") {
                if let name: MailboxName = reader.name(text, at: "outbox") { systemOutbox = .some(name) }
            } else if reader.has("outbox") {
                systemOutbox = .some(nil)
            }
            alerts = Self.alerts(reader)
            reader.finish(known: ["outbox", "alerts"])
        }
        for decoded in each(fields, "mailboxes", "mailbox", { MailboxDecoder($0).decode() }, { $0.mailbox.name.text }) {
            mailboxes.append(decoded.mailbox)
            warnings += decoded.warnings
            if decoded.keepsSecret { keptSecrets.insert("mailbox \(decoded.mailbox.name)") }
        }
        contracts = each(fields, "contracts", "contract", { ContractDecoder($0).decode() }, { $0.name.text })
        flows = each(fields, "flows", "flow", { FlowDecoder($0).decode() }, { $0.name.text })
        templates = each(fields, "templates", "template", { TemplateDecoder($0).decode() }, { $0.key })
        warnings += fields.errors.warnings
    }

    private static let mostAlerts = 20

    /// Who hears of alerts; `nil` when the document does not say.
    private static func alerts(_ reader: FieldReader) -> [MailAddress]? {
        guard reader.has("alerts") else { return nil }
        var addresses: [MailAddress] = []
        for item in reader.texts("alerts") {
            guard let address = MailAddress(operatorText: item.text) else {
                reader.errors.add(
                    item.node, item.path, "\"\(item.text.onOneLine)\" is not a mail address.",
                    "Write local@domain or Name <local@domain>.")
                continue
            }
            if !addresses.contains(where: { $0.key == address.key }) { addresses.append(address) }
        }
        if addresses.count > mostAlerts {
            reader.fail("alerts", "has more than \(mostAlerts) addresses.", "Write to a distribution list.")
        }
        return addresses
    }

    /// Decodes every item of a section, remembers its line and refuses a second one of the same name.
    private mutating func each<Object>(
        _ fields: FieldReader, _ section: String, _ kind: String, _ decode: (FieldReader) -> Object?,
        _ name: (Object) -> String
    ) -> [Object] {
        var objects: [Object] = []
        for item in fields.items(section) {
            guard let reader = FieldReader(item.node, path: item.path, errors: fields.errors),
                let object = decode(reader)
            else { continue }
            let key = "\(kind) \(name(object))"
            if let first = lines[key] {
                fields.errors.add(
                    item.node, item.path, "is a second \(key); the first is on line \(first).", "Remove one of them.")
            }
            lines[key] = item.node.line
            objects.append(object)
        }
        return objects
    }
}

/// Reads `password` and `secret` fields.
enum SecretDecoder {
    private static let remedy = "Write the text itself, {file: /path} or {credential: NAME}."

    /// - Returns: the source; `keeps` is true for `{keep: true}`.
    static func decode(_ fields: FieldReader, _ key: String) -> (source: SecretSource, keeps: Bool)? {
        guard let node = fields.node(key) else { return nil }
        if case .scalar(let text, _) = node.value {
            guard !text.isEmpty else {
                fields.fail(key, "must not be empty.", remedy)
                return nil
            }
            return (.literal(Secret(text)), false)
        }
        guard let reader = FieldReader(node, path: fields.path(key), errors: fields.errors) else { return nil }
        reader.finish(known: ["file", "credential", "keep"])
        switch (reader.line("file"), reader.line("credential"), reader.flag("keep")) {
        case (let path?, nil, nil):
            if path.hasPrefix("/") { return (.file(path: path), false) }
            reader.fail("file", "\"\(path)\" is not an absolute path.", "Write the path from the root: /...")
        case (nil, let name?, nil):
            if !name.isEmpty, !name.contains("/") { return (.credential(name: name), false) }
            reader.fail(
                "credential", "\"\(name)\" is not a credential's name.", "Write the name that systemd gives it.")
        case (nil, nil, true?): return (RegistryDocument.keptPassword, true)
        default: fields.fail(key, "must name one source.", remedy)
        }
        return nil
    }
}
