// Templates tried out, and as they were: previews, tests and versions; knows no Mustache.

import MaloteCore
import MaloteDesk

extension MailRoom {
    package func preview(_ wish: PreviewWish) async throws(Problem) -> TemplatePreview {
        try await rendered(wish).preview
    }

    package func sendPreview(
        _ wish: PreviewWish, to recipients: [String], outbox: String?
    ) async throws(Problem) -> SendReceipt {
        guard wish.contract != nil || wish.ticket != nil else {
            throw Problem.invalid(field: "contract", "is missing.", remedy: "Name the contract that sends it.")
        }
        let (preview, contract) = try await rendered(wish)
        let request = SendRequest(
            contract: contract.name.text, to: recipients, outbox: outbox, subject: preview.subject, text: preview.text,
            html: preview.html)
        return try await send(request, autoSubmitted: "auto-generated").receipt
    }

    // MARK: - Rendering

    private func rendered(_ wish: PreviewWish) async throws(Problem) -> (preview: TemplatePreview, contract: Contract) {
        let ticket: Ticket? =
            if let key = wish.ticket { try await find(ticket: key, contract: wish.contract) } else { nil }
        let contract = try contract(of: ticket, wish)
        let template = try template(wish, contract)
        var values = try await values(ticket, contract, template)
        if let data = wish.data { values = values.with("data", try self.data(data)) }
        do {
            let made = try TemplateRendering(template, values, zone: contract.timezone)
            let preview = TemplatePreview(
                template: template.name.text, language: template.language, active: template.isActive,
                subject: made.subject, text: made.text, html: made.html, missing: made.missing)
            return (preview, contract)
        } catch {
            throw Problem.invalid(
                field: "template", "is not valid: \(error).", remedy: "Correct it with template edit.")
        }
    }

    private func contract(of ticket: Ticket?, _ wish: PreviewWish) throws(Problem) -> Contract {
        if let name = wish.contract { return try contract(named: name) }
        guard let ticket else { return TemplateSample.contract }
        guard let found = parts.board.current.contract(ticket.contract) else {
            throw Problem(
                status: 404, title: "Not found",
                detail: "The contract of ticket \(ticket.key) is not registered any more.")
        }
        return found
    }

    /// `NAME LANGUAGE` and a language of their own say which one; else the contract does, as in a flow.
    private func template(_ wish: PreviewWish, _ contract: Contract) throws(Problem) -> Template {
        let registry = parts.board.current
        if let language = wish.language { return try template(keyed: "\(wish.template) \(language)") }
        if let name = TemplateName(wish.template), wish.contract != nil || wish.ticket != nil,
            let found = registry.template(name, in: [contract.language, "en"])
        {
            return found
        }
        if let name = TemplateName(wish.template), registry.template(keyed: wish.template) == nil,
            let found = registry.template(name, in: ["en"])
        {
            return found
        }
        return try template(keyed: wish.template)
    }

    private func template(keyed text: String) throws(Problem) -> Template {
        let registry = parts.board.current
        guard let found = registry.template(keyed: text) else {
            throw Problem.missing("template", text.onOneLine, known: registry.templates.map(\.key))
        }
        return found
    }

    private func data(_ bytes: [UInt8]) throws(Problem) -> TemplateValue {
        do {
            let node = try parts.documents.read(bytes)
            guard case .mapping = node.value else {
                throw Problem.invalid(field: "data", "is no object.", remedy: "Write it as {\"name\": value, ...}.")
            }
            return TemplateValue(node)
        } catch { throw Problem(error) }
    }

    /// The ticket's with its last mail, as a flow would have them; or samples.
    private func values(
        _ ticket: Ticket?, _ contract: Contract, _ template: Template
    ) async throws(Problem) -> TemplateValue {
        let (registry, now) = (parts.board.current, parts.time.now())
        let ids = parts.intake.ids(for: contract.id)
        guard let ticket else {
            return TemplateSample(language: template.language, now: now).values(
                contract: contract, registry: registry, ids: ids)
        }
        let filter = MessageFilter(ticket: ticket.id, fates: [.opened, .replied], limit: 1)
        let message = try await read { try $0.messages(filter).first }
        let row = try await read { store in try message.flatMap { try store.ledger(of: $0.id) } }
        let view = if let message { try await arrival(of: message, row).view } else { MessageView() }
        let kind = message?.fate == .replied ? TicketEvent.Kind.ticketReplied : .ticketOpened
        let occasion = Occasion(
            trigger: kind.rawValue, time: message?.received ?? now, ticket: ticket.id, fields: ticket.opening.fields)
        return FlowContext.value(
            of: FlowRun(
                occasion, contract: contract, registry: registry, ticket: ticket, view: message == nil ? nil : view,
                ids: ids, now: now))
    }

