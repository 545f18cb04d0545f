// The fields of one email step, as the source system's element "Send message - email" has them; knows no other step.

import MaloteCore

struct FlowStepForm {
    let contract: Contract
    private let visit: Visit
    private let words: FlowWords
    private let registry: Registry

    init(_ visit: Visit, _ words: FlowWords, _ registry: Registry, _ contract: Contract) {
        self.visit = visit
        self.words = words
        self.registry = registry
        self.contract = contract
    }

    func html(_ form: Form, _ index: Int, isOnly: Bool) -> HTMLText {
        let prefix = "s\(index)-"
        let remove: HTMLText =
            isOnly
            ? ""
            : """
            <div class="actions"><button name="then" value="remove-\(String(index))" class="second">\
            \(words.removeStep)</button></div>
            """
        return """
            <fieldset class="step"><legend>\(words.furtherStep.filled(["n": "\(index + 1)"])): \(words.step)</legend>
            \(outbox(form, prefix))\(recipients(form, prefix))\(message(form, prefix))\(further(form, prefix))
            \(remove)</fieldset>
            """
    }

    private func outbox(_ form: Form, _ prefix: String) -> HTMLText {
        let choices = [
            (value: "system", label: words.system), (value: "contract", label: words.contractOutbox),
            (value: "specific", label: words.specific),
        ]
        let outboxes = registry.mailboxes.filter { $0.outbox != nil }.map {
            (value: $0.name.text, label: "\($0.name.text) (\($0.server))")
        }
        return """
            \(form.radios(prefix + "outbox", words.outbox, choices))
            <div class="for-specific">\(form.select(prefix + "specific", words.specificOutbox, outboxes))</div>
            """
    }

    private func recipients(_ form: Form, _ prefix: String) -> HTMLText {
        let name = prefix + "to"
        func box(_ value: String, _ label: String, hint: String? = nil) -> HTMLText {
            form.box(name, label, value: value, hint: hint)
        }
        let groups = contract.groups.map { box("group:\($0.name)", "\(words.group) \($0.name)") }
        let people = contract.people.map {
            box("person:\($0.name)", "\(words.person) \($0.name)", hint: $0.email.address)
        }
        // What is ticked, though the contract does not know it any more, is shown: it can be taken away.
        let known =
            ["requester", "cc"] + contract.groups.map { "group:\($0.name)" }
            + contract.people.map { "person:\($0.name)" }
        let others = (form.lists[name] ?? []).filter { !known.contains($0) }.map { box($0, $0) }
        return """
            <fieldset id="\(name)"><legend>\(words.recipients)</legend><div class="choices">
            \(box("requester", words.requester))\(box("cc", words.cc))\(groups)\(people)\(others)</div>
            \(form.area(prefix + "addresses", words.addresses, hint: words.addressesHint, rows: 2))
            \(form.faults(name))</fieldset>
            """
    }

    private func message(_ form: Form, _ prefix: String) -> HTMLText {
        let choices = [(value: "template", label: words.template), (value: "own", label: words.own)]
        var templates: [(value: String, label: String)] = []
        for template in registry.templates {
            if let last = templates.indices.last, templates[last].value == template.name.text {
                templates[last].label += ", \(template.language)"
            } else {
                templates.append((template.name.text, "\(template.name.text): \(template.language)"))
            }
        }
        let select: HTMLText =
            templates.isEmpty
            ? "<p class=\"soft\">\(words.noTemplates) <a href=\"/templates/new\">\(words.newTemplate)</a></p>"
            : form.select(prefix + "template", words.chooseTemplate, templates)
        return """
            \(form.radios(prefix + "content", words.message, choices))
            <div class="for-template">\(select)</div>
            <div class="for-own">\(form.input(prefix + "subject", words.subject, hint: words.keysHint))
            \(form.area(prefix + "text", words.text, rows: 6))\(form.area(prefix + "html", words.html, isCode: true))</div>
            """
    }

    /// Open where something is in it.
    private func further(_ form: Form, _ prefix: String) -> HTMLText {
        let fields = ["language", "sender", "priority", "attachments", "delay", "when", "unless", "approval"]
        let open: HTMLText = fields.contains { !(form.values[prefix + $0] ?? "").isEmpty } ? " open" : ""
        let priorities =
            [(value: "", label: words.usual)]
            + Priority.allCases.map {
                (value: $0.rawValue, label: words.priority($0))
            }
        return """
            <details class="inner"\(open)><summary>\(words.conditions)</summary>
            <div class="row">\(form.select(prefix + "language", words.language, languages(form.values[prefix + "language"])))
            \(form.select(prefix + "sender", words.sender, senders(form.values[prefix + "sender"])))
            \(form.select(prefix + "priority", words.priority, priorities))
            \(form.input(prefix + "delay", words.delay, hint: words.delayHint))</div>
            \(form.box(prefix + "attachments", words.attachments))
            <div class="row">
            \(form.area(prefix + "when", words.when, hint: words.whenHint, rows: 3, isCode: true))
            \(form.area(prefix + "unless", words.unless, hint: words.unlessHint, rows: 3, isCode: true))</div>
            \(form.box(prefix + "approval", words.approval, hint: words.approvalHint))
            <div class="row for-approval">\(form.input(prefix + "quorum", words.quorum, hint: words.quorumHint))
            \(form.input(prefix + "expires", words.expires, hint: words.expiresHint))</div></details>
            """
    }

    private func languages(_ present: String?) -> [(value: String, label: String)] {
        let known = Set(registry.templates.map(\.language) + PageLanguage.allCases.map(\.tag) + [present ?? "en"])
        return [(value: "", label: words.languageOfContract)]
            + known.filter { !$0.isEmpty }.sorted().map { (value: $0, label: $0) }
    }

    /// The senders of all outboxes: which of them is used depends on the outbox.
    private func senders(_ present: String?) -> [(value: String, label: String)] {
        var seen: Set<String> = [""]
        var options = [(value: "", label: words.firstSender)]
        for mailbox in registry.mailboxes {
            for sender in mailbox.outbox?.senders ?? [] where seen.insert(sender.address).inserted {
                options.append((sender.address, "\(sender.address) (\(mailbox.name))"))
            }
        }
        if let present, seen.insert(present).inserted { options.append((present, present)) }
        return options
    }
}
