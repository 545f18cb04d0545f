// What a template can say: a small tree of values; knows no template and no ticket.

import MaloteCore

package enum TemplateValue: Sendable, Hashable {
    case text(String)
    case flag(Bool)
    case time(Timestamp)
    case list([TemplateValue])
    indirect case object([String: TemplateValue])

    /// Whether a section over it is shown: everything but false, an empty list and an empty text.
    var isTruthy: Bool {
        switch self {
        case .text(let text): !text.isEmpty
        case .flag(let flag): flag
        case .time: true
        case .list(let items): !items.isEmpty
        case .object: true
        }
    }

    var printed: String {
        switch self {
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .time(let time): time.description
        case .list, .object: ""
        }
    }

    func member(_ name: String) -> TemplateValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }
}
