// Between a mailbox in the registry's own form and the fields of its page; checks nothing, that is the registry's work.

import MaloteCore

enum MailboxFields {
    /// Fields that have a control of their own; all others are edited as YAML.
    private static let known: Set<String> = [
        "name", "type", "description", "server", "port", "provider", "tls", "ca", "pin", "auth", "user", "password",
        "oauth2", "folder", "poll", "after", "start", "senders",
    ]
    private static let oauth = [
        "provider", "flow", "tenant", "client_id", "client_secret_expires", "subject", "scope", "token_url",
        "device_url", "ca",
    ]
    private static let oauthSecrets = ["client_secret", "refresh_token"]

    /// What the summary of errors can link to.
    static let anchors: Set<String> = known.union(["type", "auth", "more", "preset", "password-file", "after-folder"])
        .union((oauth + oauthSecrets + ["key"]).map { "oauth2-\($0)" })

    // MARK: - From the registry

    /// - Parameter type: of a new one, where the link says it.
    static func values(of object: RegisteredObject?, type: String?) -> [String: String] {
        guard let object else {
            return [
                "type": type == "outbox" ? "outbox" : "inbox", "provider": "imaps", "auth": "true", "proof": "stored",
                "folder": "INBOX", "poll": "60s", "after": "seen", "start": "unseen", "oauth2-provider": "microsoft",
                "oauth2-flow": "client-credentials",
            ]
        }
        var values = ["auth": "true", "proof": "stored", "provider": "imaps"]
        for field in known { values[field] = object.fields[field]?.words ?? values[field] }
        values["senders"] = object.texts("senders").joined(separator: "\n")
        let (after, start) = (object.text("after"), object.text("start"))
        if after.hasPrefix("move ") { (values["after"], values["after-folder"]) = ("move", String(after.dropFirst(5))) }
        if start.hasPrefix("since ") { (values["start"], values["start-day"]) = ("since", String(start.dropFirst(6))) }
        if object.text("type") == "inbox", object.text("tls") == "none" { values["clear"] = "none" }
        values.merge(proof(object)) { _, new in new }
        let more = object.fields.members.filter { !known.contains($0.key) }
        values["more"] = YAMLText.write(more)
        return values
    }

    private static func proof(_ object: RegisteredObject) -> [String: String] {
        var values: [String: String] = [:]
        for place in ["file", "credential"] where object.has("password", place) {
            (values["proof"], values["password-\(place)"]) = (place, object.text("password", place))
        }
        guard object.has("oauth2") else { return values }
        values["proof"] = "oauth2"
        for field in oauth { values["oauth2-\(field)"] = object.text("oauth2", field) }
        values["oauth2-key"] = object.text("oauth2", "key", "file")
        return values
    }

    // MARK: - To the registry

    static func document(_ form: FormFields, name: String?, old: RegisteredObject?) -> [UInt8] {
        var fields = ObjectFields()
        let isInbox = form["type"] != "outbox"
        if name == nil { fields.set("name", form.text("name") ?? "") }
        fields.set("type", isInbox ? "inbox" : "outbox")
        let preset = name == nil ? form.text("preset") : nil
        fields.set("preset", preset)
        for field in ["description", "port", "ca", "pin"] { fields.set(field, form.text(field)) }
        // What is missing is the registry's to say, unless a preset fills it.
        fields.set("server", form.text("server") ?? (preset == nil ? "" : nil))
        inbox(form, isInbox, &fields)
        outbox(form, isInbox, hasPreset: preset != nil, &fields)
        let logsIn = isInbox || form["auth"] == "true"
        fields.set("user", logsIn ? form.text("user") : nil)
        proof(form, logsIn, old, &fields)
        let known = old.map { $0.fields.members.keys.filter { !Self.known.contains($0) } } ?? []
        fields.setMore(form["more"] ?? "", known: known)
        return fields.document(isNew: name == nil)
    }

    private static func inbox(_ form: FormFields, _ isInbox: Bool, _ fields: inout ObjectFields) {
        let after = form["after"] == "move" ? "move \(form.text("after-folder") ?? "")" : form.text("after")
        let start = form["start"] == "since" ? "since \(form.text("start-day") ?? "")" : form.text("start")
        fields.set("provider", isInbox ? form.text("provider") : nil)
        fields.set("folder", isInbox ? form.text("folder") : nil)
        fields.set("poll", isInbox ? form.text("poll") : nil)
        fields.set("after", isInbox ? after : nil)
        fields.set("start", isInbox ? start : nil)
    }

    private static func outbox(
        _ form: FormFields, _ isInbox: Bool, hasPreset: Bool, _ fields: inout ObjectFields
    ) {
        if isInbox {
            fields.set("tls", form.text("clear"))
        } else {
            fields.set("tls", form.text("tls") ?? (hasPreset ? nil : "starttls"))
        }
        fields.set("auth", isInbox ? nil : form["auth"] ?? "")
        let senders = form.lines("senders")
        fields.set("senders", isInbox || senders.isEmpty ? .null : .texts(senders))
    }

    /// A secret that is left empty stays as it is; where there is none yet, the registry says that it is missing.
    private static func proof(
        _ form: FormFields, _ logsIn: Bool, _ old: RegisteredObject?, _ fields: inout ObjectFields
    ) {
        guard logsIn else {
            fields.set("password", .null)
            fields.set("oauth2", .null)
            return
        }
        switch form["proof"] {
        case "oauth2": fields.set("oauth2", oauth2(form, old))
        case "file": fields.set("password", .object(["file": .text(form.text("password-file") ?? "")]))
        case "credential":
            fields.set("password", .object(["credential": .text(form.text("password-credential") ?? "")]))
        default:
            let password = form["password"] ?? ""
            let keeps = password.isEmpty && old?.has("password", "keep") == true
            if !keeps, !password.isEmpty || old != nil { fields.set("password", password) }
        }
    }

    private static func oauth2(_ form: FormFields, _ old: RegisteredObject?) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for field in oauth { members[field] = .given(form.text("oauth2-\(field)")) }
        for field in oauthSecrets {
            if let secret = form["oauth2-\(field)"], !secret.isEmpty { members[field] = .text(secret) }
        }
        let key = form.text("oauth2-key")
        members["key"] = key.map { .object(["file": .text($0)]) } ?? .null
        // What a new one does not say is left out.
        return .object(old?.has("oauth2") == true ? members : members.filter { $0.value != .null })
    }

    // MARK: - Errors

    /// At the control that holds the field.
    static func placed(_ error: DocumentError) -> DocumentError {
        var error = error
        let parts = error.field.split(whereSeparator: { $0 == "." || $0 == "[" }).map(String.init)
        switch (parts.first, parts.dropFirst().first) {
        case ("password", "file"?): error.field = "password-file"
        case ("password", "credential"?): error.field = "password-credential"
        case ("oauth2", let part?): error.field = "oauth2-\(part)"
        case ("after", _) where error.message.contains("folder"): error.field = "after-folder"
        case (let first?, _) where !known.contains(first) && first != "preset":
            error.message = "\(error.field): \(error.message)"; error.field = "more"
        default: break
        }
        return error
    }
}
