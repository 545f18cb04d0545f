// One mailbox: what is registered, how it is doing, who uses it; changes nothing.

import MaloteCore

struct MailboxPage {
    private let visit: Visit
    private let words: MailboxWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(MailboxWords.self)
    }

    func response(_ mailbox: Mailbox) async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let registry = await visit.control.registry()
        let line = try await visit.control.status().mailboxes.first { $0.name == mailbox.name.text }
        let links = registry.links(toMailbox: mailbox.name)
        let body: HTMLText = """
            \(hint(mailbox, isUsed: !links.isEmpty || registry.systemOutbox == mailbox.name))
            \(health(line))
            <section class="card"><h2>\(words.connection)</h2>\(facts(mailbox))</section>
            \(users(links, isSystem: registry.systemOutbox == mailbox.name))
            """
        return Page(
            title: mailbox.name.text, area: .mailboxes, body: body, actions: actions(mailbox, registry)
        ).response(visit)
    }

    private func actions(_ mailbox: Mailbox, _ registry: Registry) -> HTMLText {
        guard visit.caller.isAdmin else { return "" }
        let path = "/mailboxes/\(mailbox.name.text.inAddress)"
        let poll: HTMLText = mailbox.inbox == nil ? "" : visit.button(words.pollNow, post: path + "/poll")
        let isOffered = mailbox.outbox != nil && registry.systemOutbox != mailbox.name
        let system: HTMLText = isOffered ? visit.button(words.makeSystem, post: path + "/system") : ""
        let needsPerson = mailbox.login?.oauth?.flow == .deviceCode
        let consent: HTMLText = needsPerson ? visit.button(words.authorize, post: path + "/authorize") : ""
        return """
            \(visit.button(words.test, post: path + "/test", style: ""))\(poll)\(system)\(consent)
            \(visit.link(visit.frame.edit, path + "/edit"))\(visit.link(visit.frame.delete, path + "/delete"))
            """
    }

    /// What comes next for somebody who has just registered it.
    private func hint(_ mailbox: Mailbox, isUsed: Bool) -> HTMLText {
        guard !isUsed, visit.caller.isAdmin else { return "" }
        let field = mailbox.inbox == nil ? "outbox" : "inboxes"
        return """
            <p class="remark">\(words.linkHint)
            <a href="/contracts/new?\(field)=\(mailbox.name.text.inAddress)">\(words.linkContract)</a></p>
            """
    }

    // MARK: - How it is doing

    private func health(_ line: StatusReport.MailboxLine?) -> HTMLText {
        guard let line else { return "" }
        let failure: HTMLText =
            line.failure.map {
                "<dt>\(words.lastError)</dt><dd lang=\"en\">\($0.detail) \($0.remedy)</dd>"
            } ?? ""
        let counts = line.messages.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let messages: HTMLText = counts.isEmpty ? "" : "<dt>\(words.messages)</dt><dd lang=\"en\">\(counts)</dd>"
        let reason: HTMLText = line.reason.map { " <span lang=\"en\">\($0)</span>" } ?? ""
        return """
            <section class="card"><h2>\(words.state)</h2><dl class="facts">
            <dt>\(words.state)</dt><dd>\(StatePill.pill(line.state, visit.words(OverviewWords.self)))\(reason)</dd>
            \(failure)\(moment(words.failingSince, line.failingSince))\(moment(words.lastGood, line.lastGood))
            \(moment(words.nextTry, line.nextTry))\(messages)\(token(line.token))</dl></section>
            """
    }

    private func moment(_ name: String, _ time: Timestamp?) -> HTMLText {
        time == nil ? "" : "<dt>\(name)</dt><dd>\(visit.moment(time))</dd>"
    }

    private func token(_ token: TokenForecast?) -> HTMLText {
        guard let token else { return "" }
        let state: HTMLText =
            token.isAuthorized
            ? "\(words.tokenEnds) \(visit.moment(token.accessExpires))" : Pill.warn(words.notAuthorized)
        return "<dt>\(words.token)</dt><dd>\(state)</dd>"
    }

    // MARK: - What is registered

    private func facts(_ mailbox: Mailbox) -> HTMLText {
        var rows: [(String, String)] = [
            (words.id, String(mailbox.id.rawValue)), (words.description, mailbox.description),
            (words.type, mailbox.inbox == nil ? words.outbox : words.inbox), (words.server, mailbox.server),
            (words.port, String(mailbox.port)),
        ]
        if let provider = mailbox.provider { rows.append((words.provider, provider)) }
        rows.append((words.tls, security(mailbox.security)))
        if let login = mailbox.login {
            rows += [(words.user, login.user), (words.proof, proof(login))]
        } else {
            rows.append((words.auth, visit.frame.no))
        }
        if let inbox = mailbox.inbox {
            rows += [
                (words.folder, inbox.folder), (words.poll, "\(inbox.pollSeconds) s"), (words.after, after(inbox.after)),
                (words.start, start(inbox.start)),
            ]
        }
        rows.append((words.senders, mailbox.outbox?.senders.map(\.description).joined(separator: ", ") ?? ""))
        rows += [(words.ca, mailbox.trust.caFile ?? ""), (words.pin, mailbox.trust.pin ?? "")]
        let cells = rows.filter { !$0.1.isEmpty }.map { row -> HTMLText in "<dt>\(row.0)</dt><dd>\(row.1)</dd>" }
        return "<dl class=\"facts\">\(cells)</dl>"
    }

    private func proof(_ login: Mailbox.Login) -> String {
        switch login.password {
        case .literal: words.proofStored
        case .unopened: "\(words.proofStored) (\(words.keyMissing))"
        case .file(let path): "\(words.proofFile): \(path)"
        case .credential(let name): "\(words.proofCredential): \(name)"
        case nil: words.proofOAuth
        }
    }

    private func security(_ security: Mailbox.Security) -> String {
        switch security {
        case .none: words.tlsNone
        case .starttls: words.tlsStart
        case .implicit: words.tlsImplicit
        }
    }

    private func after(_ after: Inbox.After) -> String {
        switch after {
        case .seen: words.afterSeen
        case .leave: words.afterLeave
        case .delete: words.afterDelete
        case .move(let folder): "\(words.afterMove): \(folder)"
        }
    }

    private func start(_ start: Inbox.Start) -> String {
        switch start {
        case .unseen: words.startUnseen
        case .new: words.startNew
        case .all: words.startAll
        case .since(let day): "\(words.startSince): \(day)"
        }
    }

    private func users(_ links: [RegistryLink], isSystem: Bool) -> HTMLText {
        guard !links.isEmpty || isSystem else { return "" }
        let items = links.map { link -> HTMLText in "<li>\(link.html(visit))</li>" }
        let system: HTMLText = isSystem ? "<p>\(words.systemOutbox)</p>" : ""
        let used = visit.words(RegistryPageWords.self).used
        return "<section class=\"card\"><h2>\(used)</h2>\(system)<ul>\(items)</ul></section>"
    }
}
