// Reads one mailbox of a registry document; knows nothing of other mailboxes.

import MaloteCore

struct MailboxDecoder {
    private let fields: FieldReader
    /// The fields inside `tls` when it is a mapping {mode, ca, pin}; `nil` when it is a word.
    private let tls: FieldReader?
    private var errors: ErrorList { fields.errors }

    init(_ given: FieldReader) {
        let fields = ProviderPreset.expand(given)
        self.fields = fields
        if let node = fields.node("tls"), case .mapping = node.value {
            tls = FieldReader(node, path: fields.path("tls"), errors: fields.errors)
        } else {
            tls = nil
        }
    }

    struct Decoded {
        var mailbox: Mailbox
        var keepsSecret: Bool
        var warnings: [DocumentError]
    }

    private static let common = [
        "name", "type", "preset", "description", "server", "port", "user", "password", "oauth2", "sasl", "tls", "ca",
        "pin",
    ]
    private static let inboxFields = [
        "provider", "folder", "poll", "after", "start", "idle", "compress", "rules", "trusted", "plus",
    ]
    private static let outboxFields = ["auth", "senders", "sender", "without", "rate"]

    /// - Returns: `nil`, with errors recorded, when something is wrong.
    func decode() -> Decoded? {
        let before = errors.errors.count
        let type = fields.choice("type", [("inbox", true), ("outbox", false)])
        if fields.node("type") == nil {
            errors.add(fields.node, fields.path("type"), "is missing.", "Write inbox or outbox.")
        }
        guard let isInbox = type else { return nil }
        fields.finish(known: Self.common + (isInbox ? Self.inboxFields : Self.outboxFields))
        tls?.finish(known: ["mode", "ca", "pin"])
        let (name, description) = (fields.name("name", MailboxName.self), fields.line("description") ?? "")
        let (server, trust) = (server(), trust())
        let decoded = isInbox ? inbox() : outbox()
        if let login = decoded?.login, decoded?.security == Mailbox.Security.none, login.sendsToken {
            fields.fail(
                login.oauth == nil ? "sasl" : "oauth2",
                "needs an encrypted connection: whoever sees an access token can use it.",
                "Use starttls or implicit.")
        }
        guard errors.errors.count == before, let name, let server, let decoded else { return nil }
        let mailbox = Mailbox(
            name: name, description: description, server: server, port: decoded.port, security: decoded.security,
            trust: trust, login: decoded.login, role: decoded.role)
        return Decoded(
            mailbox: mailbox, keepsSecret: decoded.keepsSecret, warnings: MailboxWarnings.warnings(mailbox, fields))
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
        // One colon is a port; an IPv6 address has several.
        guard isHost, text.utf8.count <= 253, text.utf8.count(where: { $0 == UInt8(ascii: ":") }) != 1 else {
            fields.fail("server", "\"\(text)\" is not a host name.", "Write only the host, without a scheme or port.")
            return nil
        }
        return text
    }

    private func security() -> Mailbox.Security? {
        let modes = Mailbox.Security.allCases.map { ($0.rawValue, $0) }
        return if let tls { tls.choice("mode", modes) } else { fields.choice("tls", modes) }
    }

    /// `ca` and `pin` stand inside `tls` or beside it.
    private func trust() -> Mailbox.Trust {
        Mailbox.Trust(
            caFile: trusted("ca", "is not an absolute path.", "Write it as /...") { $0.hasPrefix("/") },
            pin: trusted(
                "pin", "is not a public key pin.", "Write sha256// and the Base64 of the key's SHA-256.", Self.isPin))
    }

    private func trusted(_ key: String, _ message: String, _ remedy: String, _ isValid: (String) -> Bool) -> String? {
        let reader = if let tls, tls.has(key) { tls } else { fields }
        guard let text = reader.line(key) else { return nil }
        if !isValid(text) { reader.fail(key, "\"\(text)\" \(message)", remedy) }
        return text
    }

