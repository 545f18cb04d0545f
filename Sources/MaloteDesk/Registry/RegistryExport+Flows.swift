// Flows and their steps as the registry document writes them; what is usual is left out.

import MaloteCore

extension RegistryExport {
    static func node(_ flow: Flow) -> DocumentNode {
        let steps = flow.steps.map { step -> DocumentNode in
            switch step {
            case .email(let email): map([("email", node(email))])
            }
        }
        return map([
            ("name", text(flow.name.text)), ("contract", text(flow.contract.text)), ("on", text(flow.trigger)),
            ("steps", list(steps)),
        ])
    }

    private static func node(_ step: EmailStep) -> DocumentNode {
        map(
            [("outbox", node(step.outbox)), ("to", list(step.to.map(node)))] + fields(of: step.content) + [
                ("language", step.language.map(text)), ("attachments", step.attachments ? flag(true) : nil),
                ("sender", step.sender.map(text)),
                (
                    "priority",
                    step.priority == (step.approval == nil ? .normal : .high) ? nil : text(step.priority.rawValue)
                ),
                ("delay", step.delaySeconds == 0 ? nil : text(delay(step.delaySeconds))),
                ("when", step.when.isEmpty ? nil : list(step.when.map(node))),
                ("unless", step.unless.isEmpty ? nil : list(step.unless.map(node))),
                ("approval", step.approval.map(node)),
            ])
    }

    private static func node(_ terms: ApprovalTerms) -> DocumentNode {
        map([("quorum", text(terms.quorum.words)), ("expires", text(delay(terms.expiresSeconds)))])
    }

    private static func fields(of content: EmailStep.Content) -> [(String, DocumentNode?)] {
        switch content {
        case .template(let name): [("template", text(name.text))]
        case .own(let subject, let body, let html):
            [("subject", text(subject)), ("text", text(body)), ("html", html.map(text))]
        }
    }

    private static func node(_ outbox: EmailStep.OutboxChoice) -> DocumentNode {
        switch outbox {
        case .system: text("system")
        case .contract: text("contract")
        case .specific(let name): map([("specific", text(name.text))])
        }
    }

    private static func node(_ recipient: EmailStep.Recipient) -> DocumentNode {
        switch recipient {
        case .requester: text("requester")
        case .cc: text("cc")
        case .person(let name): map([("person", text(name))])
        case .group(let name): map([("group", text(name))])
        case .address(let value): address(value)
        }
    }

    private static func node(_ condition: StepCondition) -> DocumentNode {
        let texts = condition.texts.map(node)
        return map([(condition.key, texts.count == 1 ? texts[0] : list(texts))])
    }

    /// In the largest unit without a rest.
    static func delay(_ seconds: Int) -> String {
        let unit = [(86_400, "d"), (3600, "h"), (60, "m")].first { seconds % $0.0 == 0 }
        return unit.map { "\(seconds / $0.0)\($0.1)" } ?? "\(seconds)s"
    }
}
