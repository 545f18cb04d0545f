// One thing wrong with a document, and what the operator must be told about it; knows nothing of the decoders.

import MaloteCore
import Testing

/// A document with one fault, the field that must be named and some words of the message.
struct Wrong: Sendable, CustomTestStringConvertible {
    var doc: Doc
    var field: String
    var says: String
    /// Where the line is taken from, if not from the field itself.
    var place: String?
    /// Errors in all; one fault may show twice where a field is misspelled and so missing.
    var count = 1

    var testDescription: String { "\(field) \(says)" }

    init(_ doc: Doc, _ field: String, _ says: String, place: String? = nil, count: Int = 1) {
        self.doc = doc
        self.field = field
        self.says = says
        self.place = place
        self.count = count
    }

    static func inbox(_ changes: Doc, _ field: String, _ says: String, count: Int = 1) -> Wrong {
        Wrong(.mailboxes(Sample.inbox.with(changes)), "mailboxes[0].\(field)", says, count: count)
    }

    static func outbox(_ changes: Doc, _ field: String, _ says: String, count: Int = 1) -> Wrong {
        Wrong(.mailboxes(Sample.outbox.with(changes)), "mailboxes[0].\(field)", says, count: count)
    }

    static func contract(_ changes: Doc, _ field: String, _ says: String, count: Int = 1) -> Wrong {
        Wrong(.contracts(Sample.contract.with(changes)), "contracts[0].\(field)", says, count: count)
    }

    static func flow(_ changes: Doc, _ field: String, _ says: String, count: Int = 1) -> Wrong {
        Wrong(.flows(Sample.flow.with(changes)), "flows[0].\(field)", says, count: count)
    }

    static func step(_ changes: Doc, _ field: String, _ says: String, count: Int = 1) -> Wrong {
        .flow(["steps": [["email": Sample.step.with(changes)]]], "steps[0].email.\(field)", says, count: count)
    }

    static func template(_ changes: Doc, _ field: String, _ says: String) -> Wrong {
        Wrong(.templates(Sample.template.with(changes)), "templates[0].\(field)", says)
    }

    /// The whole desk with one section replaced; the error names the object that makes the link.
    static func link(_ changes: Doc, _ place: String, _ field: String, _ says: String) -> Wrong {
        Wrong(Sample.desk.with(changes), field, says, place: place)
    }
}
