// Reads one contract of a registry document; knows nothing of the mailboxes it names.

import MaloteCore

struct ContractDecoder {
    let fields: FieldReader
    init(_ fields: FieldReader) { self.fields = fields }

    func decode() -> Contract? {
        let before = fields.errors.errors.count
        fields.finish(
            known: [
                "name", "title", "prefix", "inboxes", "outbox", "people", "groups", "events", "language", "rules",
                "attachments", "answers", "closed", "timezone", "status", "valid", "opening", "notify", "retention",
            ])
        let name = fields.name("name", ContractName.self)
        let contract = name.map { name in
            Contract(
                name: name, title: fields.line("title") ?? "", prefix: prefix(name), inboxes: inboxes(),
                outbox: outbox(), status: status(), valid: valid(), opening: opening(),
                notify: classes(fields, "notify", otherwise: Set(NotificationClass.allCases)),
                people: people(), groups: groups(), events: endpoint(),
                language: fields.language("language") ?? "en", timezone: timezone(), rules: RuleDecoder.rules(fields),
                attachments: attachments(), answers: answers(), closedTickets: closed(),
                retention: retention())
        }
        return fields.errors.errors.count == before ? contract : nil
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
        var seen: Set<MailboxName> = []
        return fields.texts("inboxes").compactMap { item in
            guard let name = MailboxName(item.text) else {
                fields.errors.add(item.node, item.path, "\"\(item.text)\" is not a name.", FieldReader.nameRule)
                return nil
            }
            if !seen.insert(name).inserted {
                fields.errors.add(item.node, item.path, "\(name) is named twice.", "Name each inbox once.")
            }
            return name
        }
    }

    private func outbox() -> Contract.OutboxChoice {
        guard let text = fields.text("outbox"), text != "standard" else { return .standard }
        let name: MailboxName? = fields.name(text, at: "outbox")
        return name.map { .mailbox($0) } ?? .standard
    }

    private func attachments() -> AttachmentPolicy {
        guard let reader = fields.section("attachments") else { return AttachmentPolicy() }
        reader.finish(known: ["forbid", "max"])
        let endings = reader.texts("forbid").map { item in
            let ending = String(item.text.lowercased().drop { $0 == "." })
            let isEnding = (1...20).contains(ending.utf8.count) && !ending.contains { $0.isWhitespace || $0 == "/" }
            if !isEnding || ending.hasControlCharacter {
                reader.errors.add(
                    item.node, item.path, "\"\(item.text)\" is not the ending of a name.", "Write it like exe.")
            }
            return ending
        }
        return AttachmentPolicy(
            forbid: endings, largest: reader.octets("max", in: 1...2_000_000_000, words: "from 1 to 2GB"))
    }

    private func answers() -> AnswerLimits {
        guard let reader = fields.section("answers") else { return AnswerLimits() }
        reader.finish(known: ["address", "ticket", "contract"])
        var limits = AnswerLimits()
        limits.address = reader.integer("address", in: 0...1_000_000) ?? limits.address
        limits.ticket = reader.integer("ticket", in: 0...1_000_000) ?? limits.ticket
        limits.contract = reader.integer("contract", in: 0...1_000_000) ?? limits.contract
        return limits
    }

    private func timezone() -> String {
        guard let name = fields.line("timezone") else { return "UTC" }
        if !TemplateStyle.isZone(name) {
            fields.fail("timezone", "\"\(name)\" is not a time zone.", "Write one such as America/Sao_Paulo or UTC.")
        }
        return name
    }

    private func closed() -> ClosedTicketRule {
        guard let reader = fields.section("closed") else { return ClosedTicketRule() }
        reader.finish(known: ["reply", "days"])
        let replies = ClosedTicketRule.Reply.allCases.map { ($0.rawValue, $0) }
        return ClosedTicketRule(
            reply: reader.choice("reply", replies) ?? .reopen, days: reader.integer("days", in: 0...36_500))
    }

    private func retention() -> Contract.Retention {
        guard let reader = fields.section("retention") else { return Contract.Retention() }
        reader.finish(known: ["sources", "events"])
        return Contract.Retention(
            sources: reader.integer("sources", in: 1...36_500), events: reader.integer("events", in: 1...36_500))
    }

    static func address(_ reader: FieldReader, _ key: String) -> MailAddress? {
        guard let text = reader.required(key, "Write an address.") else { return nil }
        if let address = MailAddress(operatorText: text) { return address }
        reader.fail(key, "\"\(text)\" is not an address.", "Write it as local@domain.")
        return nil
    }
}
