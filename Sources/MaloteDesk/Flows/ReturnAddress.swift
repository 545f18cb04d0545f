// Where a contract's answers and reports of non-delivery arrive, if its server takes signed addresses; pure.

import MaloteCore

extension Registry {
    /// Addresses of the contract's inboxes whose server delivers `local+anything@domain`, too.
    func plusAddresses(of contract: Contract) -> [MailAddress] {
        contract.inboxes.compactMap { name in
            guard let mailbox = mailbox(name), mailbox.inbox?.plus == true else { return nil }
            return mailbox.login.flatMap { MailAddress(operatorText: $0.user) }
        }
    }

    /// The reverse-path of the contract's mail from this sender: an inbox where a report finds its notification. Only in
    /// the sender's own domain: elsewhere its server, SPF or DMARC may refuse it.
    package func returnAddress(of contract: Contract, sender: MailAddress) -> MailAddress {
        let marked = plusAddresses(of: contract)
        return marked.first { $0.key == sender.key }
            ?? marked.first { $0.domain.lowercased() == sender.domain.lowercased() } ?? sender
    }

    /// The reverse-path as it goes out: signed if it is the address of an inbox that takes it, else as it is.
    package func reversePath(
        _ address: String, notification: NotificationID, contract: ContractID, ids: SignedMessageID
    ) -> String {
        let key = MailAddress(address: address).key
        guard let contract = self.contract(contract),
            let base = plusAddresses(of: contract).first(where: { $0.key == key })
        else { return address }
        return ids.address(for: notification, at: base)?.address ?? address
    }
}
