// Whom a step of a flow writes to, and whom it does not; pure.

import MaloteCore

extension FlowRun {
    struct Recipients {
        var to: [MailAddress] = []
        /// A sentence for each that was named and gets nothing.
        var leftOut: [String] = []
        /// Through which group an address was reached first, by its key.
        var groups: [String: String] = [:]

        /// Why there is none.
        var whyNobody: String { (["No recipient is left."] + leftOut).joined(separator: " ") }
    }

    /// Each address once, and never an address of our own: that would be the first half of a loop.
    func recipients(_ step: EmailStep, _ resolution: OutboxResolution) -> Recipients {
        var found = Recipients()
        if let muted {
            // What a group must be told it is told whatever is switched off.
            found.leftOut = [muted]
            for case .group(let name) in step.to {
                guard let group = group(name), group.mandatory.contains(notificationClass) else { continue }
                add(group, to: &found)
            }
        } else {
            for recipient in step.to { add(recipient, to: &found) }
        }
        var seen = registry.ownAddresses(of: contract, sendingBy: resolution.mailbox.name)
        found.to = found.to.filter {
            MailAddress.isValid(address: $0.address) && !isSigned($0) && seen.insert($0.key).inserted
        }
        return found
    }

    private var notificationClass: NotificationClass { NotificationClass(trigger: occasion.trigger) }

    /// Why only those hear of it who must.
    private var muted: String? {
        let kind = notificationClass.rawValue
        if occasion.isMuted { return "It says that nobody is to be notified." }
        return contract.notify.contains(notificationClass)
            ? nil : "Notifications of the class \(kind) are off for contract \(contract.name)."
    }

    /// One of our own with a mark in it.
    private func isSigned(_ address: MailAddress) -> Bool {
        ids.ticketKey(inAddress: address.address) != nil || ids.notification(inAddress: address.address) != nil
    }

    private func add(_ recipient: EmailStep.Recipient, to found: inout Recipients) {
        switch recipient {
        case .requester: addRequester(to: &found)
        case .cc: addUnlessSilent(ticket?.opening.cc ?? [], to: &found)
        case .person(let name): addUnlessSilent(contract.people.filter { $0.name == name }.map(\.email), to: &found)
        case .group(let name): if let group = group(name) { add(group, to: &found) }
        // Somebody has written it here, flag or no flag.
        case .address(let address): found.to.append(address)
        }
    }

    private func group(_ name: String) -> Contract.Group? { contract.groups.first { $0.name == name } }

    private func add(_ group: Contract.Group, to found: inout Recipients) {
        for address in group.members.map(\.email) + group.external where found.groups[address.key] == nil {
            found.groups[address.key] = group.name
        }
        for member in group.members {
            if member.mail {
                addUnlessSilent([member.email], to: &found)
            } else {
                found.leftOut.append("\(member.email.address) gets no mail as a member of group \(group.name).")
            }
        }
        found.to += group.external
    }

    /// The ticket's own. Only their own mail may ask for answers at another address.
    private func addRequester(to found: inout Recipients) {
        guard let ticket else { return found.leftOut.append("Without a ticket there is no requester.") }
        let isWriter = ticket.requester == nil || ticket.requester?.key == view?.from?.key
        guard let requester = (isWriter ? view?.replyTo.first : nil) ?? ticket.requester else {
            return found.leftOut.append("Ticket \(ticket.key) has no requester.")
        }
        if let own = ticket.requester, isSilent(own) { return addUnlessSilent([own], to: &found) }
        addUnlessSilent([requester], to: &found)
    }

    private func addUnlessSilent(_ addresses: [MailAddress], to found: inout Recipients) {
        for address in addresses {
            if isSilent(address) {
                found.leftOut.append("\(address.address) gets no mail: it is off for this person.")
            } else {
                found.to.append(address)
            }
        }
    }

    private func isSilent(_ address: MailAddress) -> Bool {
        contract.people.contains { !$0.mail && $0.email.key == address.key }
    }
}

extension Occasion {
    /// A private note: nothing leaves, whatever flags say.
    var isPrivate: Bool { data["private"] == .flag(true) }
    /// As if the contract had switched its class off.
    var isMuted: Bool { data["notify"] == .flag(false) }
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
