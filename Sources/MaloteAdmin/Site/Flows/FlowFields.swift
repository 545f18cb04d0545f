// Between a flow in the registry's own form and the fields of its page; checks nothing, that is the registry's work.

import MaloteCore

struct FlowFields {
    /// What a form is filled with: texts, what is ticked, and how many steps there are.
    struct Filling {
        var values: [String: String] = [:]
        var lists: [String: [String]] = [:]
        var steps = 1
    }

    /// More are not read.
    static let mostSteps = 50
    private static let texts = [
        "template", "subject", "text", "html", "language", "sender", "priority", "delay",
    ]

    static func anchors(steps: Int) -> Set<String> {
        Set(
            (0..<steps).flatMap { step in
                (texts + ["outbox", "specific", "to", "content", "when", "unless", "quorum", "expires"]).map {
                    "s\(step)-\($0)"
                }
            } + ["name", "on"])
    }

    // MARK: - From the registry

    static func filling(_ object: RegisteredObject?) -> Filling {
        guard let object else {
            var filling = Filling(values: ["on": "ticket.opened"])
            addStep(&filling, at: 0)
            return filling
        }
        var filling = Filling(values: ["on": object.text("on")])
        let steps = object.items("steps").compactMap { $0["email"] }
        for (index, step) in steps.enumerated() { fill(&filling, index, step) }
        filling.steps = steps.count
        return filling
    }

    private static func addStep(_ filling: inout Filling, at index: Int) {
        filling.values["s\(index)-outbox"] = "system"
        filling.values["s\(index)-content"] = "template"
        filling.lists["s\(index)-to"] = ["requester"]
    }

    private static func fill(_ filling: inout Filling, _ index: Int, _ step: JSONValue) {
        func set(_ field: String, _ text: String?) { filling.values["s\(index)-\(field)"] = text }
        for field in texts { set(field, step[field]?.words) }
        let specific = step["outbox"]?["specific"]?.words
        set("outbox", specific == nil ? step["outbox"]?.words ?? "system" : "specific")
        set("specific", specific)
        set("content", step["template"] == nil ? "own" : "template")
        var (ticked, addresses): ([String], [String]) = ([], [])
        for recipient in step["to"]?.items ?? [] {
            if let person = recipient["person"]?.words { ticked.append("person:\(person)") }
            if let group = recipient["group"]?.words { ticked.append("group:\(group)") }
            guard let text = recipient.words else { continue }
            if ["requester", "cc"].contains(text) { ticked.append(text) } else { addresses.append(text) }
        }
        filling.lists["s\(index)-to"] = ticked
        set("addresses", addresses.joined(separator: "\n"))
        if step["attachments"]?.words == "true" { set("attachments", "on") }
        for field in ["when", "unless"] { set(field, conditions(step[field])) }
        guard let approval = step["approval"] else { return }
        set("approval", "on")
        set("quorum", approval["quorum"]?.words)
        set("expires", approval["expires"]?.words)
    }

