// How single objects enter and leave a plan, and which of their fields differ; pure.

import MaloteCore

extension RegistryPlan {
    mutating func setSystem(_ outbox: MailboxName?) {
        guard outbox != result.systemOutbox else { return }
        changes.append(.setSystemOutbox(outbox))
        lines.append(.init(action: "changed", kind: "system", name: "outbox", fields: ["outbox"]))
        result.systemOutbox = outbox
    }

    mutating func setAlerts(_ addresses: [MailAddress]) {
        guard addresses != result.alerts else { return }
        changes.append(.setAlerts(addresses))
        lines.append(.init(action: "changed", kind: "system", name: "alerts", fields: ["alerts"]))
        result.alerts = addresses
    }

    /// Everything that the document has takes the place of what there was. No name is in it twice.
    mutating func put(_ document: RegistryDocument, over current: Registry) {
        let mailboxes = document.mailboxes.map { put($0, current) }
        let mailboxNames = Set(mailboxes.map(\.name))
        result.mailboxes = result.mailboxes.filter { !mailboxNames.contains($0.name) } + mailboxes
        let contracts = document.contracts.map { put($0, current) }
        let contractNames = Set(contracts.map(\.name))
        result.contracts = result.contracts.filter { !contractNames.contains($0.name) } + contracts
        for flow in document.flows { put(flow, current) }
        for template in document.templates { put(template, current) }
    }

    /// - Returns: it, with the id that it has.
    private mutating func put(_ mailbox: Mailbox, _ current: Registry) -> Mailbox {
        var mailbox = mailbox
        let old = current.mailbox(mailbox.name)
        mailbox.id = old?.id ?? .unsaved
        note("mailbox", mailbox.name.text, old, mailbox, .putMailbox(mailbox)) {
            .init(
                node: RegistryExport.node($0), secrets: $0.login?.secrets ?? [],
                secretField: $0.login?.proof.field ?? "")
        }
        return mailbox
    }

    private mutating func put(_ contract: Contract, _ current: Registry) -> Contract {
        var contract = contract
        let old = current.contract(contract.name)
        contract.id = old?.id ?? .unsaved
        note("contract", contract.name.text, old, contract, .putContract(contract)) {
            .init(node: RegistryExport.node($0), secrets: $0.events?.secrets ?? [], secretField: "events")
        }
        return contract
    }

    private mutating func put(_ flow: Flow, _ current: Registry) {
        let old = current.flows.first { $0.name == flow.name }
        result.flows.removeAll { $0.name == flow.name }
        result.flows.append(flow)
        note("flow", flow.name.text, old, flow, .putFlow(flow)) { .init(node: RegistryExport.node($0)) }
    }

    private mutating func put(_ template: Template, _ current: Registry) {
        let old = current.templates.first { $0.key == template.key }
        result.templates.removeAll { $0.key == template.key }
        result.templates.append(template)
        note("template", template.key, old, template, .putTemplate(template)) { .init(node: RegistryExport.node($0)) }
    }

    mutating func remove(_ section: RegistrySection, _ name: String) {
        switch section {
        case .mailboxes:
            result.mailboxes.removeAll { $0.name.text == name }
            if let name = MailboxName(name) { changes.append(.deleteMailbox(name)) }
        case .contracts:
            result.contracts.removeAll { $0.name.text == name }
            if let name = ContractName(name) { changes.append(.deleteContract(name)) }
        case .flows:
            result.flows.removeAll { $0.name.text == name }
            if let name = FlowName(name) { changes.append(.deleteFlow(name)) }
        case .templates:
            for template in result.templates where template.key == name {
                changes.append(.deleteTemplate(template.name, language: template.language))
            }
            result.templates.removeAll { $0.key == name }
        }
        lines.append(.init(action: "removed", kind: section.singular, name: name))
    }

    /// Removes what the document does not name: users before what they use.
    mutating func prune(_ document: RegistryDocument, _ current: Registry) {
        for flow in current.flows where !document.flows.contains(where: { $0.name == flow.name }) {
            remove(.flows, flow.name.text)
        }
        let contracts = Set(document.contracts.map(\.name))
        for contract in current.contracts where !contracts.contains(contract.name) {
            remove(.contracts, contract.name.text)
        }
        for template in current.templates where !document.templates.contains(where: { $0.key == template.key }) {
            remove(.templates, template.key)
        }
        let mailboxes = Set(document.mailboxes.map(\.name))
        for mailbox in current.mailboxes where !mailboxes.contains(mailbox.name) {
            remove(.mailboxes, mailbox.name.text)
        }
    }

    /// An object as its differences are told: literal secrets export alike, so they are compared apart.
    private struct Portrait {
        var node: DocumentNode
        var secrets: [SecretSource?] = []
        var secretField = ""
    }

    private mutating func note<Object: Equatable>(
        _ kind: String, _ name: String, _ old: Object?, _ new: Object, _ change: RegistryChange,
        portrait: (Object) -> Portrait
    ) {
        guard let old else {
            changes.append(change)
            lines.append(.init(action: "added", kind: kind, name: name))
            return
        }
        guard old != new else {
            lines.append(.init(action: "unchanged", kind: kind, name: name))
            return
        }
        changes.append(change)
        let fields = Self.differences(portrait(old), portrait(new))
        lines.append(.init(action: "changed", kind: kind, name: name, fields: fields))
    }

    /// Names of the fields that differ, in the order of the export.
    private static func differences(_ old: Portrait, _ new: Portrait) -> [String] {
        guard case .mapping(let before) = old.node.value, case .mapping(let after) = new.node.value else { return [] }
        var seen: Set<String> = []
        return (after + before).map(\.key).filter { key in
            guard seen.insert(key).inserted else { return false }
            return before.first { $0.key == key }?.value != after.first { $0.key == key }?.value
                || (key == new.secretField && old.secrets != new.secrets)
        }
    }
}

extension Mailbox.Login {
    fileprivate var secrets: [SecretSource?] {
        switch proof {
        case .password(let source): [source]
        case .oauth(let grant): OAuthGrant.secretFields.map { grant[keyPath: $0.path] }
        }
    }
}

extension Mailbox.Login.Proof {
    /// Where the registry writes it.
    fileprivate var field: String {
        switch self {
        case .password: "password"
        case .oauth: "oauth2"
        }
    }
}
