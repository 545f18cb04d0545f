// Reads one flow of a registry document; knows nothing of the contract it names.

import MaloteCore

struct FlowDecoder {
    private let fields: FieldReader
    init(_ fields: FieldReader) { self.fields = fields }

    func decode() -> Flow? {
        let before = fields.errors.errors.count
        fields.finish(known: ["name", "contract", "on", "steps"])
        let name = fields.name("name", FlowName.self)
        let contract = fields.name("contract", ContractName.self)
        let trigger = fields.required("on", "Name the event, such as ticket.opened.")
        if let trigger, !Trigger.isName(trigger) {
            fields.fail("on", "\"\(trigger)\" is not the name of an event.", Trigger.nameRule)
        } else if let trigger, Trigger.startsNothing(trigger) {
            fields.fail(
                "on", "\(trigger) starts no flow.", "Wait for ticket.opened, ticket.completed or a name of your own.")
        }
        let steps = fields.items("steps").compactMap(step)
        if steps.isEmpty, fields.errors.errors.count == before {
            fields.fail("steps", "has no step.", "Write [{email: {to: [requester], template: NAME}}].")
        }
        guard let name, let contract, let trigger, fields.errors.errors.count == before else { return nil }
        return Flow(name: name, contract: contract, trigger: trigger, steps: steps)
    }

    private func step(_ item: (node: DocumentNode, path: String)) -> Flow.Step? {
        guard let outer = FieldReader(item.node, path: item.path, errors: fields.errors) else { return nil }
        guard let node = outer.node("email") else {
            outer.errors.add(item.node, item.path, "is not a known step.", "Write {email: {...}}.")
            return nil
        }
        outer.finish(known: ["email"])
        guard let reader = FieldReader(node, path: outer.path("email"), errors: fields.errors) else { return nil }
        reader.finish(
            known: [
                "outbox", "to", "template", "subject", "text", "html", "language", "attachments", "sender", "priority",
                "delay", "when", "unless", "approval",
            ])
        let (outbox, to, sender) = (outbox(reader), recipients(reader), sender(reader))
        let priority = reader.choice("priority", Priority.allCases.map { ($0.rawValue, $0) })
        let approval = approval(reader)
        let (when, unless) = (conditions(reader, "when"), conditions(reader, "unless"))
        let (language, attachments) = (reader.language("language"), reader.flag("attachments") ?? false)
        let delay = reader.seconds("delay", in: 0...Self.longestDelay) ?? 0
        guard let content = content(reader) else { return nil }
        return .email(
            EmailStep(
                outbox: outbox, to: to, content: content, language: language, sender: sender,
                priority: priority ?? (approval == nil ? .normal : .high), attachments: attachments,
                delaySeconds: delay, when: when, unless: unless, approval: approval))
    }

    // MARK: - Approvals

    /// `approval: {quorum: 2, expires: 8h}`; `approval: {}` or `approval: true` for what is usual.
    private func approval(_ reader: FieldReader) -> ApprovalTerms? {
        guard let node = reader.node("approval") else { return nil }
        if case .scalar = node.value { return reader.flag("approval") == true ? .usual : nil }
        guard let inner = FieldReader(node, path: reader.path("approval"), errors: reader.errors) else { return nil }
        inner.finish(known: ["quorum", "expires"])
        var terms = ApprovalTerms.usual
        terms.expiresSeconds = inner.seconds("expires", in: ApprovalTerms.expiry) ?? terms.expiresSeconds
        if inner.node("quorum") != nil {
            if inner.text("quorum") == "all" {
                terms.quorum = .all
            } else if let number = inner.integer("quorum", in: 1...ApprovalTerms.largestQuorum) {
                terms.quorum = .number(number)
            }
        }
        return terms
    }

    /// A year of days.
    private static let longestDelay = 366 * 86_400

    /// A template, or words of its own.
    private func content(_ reader: FieldReader) -> EmailStep.Content? {
        let own = ["subject", "text", "html"].filter { reader.node($0) != nil }
        guard !own.isEmpty else { return reader.name("template", TemplateName.self).map { .template($0) } }
        if reader.node("template") != nil {
            reader.fail(
                "template", "stands beside \(own.joined(separator: ", ")).", "Write a template's name or a text.")
        }
        for key in own { TemplateCheck.read(reader, key) }
        guard let subject = reader.required("subject", "Write the subject line."),
            let text = reader.required("text", "Write the text of the mail.")
        else { return nil }
        return .own(subject: subject, text: text, html: reader.text("html"))
    }