    /// 32 octets are 43 digits of Base64 and one `=`.
    private static func isPin(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst(8).dropLast()
        return text.hasPrefix("sha256//") && text.hasSuffix("=") && digits.count == 43
            && digits.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x2F...0x39).contains(byte) || byte == UInt8(ascii: "+")
            }
    }

    private func login() -> (login: Mailbox.Login, keeps: Bool)? {
        let user = fields.requiredLine("user", "Write the user name of the account.")
        let sasl = fields.choice("sasl", SASLMechanism.allCases.map { ($0.rawValue, $0) })
        guard let (proof, keeps) = proof(), let user else { return nil }
        if case .oauth = proof, let sasl, !sasl.takesToken {
            fields.fail("sasl", "\(sasl.rawValue) takes no access token.", "Use xoauth2 or oauthbearer, or remove it.")
        }
        return (Mailbox.Login(user: user, proof: proof, sasl: sasl), keeps)
    }

    /// `oauth2` stands beside `password` or inside it.
    private func proof() -> (Mailbox.Login.Proof, keeps: Bool)? {
        let oauth = fields.section("oauth2")
        if let oauth, fields.node("password") != nil {
            oauth.errors.add(oauth.node, oauth.path, "is given beside a password.", "Remove one of them.")
        }
        if let oauth { return OAuthDecoder.decode(oauth).map { (.oauth($0), false) } }
        if case .mapping(let entries)? = fields.node("password")?.value, entries.map(\.key) == ["oauth2"] {
            return fields.section("password")?.section("oauth2").flatMap(OAuthDecoder.decode).map {
                (.oauth($0), false)
            }
        }
        if fields.node("password") == nil, fields.node("oauth2") == nil {
            errors.add(
                fields.node, fields.path("password"), "is missing.",
                "Write {file: /path}, {credential: NAME} or the password itself, or give oauth2.")
        }
        return SecretDecoder.decode(fields, "password").map { (.password($0.source), $0.keeps) }
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
        let login = login()
        let folder = fields.line("folder") ?? "INBOX"
        if folder.isEmpty { fields.fail("folder", "must not be empty.", "The usual folder is INBOX.") }
        let inbox = Inbox(
            access: access, folder: self.folder(folder, at: "folder"),
            pollSeconds: fields.seconds("poll", in: 5...86_400) ?? 60, after: after(access) ?? .seen,
            start: start() ?? .unseen, idle: option("idle", access) ?? true,
            compress: option("compress", access) ?? false, rules: RuleDecoder.rules(fields), trusted: trustedServers(),
            plus: plus(login?.login))
        return Parts(
            port: fields.integer("port", in: 1...65535) ?? standard, security: security, login: login?.login,
            keepsSecret: login?.keeps ?? false, role: .inbox(inbox))
    }

    /// The tags go between the user's name and the domain, so the user must be an address.
    private func plus(_ login: Mailbox.Login?) -> Bool {
        guard fields.flag("plus") == true else { return false }
        if let login, MailAddress(operatorText: login.user) == nil {
            fields.fail("plus", "needs a user that is a mail address.", "Remove it, or log in as local@domain.")
        }
        return true
    }

    private func trustedServers() -> [String] {
        fields.texts("trusted").map { item in
            let name = item.text.lowercased()
            if name.isEmpty || name.hasControlCharacter || name.contains(where: \.isWhitespace) {
                errors.add(
                    item.node, item.path, "\"\(item.text)\" is not a server's name.",
                    "Write it as it stands behind \"by\" in Received fields.")
            }
            return name
        }
    }

    /// What POP3 cannot do is an error only when it is asked for.
    private func option(_ key: String, _ access: Inbox.Access) -> Bool? {
        let flag = fields.flag(key)
        if flag == true, access == .pop3 { fields.fail(key, "is not for POP3.", "Remove it, or use IMAP.") }
        return flag
    }

    /// A folder's name as it is kept: INBOX is the same in any case (RFC 9051 §5.1), and so are special folders.
    private func folder(_ name: String, at key: String) -> String {
        if name.uppercased() == "INBOX" { return "INBOX" }
        if let special = SpecialFolder(name) { return special.rawValue }
        let word = name.utf8.dropFirst()
        guard name.hasPrefix("\\"), word.count > 2, word.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) }) else {
            return name
        }
        fields.fail(
            key, "\"\(name)\" is no special folder.",
            "Use one of \(SpecialFolder.allCases.map(\.rawValue).joined(separator: ", ")), or the folder's name.")
        return name
    }

    private func after(_ access: Inbox.Access) -> Inbox.After? {
        guard let node = fields.node("after") else { return nil }
        if case .mapping = node.value, let reader = FieldReader(node, path: fields.path("after"), errors: errors) {
            reader.finish(known: ["move"])
            return reader.requiredLine("move", "Name the folder.").flatMap { move($0, access) }
        }
        guard let text = fields.line("after") else { return nil }
        if text.hasPrefix("move ") { return move(String(text.dropFirst(5)), access) }
        let choices: [(String, Inbox.After)] = [("seen", .seen), ("delete", .delete), ("leave", .leave)]
        if let found = choices.first(where: { $0.0 == text }) { return found.1 }
        fields.fail("after", "\"\(text)\" is not known.", "Use seen, leave, delete or move FOLDER.")
        return nil
    }

    private func move(_ text: String, _ access: Inbox.Access) -> Inbox.After? {
        let folder = text.trimmed
        guard !folder.isEmpty else {
            fields.fail("after", "names no folder to move to.", "Write move FOLDER.")
            return nil
        }
        if access == .pop3 { fields.fail("after", "cannot move: POP3 has no folders.", "Use leave or delete.") }
        return .move(folder: self.folder(folder, at: "after"))
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
        let auth = fields.flag("auth")
        let security = self.security() ?? .starttls
        let login = auth == true ? login() : nil
        for key in ["password", "oauth2", "sasl"] where auth == false && fields.node(key) != nil {
            fields.fail(key, "is given, but auth is false.", "Set auth: true, or remove the \(key).")
        }
        let standard: [Mailbox.Security: Int] = [.none: 25, .starttls: 587, .implicit: 465]
        return Parts(
            port: fields.integer("port", in: 1...65535) ?? standard[security] ?? 587, security: security,
            login: login?.login, keepsSecret: login?.keeps ?? false,
            role: .outbox(Outbox(senders: senders(login?.login), without: without(), rate: rate())))
    }

    /// `rate: {minute: 30, day: 10000}`
    private func rate() -> SendingRate {
        guard let reader = fields.section("rate") else { return SendingRate() }
        reader.finish(known: ["minute", "day"])
        let rate = SendingRate(
            minute: reader.integer("minute", in: 1...1_000_000), day: reader.integer("day", in: 1...100_000_000))
        if let minute = rate.minute, let day = rate.day, day < minute {
            reader.fail("day", "is less than the limit of a minute.", "Give a day at least as much as a minute.")
        }
        return rate
    }

    private func without() -> Set<Outbox.Extension> {
        let known = Outbox.Extension.allCases.map(\.rawValue)
        return Set(
            fields.texts("without").compactMap { item in
                if let found = Outbox.Extension(rawValue: item.text.lowercased()) { return found }
                errors.add(
                    item.node, item.path, "\"\(item.text)\" is no extension that can be left unused.",
                    "Use any of: \(known.joined(separator: ", ")).")
                return nil
            })
    }

    private func senders(_ login: Mailbox.Login?) -> [MailAddress] {
        let before = errors.errors.count
        let remedy = "Write it as Name <local@domain>."
        var senders = fields.texts("senders").compactMap { item -> MailAddress? in
            if let address = MailAddress(operatorText: item.text) { return address }
            errors.add(item.node, item.path, "\"\(item.text)\" is not an address.", remedy)
            return nil
        }
        if let text = fields.line("sender") {
            if let address = MailAddress(operatorText: text) {
                senders.append(address)
            } else {
                fields.fail("sender", "\"\(text)\" is not an address.", remedy)
            }
        }
        if senders.isEmpty, let user = login?.user, let address = MailAddress(operatorText: user) { return [address] }
        if senders.isEmpty, errors.errors.count == before {
            fields.fail("senders", "names nobody.", "Name whom recipients see: [Help <help@example.org>].")
        }
        return senders
    }
}

extension Mailbox.Login {
    /// Whoever sees it can use it.
    fileprivate var sendsToken: Bool { oauth != nil || sasl?.takesToken == true }
}