    // MARK: - Versions

    package func templateVersions(
        _ name: String, language: String?
    ) async throws(Problem) -> [TemplateVersionView] {
        try await versions(name, language).map { view($0.version, of: $0.name, $0.isCurrent, isWhole: false) }
    }

    package func templateVersion(
        _ name: String, language: String?, number: Int
    ) async throws(Problem) -> TemplateVersionView {
        let found = try await version(name, language, number)
        return view(found.version, of: found.name, found.isCurrent, isWhole: true)
    }

    /// - Throws: where there is no such version, or from which on there was no template.
    func formerTemplate(_ name: String, _ language: String?, _ number: Int) async throws(Problem) -> Template {
        if let template = try await version(name, language, number).version.template { return template }
        throw Problem(
            status: 409, title: "Deleted",
            detail: "By version \(number) template \(name.onOneLine) was deleted. Restore one before it.")
    }

    private struct Kept {
        var name: TemplateName
        var version: TemplateVersion
        var isCurrent: Bool
    }

    private func view(
        _ version: TemplateVersion, of name: TemplateName, _ isCurrent: Bool, isWhole: Bool
    ) -> TemplateVersionView {
        TemplateVersionView(version, of: name.text, isCurrent: isCurrent, isWhole: isWhole)
    }

    private func version(_ name: String, _ language: String?, _ number: Int) async throws(Problem) -> Kept {
        let all = try await versions(name, language)
        // Alone, a name means the English template or the only one, as everywhere.
        let languages = Set(all.map(\.version.language))
        let meant = languages.count == 1 ? languages.first : languages.contains("en") ? "en" : nil
        guard let meant else {
            throw Problem.invalid(
                field: "language", "there are several: \(languages.sorted().joined(separator: ", ")).",
                remedy: "Name one.")
        }
        let own = all.filter { $0.version.language == meant }
        guard let found = own.first(where: { $0.version.number == number }) else {
            let known = own.map { String($0.version.number) }.prefix(20).joined(separator: ", ")
            throw Problem(
                status: 404, title: "Not found",
                detail: "There is no version \(number) of template \(name.onOneLine). There are: \(known).")
        }
        return found
    }

    /// By language, latest first. A template that has never been changed has one version, as it is.
    private func versions(_ text: String, _ language: String?) async throws(Problem) -> [Kept] {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        let wanted = (language ?? (words.count > 1 ? words[1] : nil))?.lowercased()
        let registered = parts.board.current.templates.filter { $0.name.text == words.first }
        let stored = TemplateName(words.first ?? "")
        var kept: [TemplateVersion] = []
        if let name = stored { kept = try await read { try $0.templateVersions(name) } }
        for template in registered where !kept.contains(where: { $0.language == template.language }) {
            kept.append(TemplateVersion(language: template.language, number: 1, time: nil, template: template))
        }
        kept = kept.filter { wanted == nil || $0.language.lowercased() == wanted }
        guard let name = stored, !kept.isEmpty else {
            throw Problem.missing("template", text.onOneLine, known: parts.board.current.templates.map(\.key))
        }
        var seen: Set<String> = []
        return kept.sorted { ($0.language, $1.number) < ($1.language, $0.number) }.map {
            Kept(name: name, version: $0, isCurrent: seen.insert($0.language).inserted)
        }
    }
}

extension StoreWriting {
    /// Keeps what templates become, and what they were if nothing of them is kept yet.
    func keepVersions(of changes: [RegistryChange], before: Registry, at now: Timestamp) throws {
        for change in changes {
            switch change {
            case .putTemplate(let template):
                try keepVersion(of: template.name, template.language, template, before, now)
            case .deleteTemplate(let name, let language): try keepVersion(of: name, language, nil, before, now)
            default: continue
            }
        }
    }

    private func keepVersion(
        of name: TemplateName, _ language: String, _ template: Template?, _ before: Registry, _ now: Timestamp
    ) throws {
        let isFirst = try !templateVersions(name).contains { $0.language == language }
        if isFirst, let old = before.templates.first(where: { $0.name == name && $0.language == language }) {
            try keepVersion(of: name, language: language, old, at: nil)
        }
        try keepVersion(of: name, language: language, template, at: now)
    }
}
