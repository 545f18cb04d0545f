// Reads one mailbox of a registry document; knows nothing of other mailboxes.

import MaloteCore

struct MailboxDecoder {
    private let fields: FieldReader
    private var errors: ErrorList { fields.errors }

    init(_ fields: FieldReader) { self.fields = fields }

    struct Decoded {
        var mailbox: Mailbox
        var keepsSecret: Bool
        var warnings: [DocumentError]
    }

    private static let common = [
        "name", "type", "description", "server", "port", "user", "password", "tls", "ca", "pin",
    ]
    private static let inboxFields = ["provider", "folder", "poll", "after", "start"]
    private static let outboxFields = ["auth", "senders", "sender"]

    /// - Returns: `nil`, with errors recorded, when something is wrong.
    func decode() -> Decoded? {
        let before = errors.errors.count
        let type = fields.choice("type", [("inbox", true), ("outbox", false)])
        if fields.node("type") == nil {
            errors.add(fields.node, fields.path("type"), "is missing.", "Write inbox or outbox.")
        }
        guard let isInbox = type else { return nil }
        fields.finish(known: Self.common + (isInbox ? Self.inboxFields : Self.outboxFields))
        let name = fields.name("name", MailboxName.self)
        let server = server()
        let decoded = isInbox ? inbox() : outbox()
        guard errors.errors.count == before, let name, let server, let decoded else { return nil }
        let mailbox = Mailbox(
            name: name, description: fields.line("description") ?? "", server: server, port: decoded.port,
            security: decoded.security, trust: trust(), login: decoded.login, role: decoded.role)
        guard errors.errors.count == before else { return nil }
        return Decoded(
            mailbox: mailbox, keepsSecret: decoded.keepsSecret,
            warnings: MailboxWarnings.warnings(mailbox, line: fields.node.line, path: fields.path))
    }

    private struct Parts {
        var port: Int
        var security: Mailbox.Security
        var login: Mailbox.Login?
        var keepsSecret: Bool
        var role: Mailbox.Role
    }

    // MARK: - Both kinds

