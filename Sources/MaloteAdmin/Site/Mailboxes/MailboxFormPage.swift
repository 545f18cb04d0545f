// The form of a mailbox, and what becomes of what is typed; the fields follow the type by the style sheet alone.

import MaloteCore

struct MailboxFormPage {
    private let visit: Visit
    private let words: MailboxWords
    private let shared: RegistryPageWords
    /// `nil` for a new one.
    private let name: String?

    init(_ visit: Visit, name: String?) {
        self.visit = visit
        self.name = name
        words = visit.words(MailboxWords.self)
        shared = visit.words(RegistryPageWords.self)
    }

    func response() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET", "POST")
        try visit.requireAdmin()
        var old: RegisteredObject?
        if let name { old = try await RegisteredObject.find(.mailboxes, name, visit) }
        guard visit.isPost else {
            let values = MailboxFields.values(of: old, type: visit.request.query["type"])
            return page(Form(visit, values: values), old)
        }
        return try await save(old)
    }

    // MARK: - Saving

    private func save(_ old: RegisteredObject?) async throws(Problem) -> HTTPResponse {
        let given = name ?? visit.form.text("name") ?? ""
        let document = MailboxFields.document(visit.form, name: name, old: old)
        let edit: RegistryEdit =
            name.map { .edit(.mailboxes, name: $0, fields: document) } ?? .add(.mailboxes, fields: document)
        let done = shared.saved.filled(["name": given])
        switch try await visit.save(
            edit, .mailboxes, name: given, done: done, onlyIf: visit.unchanged(.mailboxes, name))
        {
        case .changed: return again([], old, remark: shared.changedMeanwhile)
        case .refused(let errors): return again(errors.map(MailboxFields.placed), old)
        case .saved(let notice):
            guard visit.form["then"] == "test",
                let mailbox = await visit.control.registry().mailboxes.first(where: { $0.name.text == given })
            else { return visit.redirect(to: "/mailboxes/\(given.inAddress)", notice: notice) }
            return try await MailboxTestPage(visit, notice: notice).response(mailbox)
        }
    }

    /// The same form with what was typed.
    private func again(_ errors: [DocumentError], _ old: RegisteredObject?, remark: String? = nil) -> HTTPResponse {
        let form = Form(visit, values: visit.form.single, errors: errors)
        return page(form, old, remark: remark, status: remark == nil ? 422 : 409)
    }

    // MARK: - The page

    private func page(
        _ form: Form, _ old: RegisteredObject?, remark: String? = nil, status: Int = 200
    ) -> HTTPResponse {
        let path = name.map { "/mailboxes/\($0.inAddress)" }
        let body: HTMLText = """
            \(visit.remark(remark))\(form.summary(anchors: MailboxFields.anchors))
            <form class="stack" method="post" action="\(path.map { $0 + "/edit" } ?? "/mailboxes/new")">
            \(visit.formKeyField)\(visit.version(old))
            \(what(form))\(connection(form))\(login(form, old))\(oauth(form, old))\(reading(form))\(sending(form))
            \(further(form))
            <div class="actions"><button>\(visit.frame.save)</button>
            <button name="then" value="test" class="second">\(words.saveAndTest)</button>
            \(visit.link(visit.frame.cancel, path ?? "/mailboxes"))</div>
            </form>
            """
        let title = name.map { words.editMailbox.filled(["name": $0]) } ?? words.newMailbox
        return Page(title: title, area: .mailboxes, body: body, status: status).response(visit)
    }

    private func what(_ form: Form) -> HTMLText {
        let named: HTMLText =
            name == nil ? form.input("name", shared.name, hint: shared.nameHint, isRequired: true) : ""
        let type = form.radios(
            "type", words.typeLegend,
            [
                (value: "inbox", label: "\(words.inbox): \(words.inboxHint)"),
                (value: "outbox", label: "\(words.outbox): \(words.outboxHint)"),
            ])
        return """
            \(type)
            <fieldset><legend>\(words.description)</legend>\(named)
            \(form.input("description", words.description, hint: words.descriptionHint))</fieldset>
            """
    }

    private func connection(_ form: Form) -> HTMLText {
        let others = [(value: "", label: words.presetOther)]
        let presets = others + MailProvider.allCases.map { (value: $0.rawValue, label: $0.brand) }
        let preset: HTMLText =
            name == nil ? form.select("preset", words.preset, presets, hint: words.presetHint) : ""
        let providers = ["imaps", "imap", "pops", "pop"].map { (value: $0, label: $0) }
        return """
            <fieldset><legend>\(words.connection)</legend>\(preset)
            <div class="row">\(form.input("server", words.server, hint: words.serverHint))
            \(form.input("port", words.port, .number, hint: words.portHint))</div>
            <div class="for-inbox">\(form.select("provider", words.provider, providers, hint: words.providerHint))</div>
            <div class="for-outbox">\(form.select("tls", words.tls, protections, hint: words.tlsHint))</div>
            </fieldset>
            """
    }

    private var protections: [(value: String, label: String)] {
        let all = [
            (value: "", label: words.tlsUsual), (value: "starttls", label: words.tlsStart),
            (value: "implicit", label: words.tlsImplicit), (value: "none", label: words.tlsNone),
        ]
        return name == nil ? all : Array(all.dropFirst())
    }

    private func login(_ form: Form, _ old: RegisteredObject?) -> HTMLText {
        let keeps = old?.fields["password"]?["keep"] != nil
        let proofs = [
            (value: "stored", label: words.proofStored), (value: "file", label: words.proofFile),
            (value: "credential", label: words.proofCredential), (value: "oauth2", label: words.proofOAuth),
        ]
        let auth = form.radios(
            "auth", words.auth,
            [(value: "true", label: visit.frame.yes), (value: "false", label: visit.frame.no)])
        let hint = keeps ? "\(words.passwordHint) \(words.passwordKept)" : words.passwordHint
        return """
            <fieldset><legend>\(words.login)</legend>
            <div class="for-outbox">\(auth)</div>
            <div class="for-login">\(form.input("user", words.user, hint: words.userHint))
            \(form.select("proof", words.proof, proofs))
            <div class="for-stored">\(form.input("password", words.password, .password, hint: hint))</div>
            <div class="for-file">\(form.input("password-file", words.file, hint: words.fileHint))</div>
            <div class="for-credential">\(
                form.input("password-credential", words.credential, hint: words.credentialHint))</div></div>
            </fieldset>
            """
    }

    private func oauth(_ form: Form, _ old: RegisteredObject?) -> HTMLText {
        func secret(_ field: String, _ label: String) -> HTMLText {
            let hint = old?.fields["oauth2"]?[field] == nil ? words.passwordHint : words.secretKept
            return form.input("oauth2-\(field)", label, .password, hint: hint)
        }
        func options(_ values: [String]) -> [(value: String, label: String)] {
            values.map { (value: $0, label: $0) }
        }
        return """
            <fieldset class="for-login for-oauth2"><legend>\(words.oauth)</legend><p class="hint">\(words.oauthHint)</p>
            <div class="row">
            \(form.select("oauth2-provider", words.oauthProvider, options(OAuthGrant.Provider.allCases.map(\.rawValue))))
            \(form.select("oauth2-flow", words.oauthFlow, options(OAuthGrant.Flow.allCases.map(\.rawValue))))
            </div>
            <div class="row">\(form.input("oauth2-tenant", words.tenant))
            \(form.input("oauth2-client_id", words.clientID))</div>
            \(secret("client_secret", words.clientSecret))
            \(form.input("oauth2-client_secret_expires", words.secretEnds, .date, hint: words.secretEndsHint))
            \(secret("refresh_token", words.refreshToken))
            \(form.input("oauth2-key", words.key, hint: words.keyHint))
            \(form.input("oauth2-subject", words.subject))\(form.input("oauth2-scope", words.scope))
            \(form.input("oauth2-token_url", words.tokenURL, .url))\(form.input("oauth2-device_url", words.deviceURL, .url))
            \(form.input("oauth2-ca", words.oauthCA))
            </fieldset>
            """
    }

    private func reading(_ form: Form) -> HTMLText {
        let afters = [
            (value: "seen", label: words.afterSeen), (value: "leave", label: words.afterLeave),
            (value: "delete", label: words.afterDelete), (value: "move", label: words.afterMove),
        ]
        let starts = [
            (value: "unseen", label: words.startUnseen), (value: "new", label: words.startNew),
            (value: "all", label: words.startAll), (value: "since", label: words.startSince),
        ]
        return """
            <fieldset class="for-inbox"><legend>\(words.reading)</legend>
            <div class="row">\(form.input("folder", words.folder, hint: words.folderHint))
            \(form.input("poll", words.poll, hint: words.pollHint))</div>
            \(form.select("after", words.after, afters))
            <div class="for-move">\(form.input("after-folder", words.afterFolder))</div>
            \(form.select("start", words.start, starts, hint: words.startHint))
            <div class="for-since">\(form.input("start-day", words.startDay, .date))</div>
            </fieldset>
            """
    }

    private func sending(_ form: Form) -> HTMLText {
        """
        <fieldset class="for-outbox"><legend>\(words.sending)</legend>
        \(form.area("senders", words.senders, hint: words.sendersHint, rows: 3))</fieldset>
        """
    }

    /// Open where something is in it.
    private func further(_ form: Form) -> HTMLText {
        let isUsed = ["ca", "pin", "more", "clear"].contains { !(form.values[$0] ?? "").isEmpty }
        let open: HTMLText = isUsed ? " open" : ""
        let clear = [
            (value: "", label: words.clearInboxHint), (value: "starttls", label: words.tlsStart),
            (value: "none", label: words.tlsNone),
        ]
        return """
            <details class="card"\(open)><summary>\(shared.more)</summary>
            \(form.input("ca", words.ca, hint: words.caHint))\(form.input("pin", words.pin, hint: words.pinHint))
            <div class="for-inbox">\(form.select("clear", words.clearInbox, clear, hint: words.tlsHint))</div>
            \(form.area("more", shared.more, hint: shared.moreHint, rows: 6, isCode: true))</details>
            """
    }
}

extension MailProvider {
    /// As its customers know it.
    fileprivate var brand: String {
        switch self {
        case .gmail: "Gmail, Google Workspace"
        case .microsoft365: "Microsoft 365, Outlook"
        case .yahoo: "Yahoo"
        case .icloud: "iCloud"
        case .zoho: "Zoho"
        case .fastmail: "Fastmail"
        }
    }
}
