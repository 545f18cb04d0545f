// Turns a wish (a document, an added, edited or deleted object) into changes, or into errors; pure.

import MaloteCore

/// What would change, what to tell the operator, and the registry as it would be.
package struct RegistryPlan: Sendable {
    package var changes: [RegistryChange]
    package var lines: [ApplyReport.Line]
    package var warnings: [DocumentError]
    package var result: Registry
}

package enum RegistryPlanner {
    /// A registry edit whose bytes have been read into nodes.
    package enum Wish: Sendable {
        case document(DocumentNode, prune: Bool)
        case add(RegistrySection, fields: DocumentNode)
        case copy(contract: String, fields: DocumentNode)
        case edit(RegistrySection, name: String, fields: DocumentNode)
        case delete(RegistrySection, name: String)
        case importing(MailboxImport)
        /// A template as it once was.
        case restore(Template)
    }

    /// - Throws: every reason why the wish cannot be granted; then nothing is to be changed.
    package static func plan(_ wish: Wish, on current: Registry) throws(DocumentErrors) -> RegistryPlan {
        switch wish {
        case .document(let node, let prune):
            // An empty file is a mistake, and pruning by it would take everything away.
            guard !prune || !node.isNull else {
                let remedy = "Write {} for a registry without anything in it."
                throw DocumentErrors([DocumentError(field: "", message: "The document is empty.", remedy: remedy)])
            }
            return try plan(RegistryDocument.decode(node), prune: prune, on: current)
        case .add(let section, let fields):
            let document = try RegistryDocument.decode(wrap(fields, in: section))
            try refuseTaken(document, on: current)
            return try plan(document, prune: false, on: current)
        case .copy(let name, let fields):
            let document = try RegistryDocument.decode(copy(of: name, with: fields, current))
            try refuseTaken(document, on: current)
            return try plan(document, prune: false, on: current)
        case .edit(let section, let given, let fields):
            let name = key(section, given, current)
            guard let object = RegistryExport.node(section, name, current) else {
                throw unknown(section, name, current)
            }
            let merged = try overlay(fields, on: object, in: section)
            return try plan(RegistryDocument.decode(wrap(merged, in: section)), prune: false, on: current)
        case .delete(let section, let name):
            return try delete(section, key(section, name, current), on: current)
        case .importing(let file): return try plan(file, on: current)
        case .restore(let template):
            let document = try RegistryDocument.decode(wrap(RegistryExport.node(template), in: .templates))
            return try plan(document, prune: false, on: current)
        }
    }

    /// The same rules as for a document, told in the words of the file that was read.
    private static func plan(_ file: MailboxImport, on current: Registry) throws(DocumentErrors) -> RegistryPlan {
        let made = try file.document(on: current)
        do throws(DocumentErrors) {
            var plan = try plan(RegistryDocument.decode(made.node), prune: false, on: current)
            plan.warnings = made.warnings + plan.warnings.map(made.told)
            return plan
        } catch {
            throw DocumentErrors(error.errors.map(made.told))
        }
    }

    /// A template is found by less than its whole key, too.
    private static func key(_ section: RegistrySection, _ name: String, _ current: Registry) -> String {
        section == .templates ? current.template(keyed: name)?.key ?? name : name
    }

    // MARK: - Documents

    private static func plan(
        _ document: RegistryDocument, prune: Bool, on current: Registry
    ) throws(DocumentErrors) -> RegistryPlan {
        let document = try restoreSecrets(document, current)
        var plan = RegistryPlan(changes: [], lines: [], warnings: document.warnings, result: current)
        if let outbox = document.systemOutbox { plan.setSystem(outbox) } else if prune { plan.setSystem(nil) }
        if let alerts = document.alerts { plan.setAlerts(alerts) } else if prune { plan.setAlerts([]) }
        plan.put(document, over: current)
        if prune { plan.prune(document, current) }
        plan.result.sort()
        try RegistryLinks.check(plan.result, lines: document.lines)
        plan.warnings += RegistryLinks.warnings(plan.result, lines: document.lines)
        return plan
    }

    /// `{keep: true}` stands for the stored secret.
    private static func restoreSecrets(
        _ document: RegistryDocument, _ current: Registry
    ) throws(DocumentErrors) -> RegistryDocument {
        let given = document
        var document = document
        var errors: [DocumentError] = []
        for index in document.mailboxes.indices {
            let mailbox = document.mailboxes[index]
            document.mailboxes[index].login?.restoreSecrets(of: current.mailbox(mailbox.name)?.login?.oauth) { field in
                errors.append(nothingToKeep("mailbox \(mailbox.name)", "oauth2.\(field)", given))
            }
            guard document.keptSecrets.contains("mailbox \(mailbox.name)") else { continue }
            if let stored = current.mailbox(mailbox.name)?.login?.password {
                document.mailboxes[index].login?.password = stored
            } else {
                errors.append(nothingToKeep("mailbox \(mailbox.name)", "password", document))
            }
        }
        for index in document.contracts.indices {
            let contract = document.contracts[index]
            document.contracts[index].events?.restoreSecrets(of: current.contract(contract.name)?.events) { field in
                errors.append(nothingToKeep("contract \(contract.name)", "events.\(field)", given))
            }
        }
        guard errors.isEmpty else { throw DocumentErrors(errors) }
        return document
    }

    private static func nothingToKeep(_ object: String, _ field: String, _ document: RegistryDocument) -> DocumentError
    {
        DocumentError(
            line: document.lines[object] ?? 0, field: "\(object).\(field)",
            message: "there is no stored secret to keep.",
            remedy: "Give it as {file: /path}, {credential: NAME} or a text.")
    }

    // MARK: - Single objects

    private static func wrap(_ fields: DocumentNode, in section: RegistrySection) -> DocumentNode {
        let list = DocumentNode(.sequence([fields]), line: fields.line)
        return DocumentNode(.mapping([.init(key: section.rawValue, value: list)]), line: fields.line)
    }

    private static func refuseTaken(_ document: RegistryDocument, on current: Registry) throws(DocumentErrors) {
        let taken =
            document.mailboxes.filter { current.mailbox($0.name) != nil }.map { "mailbox \($0.name)" }
            + document.contracts.filter { current.contract($0.name) != nil }.map { "contract \($0.name)" }
            + document.flows.filter { flow in current.flows.contains { $0.name == flow.name } }.map {
                "flow \($0.name)"
            }
            + document.templates.filter { template in current.templates.contains { $0.key == template.key } }
            .map { "template \($0.key)" }
        guard !taken.isEmpty else { return }
        throw DocumentErrors(
            taken.map {
                DocumentError(
                    field: "name", message: "there is a \($0) already.", remedy: "Choose another name, or edit it.")
            })
    }

    private static func overlay(
        _ fields: DocumentNode, on object: DocumentNode, in section: RegistrySection
    ) throws(DocumentErrors) -> DocumentNode {
        guard case .mapping(let changes) = fields.value, case .mapping(var entries) = object.value else {
            throw DocumentErrors([
                DocumentError(
                    line: fields.line, field: "", message: "the change must be a mapping of fields.",
                    remedy: "Write it as {field: value, ...}.")
            ])
        }
        let identity = section == .templates ? ["name", "language"] : ["name"]
        // A preset moves a mailbox: what it says stands in for what was registered, except where the change says more.
        if section == .mailboxes, changes.contains(where: { $0.key == "preset" && !$0.value.isNull }) {
            entries.removeAll { ProviderPreset.fields.contains($0.key) }
        }
        // One proof takes the other's place.
        for (proof, other) in [("password", "oauth2"), ("oauth2", "password")]
        where changes.contains(where: { $0.key == proof && !$0.value.isNull }) {
            entries.removeAll { $0.key == other }
        }
        for var change in changes {
            let old = entries.first { $0.key == change.key }?.value
            if ["oauth2", "events", "retention"].contains(change.key), let old {
                change.value = change.value.laid(over: old)
            }
            if identity.contains(change.key) {
                guard change.value.text == old?.text else { throw cannotChange(change) }
                continue
            }
            entries.removeAll { $0.key == change.key }
            // Null takes a field away, so that its default applies again.
            if !change.value.isNull { entries.append(change) }
        }
        return DocumentNode(.mapping(entries), line: fields.line)
    }

    private static func cannotChange(_ change: DocumentNode.Entry) -> DocumentErrors {
        DocumentErrors([
            DocumentError(
                line: change.keyLine, field: change.key, message: "a \(change.key) cannot be changed.",
                remedy: "Add an object with the new \(change.key) and delete the old one.")
        ])
    }

    static func unknown(_ section: RegistrySection, _ name: String, _ registry: Registry) -> DocumentErrors {
        let names = RegistryExport.names(section, registry)
        let hint =
            Spelling.nearest(to: name, among: names).map { "Did you mean \"\($0)\"?" }
            ?? (names.isEmpty ? "None is registered." : "Registered: \(names.prefix(20).joined(separator: ", ")).")
        return DocumentErrors([
            DocumentError(field: "name", message: "there is no \(section.singular) \"\(name)\".", remedy: hint)
        ])
    }

    private static func delete(
        _ section: RegistrySection, _ name: String, on current: Registry
    ) throws(DocumentErrors) -> RegistryPlan {
        guard RegistryExport.names(section, current).contains(name) else { throw unknown(section, name, current) }
        let links = RegistryLinks.links(to: section, name, in: current)
        guard links.isEmpty else {
            throw DocumentErrors([
                DocumentError(
                    field: "name",
                    message: "\(section.singular) \(name) is still used: \(links.joined(separator: "; ")).",
                    remedy: "Remove these links first.")
            ])
        }
        var plan = RegistryPlan(changes: [], lines: [], warnings: [], result: current)
        plan.remove(section, name)
        return plan
    }
}

