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
        reader.finish(known: ["outbox", "to", "template", "sender", "priority"])
        let (outbox, to, sender) = (outbox(reader), recipients(reader), sender(reader))
        let priority = reader.choice("priority", Priority.allCases.map { ($0.rawValue, $0) }) ?? .normal
        guard let template = reader.name("template", TemplateName.self) else { return nil }
        return .email(EmailStep(outbox: outbox, to: to, template: template, sender: sender, priority: priority))
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
            if let address = MailAddress(operatorText: text) { return .address(address) }
            fields.errors.add(
                item.node, item.path, "\"\(text)\" is no recipient.",
                "Write requester, an address, {person: NAME} or {group: NAME}.")
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
