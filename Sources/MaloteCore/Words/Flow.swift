// A named reaction to an occasion, its email steps and the templates they use; pure description, no behaviour.

/// What a contract does when something happens to a ticket.
package struct Flow: Sendable, Hashable {
    package var name: FlowName
    package var contract: ContractName
    /// What starts it: an event such as `ticket.opened`, or a custom name given by a trigger.
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
        /// To and Cc of the mail that opened the ticket.
        case cc
        /// A person of the contract, by name.
        case person(String)
        /// A group of the contract, by name.
        case group(String)
        case address(MailAddress)
    }

    /// Whose words it sends.
    package enum Content: Sendable, Hashable {
        case template(TemplateName)
        /// The step's own, in Mustache like a template's.
        case own(subject: String, text: String, html: String?)
    }

    package var outbox: OutboxChoice
    package var to: [Recipient]
    package var content: Content
    /// Of the template, before the contract's own; `nil` for that.
    package var language: String?
    /// One of the outbox's senders, by address; `nil` takes its first.
    package var sender: String?
    package var priority: Priority
    /// Whether the files of its mail or its trigger go along.
    package var attachments: Bool
    /// How long after the occasion it is carried out.
    package var delaySeconds: Int
    /// All must hold when it is carried out. Empty for always.
    package var when: [StepCondition]
    /// If all of these hold, it is not carried out. Empty for never.
    package var unless: [StepCondition]
    /// Whether its recipients are asked to approve, each by a mail of their own; `nil` for a mail that asks nothing.
    package var approval: ApprovalTerms?

    package init(
        outbox: OutboxChoice = .system, to: [Recipient], content: Content, language: String? = nil,
        sender: String? = nil, priority: Priority = .normal, attachments: Bool = false, delaySeconds: Int = 0,
        when: [StepCondition] = [], unless: [StepCondition] = [], approval: ApprovalTerms? = nil
    ) {
        self.outbox = outbox
        self.to = to
        self.content = content
        self.language = language
        self.sender = sender
        self.priority = priority
        self.attachments = attachments
        self.delaySeconds = delaySeconds
        self.when = when
        self.unless = unless
        self.approval = approval
    }

    package init(
        outbox: OutboxChoice = .system, to: [Recipient], template: TemplateName, sender: String? = nil,
        priority: Priority = .normal
    ) {
        self.init(outbox: outbox, to: to, content: .template(template), sender: sender, priority: priority)
    }

    /// `nil` if it has its own words.
    package var template: TemplateName? {
        if case .template(let name) = content { name } else { nil }
    }
}

/// What a value must look like: one of several texts, compared as in rules of mail.
package struct StepCondition: Sendable, Hashable, Codable {
    /// A key of the flows' context, such as `fields.urgency`.
    package var key: String
    package var texts: [TextMatch]

    package init(_ key: String, _ texts: [TextMatch]) {
        self.key = key
        self.texts = texts
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
