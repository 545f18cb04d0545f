// Between a contract in the registry's own form and the fields of its page; checks nothing, that is the registry's work.

import MaloteCore

struct ContractFields {
    /// What a form is filled with: texts, and lists of what is ticked.
    struct Filling {
        var values: [String: String] = [:]
        var lists: [String: [String]] = [:]
        /// Without the empty one behind them.
        var groups = 0
    }

    private static let known: Set<String> = [
        "name", "title", "prefix", "status", "valid", "language", "timezone", "inboxes", "outbox", "people", "groups",
        "notify", "attachments", "events",
    ]
    static let anchors: Set<String> = known.subtracting(["groups", "valid", "attachments", "events"]).union([
        "valid-from", "valid-until", "attachments-forbid", "attachments-max", "events-url", "events-secret",
        "events-mode",
        "events-ca", "secret-file", "secret-credential", "more",
    ])

    let words: ContractWords

    // MARK: - From the registry

    func filling(_ object: RegisteredObject?, _ visit: Visit) -> Filling {
        guard let object else {
            let query = visit.request.query
            return Filling(
                values: [
                    "status": "active", "language": visit.language.tag, "timezone": "UTC", "proof": "stored",
                    "outbox": query["outbox"] ?? "standard",
                ],
                lists: [
                    "inboxes": query["inboxes"].map { [$0] } ?? [],
                    "notify": NotificationClass.allCases.map(\.rawValue),
                ])
        }
        var filling = Filling()
        for field in Self.known { filling.values[field] = object.fields[field]?.words }
        filling.values["status"] = object.has("status") ? object.text("status") : "active"
        filling.values["timezone"] = object.has("timezone") ? object.text("timezone") : "UTC"
        filling.values["valid-from"] = object.text("valid", "from")
        filling.values["valid-until"] = object.text("valid", "until")
        filling.values["people"] = object.items("people").map(person).joined(separator: "\n")
        filling.values["attachments-forbid"] = object.texts("attachments", "forbid").joined(separator: ", ")
        filling.values["attachments-max"] = object.text("attachments", "max")
        filling.lists["inboxes"] = object.texts("inboxes")
        filling.lists["notify"] =
            object.has("notify") ? object.texts("notify") : NotificationClass.allCases.map(\.rawValue)
        endpoint(object, &filling)
        for (index, group) in object.items("groups").enumerated() { self.group(group, index, &filling) }
        filling.groups = object.items("groups").count
        filling.values["more"] = YAMLText.write(object.fields.members.filter { !Self.known.contains($0.key) })
        return filling
    }

    private func endpoint(_ object: RegisteredObject, _ filling: inout Filling) {
        filling.values["events-url"] = object.text("events", "url")
        filling.values["events-mode"] = object.text("events", "mode")
        filling.values["events-ca"] = object.text("events", "ca")
        filling.values["proof"] = "stored"
        for place in ["file", "credential"] where object.has("events", "secret", place) {
            (filling.values["proof"], filling.values["secret-\(place)"]) = (
                place, object.text("events", "secret", place)
            )
        }
    }

    private func person(_ person: JSONValue) -> String {
        let mark = person["mail"]?.words == "false" ? " \(words.noMail)" : ""
        return "\(person["name"]?.words ?? "") <\(person["email"]?.words ?? "")>\(mark)"
    }

    private func group(_ group: JSONValue, _ index: Int, _ filling: inout Filling) {
        filling.values["g\(index)-name"] = group["name"]?.words
        let members = group["members"]?.items.map { member in
            member.words ?? "\(member["email"]?.words ?? "") \(words.noMail)"
        }
        filling.values["g\(index)-members"] = members?.joined(separator: "\n")
        filling.values["g\(index)-external"] = group["external"]?.items.compactMap(\.words).joined(separator: "\n")
        filling.lists["g\(index)-mandatory"] = group["mandatory"]?.items.compactMap(\.words)
    }

    /// What was typed, with the groups that are left moved together.
    func filling(_ form: FormFields) -> Filling {
        var filling = Filling(values: form.single.filter { $0.key.firstMatch(of: /^g[0-9]/) == nil })
        for name in ["inboxes", "notify"] { filling.lists[name] = form.all(name) }
        for (index, given) in groups(form).enumerated() {
            for part in ["name", "members", "external"] {
                filling.values["g\(index)-\(part)"] = form["g\(given)-\(part)"]
            }
            filling.lists["g\(index)-mandatory"] = form.all("g\(given)-mandatory")
            filling.groups = index + 1
        }
        // Boxes are filled by lists; a single value would tick all of them.
        for name in ["inboxes", "notify"] { filling.values[name] = nil }
        return filling
    }

    /// Numbers of the groups in which something stands.
    private func groups(_ form: FormFields) -> [Int] {
        (0..<500).filter { form.text("g\($0)-name") != nil || !form.lines("g\($0)-members").isEmpty }
    }

    // MARK: - To the registry

