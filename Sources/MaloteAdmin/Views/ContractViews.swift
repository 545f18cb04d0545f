// Contracts and flows as the API shows them; secrets do not appear.

import MaloteCore

struct ContractView: Encodable {
    struct Person: Encodable {
        var name, email: String
        /// Present where it is off.
        var mail: Bool?
    }

    struct Group: Encodable {
        var name: String
        var members: [String]
        /// Absent where empty: members who get no mail, addresses outside, what cannot be switched off.
        var silent, external: [String]?
        var mandatory: [NotificationClass]?
    }

    var id: Int64
    var name, title, prefix, language, timezone: String
    var inboxes: [String]
    /// `standard`, or an outbox's name.
    var outbox: String
    var people: [Person]
    var groups: [Group]
    var eventsURL: String?
    var flows: [String]
    var rules: [String]?
    /// Absent where nothing is refused.
    var attachments: AttachmentPolicy?
    /// Absent where the usual limits hold.
    var answers: AnswerLimits?
    /// Absent where a reply always opens a closed ticket again.
    var closed: ClosedTicketRule?
    var status: Contract.Status
    /// Absent where nothing is said.
    var validFrom, validUntil: String?
    var opening: Opening?
    /// Absent where all are on.
    var notify: [NotificationClass]?
    /// Absent where everything is kept for ever.
    var retention: Contract.Retention?

    struct Opening: Encodable {
        var requester: String?
        var fields: [String: String]
    }

    init(_ contract: Contract, _ registry: Registry) {
        id = contract.id.rawValue
        name = contract.name.text
        title = contract.title
        prefix = contract.prefix
        language = contract.language
        timezone = contract.timezone
        inboxes = contract.inboxes.map(\.text)
        outbox = contract.outbox.words
        people = contract.people.map { Person(name: $0.name, email: $0.email.address, mail: $0.mail ? nil : false) }
        groups = contract.groups.map(Group.init)
        eventsURL = contract.events?.url
        flows = registry.flows.filter { $0.contract == contract.name }.map(\.name.text)
        rules = contract.rules.isEmpty ? nil : contract.rules.map(\.words)
        attachments = contract.attachments == AttachmentPolicy() ? nil : contract.attachments
        answers = contract.answers == AnswerLimits() ? nil : contract.answers
        closed = contract.closedTickets == ClosedTicketRule() ? nil : contract.closedTickets
        status = contract.status
        validFrom = contract.valid.from?.description
        validUntil = contract.valid.until?.description
        if contract.opening != Contract.Opening() {
            opening = Opening(
                requester: contract.opening.requester?.description, fields: contract.opening.fields)
        }
        retention = contract.retention == Contract.Retention() ? nil : contract.retention
        notify = contract.notify.count == NotificationClass.allCases.count ? nil : contract.notify.inOrder
    }
}

extension ContractView.Group {
    init(_ group: Contract.Group) {
        name = group.name
        members = group.members.map(\.email.address)
        let without = group.members.filter { !$0.mail }.map(\.email.address)
        silent = without.isEmpty ? nil : without
        external = group.external.isEmpty ? nil : group.external.map(\.description)
        mandatory = group.mandatory.isEmpty ? nil : group.mandatory.inOrder
    }
}

extension Set<NotificationClass> {
    /// In the order of a ticket's life.
    fileprivate var inOrder: [NotificationClass] { NotificationClass.allCases.filter(contains) }
}

struct FlowView: Encodable {
    struct Step: Encodable {
        var outbox: String
        var to: [String]
        /// Either a template, or words of its own.
        var template, subject, text, html: String?
        var sender, language: String?
        /// These absent where they are the usual.
        var priority: Priority?
        var attachments: Bool?
        var delaySeconds: Int?
        var when, unless: [String]?
        var approval: Terms?
    }

    struct Terms: Encodable {
        /// A number, or `all`.
        var quorum: String
        var expiresSeconds: Int
    }

    var name, contract, on: String
    var steps: [Step]

    init(_ flow: Flow) {
        name = flow.name.text
        contract = flow.contract.text
        on = flow.trigger
        steps = flow.steps.map { step in
            switch step {
            case .email(let email): Step(email)
            }
        }
    }
}

extension FlowView.Step {
    init(_ email: EmailStep) {
        outbox = email.outbox.words
        to = email.to.map(\.words)
        switch email.content {
        case .template(let name): template = name.text
        case .own(let subject, let text, let html): (self.subject, self.text, self.html) = (subject, text, html)
        }
        sender = email.sender
        language = email.language
        priority = email.priority == .normal ? nil : email.priority
        attachments = email.attachments ? true : nil
        delaySeconds = email.delaySeconds == 0 ? nil : email.delaySeconds
        when = email.when.isEmpty ? nil : email.when.map(\.words)
        unless = email.unless.isEmpty ? nil : email.unless.map(\.words)
        approval = email.approval.map { .init(quorum: $0.quorum.words, expiresSeconds: $0.expiresSeconds) }
    }
}

// MARK: - Words

extension EmailStep.OutboxChoice {
    var words: String {
        switch self {
        case .system: "system"
        case .contract: "contract"
        case .specific(let name): name.text
        }
    }
}

extension EmailStep.Recipient {
    var words: String {
        switch self {
        case .requester: "requester"
        case .cc: "cc"
        case .person(let name): "person \(name)"
        case .group(let name): "group \(name)"
        case .address(let address): address.description
        }
    }
}

extension StepCondition {
    var words: String {
        "\(key) " + texts.map { "\($0.kind.rawValue) \($0.text)" }.joined(separator: " or ")
    }
}
