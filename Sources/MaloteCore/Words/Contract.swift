// The customer agreement and the people it names; knows nothing of mail transport.

/// A customer agreement: whose mail is kept together, and apart from everyone else's.
package struct Contract: Sendable, Hashable {
    package var id: ContractID
    package var name: ContractName
    package var title: String
    /// Ticket references are `PREFIX-number`; 1 to 16 of `A-Z 0-9`, starting with a letter. Unique in the registry.
    package var prefix: String
    package var inboxes: [MailboxName]
    package var outbox: OutboxChoice
    package var status: Status
    package var valid: Validity
    package var opening: Opening
    /// What flows may tell; of a class that is missing they tell groups for which it is mandatory.
    package var notify: Set<NotificationClass>
    package var people: [Person]
    package var groups: [Group]
    package var events: EventEndpoint?
    /// Language of templates chosen for this contract (`en`, `pt-BR`).
    package var language: String
    /// A name of the time zone database, in which its templates write times.
    package var timezone: String
    /// Looked at behind those of the inbox.
    package var rules: [MailRule]
    package var attachments: AttachmentPolicy
    package var answers: AnswerLimits
    package var closedTickets: ClosedTicketRule
    package var retention: Retention

    package enum OutboxChoice: Sendable, Hashable {
        /// The system outbox.
        case standard
        case mailbox(MailboxName)
    }

    package struct Person: Sendable, Hashable {
        package var name: String
        package var email: MailAddress
        /// Whether flows write to them.
        package var mail: Bool
        package init(name: String, email: MailAddress, mail: Bool = true) {
            self.name = name
            self.email = email
            self.mail = mail
        }
    }

    package struct Group: Sendable, Hashable {
        package var name: String
        package var members: [Member]
        /// Addresses outside the contract that get its notifications, too.
        package var external: [MailAddress]
        /// What it is told even when the contract has switched it off.
        package var mandatory: Set<NotificationClass>

        package struct Member: Sendable, Hashable {
            package var email: MailAddress
            /// Whether flows write to them as a member.
            package var mail: Bool
            package init(_ email: MailAddress, mail: Bool = true) {
                self.email = email
                self.mail = mail
            }
        }

        package init(
            name: String, members: [Member], external: [MailAddress] = [], mandatory: Set<NotificationClass> = []
        ) {
            self.name = name
            self.members = members
            self.external = external
            self.mandatory = mandatory
        }
    }

    package init(
        id: ContractID = .unsaved, name: ContractName, title: String = "", prefix: String, inboxes: [MailboxName] = [],
        outbox: OutboxChoice = .standard, status: Status = .active, valid: Validity = Validity(),
        opening: Opening = Opening(), notify: Set<NotificationClass> = Set(NotificationClass.allCases),
        people: [Person] = [], groups: [Group] = [],
        events: EventEndpoint? = nil,
        language: String = "en", timezone: String = "UTC", rules: [MailRule] = [],
        attachments: AttachmentPolicy = AttachmentPolicy(),
        answers: AnswerLimits = AnswerLimits(), closedTickets: ClosedTicketRule = ClosedTicketRule(),
        retention: Retention = Retention()
    ) {
        self.id = id
        self.name = name
        self.title = title
        self.prefix = prefix
        self.inboxes = inboxes
        self.outbox = outbox
        self.status = status
        self.valid = valid
        self.opening = opening
        self.notify = notify
        self.people = people
        self.groups = groups
        self.events = events
        self.language = language
        self.timezone = timezone
        self.rules = rules
        self.attachments = attachments
        self.answers = answers
        self.closedTickets = closedTickets
        self.retention = retention
    }
}
