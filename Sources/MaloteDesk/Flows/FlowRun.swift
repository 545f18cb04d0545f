// What a contract's flows do about one event: finished notifications, or the reason why not; pure but for chance.

import MaloteCore

/// One event seen by the flows of its contract.
package struct FlowRun: Sendable {
    package var event: TicketEvent
    package var contract: Contract
    package var registry: Registry
    package var ticket: Ticket
    package var view: MessageView
    /// What rules set.
    package var fields: [String: String]
    package var ids: SignedMessageID
    package var now: Timestamp

    package init(
        event: TicketEvent, contract: Contract, registry: Registry, ticket: Ticket, view: MessageView,
        fields: [String: String] = [:], ids: SignedMessageID, now: Timestamp
    ) {
        self.event = event
        self.contract = contract
        self.registry = registry
        self.ticket = ticket
        self.view = view
        self.fields = fields
        self.ids = ids
        self.now = now
    }

    /// One step's mail, ready to be built and queued.
    package struct Draft: Sendable {
        /// Which step of which flow, in words.
        package var step: String
        /// Where reports about it arrive.
        package var returnAddress: MailAddress
        package var resolution: OutboxResolution
        package var message: OutgoingMessage
        package var priority: Priority
    }

    package enum Outcome: Sendable {
        case send(Draft)
        /// Why a step sends nothing, in words.
        case nothing(step: String, reason: String)
    }

    private var flows: [Flow] { registry.flows.filter { $0.contract == contract.name } }

    /// Which flows of the contract wait for something else, in words; `nil` if there are none.
    package var idle: String? {
        let others = flows.filter { $0.trigger != event.kind.rawValue }.map { "\($0.name) (\($0.trigger))" }
        return others.isEmpty ? nil : "Not for this event: \(others.joined(separator: ", "))."
    }

    /// In flow order, then step order.
    package var outcomes: [Outcome] {
        flows.filter { $0.trigger == event.kind.rawValue }.flatMap { flow in
            flow.steps.enumerated().map { index, step in
                let name = "Step \(index + 1) of flow \(flow.name)"
                switch step {
                case .email(let email): return outcome(of: email, name: name)
                }
            }
        }
    }

    private func outcome(of step: EmailStep, name: String) -> Outcome {
        do {
            let resolution = try OutboxResolution.resolve(
                step.outbox, asker: name, contract: contract, registry: registry)
            let recipients = recipients(step, resolution)
            guard !recipients.isEmpty else { return .nothing(step: name, reason: "No recipient is left.") }
            guard let template = template(named: step.template) else {
                return .nothing(step: name, reason: "There is no template \(step.template).")
            }
            guard template.isActive else {
                return .nothing(step: name, reason: "Template \(template.key) is inactive.")
            }
            let message = try compose(step, template, recipients, resolution)
            let back = registry.returnAddress(of: contract, sender: message.from)
            return .send(
                Draft(
                    step: name, returnAddress: back, resolution: resolution, message: message,
                    priority: step.priority))
        } catch let failure as Failure {
            return .nothing(step: name, reason: failure.description)
        } catch {
            return .nothing(step: name, reason: "The template is not valid: \(error)")
        }
    }

    // MARK: - Recipients

    /// Each address once, and never an address of our own: that would be the first half of a loop.
    private func recipients(_ step: EmailStep, _ resolution: OutboxResolution) -> [MailAddress] {
        var seen = ownAddresses(resolution)
        return step.to.flatMap(addresses).filter {
            MailAddress.isValid(address: $0.address) && !isSigned($0) && seen.insert($0.key).inserted
        }
    }

    /// One of our own with a mark in it.
    private func isSigned(_ address: MailAddress) -> Bool {
        ids.ticketKey(inAddress: address.address) != nil || ids.notification(inAddress: address.address) != nil
    }

    private func addresses(of recipient: EmailStep.Recipient) -> [MailAddress] {
        switch recipient {
        case .requester: requester.map { [$0] } ?? []
        case .person(let name): contract.people.filter { $0.name == name }.map(\.email)
        case .group(let name): contract.groups.first { $0.name == name }?.members ?? []
        case .address(let address): [address]
        }
    }

    /// The ticket's own. Only their own mail may ask for answers at another address.
    private var requester: MailAddress? {
        let isWriter = ticket.requester == nil || ticket.requester?.key == view.from?.key
        return (isWriter ? view.replyTo.first : nil) ?? ticket.requester
    }

    /// Where this contract's mail arrives, and whom its mail may come from.
    private func ownAddresses(_ resolution: OutboxResolution) -> Set<String> {
        let accounts = contract.inboxes.compactMap { registry.mailbox($0)?.login?.user.lowercased() }
        var outboxes = [resolution.mailbox.name] + [registry.systemOutbox].compactMap { $0 }
        if case .mailbox(let own) = contract.outbox { outboxes.append(own) }
        let senders = outboxes.flatMap { registry.mailbox($0)?.outbox?.senders.map(\.key) ?? [] }
        return Set(accounts.filter { $0.contains("@") } + senders)
    }

    // MARK: - The mail

    /// In the contract's language if there is one, else in English, else in any.
    private func template(named name: TemplateName) -> Template? {
        registry.template(name, in: [contract.language, "en"])
    }

    private func compose(
        _ step: EmailStep, _ template: Template, _ recipients: [MailAddress], _ resolution: OutboxResolution
    ) throws -> OutgoingMessage {
        let sender = try sender(step, resolution)
        let (context, style) = (context, TemplateStyle(language: template.language, zone: contract.timezone))
        let subject = try MustacheTemplate(template.subject).render(context, escaping: .none, style: style)
        var message = OutgoingMessage(
            from: sender, to: recipients, subject: subject.onOneLine,
            text: try MustacheTemplate(template.text).render(context, escaping: .none, style: style),
            messageID: ids.make(ticket.key, domain: sender.domain), date: now)
        message.html = try template.html.map { try MustacheTemplate($0).render(context, escaping: .html, style: style) }
        message.autoSubmitted = "auto-replied"
        message.inReplyTo = view.messageID
        message.references = Array((view.references + [view.messageID].compactMap { $0 }).suffix(20))
        message.replyTo = replyAddress(sender).map { [$0] } ?? []
        message.extraHeaders = [.init(name: "X-Auto-Response-Suppress", value: "All")]
        return message
    }

    private func sender(_ step: EmailStep, _ resolution: OutboxResolution) throws(Failure) -> MailAddress {
        if let wished = step.sender.flatMap(MailAddress.init(operatorText:)),
            let found = resolution.outbox.senders.first(where: { $0.key == wished.key })
        {
            return found
        }
        guard let first = resolution.outbox.senders.first else {
            throw Failure(
                .operatorNeeded, .registry, "Outbox \(resolution.mailbox.name) has no sender.",
                remedy: "Give it one (senders: [Help <help@example.org>]).")
        }
        return first
    }

    /// Answers should reach an inbox of this contract, whichever outbox the mail left through.
    private func replyAddress(_ sender: MailAddress) -> MailAddress? {
        let marked = registry.plusAddresses(of: contract)
        if let base = marked.first(where: { $0.key == sender.key }) ?? marked.first,
            let signed = ids.address(for: ticket.key, at: base)
        {
            return signed
        }
        let inboxes = contract.inboxes.compactMap { registry.mailbox($0)?.login?.user }
        guard !inboxes.contains(where: { $0.lowercased() == sender.key }) else { return nil }
        return inboxes.compactMap(MailAddress.init(operatorText:)).first
    }

    /// What templates may print: `TemplateKeys` names it all.
    package var context: TemplateValue {
        .object([
            "ticket": .object([
                "key": .text(ticket.key), "external": .text(ticket.external ?? ""), "subject": .text(ticket.subject),
                "id": .text(ticket.external ?? ticket.key), "tag": .text(ids.tag(ticket.key)),
                "state": .text(ticket.closed == nil ? "open" : "closed"),
            ]),
            "fields": .object(fields.mapValues { .text($0) }),
            "contract": .object(["name": .text(contract.name.text), "title": .text(contract.title)]),
            "requester": .object([
                "name": .text(ticket.requester?.name ?? ticket.requester?.address ?? ""),
                "address": .text(ticket.requester?.address ?? ""),
            ]),
            "message": .object([
                "subject": .text(view.subject), "text": .text(view.text), "newText": .text(view.newText),
                "date": view.date.map { .time($0) } ?? .text(""),
                "from": .object([
                    "name": .text(view.from?.name ?? ""), "address": .text(view.from?.address ?? ""),
                ]),
            ]),
            "event": .object([
                "id": .text(event.id.rawValue), "type": .text(event.kind.rawValue),
                "time": .time(event.time),
            ]),
        ])
    }
}
