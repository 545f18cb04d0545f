// Who refers to whom in a registry, and which references lead nowhere; pure.

import MaloteCore

package enum RegistryLinks {
    // MARK: - Checking

    /// - Throws: every reference that is missing or of the wrong kind, with the line of the object that makes it.
    static func check(_ registry: Registry, lines: [String: Int]) throws(DocumentErrors) {
        var errors: [DocumentError] = []
        if let name = registry.systemOutbox {
            check(outbox: name, at: "system.outbox", lines["system"] ?? 0, registry, &errors)
        }
        for mailbox in registry.mailboxes {
            let place = "mailbox \(mailbox.name)"
            check(mailbox.inbox?.rules ?? [], of: place, registry, line: lines[place] ?? 0, &errors)
        }
        for contract in registry.contracts {
            check(contract, registry, line: lines["contract \(contract.name)"] ?? 0, &errors)
        }
        for flow in registry.flows { check(flow, registry, line: lines["flow \(flow.name)"] ?? 0, &errors) }
        checkPrefixes(registry, lines, &errors)
        guard errors.isEmpty else { throw DocumentErrors(errors.sorted { $0.line < $1.line }) }
    }

    private static func check(
        outbox name: MailboxName, at field: String, _ line: Int, _ registry: Registry, _ errors: inout [DocumentError]
    ) {
        guard let mailbox = registry.mailbox(name) else {
            errors.append(missing(field, line, "mailbox", name.text, registry.mailboxes.map(\.name.text)))
            return
        }
        if mailbox.outbox == nil {
            errors.append(
                DocumentError(
                    line: line, field: field, message: "mailbox \(name) is an inbox.", remedy: "Name an outbox."))
        }
    }

    private static func check(
        _ contract: Contract, _ registry: Registry, line: Int, _ errors: inout [DocumentError]
    ) {
        let path = "contract \(contract.name)"
        for name in contract.inboxes {
            guard let mailbox = registry.mailbox(name) else {
                errors.append(
                    missing("\(path).inboxes", line, "mailbox", name.text, registry.mailboxes.map(\.name.text)))
                continue
            }
            if mailbox.inbox == nil {
                errors.append(
                    DocumentError(
                        line: line, field: "\(path).inboxes", message: "mailbox \(name) is an outbox.",
                        remedy: "Name an inbox."))
            }
        }
        if case .mailbox(let name) = contract.outbox {
            check(outbox: name, at: "\(path).outbox", line, registry, &errors)
        }
        check(contract.rules, of: path, registry, line: line, &errors)
    }

    private static func check(
        _ rules: [MailRule], of place: String, _ registry: Registry, line: Int, _ errors: inout [DocumentError]
    ) {
        for (index, rule) in rules.enumerated() {
            guard case .contract(let name) = rule.action, registry.contract(name) == nil else { continue }
            errors.append(
                missing(
                    "\(place).rules[\(index)].do", line, "contract", name.text, registry.contracts.map(\.name.text)))
        }
    }

    private static func check(_ flow: Flow, _ registry: Registry, line: Int, _ errors: inout [DocumentError]) {
        let path = "flow \(flow.name)"
        guard let contract = registry.contract(flow.contract) else {
            errors.append(
                missing("\(path).contract", line, "contract", flow.contract.text, registry.contracts.map(\.name.text)))
            return
        }
        for (index, step) in flow.steps.enumerated() {
            guard case .email(let email) = step else { continue }
            let place = "\(path).steps[\(index)]"
            if case .specific(let name) = email.outbox {
                check(outbox: name, at: "\(place).outbox", line, registry, &errors)
            }
            if let template = email.template, !registry.templates.contains(where: { $0.name == template }) {
                errors.append(
                    missing(
                        "\(place).template", line, "template", template.text, registry.templates.map(\.name.text)))
            }
            for recipient in email.to { check(recipient, contract, place, line, &errors) }
        }
    }

    private static func check(
        _ recipient: EmailStep.Recipient, _ contract: Contract, _ place: String, _ line: Int,
        _ errors: inout [DocumentError]
    ) {
        switch recipient {
        case .person(let name) where !contract.people.contains { $0.name == name }:
            errors.append(missing("\(place).to", line, "person", name, contract.people.map(\.name)))
        case .group(let name) where !contract.groups.contains { $0.name == name }:
            errors.append(missing("\(place).to", line, "group", name, contract.groups.map(\.name)))
        case .person, .group, .requester, .cc, .address: break
        }
    }

    /// Two contracts with one prefix would show their customers the same ticket references.
    private static func checkPrefixes(_ registry: Registry, _ lines: [String: Int], _ errors: inout [DocumentError]) {
        var owners: [String: ContractName] = [:]
        for contract in registry.contracts {
            if let owner = owners[contract.prefix] {
                errors.append(
                    DocumentError(
                        line: lines["contract \(contract.name)"] ?? 0, field: "contract \(contract.name).prefix",
                        message: "\(contract.prefix) is the prefix of contract \(owner).",
                        remedy: "Choose another prefix."))
            }
            owners[contract.prefix] = contract.name
        }
    }

    private static func missing(
        _ field: String, _ line: Int, _ kind: String, _ name: String, _ known: [String]
    ) -> DocumentError {
        let hint =
            Spelling.nearest(to: name, among: known).map { "Did you mean \"\($0)\"?" }
            ?? "Add the \(kind) or correct the name."
        return DocumentError(line: line, field: field, message: "there is no \(kind) \"\(name)\".", remedy: hint)
    }

    // MARK: - Warnings

    static func warnings(_ registry: Registry, lines: [String: Int]) -> [DocumentError] {
        var warnings: [DocumentError] = []
        var accounts: [String: MailboxName] = [:]
        for mailbox in registry.mailboxes {
            guard let inbox = mailbox.inbox, let login = mailbox.login else { continue }
            let key = "\(mailbox.server.lowercased()) \(login.user) \(inbox.folder)"
            if let first = accounts[key], let line = lines["mailbox \(mailbox.name)"] ?? lines["mailbox \(first)"] {
                warnings.append(
                    DocumentError(
                        line: line, field: "mailbox \(mailbox.name)",
                        message: "reads the same folder as mailbox \(first).",
                        remedy: "Register each folder once: two readers would take each other's mail."))
            }
            accounts[key] = mailbox.name
        }
        for flow in registry.flows {
            if let line = lines["flow \(flow.name)"] { warnings += senderWarnings(flow, registry, line) }
        }
        return warnings
    }

    private static func senderWarnings(_ flow: Flow, _ registry: Registry, _ line: Int) -> [DocumentError] {
        guard let contract = registry.contract(flow.contract) else { return [] }
        return flow.steps.enumerated().compactMap { index, step in
            guard case .email(let email) = step,
                let resolution = try? OutboxResolution.resolve(
                    email.outbox, asker: "", contract: contract, registry: registry),
                email.senderNote(resolution.outbox) != nil
            else { return nil }
            let senders = resolution.outbox.senders.map(\.address).joined(separator: ", ")
            return DocumentError(
                line: line, field: "flow \(flow.name).steps[\(index)].sender",
                message: "is none of the senders of outbox \(resolution.mailbox.name): its first is taken.",
                remedy: "Use one of: \(senders).")
        }
    }

    // MARK: - Who uses it

    /// Why an object cannot go yet, in words.
    static func links(to section: RegistrySection, _ name: String, in registry: Registry) -> [String] {
        switch section {
        case .mailboxes: mailboxLinks(name, registry)
        case .contracts: contractLinks(name, registry)
        case .flows: []
        case .templates: templateLinks(name, registry)
        }
    }

    private static func mailboxLinks(_ name: String, _ registry: Registry) -> [String] {
        var links: [String] = []
        if registry.systemOutbox?.text == name { links.append("it is the system outbox") }
        for contract in registry.contracts {
            if contract.inboxes.contains(where: { $0.text == name }) {
                links.append("inbox of contract \(contract.name)")
            }
            if case .mailbox(let outbox) = contract.outbox, outbox.text == name {
                links.append("outbox of contract \(contract.name)")
            }
        }
        for flow in registry.flows {
            for (index, step) in flow.steps.enumerated() {
                if case .email(let email) = step, case .specific(let outbox) = email.outbox, outbox.text == name {
                    links.append("step \(index + 1) of flow \(flow.name)")
                }
            }
        }
        return links
    }

    private static func contractLinks(_ name: String, _ registry: Registry) -> [String] {
        func names(_ rules: [MailRule], of owner: String) -> [String] {
            rules.enumerated().compactMap { index, rule in
                if case .contract(let other) = rule.action, other.text == name {
                    return "rule \(index + 1) of \(owner)"
                }
                return nil
            }
        }
        return registry.flows.filter { $0.contract.text == name }.map { "flow \($0.name)" }
            + registry.mailboxes.flatMap { names($0.inbox?.rules ?? [], of: "inbox \($0.name)") }
            + registry.contracts.filter { $0.name.text != name }.flatMap { names($0.rules, of: "contract \($0.name)") }
    }

    private static func templateLinks(_ key: String, _ registry: Registry) -> [String] {
        guard let template = registry.templates.first(where: { $0.key == key }),
            registry.templates.filter({ $0.name == template.name }).count == 1
        else { return [] }
        return registry.flows.flatMap { flow in
            flow.steps.enumerated().compactMap { index, step in
                if case .email(let email) = step, email.template == template.name {
                    return "step \(index + 1) of flow \(flow.name)"
                }
                return nil
            }
        }
    }
}
