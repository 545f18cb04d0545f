// Strict YAML (and so JSON) into document nodes with line numbers; knows no schema.

import CYAML
import MaloteCore

/// Refuses what configuration files never need and attackers like: anchors, aliases, tags, duplicate keys, several
/// documents, more than 32 levels, more than 1 MiB. Scalars stay text (`no` and `1.10` are not reinterpreted).
package struct YAMLReader: DocumentReader {
    private static let sizeLimit = 1 << 20

    package init() {}

    package func read(_ bytes: [UInt8]) throws(DocumentErrors) -> DocumentNode {
        guard bytes.count <= Self.sizeLimit else {
            throw DocumentErrors([
                DocumentError(
                    field: "", message: "the document has more than \(Self.sizeLimit) octets.",
                    remedy: "Split it into several files.")
            ])
        }
        do {
            return try YAMLComposer(YAMLEvents(bytes)).document()
        } catch {
            let joined = SurrogatePairs.joined(bytes)
            guard joined != bytes else { throw DocumentErrors([error]) }
            return try read(joined)
        }
    }
}

/// libyaml's event stream as values.
final class YAMLEvents {
    enum Event {
        case documentStart, documentEnd, streamStart, streamEnd, sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case scalar(String, isPlain: Bool)
    }

    // libyaml keeps pointers into both while it parses.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        input = .allocate(capacity: max(bytes.count, 1))
        _ = input.initialize(from: bytes)
        yaml_parser_initialize(parser)
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// - Throws: what is wrong with the text, or what it uses that is not allowed here.
    func next() throws(DocumentError) -> (event: Event, line: Int) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) != 0 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let line = Int(event.start_mark.line) + 1
        switch event.type {
        case YAML_STREAM_START_EVENT: return (.streamStart, line)
        case YAML_STREAM_END_EVENT: return (.streamEnd, line)
        case YAML_DOCUMENT_START_EVENT: return (.documentStart, line)
        case YAML_DOCUMENT_END_EVENT: return (.documentEnd, line)
        case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, line)
        case YAML_MAPPING_END_EVENT: return (.mappingEnd, line)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            try refuse(anchor: start.anchor, tag: start.tag, line)
            return (.sequenceStart, line)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            try refuse(anchor: start.anchor, tag: start.tag, line)
            return (.mappingStart, line)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try refuse(anchor: scalar.anchor, tag: scalar.tag, line)
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return (
                .scalar(String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), line
            )
        default:
            throw DocumentError(
                line: line, field: "", message: "anchors and aliases are not allowed.", remedy: "Write the value out.")
        }
    }

    private func refuse(
        anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?, _ line: Int
    ) throws(DocumentError) {
        guard anchor == nil, tag == nil else {
            throw DocumentError(
                line: line, field: "", message: "anchors and tags are not allowed.", remedy: "Write the plain value.")
        }
    }

    private func syntaxError() -> DocumentError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "the text cannot be read"
        guard parser.pointee.error != YAML_READER_ERROR else {
            // The mark is where the parser was; of what it could not even decode there is only the offset.
            let line = input.prefix(parser.pointee.problem_offset).count { $0 == 0x0A } + 1
            return DocumentError(
                line: line, field: "", message: "not readable as text: \(problem).",
                remedy: "Save the file as UTF-8, without control characters.")
        }
        return DocumentError(
            line: Int(parser.pointee.problem_mark.line) + 1, field: "", message: "not valid YAML: \(problem).",
            remedy: "Check indentation, brackets and quotes on and above this line.")
    }
}

/// Builds the tree. Recursive: the depth limit bounds the stack.
struct YAMLComposer {
    private static let depthLimit = 32
    private let events: YAMLEvents

    init(_ events: YAMLEvents) { self.events = events }

    func document() throws(DocumentError) -> DocumentNode {
        _ = try events.next()
        let first = try events.next()
        // An empty file is a document with nothing in it.
        guard case .documentStart = first.event else { return DocumentNode(.scalar("", isPlain: true), line: 1) }
        let start = try events.next()
        let root = try node(start.event, start.line, depth: 0)
        _ = try events.next()
        let after = try events.next()
        guard case .streamEnd = after.event else {
            throw DocumentError(
                line: after.line, field: "", message: "a second document begins.", remedy: "Remove the line \"---\".")
        }
        return root
    }

    private func node(_ event: YAMLEvents.Event, _ line: Int, depth: Int) throws(DocumentError) -> DocumentNode {
        guard depth <= Self.depthLimit else {
            throw DocumentError(
                line: line, field: "", message: "nested deeper than \(Self.depthLimit) levels.",
                remedy: "Nothing in Malote needs such depth: check the brackets.")
        }
        switch event {
        case .scalar(let text, let isPlain): return DocumentNode(.scalar(text, isPlain: isPlain), line: line)
        case .sequenceStart: return DocumentNode(.sequence(try sequence(depth)), line: line)
        case .mappingStart: return DocumentNode(.mapping(try mapping(depth)), line: line)
        default: throw DocumentError(line: line, field: "", message: "a value is missing.")
        }
    }

    private func sequence(_ depth: Int) throws(DocumentError) -> [DocumentNode] {
        var items: [DocumentNode] = []
        while true {
            let (event, line) = try events.next()
            if case .sequenceEnd = event { return items }
            items.append(try node(event, line, depth: depth + 1))
        }
    }

    private func mapping(_ depth: Int) throws(DocumentError) -> [DocumentNode.Entry] {
        var entries: [DocumentNode.Entry] = []
        var keys: [String: Int] = [:]
        while true {
            let (event, line) = try events.next()
            if case .mappingEnd = event { return entries }
            guard case .scalar(let key, _) = event else {
                throw DocumentError(
                    line: line, field: "", message: "a field's name must be a text.",
                    remedy: "Write it as NAME: value.")
            }
            if let first = keys.updateValue(line, forKey: key) {
                throw DocumentError(
                    line: line, field: key, message: "is given twice; the first is on line \(first).",
                    remedy: "Remove one of them.")
            }
            let value = try events.next()
            entries.append(.init(key: key, keyLine: line, value: try node(value.event, value.line, depth: depth + 1)))
        }
    }
}
