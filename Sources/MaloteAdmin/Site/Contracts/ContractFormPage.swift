// The form of a contract, and what becomes of what is typed.

import MaloteCore

struct ContractFormPage {
    private let visit: Visit
    private let words: ContractWords
    private let shared: RegistryPageWords
    private let fields: ContractFields
    /// `nil` for a new one.
    private let name: String?

    init(_ visit: Visit, name: String?) {
        self.visit = visit
        self.name = name
        words = visit.words(ContractWords.self)
        shared = visit.words(RegistryPageWords.self)
        fields = ContractFields(words: words)
    }

    func response() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET", "POST")
        try visit.requireAdmin()
        var old: RegisteredObject?
        if let name { old = try await RegisteredObject.find(.contracts, name, visit) }
        let registry = await visit.control.registry()
        guard visit.isPost else { return page(fields.filling(old, visit), [], old, registry) }
        let given = name ?? visit.form.text("name") ?? ""
        let document = fields.document(visit.form, name: name, old: old)
        let edit: RegistryEdit =
            name.map { .edit(.contracts, name: $0, fields: document) } ?? .add(.contracts, fields: document)
        switch try await visit.save(
            edit, .contracts, name: given, done: shared.saved.filled(["name": given]),
            onlyIf: visit.unchanged(.contracts, name))
        {
        case .changed:
            return page(
                fields.filling(visit.form), [], old, registry, remark: shared.changedMeanwhile, status: 409)
        case .saved(let notice): return visit.redirect(to: "/contracts/\(given.inAddress)", notice: notice)
        case .refused(let errors):
            return page(fields.filling(visit.form), errors.map(fields.placed), old, registry, status: 422)
        }
    }

    // MARK: - The page

    private func page(
        _ filling: ContractFields.Filling, _ errors: [DocumentError], _ old: RegisteredObject?, _ registry: Registry,
        remark: String? = nil, status: Int = 200
    ) -> HTTPResponse {
        let form = Form(visit, values: filling.values, lists: filling.lists, errors: errors)
        let path = name.map { "/contracts/\($0.inAddress)" }
        let groupAnchors = (0...filling.groups).flatMap { number in
            ["name", "members", "external"].map { "g\(number)-\($0)" }
        }
        let body: HTMLText = """
            \(visit.remark(remark))\(form.summary(anchors: ContractFields.anchors.union(groupAnchors)))
            <form class="stack" method="post" action="\(path.map { $0 + "/edit" } ?? "/contracts/new")">
            \(visit.formKeyField)\(visit.version(old))
            \(terms(form))\(mailboxes(form, registry))\(people(form, groups: filling.groups))\(told(form))
            \(endpoint(form, old))\(further(form))
            <div class="actions"><button>\(visit.frame.save)</button>
            \(visit.link(visit.frame.cancel, path ?? "/contracts"))</div></form>
            """
        let title = name.map { words.editContract.filled(["name": $0]) } ?? words.newContract
        return Page(title: title, area: .contracts, body: body, status: status).response(visit)
    }

    private func terms(_ form: Form) -> HTMLText {
        let named: HTMLText =
            name == nil ? form.input("name", shared.name, hint: shared.nameHint, isRequired: true) : ""
        let states = Contract.Status.allCases.map { (value: $0.rawValue, label: words.status($0)) }
        return """
            <fieldset><legend>\(words.contract)</legend>\(named)
            \(form.input("title", shared.title, hint: words.titleHint))
            <div class="row">\(form.input("prefix", words.prefix, hint: words.prefixHint))
            \(form.select("status", shared.status, states, hint: words.statusHint))</div>
            <div class="row">\(form.input("valid-from", words.validFrom, .date, hint: words.validHint))
            \(form.input("valid-until", words.validUntil, .date))</div>
            <div class="row">\(form.input("language", shared.language, hint: words.languageHint, placeholder: "pt-BR"))
            \(form.input("timezone", words.timezone, hint: words.timezoneHint))</div></fieldset>
            """
    }

    private func mailboxes(_ form: Form, _ registry: Registry) -> HTMLText {
        let inboxes = registry.mailboxes.filter { $0.inbox != nil }
        let boxes = inboxes.map { inbox -> HTMLText in
            form.box("inboxes", inbox.name.text, value: inbox.name.text, hint: "\(inbox.server) \(inbox.description)")
        }
        let list: HTMLText = boxes.isEmpty ? "<p class=\"soft\">\(words.noInboxes)</p>" : "\(boxes)"
        let outboxes = registry.mailboxes.filter { $0.outbox != nil }.map {
            (value: $0.name.text, label: "\($0.name.text) (\($0.server))")
        }
        let standard = registry.systemOutbox.map { "\(words.standard) (\($0))" } ?? words.standard
        return """
            <fieldset><legend>\(words.mailboxes)</legend>
            <fieldset id="inboxes" class="plain"><legend>\(words.inboxes)</legend>
            <p class="hint">\(words.inboxesHint)</p><div class="choices">\(list)</div>\(form.faults("inboxes"))</fieldset>
            \(form.select(
                "outbox", words.outbox, [(value: "standard", label: standard)] + outboxes, hint: words.outboxHint))
            </fieldset>
            """
    }

    private func people(_ form: Form, groups: Int) -> HTMLText {
        let parts = (0...groups).map { number -> HTMLText in
            let legend = number == groups ? words.newGroup : "\(words.group) \(number + 1)"
            let mandatory = NotificationClass.allCases.map { kind -> HTMLText in
                form.box("g\(number)-mandatory", words.kind(kind), value: kind.rawValue)
            }
            return """
                <fieldset><legend>\(legend)</legend>\(form.input("g\(number)-name", shared.name))
                <div class="row">\(form.area("g\(number)-members", words.members, hint: words.membersHint))
                \(form.area("g\(number)-external", words.external, hint: words.externalHint))</div>
                <fieldset class="plain"><legend>\(words.mandatory)</legend><div class="choices">\(mandatory)</div></fieldset>
                </fieldset>
                """
        }
        return """
            <fieldset><legend>\(words.people)</legend>
            \(form.area("people", words.people, hint: words.peopleHint, rows: 6))</fieldset>
            <fieldset><legend>\(words.groups)</legend><p class="hint">\(words.groupHint)</p>\(parts)</fieldset>
            """
    }

    private func told(_ form: Form) -> HTMLText {
        let kinds = NotificationClass.allCases.map { kind -> HTMLText in
            form.box("notify", words.kind(kind), value: kind.rawValue)
        }
        return """
            <fieldset id="notify"><legend>\(words.notify)</legend><p class="hint">\(words.notifyHint)</p>
            <div class="choices">\(kinds)</div></fieldset>
            <fieldset><legend>\(words.attachments)</legend>
            <div class="row">\(form.input("attachments-forbid", words.forbid, hint: words.forbidHint))
            \(form.input("attachments-max", words.largest, hint: words.largestHint))</div></fieldset>
            """
    }

    private func endpoint(_ form: Form, _ old: RegisteredObject?) -> HTMLText {
        let mailbox = visit.words(MailboxWords.self)
        let proofs = [
            (value: "stored", label: shared.storedHere), (value: "file", label: shared.inFile),
            (value: "credential", label: shared.asCredential),
        ]
        let modes = Contract.EventEndpoint.Mode.allCases.enumerated().map { index, mode in
            (value: index == 0 ? "" : mode.rawValue, label: mode.rawValue)
        }
        let keeps = old?.has("events", "secret", "keep") == true
        let hint = keeps ? words.secretKept : words.secretHint
        return """
            <fieldset><legend>\(words.events)</legend>
            \(form.input("events-url", words.eventsURL, .url, hint: words.eventsHint))
            \(form.select("proof", words.secretPlace, proofs))
            <div class="for-stored">\(form.input("events-secret", words.secret, .password, hint: hint))</div>
            <div class="for-file">\(form.input("secret-file", mailbox.file, hint: mailbox.fileHint))</div>
            <div class="for-credential">\(
                form.input("secret-credential", mailbox.credential, hint: mailbox.credentialHint))</div>
            <div class="row">\(form.select("events-mode", words.mode, modes, hint: words.modeHint))
            \(form.input("events-ca", mailbox.ca, hint: mailbox.caHint))</div></fieldset>
            """
    }

    private func further(_ form: Form) -> HTMLText {
        let open: HTMLText = (form.values["more"] ?? "").isEmpty ? "" : " open"
        return """
            <details class="card"\(open)><summary>\(shared.more)</summary>
            \(form.area("more", words.more, hint: shared.moreHint, rows: 6, isCode: true))</details>
            """
    }
}
