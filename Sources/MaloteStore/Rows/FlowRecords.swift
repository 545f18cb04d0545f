// The stored form of flows and templates: plain words; knows nothing of their meaning.

import MaloteCore

struct FlowRecord: Codable {
    struct StepRecord: Codable {
        var outbox: String
        var specific: String?
        var to: [RecipientRecord]
        /// Absent where the step has words of its own.
        var template: String?
        var sender: String?
        /// All of these absent in rows older than the fields.
        var priority: Priority?
        var subject, text, html, language: String?
        var attachments: Bool?
        var delay: Int?
        var when, unless: [StepCondition]?
        /// How many must approve, 0 for all, and for how long; both absent for a mail that asks nothing.
        var quorum, expires: Int?
    }

    struct RecipientRecord: Codable {
        var kind: String
        var value: String?
        var address: MailAddress?
    }

    var name: String
    var contract: String
    var trigger: String
    var steps: [StepRecord]

    init(_ flow: Flow) {
        name = flow.name.text
        contract = flow.contract.text
        trigger = flow.trigger
        steps = flow.steps.map { step in
            switch step {
            case .email(let email): StepRecord(email)
            }
        }
    }

    func flow() throws -> Flow {
        Flow(
            name: try valid(FlowName(name), "flow"), contract: try valid(ContractName(contract), "flow \(name)"),
            trigger: trigger, steps: try steps.map { .email(try $0.step()) })
    }
}

extension FlowRecord.StepRecord {
    init(_ step: EmailStep) {
        switch step.outbox {
        case .system: outbox = "system"
        case .contract: outbox = "contract"
        case .specific(let name):
            outbox = "specific"
            specific = name.text
        }
        to = step.to.map { recipient in
            switch recipient {
            case .requester: .init(kind: "requester")
            case .cc: .init(kind: "cc")
            case .person(let name): .init(kind: "person", value: name)
            case .group(let name): .init(kind: "group", value: name)
            case .address(let address): .init(kind: "address", address: address)
            }
        }
        switch step.content {
        case .template(let name): template = name.text
        case .own(let subject, let text, let html): (self.subject, self.text, self.html) = (subject, text, html)
        }
        sender = step.sender
        priority = step.priority
        language = step.language
        attachments = step.attachments
        delay = step.delaySeconds
        (when, unless) = (step.when, step.unless)
        guard let terms = step.approval else { return }
        expires = terms.expiresSeconds
        if case .number(let number) = terms.quorum { quorum = number } else { quorum = 0 }
    }

    func step() throws -> EmailStep {
        let choice: EmailStep.OutboxChoice =
            switch outbox {
            case "contract": .contract
            case "specific": .specific(try valid(specific.flatMap { MailboxName($0) }, "flow"))
            default: .system
            }
        let recipients = try to.map { record -> EmailStep.Recipient in
            switch record.kind {
            case "cc": .cc
            case "person": .person(record.value ?? "")
            case "group": .group(record.value ?? "")
            case "address": .address(try valid(record.address, "flow"))
            default: .requester
            }
        }
        return EmailStep(
            outbox: choice, to: recipients, content: try content(), language: language, sender: sender,
            priority: priority ?? .normal, attachments: attachments ?? false, delaySeconds: delay ?? 0,
            when: when ?? [], unless: unless ?? [], approval: terms)
    }

    private var terms: ApprovalTerms? {
        guard let quorum, let expires else { return nil }
        return ApprovalTerms(quorum: quorum == 0 ? .all : .number(quorum), expiresSeconds: expires)
    }

    private func content() throws -> EmailStep.Content {
        if let template { return .template(try valid(TemplateName(template), "flow")) }
        return .own(subject: try valid(subject, "flow"), text: try valid(text, "flow"), html: html)
    }
}

struct TemplateRecord: Codable {
    var name: String
    var language: String
    var subject: String
    var text: String
    var html: String?
    /// Absent in rows from before there were inactive ones.
    var active: Bool?

    init(_ template: Template) {
        name = template.name.text
        language = template.language
        subject = template.subject
        text = template.text
        html = template.html
        active = template.isActive
    }

    func template() throws -> Template {
        Template(
            name: try valid(TemplateName(name), "template"), language: language, subject: subject, text: text,
            html: html, isActive: active ?? true)
    }
}