    // MARK: - Conditions

    /// A mapping of keys to texts, or a list of such mappings; `closed` is short for `{ticket.state: closed}`.
    private func conditions(_ reader: FieldReader, _ key: String) -> [StepCondition] {
        guard let node = reader.node(key) else { return [] }
        let before = fields.errors.errors.count
        if case .scalar("closed", _) = node.value { return [StepCondition("ticket.state", [.init(.is, "closed")])] }
        var places = [(node: node, path: reader.path(key))]
        if case .sequence = node.value { places = reader.items(key) }
        let found = places.flatMap { place -> [StepCondition] in
            guard case .mapping(let entries) = place.node.value,
                let inner = FieldReader(place.node, path: place.path, errors: fields.errors)
            else {
                fields.errors.add(
                    place.node, place.path, "is not a condition.", "Write it as {fields.urgency: high}.")
                return []
            }
            return entries.compactMap { condition($0, inner) }
        }
        if found.isEmpty, fields.errors.errors.count == before {
            reader.fail(key, "names no condition.", "Write it as {fields.urgency: high}.")
        }
        return found
    }

    private func condition(_ entry: DocumentNode.Entry, _ reader: FieldReader) -> StepCondition? {
        guard FlowContext.isKnown(entry.key) else {
            let hint =
                Spelling.nearest(to: entry.key, among: FlowContext.keys).map { "Did you mean \"\($0)\"?" }
                ?? "Use one of: \(FlowContext.keys.joined(separator: ", "))."
            fields.errors.add(
                DocumentNode(entry.value.value, line: entry.keyLine), reader.path(entry.key),
                "is nothing that flows know.", hint)
            return nil
        }
        return RuleDecoder.texts(reader, entry.key).map { StepCondition(entry.key, $0) }
    }

    private func sender(_ reader: FieldReader) -> String? {
        guard let text = reader.line("sender") else { return nil }
        if MailAddress(operatorText: text) == nil {
            reader.fail("sender", "\"\(text)\" is not an address.", "Write the address of one of the outbox's senders.")
        }
        return text
    }

    private func outbox(_ reader: FieldReader) -> EmailStep.OutboxChoice {
        guard let node = reader.node("outbox") else { return .system }
        if case .mapping = node.value,
            let inner = FieldReader(node, path: reader.path("outbox"), errors: reader.errors)
        {
            inner.finish(known: ["specific"])
            return inner.name("specific", MailboxName.self).map { .specific($0) } ?? .system
        }
        switch reader.text("outbox") {
        case "system": return .system
        case "contract": return .contract
        case let text?:
            let name: MailboxName? = reader.name(text, at: "outbox")
            return name.map { .specific($0) } ?? .system
        case nil: return .system
        }
    }

    private func recipients(_ reader: FieldReader) -> [EmailStep.Recipient] {
        let before = fields.errors.errors.count
        let items = reader.items("to")
        if items.isEmpty, fields.errors.errors.count == before {
            reader.fail("to", "names no recipient.", "Write [requester] or addresses.")
        }
        return items.compactMap(recipient)
    }

    private func recipient(_ item: (node: DocumentNode, path: String)) -> EmailStep.Recipient? {
        if case .scalar(let text, _) = item.node.value {
            if text == "requester" { return .requester }
            if text == "cc" { return .cc }
            if let address = MailAddress(operatorText: text) { return .address(address) }
            fields.errors.add(
                item.node, item.path, "\"\(text)\" is no recipient.",
                "Write requester, cc, an address, {person: NAME} or {group: NAME}.")
            return nil
        }
        guard let reader = FieldReader(item.node, path: item.path, errors: fields.errors) else { return nil }
        reader.finish(known: ["person", "group"])
        switch (reader.text("person"), reader.text("group")) {
        case (let name?, nil): return .person(name)
        case (nil, let name?): return .group(name)
        default:
            fields.errors.add(item.node, item.path, "is no recipient.", "Write {person: NAME} or {group: NAME}.")
            return nil
        }
    }
}
