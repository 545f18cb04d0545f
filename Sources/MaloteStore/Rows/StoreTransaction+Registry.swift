// Registry objects, one row each, their secrets sealed; knows nothing of how they refer to each other.

import MaloteCore

extension StoreTransaction {
    private enum Kind: String { case mailbox, contract, flow, template }

    func registry() throws -> Registry {
        var registry = Registry()
        registry.systemOutbox = try connection.first("SELECT value FROM settings WHERE name = 'system outbox'") {
            MailboxName($0.text(0))
        }?.flatMap { $0 }
        registry.alerts =
            try connection.first("SELECT value FROM settings WHERE name = 'alerts'") {
                try JSONColumn.decode($0.text(0))
            } ?? []
        registry.mailboxes = try objects(.mailbox) { id, body in
            try JSONColumn.decode(body, MailboxRecord.self).mailbox(id: RowID(rawValue: id), vault: vault)
        }
        registry.contracts = try objects(.contract) { id, body in
            try JSONColumn.decode(body, ContractRecord.self).contract(id: RowID(rawValue: id), vault: vault)
        }
        registry.flows = try objects(.flow) { _, body in try JSONColumn.decode(body, FlowRecord.self).flow() }
        registry.templates = try objects(.template) { _, body in
            try JSONColumn.decode(body, TemplateRecord.self).template()
        }
        return registry
    }

    func registryVersion() throws -> Int64 { try number(of: "registry") }

    func apply(_ changes: [RegistryChange]) throws {
        for change in changes { try apply(change) }
        guard !changes.isEmpty else { return }
        _ = try next("registry")
        tally.news.insert(.registry)
    }

    private func apply(_ change: RegistryChange) throws {
        switch change {
        case .setSystemOutbox(let name?):
            try connection.run(
                """
                INSERT INTO settings (name, value) VALUES ('system outbox', ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """, .text(name.text))
        case .setSystemOutbox(nil):
            try connection.run("DELETE FROM settings WHERE name = 'system outbox'")
        case .setAlerts(let addresses):
            try connection.run("DELETE FROM settings WHERE name = 'alerts'")
            guard !addresses.isEmpty else { return }
            try connection.run(
                "INSERT INTO settings (name, value) VALUES ('alerts', ?)", .text(try JSONColumn.encode(addresses)))
        case .putMailbox(let mailbox):
            try put(.mailbox, mailbox.name.text, JSONColumn.encode(MailboxRecord(mailbox, vault: vault)))
        case .putContract(let contract):
            try put(.contract, contract.name.text, JSONColumn.encode(ContractRecord(contract, vault: vault)))
        case .putFlow(let flow): try put(.flow, flow.name.text, JSONColumn.encode(FlowRecord(flow)))
        case .putTemplate(let template):
            try put(.template, Self.key(template.name, template.language), JSONColumn.encode(TemplateRecord(template)))
        case .deleteMailbox(let name):
            try remove(.mailbox, name.text)
            try dropStrayTokens()
        case .deleteContract(let name): try remove(.contract, name.text)
        case .deleteFlow(let name): try remove(.flow, name.text)
        case .deleteTemplate(let name, let language): try remove(.template, Self.key(name, language))
        }
    }

    private static func key(_ name: TemplateName, _ language: String) -> String { "\(name.text) \(language)" }

    private func objects<Object>(_ kind: Kind, map: (Int64, String) throws -> Object) throws -> [Object] {
        try connection.rows("SELECT id, body FROM registry WHERE kind = ? ORDER BY name", .text(kind.rawValue)) {
            try map($0.integer(0), $0.text(1))
        }
    }

    /// Keeps the id of an object that is there; a new one gets a number that was never given before.
    private func put(_ kind: Kind, _ name: String, _ body: String) throws {
        let changed = try connection.changed(
            "UPDATE registry SET body = ? WHERE kind = ? AND name = ?", .text(body), .text(kind.rawValue), .text(name))
        guard changed == 0 else { return }
        try connection.run(
            "INSERT INTO registry (kind, name, id, body) VALUES (?, ?, ?, ?)", .text(kind.rawValue), .text(name),
            .integer(try next(kind.rawValue)), .text(body))
    }

    private func remove(_ kind: Kind, _ name: String) throws {
        let changed = try connection.changed(
            "DELETE FROM registry WHERE kind = ? AND name = ?", .text(kind.rawValue), .text(name))
        guard changed == 1 else { throw missing("\(kind.rawValue) \(name)") }
    }
}
