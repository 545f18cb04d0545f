// How single objects enter and leave a plan, and which of their fields differ; pure.

import MaloteCore

extension RegistryPlan {
    mutating func setSystem(_ outbox: MailboxName?) {
        guard outbox != result.systemOutbox else { return }
        changes.append(.setSystemOutbox(outbox))
        lines.append(.init(action: "changed", kind: "system", name: "outbox", fields: ["outbox"]))
        result.systemOutbox = outbox
    }

    mutating func put(_ mailbox: Mailbox, _ current: Registry) {
        var mailbox = mailbox
        let old = current.mailbox(mailbox.name)
        mailbox.id = old?.id ?? .unsaved
        result.mailboxes.removeAll { $0.name == mailbox.name }
        result.mailboxes.append(mailbox)
        note("mailbox", mailbox.name.text, old, mailbox, RegistryExport.node(mailbox), .putMailbox(mailbox)) {
            RegistryExport.node($0)
        }
    }

    mutating func put(_ contract: Contract, _ current: Registry) {
        var contract = contract
        let old = current.contract(contract.name)
        contract.id = old?.id ?? .unsaved
        result.contracts.removeAll { $0.name == contract.name }
        result.contracts.append(contract)
        note("contract", contract.name.text, old, contract, RegistryExport.node(contract), .putContract(contract)) {
            RegistryExport.node($0)
        }
    }

    mutating func put(_ flow: Flow, _ current: Registry) {
        let old = current.flows.first { $0.name == flow.name }
        result.flows.removeAll { $0.name == flow.name }
        result.flows.append(flow)
        note("flow", flow.name.text, old, flow, RegistryExport.node(flow), .putFlow(flow)) { RegistryExport.node($0) }
    }

    mutating func put(_ template: Template, _ current: Registry) {
        let old = current.templates.first { $0.key == template.key }
        result.templates.removeAll { $0.key == template.key }
        result.templates.append(template)
        note("template", template.key, old, template, RegistryExport.node(template), .putTemplate(template)) {
            RegistryExport.node($0)
        }
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
        for contract in current.contracts where !document.contracts.contains(where: { $0.name == contract.name }) {
            remove(.contracts, contract.name.text)
        }
        for template in current.templates where !document.templates.contains(where: { $0.key == template.key }) {
            remove(.templates, template.key)
        }
        for mailbox in current.mailboxes where !document.mailboxes.contains(where: { $0.name == mailbox.name }) {
            remove(.mailboxes, mailbox.name.text)
        }
    }

    private mutating func note<Object: Equatable>(
        _ kind: String, _ name: String, _ old: Object?, _ new: Object, _ node: DocumentNode, _ change: RegistryChange,
        describe: (Object) -> DocumentNode
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
        lines.append(.init(action: "changed", kind: kind, name: name, fields: differences(describe(old), node)))
    }

    /// Names of the fields that differ. Two literal secrets export alike, so a changed one shows as `password`.
    private func differences(_ old: DocumentNode, _ new: DocumentNode) -> [String] {
        guard case .mapping(let before) = old.value, case .mapping(let after) = new.value else { return [] }
        let keys = (before + after).map(\.key)
        var seen: Set<String> = []
        let names = keys.filter { key in
            seen.insert(key).inserted
                && before.first { $0.key == key }?.value.value != after.first { $0.key == key }?.value.value
        }
        return names.isEmpty ? ["secret"] : names
    }
}