    private func server() -> String? {
        guard let text = fields.required("server", "Write the mail server's host name or IP address.") else {
            return nil
        }
        let isHost = text.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "@")
                && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "#")
        }
        guard isHost, text.utf8.count <= 253 else {
            fields.fail("server", "\"\(text)\" is not a host name.", "Write only the host, without a scheme or port.")
            return nil
        }
        return text
    }

    /// `tls` is a word (none, starttls, implicit) or a mapping {mode, ca, pin}.
    private func tlsFields() -> FieldReader {
        guard let node = fields.node("tls"), case .mapping = node.value,
            let reader = FieldReader(node, path: fields.path("tls"), errors: errors)
        else { return fields }
        reader.finish(known: ["mode", "ca", "pin"])
        return reader
    }

    private func security() -> Mailbox.Security? {
        let reader = tlsFields()
        let key = reader.path == fields.path ? "tls" : "mode"
        return reader.choice(key, Mailbox.Security.allCases.map { ($0.rawValue, $0) })
    }

    private func trust() -> Mailbox.Trust {
        let inner = tlsFields()
        let ca = fields.text("ca") ?? (inner.path == fields.path ? nil : inner.text("ca"))
        let pin = fields.text("pin") ?? (inner.path == fields.path ? nil : inner.text("pin"))
        if let ca, !ca.hasPrefix("/") { fields.fail("ca", "\"\(ca)\" is not an absolute path.", "Write it as /...") }
        if let pin, !pin.hasPrefix("sha256//") {
            fields.fail("pin", "is not a public key pin.", "Write sha256// and the BASE64 of the key's SHA-256.")
        }
        return Mailbox.Trust(caFile: ca, pin: pin)
    }

    private func login(isRequired: Bool) -> (login: Mailbox.Login, keeps: Bool)? {
        let remedy = "Write the user name of the account."
        let user = isRequired ? fields.required("user", remedy) : fields.line("user")
        if let user, user.hasControlCharacter { fields.fail("user", "holds a control character.") }
        let secret = SecretDecoder.decode(fields, "password")
        if isRequired, fields.node("password") == nil {
            errors.add(
                fields.node, fields.path("password"), "is missing.",
                "Write {file: /path}, {credential: NAME} or the password itself.")
        }
        guard let user, let secret else { return nil }
        return (Mailbox.Login(user: user, password: secret.source), secret.keeps)
    }

    // MARK: - Inbox

    private static let providers: [(String, (Inbox.Access, Bool))] = [
        ("imaps", (.imap, true)), ("imap", (.imap, false)), ("pops", (.pop3, true)), ("pop3s", (.pop3, true)),
        ("pop", (.pop3, false)), ("pop3", (.pop3, false)),
    ]

    private func inbox() -> Parts? {
        let provider = fields.choice("provider", Self.providers)
        let (access, isImplicit) = provider ?? (.imap, true)
        let security = self.security() ?? (isImplicit ? .implicit : .starttls)
        if provider != nil, isImplicit != (security == .implicit) {
            fields.fail(
                "tls", "does not go with provider \(fields.text("provider") ?? "").",
                isImplicit ? "Use provider imap or pop for tls: \(security.rawValue)." : "Use provider imaps or pops.")
        }
        let ports: [Inbox.Access: (Int, Int)] = [.imap: (993, 143), .pop3: (995, 110)]
        let standard = ports[access].map { security == .implicit ? $0.0 : $0.1 } ?? 993
        let login = login(isRequired: true)
        let folder = fields.line("folder") ?? "INBOX"
        if folder.isEmpty { fields.fail("folder", "must not be empty.", "The usual folder is INBOX.") }
        let inbox = Inbox(
            access: access, folder: folder.uppercased() == "INBOX" ? "INBOX" : folder,
            pollSeconds: fields.seconds("poll", in: 5...86_400) ?? 60, after: after(access) ?? .seen,
            start: start() ?? .unseen)
        return Parts(
            port: fields.integer("port", in: 1...65535) ?? standard, security: security, login: login?.login,
            keepsSecret: login?.keeps ?? false, role: .inbox(inbox))
    }

    private func after(_ access: Inbox.Access) -> Inbox.After? {
        guard let node = fields.node("after") else { return nil }
        if case .mapping = node.value, let reader = FieldReader(node, path: fields.path("after"), errors: errors) {
            reader.finish(known: ["move"])
            return move(reader.required("move", "Name the folder."), access)
        }
        guard let text = fields.line("after") else { return nil }
        if text.hasPrefix("move ") { return move(String(text.dropFirst(5)).trimmed, access) }
        let choices: [(String, Inbox.After)] = [("seen", .seen), ("delete", .delete), ("leave", .leave)]
        if let found = choices.first(where: { $0.0 == text }) { return found.1 }
        fields.fail("after", "\"\(text)\" is not known.", "Use seen, leave, delete or move FOLDER.")
        return nil
    }

    private func move(_ folder: String?, _ access: Inbox.Access) -> Inbox.After? {
        guard let folder, !folder.isEmpty, !folder.hasControlCharacter else {
            fields.fail("after", "names no folder to move to.", "Write move FOLDER.")
            return nil
        }
        if access == .pop3 { fields.fail("after", "cannot move: POP3 has no folders.", "Use leave or delete.") }
        return .move(folder: folder)
    }

    private func start() -> Inbox.Start? {
        guard let text = fields.line("start") else { return nil }
        switch text {
        case "unseen": return .unseen
        case "new": return .new
        case "all": return .all
        default:
            let words = text.split(separator: " ")
            if words.count == 2, words[0] == "since", words[1].utf8.count == 10,
                let day = Timestamp(rfc3339: String(words[1]))
            {
                return .since(CivilDate(daysSinceEpoch: day.milliseconds / 86_400_000))
            }
            fields.fail("start", "\"\(text)\" is not known.", "Use unseen, new, all or since YYYY-MM-DD.")
            return nil
        }
    }

    // MARK: - Outbox

    private func outbox() -> Parts? {
        if fields.node("tls") == nil {
            errors.add(
                fields.node, fields.path("tls"), "is missing.", "Choose starttls, implicit, or none for cleartext.")
        }
        if fields.node("auth") == nil {
            errors.add(
                fields.node, fields.path("auth"), "is missing.",
                "Write true if the server asks for user and password, else false.")
        }
        let needsLogin = fields.flag("auth") ?? false
        let security = self.security() ?? .starttls
        let login = needsLogin ? login(isRequired: true) : nil
        if !needsLogin, fields.node("password") != nil {
            fields.fail("password", "is given, but auth is false.", "Set auth: true, or remove the password.")
        }
        let standard: [Mailbox.Security: Int] = [.none: 25, .starttls: 587, .implicit: 465]
        return Parts(
            port: fields.integer("port", in: 1...65535) ?? standard[security] ?? 587, security: security,
            login: login?.login, keepsSecret: login?.keeps ?? false,
            role: .outbox(Outbox(senders: senders(login?.login))))
    }

    private func senders(_ login: Mailbox.Login?) -> [MailAddress] {
        var senders: [MailAddress] = []
        for item in fields.texts("senders") {
            if let address = MailAddress(operatorText: item.text) {
                senders.append(address)
            } else {
                errors.add(
                    item.node, item.path, "\"\(item.text)\" is not an address.", "Write it as Name <local@domain>.")
            }
        }
        if let text = fields.line("sender") {
            if let address = MailAddress(operatorText: text) {
                senders.append(address)
            } else {
                fields.fail("sender", "\"\(text)\" is not an address.", "Write it as Name <local@domain>.")
            }
        }
        if senders.isEmpty, let user = login?.user, let address = MailAddress(operatorText: user) {
            senders = [address]
        }
        if senders.isEmpty, !fields.has("senders"), !fields.has("sender") {
            errors.add(
                fields.node, fields.path("senders"), "is missing.",
                "Name whom recipients see: [Help <help@example.org>].")
        }
        return senders
    }
}

