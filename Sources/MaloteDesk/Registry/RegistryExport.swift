// The registry as a document again, without secrets; what it writes, the decoder reads back unchanged.

import MaloteCore

package enum RegistryExport {
    /// YAML in the form `apply` reads. A stored password exports as `{keep: true}`.
    package static func yaml(_ registry: Registry) -> String { YAMLWriter.document(document(registry)) }

    /// The same in either of the forms that `apply` reads.
    package static func text(_ registry: Registry, _ format: RegistryFormat) -> String {
        switch format {
        case .yaml: yaml(registry)
        case .json: JSONText.document(document(registry))
        }
    }

    static func document(_ registry: Registry) -> DocumentNode {
        var entries: [DocumentNode.Entry] = []
        if registry.systemOutbox != nil || !registry.alerts.isEmpty {
            let fields: [(String, DocumentNode?)] = [
                ("outbox", registry.systemOutbox.map { text($0.text) }),
                ("alerts", registry.alerts.isEmpty ? nil : list(registry.alerts.map(address))),
            ]
            entries.append(.init("system", map(fields)))
        }
        let sections: [(String, [DocumentNode])] = [
            ("mailboxes", registry.mailboxes.map(node)), ("contracts", registry.contracts.map(node)),
            ("flows", registry.flows.map(node)), ("templates", registry.templates.map(node)),
        ]
        for (name, nodes) in sections where !nodes.isEmpty {
            entries.append(.init(name, DocumentNode(.sequence(nodes))))
        }
        return DocumentNode(.mapping(entries))
    }

    package static func node(_ section: RegistrySection, _ name: String, _ registry: Registry) -> DocumentNode? {
        switch section {
        case .mailboxes: registry.mailboxes.first { $0.name.text == name }.map(node)
        case .contracts: registry.contracts.first { $0.name.text == name }.map(node)
        case .flows: registry.flows.first { $0.name.text == name }.map(node)
        case .templates: registry.template(keyed: name).map(node)
        }
    }

    package static func names(_ section: RegistrySection, _ registry: Registry) -> [String] {
        switch section {
        case .mailboxes: registry.mailboxes.map(\.name.text)
        case .contracts: registry.contracts.map(\.name.text)
        case .flows: registry.flows.map(\.name.text)
        case .templates: registry.templates.map(\.key)
        }
    }

    // MARK: - Objects

    static func node(_ mailbox: Mailbox) -> DocumentNode {
        var fields: [(String, DocumentNode?)] = [
            ("name", text(mailbox.name.text)), ("type", text(mailbox.inbox == nil ? "outbox" : "inbox")),
            ("description", mailbox.description.isEmpty ? nil : text(mailbox.description)),
            ("server", text(mailbox.server)), ("port", number(mailbox.port)),
        ]
        if let inbox = mailbox.inbox {
            fields += [
                ("provider", mailbox.provider.map(text)), ("tls", mailbox.security == .none ? text("none") : nil),
                ("folder", text(inbox.folder)), ("poll", text("\(inbox.pollSeconds)s")),
                ("after", text(inbox.after.words)), ("start", text(inbox.start.words)),
                ("idle", inbox.idle ? nil : flag(false)), ("compress", inbox.compress ? flag(true) : nil),
            ]
        } else {
            fields += [("tls", text(mailbox.security.rawValue)), ("auth", flag(mailbox.login != nil))]
        }
        if let login = mailbox.login {
            fields.append(("user", text(login.user)))
            switch login.proof {
            case .password(let source): fields.append(("password", secret(source)))
            case .oauth(let grant): fields.append(("oauth2", node(grant)))
            }
            fields.append(("sasl", login.sasl.map { text($0.rawValue) }))
        }
        fields += [("ca", mailbox.trust.caFile.map(text)), ("pin", mailbox.trust.pin.map(text))]
        if let inbox = mailbox.inbox {
            fields.append(("trusted", inbox.trusted.isEmpty ? nil : list(inbox.trusted.map(text))))
            fields.append(("rules", rules(inbox.rules)))
            fields.append(("plus", inbox.plus ? flag(true) : nil))
        }
        if let outbox = mailbox.outbox {
            let without = outbox.without.map(\.rawValue).sorted()
            fields.append(("senders", list(outbox.senders.map(address))))
            fields.append(("without", without.isEmpty ? nil : list(without.map(text))))
            fields.append(("rate", outbox.rate.isLimited ? node(outbox.rate) : nil))
        }
        return map(fields)
    }

    private static func node(_ rate: SendingRate) -> DocumentNode {
        map([("minute", rate.minute.map(number)), ("day", rate.day.map(number))])
    }

    private static func node(_ grant: OAuthGrant) -> DocumentNode {
        map([
            ("provider", text(grant.provider.rawValue)), ("flow", text(grant.flow.rawValue)),
            ("tenant", grant.tenant.map(text)), ("client_id", grant.clientID.map(text)),
            ("client_secret", grant.clientSecret.map(secret)),
            ("client_secret_expires", grant.clientSecretExpires.map { text($0.description) }),
            ("refresh_token", grant.refreshToken.map(secret)),
            ("scope", grant.scope.map(text)), ("token_url", grant.tokenURL.map(text)),
            ("device_url", grant.deviceURL.map(text)), ("key", grant.key.map(secret)),
            ("subject", grant.subject.map(text)), ("ca", grant.caFile.map(text)),
        ])
    }

    static func node(_ contract: Contract) -> DocumentNode {
        map([
            ("name", text(contract.name.text)), ("title", contract.title.isEmpty ? nil : text(contract.title)),
            ("prefix", text(contract.prefix)), ("inboxes", list(contract.inboxes.map { text($0.text) })),
            ("outbox", text(contract.outbox.words)), ("language", text(contract.language)),
            ("people", list(contract.people.map(node))), ("groups", list(contract.groups.map(node))),
            ("events", contract.events.map(node)),
            ("rules", rules(contract.rules)), ("attachments", node(contract.attachments)),
            ("answers", node(contract.answers)), ("closed", node(contract.closedTickets)),
            ("timezone", contract.timezone == "UTC" ? nil : text(contract.timezone)),
            ("status", contract.status == .active ? nil : text(contract.status.rawValue)),
            ("retention", node(contract.retention)), ("valid", node(contract.valid)),
            ("opening", node(contract.opening)),
            ("notify", contract.notify.count == NotificationClass.allCases.count ? nil : node(contract.notify)),
        ])
    }

    private static func node(_ endpoint: Contract.EventEndpoint) -> DocumentNode {
        map([
            ("url", text(endpoint.url)), ("secret", secret(endpoint.secret)),
            ("former_secret", endpoint.formerSecret.map(secret)),
            ("mode", endpoint.mode == .structured ? nil : text(endpoint.mode.rawValue)),
            ("ca", endpoint.caFile.map(text)),
        ])
    }

    static func node(_ template: Template) -> DocumentNode {
        map([
            ("name", text(template.name.text)), ("language", text(template.language)),
            ("active", template.isActive ? nil : flag(false)), ("subject", text(template.subject)),
            ("text", text(template.text)), ("html", template.html.map(text)),
        ])
    }

    // MARK: - Making nodes

    static func map(_ fields: [(String, DocumentNode?)]) -> DocumentNode {
        DocumentNode(.mapping(fields.compactMap { key, value in value.map { .init(key, $0) } }))
    }

    static func list(_ items: [DocumentNode]) -> DocumentNode { DocumentNode(.sequence(items)) }
    static func text(_ value: String) -> DocumentNode { DocumentNode(.scalar(value, isPlain: false)) }
    static func number(_ value: Int) -> DocumentNode { DocumentNode(.scalar(String(value), isPlain: true)) }
    static func flag(_ value: Bool) -> DocumentNode {
        DocumentNode(.scalar(value ? "true" : "false", isPlain: true))
    }
    static func address(_ value: MailAddress) -> DocumentNode { text(value.description) }

    private static func secret(_ source: SecretSource) -> DocumentNode {
        switch source {
        case .literal, .unopened: map([("keep", flag(true))])
        case .file(let path): map([("file", text(path))])
        case .credential(let name): map([("credential", text(name))])
        }
    }
}

extension DocumentNode.Entry {
    fileprivate init(_ key: String, _ value: DocumentNode) { self.init(key: key, keyLine: 0, value: value) }
}
