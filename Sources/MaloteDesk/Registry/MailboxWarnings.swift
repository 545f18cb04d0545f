// What is allowed in a mailbox but probably not meant; pure.

import MaloteCore

package enum MailboxWarnings {
    package struct Warning: Sendable, Hashable {
        /// The registry's field.
        package var field: String
        package var message: String
        package var remedy: String
    }

    private static let usual: [Int: String] = [
        993: "IMAP over TLS (provider imaps)", 143: "IMAP (provider imap)", 995: "POP3 over TLS (provider pops)",
        110: "POP3 (provider pop)", 25: "SMTP between servers", 465: "SMTP over TLS (tls: implicit)",
        587: "SMTP with STARTTLS (tls: starttls)",
    ]

    package static func warnings(_ mailbox: Mailbox) -> [Warning] {
        var warnings: [Warning] = []
        if let expected = usual[mailbox.port], !matches(mailbox) {
            warnings.append(
                Warning(
                    field: "port", message: "port \(mailbox.port) is usually \(expected).",
                    remedy: "Check port against provider and tls."))
        }
        if mailbox.security == .none, let login = mailbox.login, login.sasl?.keepsSecret != true {
            warnings.append(
                Warning(
                    field: "tls", message: "the password will cross the network in clear.",
                    remedy:
                        "Use starttls or implicit unless the server is on this machine, or pin a sasl that hides it."))
        }
        return warnings
    }

    /// The same with their places in a document.
    static func warnings(_ mailbox: Mailbox, _ fields: FieldReader) -> [DocumentError] {
        warnings(mailbox).map { warning in
            DocumentError(
                line: (fields.node(warning.field) ?? fields.node).line, field: fields.path(warning.field),
                message: warning.message, remedy: warning.remedy)
        }
    }

    private static func matches(_ mailbox: Mailbox) -> Bool {
        switch (mailbox.port, mailbox.inbox?.access, mailbox.security) {
        case (993, .imap?, .implicit), (143, .imap?, .starttls), (143, .imap?, .none): true
        case (995, .pop3?, .implicit), (110, .pop3?, .starttls), (110, .pop3?, .none): true
        case (25, nil, .starttls), (25, nil, .none), (465, nil, .implicit), (587, nil, .starttls), (587, nil, .none):
            true
        default: false
        }
    }
}
