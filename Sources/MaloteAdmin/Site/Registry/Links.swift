// What links to a registered object, as links to its pages; knows nothing of deleting.

import MaloteCore

/// A page of a registered object.
struct RegistryLink: Sendable, Hashable {
    var area: PageArea
    var name: String

    /// With its area's name in front.
    func html(_ visit: Visit) -> HTMLText {
        "\(area.name(visit.frame)): <a href=\"\(area.path)/\(name.inAddress)\">\(name)</a>"
    }
}

extension Registry {
    func links(toMailbox name: MailboxName) -> [RegistryLink] {
        contracts.filter { $0.uses(name) }.map {
            RegistryLink(area: .contracts, name: $0.name.text)
        }
            + flows.filter { flow in flow.emails.contains { $0.outbox == .specific(name) } }.map {
                RegistryLink(area: .flows, name: $0.name.text)
            }
    }

    func links(toContract name: ContractName) -> [RegistryLink] {
        func leads(_ rules: [MailRule]) -> Bool { rules.contains { $0.action == .contract(name) } }
        return flows.filter { $0.contract == name }.map { RegistryLink(area: .flows, name: $0.name.text) }
            + mailboxes.filter { leads($0.inbox?.rules ?? []) }.map {
                RegistryLink(area: .mailboxes, name: $0.name.text)
            }
            + contracts.filter { $0.name != name && leads($0.rules) }.map {
                RegistryLink(area: .contracts, name: $0.name.text)
            }
    }

    /// Flows need a template as long as it is there in any language.
    func links(toTemplate name: TemplateName) -> [RegistryLink] {
        guard templates.count(where: { $0.name == name }) == 1 else { return [] }
        return flows.filter { flow in flow.emails.contains { $0.template == name } }.map {
            RegistryLink(area: .flows, name: $0.name.text)
        }
    }
}

extension Flow {
    var emails: [EmailStep] {
        steps.map { step in
            switch step {
            case .email(let email): email
            }
        }
    }
}
