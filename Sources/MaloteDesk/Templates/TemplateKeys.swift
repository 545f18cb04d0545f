// Every key that a template may print, in one table; knows no value.

/// What a rendering's context holds, whatever it is about. Some are empty where there is nothing to say: `approval` is
/// there in requests for approval, `delivery` in what is told about a delivery, `message` where a mail is answered.
package enum TemplateKeys {
    /// With dots between the names; `*` stands for all that there may be.
    package static let rows: [(key: String, meaning: String)] = [
        ("ticket.key", "the ticket's key, such as ACME-42"),
        ("ticket.tag", "the signed tag of its subjects, such as [ACME-42.k7q2...]"),
        ("ticket.id", "the ticket system's own id, else the key"),
        ("ticket.external", "the ticket system's own id"),
        ("ticket.subject", "the subject of its first mail"),
        ("ticket.state", "open or closed"),
        ("requester.name", "the requester's name, else the address"),
        ("requester.address", "the requester's address"),
        ("contract.name", "the contract's name in the registry"),
        ("contract.title", "the contract's title"),
        ("message.subject", "the subject of the mail that is answered"),
        ("message.text", "its text"),
        ("message.newText", "its text without what it quotes"),
        ("message.date", "when it was written"),
        ("message.from.name", "its writer's name"),
        ("message.from.address", "its writer's address"),
        ("event.id", "the event's id"),
        ("event.type", "its kind, such as ticket.opened"),
        ("event.time", "when it happened"),
        ("approval.approve", "the link that approves"),
        ("approval.reject", "the link that rejects"),
        ("approval.view", "the link that shows what is asked"),
        ("approval.group", "the group that is asked"),
        ("approval.expires", "until when the links are good"),
        ("approval.quorum", "how many must approve"),
        ("delivery.recipient", "whom a notification was for"),
        ("delivery.subject", "its subject"),
        ("delivery.since", "when it was queued"),
        ("delivery.attempts", "how often it was tried"),
        ("delivery.reason", "why it has not arrived"),
        ("fields.*", "what rules, the contract and triggers have set"),
        ("data.*", "what a trigger gave"),
    ]

    indirect enum Shape: Sendable, Hashable {
        case value
        /// Anything may be inside.
        case open
        case object([String: Shape])

        func member(_ name: String) -> Shape? {
            switch self {
            case .value: nil
            case .open: .open
            case .object(let members): members[name]
            }
        }
    }

    static let known = rows.map(\.key).filter { !$0.hasSuffix("*") }

    static let shape: Shape = {
        var root: [String: Shape] = [:]
        for row in rows { add(row.key.split(separator: ".").map(String.init)[...], to: &root) }
        return .object(root)
    }()

    private static func add(_ path: ArraySlice<String>, to members: inout [String: Shape]) {
        guard let name = path.first else { return }
        let rest = path.dropFirst()
        guard let next = rest.first else { return members[name] = .value }
        if next == "*" { return members[name] = .open }
        var inner: [String: Shape] = [:]
        if case .object(let known)? = members[name] { inner = known }
        add(rest, to: &inner)
        members[name] = .object(inner)
    }
}
