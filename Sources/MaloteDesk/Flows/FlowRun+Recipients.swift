// Whom a step of a flow writes to; pure.

import MaloteCore

extension FlowRun {
    /// Each address once, and never an address of our own: that would be the first half of a loop.
    func recipients(_ step: EmailStep, _ resolution: OutboxResolution) -> [MailAddress] {
        var seen = registry.ownAddresses(of: contract, sendingBy: resolution.mailbox.name)
        return step.to.flatMap(addresses).filter {
            MailAddress.isValid(address: $0.address) && !isSigned($0) && seen.insert($0.key).inserted
        }
    }

    /// One of our own with a mark in it.
    private func isSigned(_ address: MailAddress) -> Bool {
        ids.ticketKey(inAddress: address.address) != nil || ids.notification(inAddress: address.address) != nil
    }

    private func addresses(of recipient: EmailStep.Recipient) -> [MailAddress] {
        switch recipient {
        case .requester: requester.map { [$0] } ?? []
        case .person(let name): contract.people.filter { $0.name == name }.map(\.email)
        case .group(let name): contract.groups.first { $0.name == name }?.members ?? []
        case .address(let address): [address]
        }
    }

    /// The ticket's own. Only their own mail may ask for answers at another address.
    private var requester: MailAddress? {
        guard let ticket else { return nil }
        let isWriter = ticket.requester == nil || ticket.requester?.key == view?.from?.key
        return (isWriter ? view?.replyTo.first : nil) ?? ticket.requester
    }
}

extension Registry {
    /// Where this contract's mail arrives, and whom its mail may come from, in lower case.
    /// - Parameter outbox: one more outbox whose senders count; `nil` for none.
    package func ownAddresses(of contract: Contract, sendingBy outbox: MailboxName? = nil) -> Set<String> {
        let accounts = contract.inboxes.compactMap { mailbox($0)?.login?.user.lowercased() }
        var outboxes = [outbox, systemOutbox].compactMap { $0 }
        if case .mailbox(let own) = contract.outbox { outboxes.append(own) }
        let senders = outboxes.flatMap { mailbox($0)?.outbox?.senders.map(\.key) ?? [] }
        return Set(accounts.filter { $0.contains("@") } + senders)
    }
}