extension DocumentNode {
    fileprivate var text: String? {
        if case .scalar(let text, _) = value { text } else { nil }
    }
}

extension DocumentNode {
    /// Its fields in place of the other's; null takes one away. What is no mapping stands as it is.
    fileprivate func laid(over old: DocumentNode) -> DocumentNode {
        guard case .mapping(let changes) = value, case .mapping(var entries) = old.value else { return self }
        entries.removeAll { entry in changes.contains { $0.key == entry.key } }
        return DocumentNode(.mapping(entries + changes.filter { !$0.value.isNull }), line: line)
    }
}

extension Mailbox.Login {
    /// - Parameter missing: told of each field whose secret is to be kept though there is none.
    fileprivate mutating func restoreSecrets(of stored: OAuthGrant?, missing: (String) -> Void) {
        guard case .oauth(var grant) = proof else { return }
        for (field, path) in OAuthGrant.secretFields where grant[keyPath: path] == RegistryDocument.keptPassword {
            if stored?[keyPath: path] == nil { missing(field) }
            grant[keyPath: path] = stored?[keyPath: path]
        }
        proof = .oauth(grant)
    }
}

extension Contract.EventEndpoint {
    /// - Parameter missing: told of each field whose secret is to be kept though there is none.
    fileprivate mutating func restoreSecrets(of stored: Self?, missing: (String) -> Void) {
        if secret == RegistryDocument.keptPassword {
            if let stored { secret = stored.secret } else { missing("secret") }
        }
        if formerSecret == RegistryDocument.keptPassword {
            if stored?.formerSecret == nil { missing("former_secret") }
            formerSecret = stored?.formerSecret
        }
    }
}

extension RegistrySection {
    package var singular: String { String(rawValue.dropLast(self == .mailboxes ? 2 : 1)) }
}

extension Template {
    /// What identifies a template: its name, and its language unless English.
    package var key: String { language == "en" ? name.text : "\(name.text) \(language)" }
}

extension Registry {
    mutating func sort() {
        mailboxes.sort { $0.name < $1.name }
        contracts.sort { $0.name < $1.name }
        flows.sort { $0.name < $1.name }
        templates.sort { ($0.name, $0.language) < ($1.name, $1.language) }
    }
}
