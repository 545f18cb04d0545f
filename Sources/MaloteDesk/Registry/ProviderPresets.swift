// What an operator should know of large mail providers, as data; where their servers are, Core knows.

import MaloteCore

/// What an operator need not look up. Used once, when a mailbox is registered; the registry keeps only its fields.
package struct ProviderPreset: Sendable, Hashable {
    /// IMAP on port 993 and POP3 on port 995, with TLS from the start.
    var provider: MailProvider
    var smtpSecurity: Mailbox.Security
    /// Limits worth knowing; one sentence or two.
    package var limits: String
    /// What the server takes for a password; one sentence or two.
    package var login: String

    package var name: String { provider.rawValue }

    package static let all = [
        ProviderPreset(
            provider: .gmail, smtpSecurity: .implicit,
            limits: "Gmail takes 15 IMAP connections an account and sends 500 messages a day (Workspace: 2,000), "
                + "25 MB each.",
            login: "Gmail takes an app password, which needs 2-step verification, or oauth2, and not the account's "
                + "password."),
        ProviderPreset(
            provider: .microsoft365, smtpSecurity: .starttls,
            limits: "Microsoft 365 sends 30 messages a minute and to 10,000 recipients a day, over 3 connections.",
            login: "Microsoft 365 takes no password for IMAP and POP3, and for SMTP only where the tenant's "
                + "administrator allows it: use oauth2."),
        ProviderPreset(
            provider: .yahoo, smtpSecurity: .implicit,
            limits: "Yahoo sends 500 messages a day, to 100 recipients each.",
            login: "Yahoo takes an app password and not the account's password."),
        ProviderPreset(
            provider: .icloud, smtpSecurity: .starttls,
            limits: "iCloud sends 1,000 messages a day to 1,000 recipients in all, 20 MB each.",
            login: "iCloud takes an app-specific password and not the account's password."),
        ProviderPreset(
            provider: .zoho, smtpSecurity: .implicit,
            limits: "Zoho sends 50 to 500 messages an hour, by reputation. Accounts of other regions have servers of "
                + "their own (such as imap.zoho.eu).",
            login: "Zoho wants IMAP or POP3 switched on in the account, and an app password where 2-factor login is "
                + "on."),
        ProviderPreset(
            provider: .fastmail, smtpSecurity: .implicit,
            limits: "Fastmail limits what an account sends an hour and a day by its plan.",
            login: "Fastmail takes an app password and not the account's password."),
    ]

    /// The preset that this mailbox's server belongs to, however it was registered.
    package static func serving(_ mailbox: Mailbox) -> ProviderPreset? {
        MailProvider.serving(mailbox.server).flatMap { provider in all.first { $0.provider == provider } }
    }
}

// MARK: - In documents

extension ProviderPreset {
    /// What a preset can fill.
    static let fields = ["server", "port", "provider", "tls", "auth"]

    /// Puts a preset's fields in place of `preset: NAME`, except those that are given.
    static func expand(_ given: FieldReader) -> FieldReader {
        guard case .mapping(let entries) = given.node.value, let node = given.node("preset"),
            let name = given.text("preset")
        else { return given }
        guard let preset = all.first(where: { $0.name == name.lowercased() }) else {
            given.fail(
                "preset", "\"\(name)\" is not known.", "Use one of: \(all.map(\.name).joined(separator: ", ")).")
            return given
        }
        var filled = entries.filter { $0.key != "preset" }
        for (key, text) in preset.values(given) where given.node(key) == nil {
            filled.removeAll { $0.key == key }
            let value = DocumentNode(.scalar(text, isPlain: true), line: node.line)
            filled.append(.init(key: key, keyLine: node.line, value: value))
        }
        let expanded = DocumentNode(.mapping(filled), line: given.node.line)
        return FieldReader(expanded, path: given.path, errors: given.errors) ?? given
    }

    private func values(_ given: FieldReader) -> [(String, String)] {
        switch given.node("type")?.word {
        case "inbox": inboxValues(given)
        case "outbox": outboxValues(given)
        default: []
        }
    }

    private func inboxValues(_ given: FieldReader) -> [(String, String)] {
        let provider = given.node("provider")?.word ?? "imaps"
        let servers = self.provider.servers
        guard provider.hasPrefix("pop") else { return [("server", servers.imap), ("provider", provider)] }
        guard let pop = servers.pop else {
            given.fail("provider", "\(name) has no POP3.", "Use provider imaps.")
            return [("server", servers.imap)]
        }
        return [("server", pop), ("provider", provider)]
    }

    private func outboxValues(_ given: FieldReader) -> [(String, String)] {
        [("server", provider.servers.smtp), ("tls", smtpSecurity.rawValue), ("auth", "true")]
    }
}

extension DocumentNode {
    fileprivate var word: String? {
        if case .scalar(let text, _) = value { text.lowercased() } else { nil }
    }
}