/// What is allowed but probably not meant.
enum MailboxWarnings {
    private static let usual: [Int: String] = [
        993: "IMAP over TLS (provider imaps)", 143: "IMAP (provider imap)", 995: "POP3 over TLS (provider pops)",
        110: "POP3 (provider pop)", 465: "SMTP over TLS (tls: implicit)", 587: "SMTP with STARTTLS (tls: starttls)",
    ]

    static func warnings(_ mailbox: Mailbox, line: Int, path: String) -> [DocumentError] {
        var warnings: [DocumentError] = []
        if let expected = usual[mailbox.port], !matches(mailbox) {
            warnings.append(
                DocumentError(
                    line: line, field: "\(path).port", message: "port \(mailbox.port) is usually \(expected).",
                    remedy: "Check port against provider and tls."))
        }
        if mailbox.security == .none, mailbox.login != nil {
            warnings.append(
                DocumentError(
                    line: line, field: "\(path).tls", message: "the password will cross the network in clear.",
                    remedy: "Use starttls or implicit unless the server is on this machine."))
        }
        return warnings
    }

    private static func matches(_ mailbox: Mailbox) -> Bool {
        switch (mailbox.port, mailbox.inbox?.access, mailbox.security) {
        case (993, .imap?, .implicit), (143, .imap?, .starttls), (143, .imap?, .none): true
        case (995, .pop3?, .implicit), (110, .pop3?, .starttls), (110, .pop3?, .none): true
        case (465, nil, .implicit), (587, nil, .starttls), (587, nil, .none): true
        default: false
        }
    }
}
