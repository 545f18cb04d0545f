// Reads one contract, flow or template of a registry document; knows nothing of the others.

import MaloteCore

struct ContractDecoder {
    private let fields: FieldReader
    init(_ fields: FieldReader) { self.fields = fields }

    func decode() -> (contract: Contract, keepsSecret: Bool)? {
        let before = fields.errors.errors.count
        fields.finish(
            known: ["name", "title", "prefix", "inboxes", "outbox", "people", "groups", "events", "language"])
        let name = fields.name("name", ContractName.self)
        let endpoint = endpoint()
        let contract = name.map { name in
            Contract(
                name: name, title: fields.line("title") ?? "", prefix: prefix(name), inboxes: inboxes(),
                outbox: outbox(), people: people(), groups: groups(), events: endpoint?.endpoint,
                language: fields.line("language") ?? "en")
        }
        guard let contract, fields.errors.errors.count == before else { return nil }
        return (contract, endpoint?.keeps ?? false)
    }

    private func prefix(_ name: ContractName) -> String {
        guard let text = fields.text("prefix") else {
            let letters = name.text.uppercased().filter { $0.isLetter || $0.isNumber }.drop { $0.isNumber }
            return letters.isEmpty ? "T" : String(letters.prefix(16))
        }
        let bytes = Array(text.utf8)
        let isValid =
            (1...16).contains(bytes.count) && (0x41...0x5A).contains(bytes[0])
            && bytes.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
        if !isValid {
            fields.fail(
                "prefix", "\"\(text)\" is not a ticket prefix.", "Use 1 to 16 of A-Z and 0-9, starting with a letter.")
        }
        return text
    }

    private func inboxes() -> [MailboxName] {
        fields.texts("inboxes").compactMap { item in
            guard let name = MailboxName(item.text) else {
                fields.errors.add(item.node, item.path, "\"\(item.text)\" is not a mailbox name.")
                return nil
            }
            return name
        }
    }

    private func outbox() -> Contract.OutboxChoice {
        guard let text = fields.text("outbox"), text != "standard" else { return .standard }
        let name: MailboxName? = fields.name(text, at: "outbox")
        return name.map { .mailbox($0) } ?? .standard
    }

    private func people() -> [Contract.Person] {
        fields.items("people").compactMap { item in
            guard let reader = FieldReader(item.node, path: item.path, errors: fields.errors) else { return nil }
            reader.finish(known: ["name", "email"])
            guard let name = reader.required("name", "Write the person's name."),
                let email = Self.address(reader, "email")
            else { return nil }
            return Contract.Person(name: name, email: email)
        }
    }

    private func groups() -> [Contract.Group] {
        fields.items("groups").compactMap { item in
            guard let reader = FieldReader(item.node, path: item.path, errors: fields.errors) else { return nil }
            reader.finish(known: ["name", "members"])
            let members = reader.texts("members").compactMap { member -> MailAddress? in
                if let address = MailAddress(operatorText: member.text) { return address }
                reader.errors.add(member.node, member.path, "\"\(member.text)\" is not an address.")
                return nil
            }
            return reader.required("name", "Name the group.").map { Contract.Group(name: $0, members: members) }
        }
    }

    private func endpoint() -> (endpoint: Contract.EventEndpoint, keeps: Bool)? {
        guard let node = fields.node("events"),
            let reader = FieldReader(node, path: fields.path("events"), errors: fields.errors)
        else { return nil }
        reader.finish(known: ["url", "secret"])
        guard let url = reader.required("url", "Write the receiver's https address."),
            reader.node("secret") != nil
        else {
            if reader.node("secret") == nil { reader.errors.add(node, reader.path("secret"), "is missing.") }
            return nil
        }
        if !url.hasPrefix("https://") && !url.hasPrefix("http://") {
            reader.fail("url", "\"\(url)\" is not a web address.", "Write https://...")
        }
        guard let secret = SecretDecoder.decode(reader, "secret") else { return nil }
        return (Contract.EventEndpoint(url: url, secret: secret.source), secret.keeps)
    }

    static func address(_ reader: FieldReader, _ key: String) -> MailAddress? {
        guard let text = reader.required(key, "Write an address.") else { return nil }
        if let address = MailAddress(operatorText: text) { return address }
        reader.fail(key, "\"\(text)\" is not an address.", "Write it as local@domain.")
        return nil
    }
}

struct FlowDecoder {
    private let fields: FieldReader
    init(_ fields: FieldReader) { self.fields = fields }

    func decode() -> Flow? {
        let before = fields.errors.errors.count
        fields.finish(known: ["name", "contract", "on", "steps"])
        let name = fields.name("name", FlowName.self)
        let contract = fields.name("contract", ContractName.self)
        let trigger = fields.required("on", "Name the event, such as ticket.opened.")
        let steps = fields.items("steps").compactMap(step)
        if steps.isEmpty, fields.errors.errors.count == before {
            fields.fail("steps", "has no step.", "Write [{email: {to: [requester], template: NAME}}].")
        }
        guard let name, let contract, let trigger, fields.errors.errors.count == before else { return nil }
        return Flow(name: name, contract: contract, trigger: trigger, steps: steps)
    }

    private func step(_ item: (node: DocumentNode, path: String)) -> Flow.Step? {
        guard let outer = FieldReader(item.node, path: item.path, errors: fields.errors) else { return nil }
        outer.finish(known: ["email"])
        guard let node = outer.node("email"),
            let reader = FieldReader(node, path: outer.path("email"), errors: fields.errors)
        else {
            outer.errors.add(item.node, item.path, "is not a known step.", "Write {email: {...}}.")
            return nil
        }
        reader.finish(known: ["outbox", "to", "template", "sender"])
        let to = reader.items("to").compactMap { recipient($0) }
        if reader.items("to").isEmpty { reader.fail("to", "names no recipient.", "Write [requester] or addresses.") }
        guard let template = reader.name("template", TemplateName.self) else { return nil }
        return .email(
            EmailStep(outbox: outbox(reader), to: to, template: template, sender: reader.line("sender")))
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
        if let name = reader.text("person") { return .person(name) }
        if let name = reader.text("group") { return .group(name) }
        fields.errors.add(item.node, item.path, "is no recipient.", "Write {person: NAME} or {group: NAME}.")
        return nil
    }
}

struct TemplateDecoder {
    private let fields: FieldReader
    init(_ fields: FieldReader) { self.fields = fields }

    func decode() -> Template? {
        let before = fields.errors.errors.count
        fields.finish(known: ["name", "language", "subject", "text", "html"])
        let name = fields.name("name", TemplateName.self)
        let subject = fields.required("subject", "Write the subject line.")
        let text = fields.required("text", "Write the text of the mail.")
        for key in ["subject", "text", "html"] {
            guard let source = fields.text(key) else { continue }
            do { _ = try MustacheTemplate(source) } catch { fields.fail(key, error.description) }
        }
        guard let name, let subject, let text, fields.errors.errors.count == before else { return nil }
        return Template(
            name: name, language: fields.line("language") ?? "en", subject: subject, text: text,
            html: fields.text("html"))
    }
}