    func document(_ form: FormFields, name: String?, old: RegisteredObject?) -> [UInt8] {
        var fields = ObjectFields()
        if name == nil { fields.set("name", form.text("name") ?? "") }
        for field in ["title", "prefix", "status", "language", "timezone", "outbox"] {
            fields.set(field, form.text(field))
        }
        fields.set("inboxes", .texts(form.all("inboxes")))
        fields.set("valid", object(["from": form.text("valid-from"), "until": form.text("valid-until")]))
        fields.set("people", .list(form.lines("people").map(person)))
        fields.set("groups", .list(groups(form).map { group(form, $0) }))
        let notify = form.all("notify")
        fields.set("notify", notify.count == NotificationClass.allCases.count ? .null : .texts(notify))
        fields.set("attachments", attachments(form))
        fields.set("events", endpoint(form, old))
        let known = old.map { $0.fields.members.keys.filter { !Self.known.contains($0) } } ?? []
        fields.setMore(form["more"] ?? "", known: known)
        return fields.document(isNew: name == nil)
    }

    /// `null` if all is empty.
    private func object(_ members: [String: String?]) -> JSONValue {
        let given = members.compactMapValues { $0 }
        return given.isEmpty ? .null : .object(given.mapValues { .text($0) })
    }

    private func attachments(_ form: FormFields) -> JSONValue {
        let endings = (form["attachments-forbid"] ?? "").split { $0 == "," || $0.isWhitespace }.map(String.init)
        var members: [String: JSONValue] = [:]
        if !endings.isEmpty { members["forbid"] = .texts(endings) }
        if let largest = form.text("attachments-max") { members["max"] = .text(largest) }
        return members.isEmpty ? .null : .object(members)
    }

    /// Whatever else is registered of the endpoint stays.
    private func endpoint(_ form: FormFields, _ old: RegisteredObject?) -> JSONValue {
        guard let url = form.text("events-url") else { return .null }
        var members = old?.fields["events"]?.members ?? [:]
        members["url"] = .text(url)
        members["mode"] = form.text("events-mode").map { .text($0) }
        members["ca"] = form.text("events-ca").map { .text($0) }
        switch form["proof"] {
        case "file": members["secret"] = .object(["file": .text(form.text("secret-file") ?? "")])
        case "credential": members["secret"] = .object(["credential": .text(form.text("secret-credential") ?? "")])
        default:
            let secret = form["events-secret"] ?? ""
            let keeps = secret.isEmpty && old?.has("events", "secret", "keep") == true
            if !keeps { members["secret"] = secret.isEmpty ? .null : .text(secret) }
        }
        return .object(members)
    }

    /// The line without the mark in either language, and whether it was there.
    private func unmarked(_ line: String) -> (text: String, isSilent: Bool) {
        for mark in PageLanguage.allCases.map({ $0.words(ContractWords.self).noMail }) where line.hasSuffix(mark) {
            return (String(line.dropLast(mark.count)).trimmed, true)
        }
        return (line, false)
    }

    private func person(_ line: String) -> JSONValue {
        let (text, isSilent) = unmarked(line)
        var members: [String: JSONValue] = ["email": .text(text)]
        // The address may have a name of its own: Ana <Ana Lima <ana@acme.example>>.
        let opens = text.indices.filter { text[$0] == "<" }.suffix(text.hasSuffix(">>") ? 2 : 1)
        if let open = opens.first, text.hasSuffix(">") {
            members["name"] = .text(String(text[..<open]).trimmed)
            members["email"] = .text(String(text[text.index(after: open)...].dropLast()))
        }
        if isSilent { members["mail"] = .flag(false) }
        return .object(members)
    }

    private func group(_ form: FormFields, _ index: Int) -> JSONValue {
        let members = form.lines("g\(index)-members").map { line -> JSONValue in
            let (text, isSilent) = unmarked(line)
            return isSilent ? .object(["email": .text(text), "mail": .flag(false)]) : .text(text)
        }
        var group: [String: JSONValue] = [
            "name": .text(form.text("g\(index)-name") ?? ""), "members": .list(members),
        ]
        let external = form.lines("g\(index)-external")
        if !external.isEmpty { group["external"] = .texts(external) }
        let mandatory = form.all("g\(index)-mandatory")
        if !mandatory.isEmpty { group["mandatory"] = .texts(mandatory) }
        return .object(group)
    }

    // MARK: - Errors

    /// At the control that holds the field; of a list with the line that it is about.
    func placed(_ error: DocumentError) -> DocumentError {
        var error = error
        let parts = error.field.split(whereSeparator: { ".[]".contains($0) }).map(String.init)
        func at(_ field: String, line: String?) {
            error.field = field
            guard let line = line.flatMap({ Int($0) }) else { return }
            error.message = words.line.filled(["n": "\(line + 1)", "text": error.message])
        }
        switch (parts.first, parts.count > 1 ? parts[1] : nil) {
        case ("people", let line): at("people", line: line)
        case ("groups", let index?):
            let part = parts.count > 2 ? parts[2] : "name"
            at("g\(index)-\(part)", line: parts.count > 3 ? parts[3] : nil)
        case ("inboxes", _): at("inboxes", line: nil)
        case ("valid", let part?), ("attachments", let part?): at("\(parts[0])-\(part)", line: nil)
        case ("events", "secret"?) where parts.count > 2: at("secret-\(parts[2])", line: nil)
        case ("events", let part): at("events-\(part ?? "url")", line: nil)
        case (let first?, _) where !Self.known.contains(first):
            error.message = "\(error.field): \(error.message)"
            error.field = "more"
        default: break
        }
        return error
    }
}
