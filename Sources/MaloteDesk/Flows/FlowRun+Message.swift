// The mail that a step of a flow writes: sender, words, thread; pure but for chance.

import MaloteCore

extension FlowRun {
    /// In the step's language if there is one, else in the contract's, in English, in any; or the step's own words.
    func template(of step: EmailStep) -> Template? {
        switch step.content {
        case .own(let subject, let text, let html):
            guard let name = TemplateName("own") else { return nil }
            return Template(
                name: name, language: step.language ?? contract.language, subject: subject, text: text, html: html)
        case .template(let name):
            let all = registry.templates.filter { $0.name == name }
            return [step.language, contract.language, "en"].lazy.compactMap { $0?.lowercased() }.compactMap { wished in
                all.first { $0.language.lowercased() == wished }
            }.first ?? all.first
        }
    }

    /// - Throws: `Failure(.operatorNeeded, .registry)`, or what is wrong with the template.
    func compose(
        _ step: EmailStep, _ template: Template, _ recipients: [MailAddress], _ resolution: OutboxResolution
    ) throws -> OutgoingMessage {
        let sender = try sender(step, resolution.outbox, resolution.mailbox.name)
        let (context, style) = (
            FlowContext.value(of: self), TemplateStyle(language: template.language, zone: contract.timezone)
        )
        let subject = try MustacheTemplate(template.subject).render(context, escaping: .none, style: style)
        var message = OutgoingMessage(
            from: sender, to: recipients, subject: subject.onOneLine,
            text: try MustacheTemplate(template.text).render(context, escaping: .none, style: style),
            messageID: ids.make(ticket?.key ?? "mail", domain: sender.domain), date: now)
        message.html = try template.html.map { try MustacheTemplate($0).render(context, escaping: .html, style: style) }
        if step.attachments { message.attachments = triggerFiles }
        thread(&message)
        message.replyTo = replyAddress(sender).map { [$0] } ?? []
        message.extraHeaders = [.init(name: "X-Auto-Response-Suppress", value: "All")]
        return message
    }

    /// It answers the occasion's mail; without one it goes where the ticket began (RFC 3834 §5 tells the two apart).
    private func thread(_ message: inout OutgoingMessage) {
        if let view {
            message.autoSubmitted = "auto-replied"
            message.inReplyTo = view.messageID
            message.references = Array((view.references + [view.messageID].compactMap { $0 }).suffix(20))
        } else {
            message.autoSubmitted = "auto-generated"
            message.inReplyTo = ticket?.opening.messageID
            message.references = [ticket?.opening.messageID].compactMap { $0 }
        }
    }

    private func sender(
        _ step: EmailStep, _ outbox: Outbox, _ name: MailboxName
    ) throws(Failure) -> MailAddress {
        guard let first = step.wishedSender(of: outbox) ?? outbox.senders.first else {
            throw Failure(
                .operatorNeeded, .registry, "Outbox \(name) has no sender.",
                remedy: "Give it one (senders: [Help <help@example.org>]).")
        }
        return first
    }

    /// Answers should reach an inbox of this contract, whichever outbox the mail left through.
    private func replyAddress(_ sender: MailAddress) -> MailAddress? {
        let marked = registry.plusAddresses(of: contract)
        if let key = ticket?.key, let base = marked.first(where: { $0.key == sender.key }) ?? marked.first,
            let signed = ids.address(for: key, at: base)
        {
            return signed
        }
        let inboxes = contract.inboxes.compactMap { registry.mailbox($0)?.login?.user }
        guard !inboxes.contains(where: { $0.lowercased() == sender.key }) else { return nil }
        return inboxes.compactMap(MailAddress.init(operatorText:)).first
    }
}

extension EmailStep {
    /// The sender that it asks for, if the outbox has it.
    func wishedSender(of outbox: Outbox) -> MailAddress? {
        guard let wished = sender.flatMap(MailAddress.init(operatorText:)) else { return nil }
        return outbox.senders.first { $0.key == wished.key }
    }

    /// That it asks for a sender whom the outbox does not have, in a sentence.
    func senderNote(_ outbox: Outbox) -> String? {
        guard let sender, wishedSender(of: outbox) == nil else { return nil }
        return "Its sender \(sender) is none of the outbox's: the first is taken."
    }
}