    /// One condition a line where that says the same.
    private static func conditions(_ value: JSONValue?) -> String? {
        guard let items = value?.items, !items.isEmpty else { return nil }
        let pairs = items.compactMap { $0.members.count == 1 ? $0.members.first : nil }
        let keys = pairs.map(\.key)
        guard keys.count == items.count, Set(keys).count == keys.count, keys == keys.sorted() else {
            return YAMLText.write(.list(items))
        }
        return YAMLText.write(Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }))
    }

    // MARK: - What was typed

    /// - Parameters:
    ///   - without: a step that is taken away.
    ///   - oneMore: an empty step behind the last.
    static func filling(_ form: FormFields, without: Int? = nil, oneMore: Bool = false) -> Filling {
        var filling = Filling(values: form.single.filter { $0.key.firstMatch(of: /^s[0-9]+-/) == nil }, steps: 0)
        for given in steps(form) where given != without {
            let to = filling.steps
            for (name, value) in form.single where name.hasPrefix("s\(given)-") {
                filling.values["s\(to)-\(name.dropFirst("s\(given)-".count))"] = value
            }
            filling.values["s\(to)-to"] = nil
            filling.lists["s\(to)-to"] = form.all("s\(given)-to")
            filling.steps += 1
        }
        if oneMore, filling.steps < mostSteps {
            addStep(&filling, at: filling.steps)
            filling.steps += 1
        }
        return filling
    }

    private static func steps(_ form: FormFields) -> [Int] {
        (0..<mostSteps).filter { form["s\($0)-content"] != nil }
    }

    // MARK: - To the registry

    static func document(_ form: FormFields, name: String?, contract: String) -> [UInt8] {
        var fields = ObjectFields()
        if name == nil { fields.set("name", form.text("name") ?? "") }
        fields.set("contract", contract)
        fields.set("on", form.text("on") ?? "")
        let steps = steps(form).map { "- \"email\":\n\(step(form, $0).text(isNew: true, indent: 4))" }
        if steps.isEmpty { fields.set("steps", .list([])) } else { fields.set("steps", yaml: steps.joined()) }
        return fields.document(isNew: name == nil)
    }

    private static func step(_ form: FormFields, _ index: Int) -> ObjectFields {
        func given(_ field: String) -> String? { form.text("s\(index)-\(field)") }
        var step = ObjectFields()
        let isSpecific = given("outbox") == "specific"
        step.set(
            "outbox",
            isSpecific ? .object(["specific": .text(given("specific") ?? "")]) : .text(given("outbox") ?? "system"))
        step.set("to", .list(recipients(form, index)))
        // What belongs to the other kind of message is not sent on.
        let isOwn = given("content") == "own"
        step.set("template", isOwn ? nil : given("template") ?? "")
        step.set("subject", isOwn ? given("subject") ?? "" : nil)
        step.set("text", isOwn ? form["s\(index)-text"] ?? "" : nil)
        step.set("html", isOwn && given("html") != nil ? form["s\(index)-html"] : nil)
        for field in ["language", "sender", "priority", "delay"] { step.set(field, given(field)) }
        if form.isOn("s\(index)-attachments") { step.set("attachments", .flag(true)) }
        for field in ["when", "unless"] { step.set(field, yaml: form["s\(index)-\(field)"] ?? "") }
        if form.isOn("s\(index)-approval") {
            let terms = [("quorum", given("quorum")), ("expires", given("expires"))].compactMap { name, text in
                text.map { (name, JSONValue.text($0)) }
            }
            step.set("approval", .object(Dictionary(terms, uniquingKeysWith: { first, _ in first })))
        }
        return step
    }

    private static func recipients(_ form: FormFields, _ index: Int) -> [JSONValue] {
        form.all("s\(index)-to").map { value in
            for kind in ["person", "group"] where value.hasPrefix(kind + ":") {
                return .object([kind: .text(String(value.dropFirst(kind.count + 1)))])
            }
            return .text(value)
        } + form.lines("s\(index)-addresses").map { .text($0) }
    }

    // MARK: - Errors

    /// At the control that holds the field: `steps[0].email.to[1]` is `s0-to`.
    static func placed(_ error: DocumentError) -> DocumentError {
        var error = error
        var parts = error.field.split(whereSeparator: { ".[]".contains($0) }).map(String.init)
        guard parts.count > 1, parts[0] == "steps" else { return error }
        let index = parts[1]
        parts.removeFirst(2)
        if parts.first == "email" { parts.removeFirst() }
        var field = parts.first ?? "content"
        if field == "outbox", parts.count > 1 { field = "specific" }
        if field == "approval" { field = parts.count > 1 ? parts[1] : "quorum" }
        if ["when", "unless"].contains(field), parts.count > 1 {
            error.message = "\(parts.dropFirst().joined(separator: ".")): \(error.message)"
        }
        error.field = "s\(index)-\(field)"
        return error
    }
}
