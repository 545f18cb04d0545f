// What templates and conditions of flows can name, in one table; knows no template.

import MaloteCore

/// Every key with where its value comes from. What an occasion does not have (a mail, a ticket) has no value, so a
/// section over it is not shown.
package enum FlowContext {
    typealias Value = @Sendable (FlowRun) -> TemplateValue?

    private static let table: [(key: String, value: Value)] = [
        ("ticket.key", { $0.ticket.map { .text($0.key) } }),
        ("ticket.id", { $0.ticket.map { .text($0.external ?? $0.key) } }),
        ("ticket.external", { $0.ticket.map { .text($0.external ?? "") } }),
        ("ticket.subject", { $0.ticket.map { .text($0.subject) } }),
        ("ticket.state", { $0.ticket.map { .text($0.closed == nil ? "open" : "closed") } }),
        ("ticket.tag", { run in run.ticket.map { .text(run.ids.tag($0.key)) } }),
        ("requester.name", { $0.ticket.map { .text($0.requester?.name ?? $0.requester?.address ?? "") } }),
        ("requester.address", { $0.ticket.map { .text($0.requester?.address ?? "") } }),
        ("contract.name", { .text($0.contract.name.text) }),
        ("contract.title", { .text($0.contract.title) }),
        ("message.subject", { $0.view.map { .text($0.subject) } }),
        ("message.text", { $0.view.map { .text($0.text) } }),
        ("message.newText", { $0.view.map { .text($0.newText) } }),
        ("message.date", { $0.view.map { $0.date.map { .time($0) } ?? .text("") } }),
        ("message.from.name", { $0.view.map { .text($0.from?.name ?? "") } }),
        ("message.from.address", { $0.view.map { .text($0.from?.address ?? "") } }),
        ("event.id", { .text($0.occasion.event?.rawValue ?? "") }),
        ("event.type", { .text($0.occasion.trigger) }),
        ("event.time", { .time($0.occasion.time) }),
        ("approval.approve", { $0.ask.map { .text($0.approve) } }),
        ("approval.reject", { $0.ask.map { .text($0.reject) } }),
        ("approval.view", { $0.ask.map { .text($0.view) } }),
        ("approval.group", { $0.ask.map { .text($0.group) } ?? decided($0, "group") }),
        ("approval.expires", { $0.ask.map { .time($0.expires) } ?? decided($0, "expires") }),
        ("approval.quorum", { $0.ask.map { .text("\($0.quorum)") } ?? decided($0, "quorum") }),
        ("fields", { .object($0.occasion.fields.mapValues { .text($0) }) }),
        ("data", { TemplateValue($0.occasion.data) }),
    ]

    /// Of an approval that has ended: its occasion tells it.
    private static func decided(_ run: FlowRun, _ name: String) -> TemplateValue? {
        Trigger.ofApprovals.contains(run.occasion.trigger)
            ? run.occasion.data["approval"]?[name]?.words.map { .text($0) } : nil
    }

    /// Keys below which everybody may name what they like.
    private static let open = ["fields", "data"]

    /// All that can be named; below `fields` and `data` anything.
    package static var keys: [String] { table.map(\.key) }

    /// Whether some occasion may have a value of this name: a key of the table, or what lies above or below one.
    package static func isKnown(_ name: String) -> Bool {
        table.contains { $0.key == name || $0.key.hasPrefix(name + ".") }
            || open.contains { name.hasPrefix($0 + ".") }
    }

    /// The table's keys, taken apart once.
    private static let paths = table.map { $0.key.split(separator: ".").map(String.init) }

    package static func value(of run: FlowRun) -> TemplateValue {
        var root: [String: TemplateValue] = [:]
        for (row, path) in zip(table, paths) {
            if let value = row.value(run) { put(value, at: path[...], in: &root) }
        }
        return .object(root)
    }

    private static func put(
        _ value: TemplateValue, at path: ArraySlice<String>, in members: inout [String: TemplateValue]
    ) {
        guard let name = path.first else { return }
        guard path.count > 1 else { return members[name] = value }
        var inner: [String: TemplateValue] = [:]
        if case .object(let found)? = members[name] { inner = found }
        put(value, at: path.dropFirst(), in: &inner)
        members[name] = .object(inner)
    }
}

extension TemplateValue {
    /// What a trigger told. `null` is an empty text.
    init(_ value: JSONValue) {
        switch value {
        case .flag(let flag): self = .flag(flag)
        case .list(let items): self = .list(items.map(TemplateValue.init))
        case .object(let members): self = .object(members.mapValues(TemplateValue.init))
        case .null, .integer, .number, .text: self = .text(value.words ?? "")
        }
    }
}
