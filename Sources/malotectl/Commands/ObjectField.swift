// The fields of registered objects as command line options.

import Foundation

struct ObjectField: Sendable {
    var key: String
    var option: Command.Option
    /// The option's values as the registry document writes them.
    var value: @Sendable ([String]) throws -> Any?

    static func text(_ key: String, _ value: String, _ help: String) -> ObjectField {
        ObjectField(key: key, option: .init(name: "--\(key)", value: value, help: help)) { given in
            given.first.map { $0.isEmpty ? NSNull() as Any : $0 }
        }
    }

    static func list(
        _ key: String, option: String, _ value: String, _ help: String,
        each: @escaping @Sendable (String) -> Any = { $0 }
    )
        -> ObjectField
    {
        ObjectField(
            key: key, option: .init(name: option, value: value, help: help + "; may be repeated", repeats: true)
        ) {
            given in given == [""] ? NSNull() as Any : given.map(each)
        }
    }

    static func choice(_ key: String, option: String, _ fixed: Bool, _ help: String) -> ObjectField {
        ObjectField(key: key, option: .init(name: option, help: help)) { _ in fixed }
    }

    static func words(_ value: Any?) -> String {
        switch value {
        case let list as [Any]: list.map { words($0) }.joined(separator: ", ")
        case let object as [String: Any]:
            object.keys.sorted().map { "\($0) \(words(object[$0]))" }.joined(separator: " ")
        // NSNumber of a JSON boolean prints as 1 or 0.
        case let number as NSNumber where CFBoolean.isBoolean(number): number.boolValue ? "yes" : "no"
        case .some(let some): "\(some)"
        case nil: ""
        }
    }
}

private enum CFBoolean {
    static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}

extension ObjectKind {
    static let mailbox = ObjectKind(
        word: "mailbox", section: "mailboxes",
        fields: [
            .text("name", "NAME", "its name in the registry"),
            .text("type", "inbox|outbox", "where messages arrive, or through which notifications leave"),
            .text(
                "preset", "PROVIDER",
                "fill in server, port and protection: gmail, microsoft365, yahoo, icloud, zoho, fastmail"),
            .text("description", "TEXT", "for people"),
            .text("server", "HOST", "the mail server's name"),
            .text("port", "NUMBER", "the server's port; the provider's own by default"),
            .text("provider", "imaps|imap|pops|pop", "inboxes: how messages are fetched"),
            .text("tls", "implicit|starttls|none", "outboxes: how the connection is protected"),
            .choice("auth", option: "--auth", true, "outboxes: the server asks for user and password"),
            .choice("auth", option: "--no-auth", false, "outboxes: the server asks for no login"),
            .text("user", "USER", "whom to log in as"),
            ObjectField(
                key: "password",
                option: .init(
                    name: "--password-file", value: "FILE", help: "read the password from this file at each login")
            ) { given in given.first.map { ["file": $0] } },
            ObjectField(
                key: "password",
                option: .init(name: "--password-credential", value: "NAME", help: "a systemd credential of maloted")
            ) { given in given.first.map { ["credential": $0] } },
            ObjectField(
                key: "password",
                option: .init(
                    name: "--password-stdin", help: "read the password from standard input and store it sealed")
            ) { _ in try passwordFromInput() },
        ] + OAuthFields.all + [
            .text(
                "sasl", "MECHANISM", "the one kind of login to use, such as plain or scram-sha-256; else the best one"),
            .text("folder", "FOLDER", "inboxes: the folder to read (INBOX)"),
            .text("poll", "TIME", "inboxes: how often to look, such as 60s or 5m"),
            .text("after", "ACTION", "inboxes: what becomes of a stored message: seen, leave, delete, \"move FOLDER\""),
            .text("start", "WHICH", "inboxes: what the first poll takes: unseen, new, all, \"since YYYY-MM-DD\""),
            .choice("idle", option: "--idle", true, "inboxes: wait for news where the server can tell (the default)"),
            .choice("idle", option: "--no-idle", false, "inboxes: only poll"),
            .choice("compress", option: "--compress", true, "inboxes: compress the connection where the server can"),
            .choice("compress", option: "--no-compress", false, "inboxes: do not compress (the default)"),
            .text("ca", "FILE", "PEM file of authorities to trust for this server"),
            .text("pin", "sha256//BASE64", "the public key of a self-signed server"),
            .list("senders", option: "--sender", "\"NAME <ADDRESS>\"", "outboxes: whom the recipient sees"),
            .list(
                "without", option: "--without", "EXTENSION",
                "outboxes: what the server offers and is not to be used: chunking, dsn, pipelining, size, 8bitmime, smtputf8"
            ),
            ObjectField(
                key: "rate",
                option: .init(
                    name: "--rate", value: "MINUTE[/DAY]",
                    help: "outboxes: messages that may leave within any minute and any day, such as 30/10000 or /2000")
            ) { given in given.first.map(rate) },
        ],
        columns: [
            .init("ID", "id"), .init("NAME", "name"), .init("TYPE", "type"), .init("SERVER", "server"),
            .init("PORT", "port"), .init("PROVIDER", "provider"), .init("TOKEN") { TokenWords.short($0["token"]) },
            .init("CONTRACTS", "contracts"), .init("DESCRIPTION", "description"),
        ], compose: OAuthFields.nested,
        listOptions: [.init(name: "--server", value: "HOST", help: "only mailboxes on this server")])

