// Mail providers as data: where their servers are and what to know of them; knows no mailbox.

import MaloteCore

/// What an operator need not look up. Used once, when a mailbox is registered; the registry keeps only its fields.
package struct ProviderPreset: Sendable, Hashable {
    package var name: String
    /// Port 993, TLS from the start.
    var imap: String
    /// Port 995, TLS from the start; `nil` if there is none.
    var pop: String?
    var smtp: String
    var smtpSecurity: Mailbox.Security
    /// Limits worth knowing; one sentence or two.
    package var limits: String
    /// What the server takes for a password; one sentence or two.
    package var login: String

    package static let all = [
        ProviderPreset(
            name: "gmail", imap: "imap.gmail.com", pop: "pop.gmail.com", smtp: "smtp.gmail.com",
            smtpSecurity: .implicit,
            limits: "Gmail takes 15 IMAP connections an account and sends 500 messages a day (Workspace: 2,000), "
                + "25 MB each.",
            login: "Gmail takes an app password, which needs 2-step verification, or oauth2, and not the account's "
                + "password."),
        ProviderPreset(
            name: "microsoft365", imap: "outlook.office365.com", pop: "outlook.office365.com",
            smtp: "smtp.office365.com", smtpSecurity: .starttls,
            limits: "Microsoft 365 sends 30 messages a minute and to 10,000 recipients a day, over 3 connections.",
            login: "Microsoft 365 takes no password for IMAP and POP3, and for SMTP only where the tenant's "
                + "administrator allows it: use oauth2."),
        ProviderPreset(
            name: "yahoo", imap: "imap.mail.yahoo.com", pop: "pop.mail.yahoo.com", smtp: "smtp.mail.yahoo.com",
            smtpSecurity: .implicit,
            limits: "Yahoo sends 500 messages a day, to 100 recipients each.",
            login: "Yahoo takes an app password and not the account's password."),
        ProviderPreset(
            name: "icloud", imap: "imap.mail.me.com", pop: nil, smtp: "smtp.mail.me.com", smtpSecurity: .starttls,
            limits: "iCloud sends 1,000 messages a day to 1,000 recipients in all, 20 MB each.",
            login: "iCloud takes an app-specific password and not the account's password."),
        ProviderPreset(
            name: "zoho", imap: "imap.zoho.com", pop: "pop.zoho.com", smtp: "smtp.zoho.com", smtpSecurity: .implicit,
            limits: "Zoho sends 50 to 500 messages an hour, by reputation. Accounts of other regions have servers of "
                + "their own (such as imap.zoho.eu).",
            login: "Zoho wants IMAP or POP3 switched on in the account, and an app password where 2-factor login is "
                + "on."),
        ProviderPreset(
            name: "fastmail", imap: "imap.fastmail.com", pop: "pop.fastmail.com", smtp: "smtp.fastmail.com",
            smtpSecurity: .implicit,
            limits: "Fastmail limits what an account sends an hour and a day by its plan.",
            login: "Fastmail takes an app password and not the account's password."),
    ]

    /// The preset that this mailbox's server belongs to, however it was registered.
    package static func serving(_ mailbox: Mailbox) -> ProviderPreset? {
        let server = mailbox.server.lowercased()
        return all.first { [$0.imap, $0.pop, $0.smtp].contains(server) }
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
        guard provider.hasPrefix("pop") else { return [("server", imap), ("provider", provider)] }
        guard let pop else {
            given.fail("provider", "\(name) has no POP3.", "Use provider imaps.")
            return [("server", imap)]
        }
        return [("server", pop), ("provider", provider)]
    }

    private func outboxValues(_ given: FieldReader) -> [(String, String)] {
        [("server", smtp), ("tls", smtpSecurity.rawValue), ("auth", "true")]
    }
}

extension DocumentNode {
    fileprivate var word: String? {
        if case .scalar(let text, _) = value { text.lowercased() } else { nil }
    }
}
