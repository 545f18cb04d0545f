// A named reaction to an event, its email steps and the templates they use; pure description, no behaviour.

/// What a contract does when something happens to a ticket.
package struct Flow: Sendable, Hashable {
    package var name: FlowName
    package var contract: ContractName
    /// The event that starts it: a `TicketEvent.Kind` such as `ticket.opened`, or a custom name given by a trigger.
    package var trigger: String
    package var steps: [Step]

    package enum Step: Sendable, Hashable {
        case email(EmailStep)
    }

    package init(name: FlowName, contract: ContractName, trigger: String, steps: [Step]) {
        self.name = name
        self.contract = contract
        self.trigger = trigger
        self.steps = steps
    }
}

/// The source system's flow element "Send message - email".
package struct EmailStep: Sendable, Hashable {
    package enum OutboxChoice: Sendable, Hashable {
        case system
        case contract
        case specific(MailboxName)
    }

    package enum Recipient: Sendable, Hashable {
        case requester
        /// A person of the contract, by name.
        case person(String)
        /// A group of the contract, by name.
        case group(String)
        case address(MailAddress)
    }

    package var outbox: OutboxChoice
    package var to: [Recipient]
    package var template: TemplateName
    /// One of the outbox's senders, by address; `nil` takes its first.
    package var sender: String?
    package var priority: Priority

    package init(
        outbox: OutboxChoice = .system, to: [Recipient], template: TemplateName, sender: String? = nil,
        priority: Priority = .normal
    ) {
        self.outbox = outbox
        self.to = to
        self.template = template
        self.sender = sender
        self.priority = priority
    }
}

/// Subject and bodies of a notification, in logic-less Mustache.
package struct Template: Sendable, Hashable {
    package var name: TemplateName
    package var language: String
    package var subject: String
    package var text: String
    package var html: String?
    /// Nothing is sent by an inactive one.
    package var isActive: Bool

    package init(
        name: TemplateName, language: String, subject: String, text: String, html: String? = nil, isActive: Bool = true
    ) {
        self.name = name
        self.language = language
        self.subject = subject
        self.text = text
        self.html = html
        self.isActive = isActive
    }
}
