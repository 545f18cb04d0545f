// Everything an operator has registered, as one immutable value; knows nothing of files or tables.

/// A snapshot of mailboxes, contracts, flows and templates. Each list is sorted by name.
package struct Registry: Sendable, Hashable {
    package var systemOutbox: MailboxName?
    /// Who is written to when something is wrong, through the system outbox.
    package var alerts: [MailAddress]
    package var mailboxes: [Mailbox] { didSet { index = RegistryIndex() } }
    package var contracts: [Contract] { didSet { index = RegistryIndex() } }
    package var flows: [Flow]
    package var templates: [Template]
    private var index = RegistryIndex()

    package init(
        systemOutbox: MailboxName? = nil, mailboxes: [Mailbox] = [], contracts: [Contract] = [], flows: [Flow] = [],
        templates: [Template] = [], alerts: [MailAddress] = []
    ) {
        self.systemOutbox = systemOutbox
        self.alerts = alerts
        self.mailboxes = mailboxes
        self.contracts = contracts
        self.flows = flows
        self.templates = templates
    }

    private var places: RegistryIndex.Places { index.places(mailboxes, contracts) }

    package func mailbox(_ name: MailboxName) -> Mailbox? { places.mailboxNames[name].map { mailboxes[$0] } }
    package func mailbox(_ id: MailboxID) -> Mailbox? { places.mailboxIDs[id].map { mailboxes[$0] } }
    package func contract(_ name: ContractName) -> Contract? { places.contractNames[name].map { contracts[$0] } }
    package func contract(_ id: ContractID) -> Contract? { places.contractIDs[id].map { contracts[$0] } }

    /// Contracts that take their messages from this inbox, in name order.
    package func contracts(fedBy inbox: MailboxName) -> [Contract] {
        places.fed[inbox, default: []].map { contracts[$0] }
    }
}

/// One row's worth of change to the registry. Objects are matched by name; ids are the store's business.
package enum RegistryChange: Sendable, Hashable {
    case setSystemOutbox(MailboxName?)
    case setAlerts([MailAddress])
    case putMailbox(Mailbox)
    case deleteMailbox(MailboxName)
    case putContract(Contract)
    case deleteContract(ContractName)
    case putFlow(Flow)
    case deleteFlow(FlowName)
    case putTemplate(Template)
    case deleteTemplate(TemplateName, language: String)
}
