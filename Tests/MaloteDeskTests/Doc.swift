// Documents as tests write them: Swift literals that become nodes with lines; knows nothing of the registry.

import MaloteCore

/// A document in literals. Lines are counted as if every field and every item stood on a line of its own.
indirect enum Doc: Sendable {
    case scalar(String, isPlain: Bool)
    case list([Doc])
    case fields([(String, Doc)])

    static func text(_ text: String) -> Doc { .scalar(text, isPlain: false) }
    static func mailboxes(_ items: Doc...) -> Doc { ["mailboxes": .list(items)] }
    static func contracts(_ items: Doc...) -> Doc { ["contracts": .list(items)] }
    static func flows(_ items: Doc...) -> Doc { ["flows": .list(items)] }
    static func templates(_ items: Doc...) -> Doc { ["templates": .list(items)] }

    /// The same fields with these in place of theirs, or behind them.
    func with(_ changes: Doc) -> Doc {
        guard case .fields(var fields) = self, case .fields(let changes) = changes else { return changes }
        for (key, value) in changes {
            if let index = fields.firstIndex(where: { $0.0 == key }) {
                fields[index].1 = value
            } else {
                fields.append((key, value))
            }
        }
        return .fields(fields)
    }

    var node: DocumentNode {
        var next = 1
        return numbered(&next)
    }

    private func numbered(_ next: inout Int) -> DocumentNode {
        let start = next
        switch self {
        case .scalar(let text, let isPlain):
            next += 1
            return DocumentNode(.scalar(text, isPlain: isPlain), line: start)
        case .list(let items):
            if items.isEmpty { next += 1 }
            return DocumentNode(.sequence(items.map { $0.numbered(&next) }), line: start)
        case .fields(let fields):
            if fields.isEmpty { next += 1 }
            let entries = fields.map { key, value in
                let keyLine = next
                if value.isBlock { next += 1 }
                return DocumentNode.Entry(key: key, keyLine: keyLine, value: value.numbered(&next))
            }
            return DocumentNode(.mapping(entries), line: start)
        }
    }

    private var isBlock: Bool {
        switch self {
        case .scalar: false
        case .list(let items): !items.isEmpty
        case .fields(let fields): !fields.isEmpty
        }
    }
}

extension Doc: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral value: String) { self = .scalar(value, isPlain: false) }
    init(integerLiteral value: Int) { self = .scalar(String(value), isPlain: true) }
    init(booleanLiteral value: Bool) { self = .scalar(value ? "true" : "false", isPlain: true) }
}

extension Doc: ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    init(nilLiteral: ()) { self = .scalar("null", isPlain: true) }
    init(arrayLiteral elements: Doc...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, Doc)...) { self = .fields(elements) }
}

extension DocumentNode {
    /// The line of the field at a path such as `mailboxes[0].port`, or of the nearest object around it.
    func line(at path: String) -> Int {
        var node = self
        for part in path.split(whereSeparator: { ".[]".contains($0) }) {
            guard let inner = node.child(String(part)), inner.value != .scalar("null", isPlain: true) else { break }
            node = inner
        }
        return node.line
    }

    private func child(_ name: String) -> DocumentNode? {
        switch value {
        case .scalar: nil
        case .sequence(let items): Int(name).flatMap { items.indices.contains($0) ? items[$0] : nil }
        case .mapping(let entries): entries.first { $0.key == name }?.value
        }
    }
}