    /// `30/10000`, `30` or `/10000`; what is no number is left for the daemon to refuse.
    private static func rate(_ text: String) -> Any {
        guard !text.isEmpty else { return NSNull() }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var rate: [String: Any] = [:]
        for (key, part) in zip(["minute", "day"], parts) where !part.isEmpty { rate[key] = Int(part) ?? part as Any }
        return rate
    }

    private static func passwordFromInput() throws -> Any { try Session.secretLine("--password-stdin") }

    static let contract = ObjectKind(
        word: "contract", section: "contracts",
        fields: [
            .text("name", "NAME", "its name in the registry"),
            .text("title", "TEXT", "for people and templates"),
            .text("prefix", "PREFIX", "what its ticket keys start with, such as ACME"),
            .list("inboxes", option: "--inbox", "MAILBOX", "an inbox whose messages belong to it"),
            .text("outbox", "MAILBOX|standard", "its own outbox, or the system's"),
            .text("language", "CODE", "of its templates: en, pt-BR"),
            .text("status", "active|paused|ended", "paused and ended: its mail is set aside and its flows do not run"),
            .list(
                "notify", option: "--notify", "CLASS",
                "what its flows may tell: opening, progress, closing (all)"),
            .list("people", option: "--person", "\"NAME <ADDRESS>\"", "a person of the contract") { person($0) },
        ] + EventFields.all + RetentionFields.all,
        columns: [
            .init("ID", "id"), .init("NAME", "name"), .init("PREFIX", "prefix"), .init("INBOXES", "inboxes"),
            .init("OUTBOX", "outbox"), .init("STATUS", "status"), .init("FLOWS", "flows"), .init("TITLE", "title"),
        ], compose: { RetentionFields.nested(EventFields.nested($0)) },
        addOptions: [
            .init(name: "--from", value: "CONTRACT", help: "take what is not given, and the flows, from this contract")
        ])

    /// `Ana <ana@acme.example>` as the document writes it; anything else is left for the daemon to refuse.
    private static func person(_ text: String) -> Any {
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else { return ["name": text, "email": text] }
        let name = text[..<open].trimmingCharacters(in: .whitespaces)
        return ["name": name, "email": String(text[text.index(after: open)...].dropLast())]
    }

    static let flow = ObjectKind(
        word: "flow", section: "flows",
        fields: [
            .text("name", "NAME", "its name in the registry"),
            .text("contract", "CONTRACT", "whose flow it is"),
            .text("on", "EVENT", "what starts it, such as ticket.opened"),
            .text("template", "TEMPLATE", "its email step: which template"),
            .list("to", option: "--to", "WHO", "its email step: requester, cc, person:NAME, group:NAME or an address") {
                recipient($0)
            },
            .text("outbox", "system|contract|MAILBOX", "its email step: through which outbox (system)"),
            .text("priority", "high|normal|low", "its email step: before or after what else is due (normal)"),
            .text("language", "CODE", "its email step: of the template (the contract's)"),
            .text("delay", "TIME", "its email step: how long after the event, such as 2h or 3d"),
        ],
        columns: [
            .init("NAME", "name"), .init("CONTRACT", "contract"), .init("ON", "on"),
            .init("STEPS") { flow in (flow["steps"] as? [[String: Any]] ?? []).map(words(of:)).joined(separator: "; ")
            },
        ], compose: oneStep)

    private static func words(of step: [String: Any]) -> String {
        "mail \(ObjectField.words(step["template"] ?? step["subject"])) to \(ObjectField.words(step["to"])) by \(ObjectField.words(step["outbox"]))"
    }

    /// The step's options as a flow of one email step; flows of several come from a file.
    private static func oneStep(_ fields: [String: Any]) -> [String: Any] {
        var flow = fields
        var step: [String: Any] = [:]
        for key in ["template", "to", "outbox", "priority", "language", "delay"] {
            step[key] = flow.removeValue(forKey: key)
        }
        if let outbox = step["outbox"] as? String, outbox != "system", outbox != "contract" {
            step["outbox"] = ["specific": outbox]
        }
        if !step.isEmpty { flow["steps"] = [["email": step]] }
        return flow
    }

    private static func recipient(_ text: String) -> Any {
        for kind in ["person", "group"] where text.hasPrefix(kind + ":") {
            return [kind: String(text.dropFirst(kind.count + 1))]
        }
        return text
    }

    static let template = ObjectKind(
        word: "template", section: "templates",
        fields: [
            .text("name", "NAME", "its name in the registry"),
            .text("language", "CODE", "en, pt-BR"),
            .text("subject", "TEXT", "Mustache"),
            .text("text", "TEXT", "Mustache"),
            .text("html", "HTML", "Mustache, values escaped"),
            .choice("active", option: "--active", true, "mails are sent by it (the default)"),
            .choice("active", option: "--inactive", false, "nothing is sent by it"),
        ],
        columns: [
            .init("NAME", "name"), .init("LANGUAGE", "language"), .init("ACTIVE", "active"),
            .init("SUBJECT", "subject"),
        ], secondKey: .text("language", "CODE", "of which language; the English one, or the only one"),
        showOptions: [.init(name: "--version", value: "N", help: "as it was (malotectl template history)")],
        showInstead: TemplateCommands.showVersion)
}
