// What of a registry belongs to one contract; pure.

extension Registry {
    /// What makes the contract what it is, and nothing of another one: it, its flows, the mailboxes that it names and the
    /// templates of its flows.
    package func part(of contract: Contract) -> Registry {
        var part = Registry()
        part.contracts = [contract]
        part.flows = flows.filter { $0.contract == contract.name }
        let names = Set(contract.inboxes + namedOutboxes(of: contract))
        part.mailboxes = mailboxes.filter { names.contains($0.name) }
        let templates = Set(part.flows.flatMap { $0.steps.compactMap(\.template) })
        part.templates = self.templates.filter { templates.contains($0.name) }
        return part
    }

    /// Outboxes that the contract or one of its flows names.
    package func namedOutboxes(of contract: Contract) -> [MailboxName] {
        var names: [MailboxName] = []
        if case .mailbox(let name) = contract.outbox { names.append(name) }
        for flow in flows where flow.contract == contract.name {
            for case .email(let step) in flow.steps {
                if case .specific(let name) = step.outbox { names.append(name) }
            }
        }
        return names
    }
}

extension Flow.Step {
    fileprivate var template: TemplateName? {
        if case .email(let step) = self { step.template } else { nil }
    }
}
