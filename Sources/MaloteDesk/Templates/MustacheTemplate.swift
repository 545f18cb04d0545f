// Mustache, the logic-less template language: parsed once, rendered many times; knows nothing of mail.

/// A parsed template: variables, sections, inverted sections, comments, partials and changed delimiters, as
/// mustache(5) describes them, with its rules for tags that stand alone on a line.
package struct MustacheTemplate: Sendable, Hashable {
    package struct SyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
        /// 1-based, in the template.
        package var line: Int
        /// The tag as it is written, or its beginning.
        package var tag: String
        package var message: String

        package var description: String { "in line \(line), \(tag) \(message)" }
    }

    indirect enum Node: Sendable, Hashable {
        case text(String)
        case variable(path: [String], filters: [TemplateFilter], isEscaped: Bool)
        /// `${KEY}`, in the source system's spelling.
        case key(String)
        case section(path: [String], isInverted: Bool, nodes: [Node])
        case partial(name: String, indent: String)
    }

    /// A tag where it stands, for whoever wants to say something about it.
    struct Tag: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            case variable([String])
            case open([String], isInverted: Bool)
            case close
            case partial(String)
            case key(String)
        }

        var kind: Kind
        /// 1-based, in the template.
        var line: Int
    }

    let nodes: [Node]
    /// In the order of the source.
    let tags: [Tag]

    /// - Throws: `SyntaxError` naming the line and the tag that is not closed or not open.
    package init(_ source: String) throws(SyntaxError) {
        var parser = MustacheParser(source)
        nodes = try parser.parse()
        tags = parser.tags
    }

    /// How values are printed.
    package enum Escaping: Sendable { case none, html }

    /// Rendered text is cut here: no template may fill the memory.
    package static let outputLimit = 1 << 20
    /// Nodes and list items one rendering may visit: nested sections that print nothing come to an end too.
    static let workLimit = 1 << 20

    /// - Parameter style: how times are written.
    package func render(
        _ value: TemplateValue, escaping: Escaping, style: TemplateStyle = TemplateStyle(),
        partials: [String: MustacheTemplate] = [:]
    ) -> String {
        rendering(value, escaping: escaping, style: style, partials: partials).text
    }

    /// - Returns: also the keys that printed nothing, each once, as the template writes them.
    func rendering(
        _ value: TemplateValue, escaping: Escaping, style: TemplateStyle, partials: [String: MustacheTemplate] = [:]
    ) -> (text: String, missing: [String]) {
        var output = ""
        var renderer = MustacheRenderer(escaping: escaping, style: style, partials: partials, stack: [value])
        renderer.render(nodes, into: &output, depth: 0)
        return (output, renderer.missing)
    }
}

/// Walks the nodes with a stack of contexts.
private struct MustacheRenderer {
    let escaping: MustacheTemplate.Escaping
    let style: TemplateStyle
    let partials: [String: MustacheTemplate]
    var stack: [TemplateValue]
    /// Keys that printed nothing.
    private(set) var missing: [String] = []
    private var work = 0
    /// Partials may include themselves; a text has an end.
    private let depthLimit = 32

    init(
        escaping: MustacheTemplate.Escaping, style: TemplateStyle, partials: [String: MustacheTemplate],
        stack: [TemplateValue]
    ) {
        self.escaping = escaping
        self.style = style
        self.partials = partials
        self.stack = stack
    }

    mutating func render(_ nodes: [MustacheTemplate.Node], into output: inout String, depth: Int) {
        for node in nodes where hasRoom(output) {
            work += 1
            switch node {
            case .text(let text): output += text
            case .variable(let path, let filters, let isEscaped):
                print(lookUp(path), filters, isEscaped, into: &output) { path.joined(separator: ".") }
            case .key(let key):
                let (paths, filters) = KeyAlias.meaning(of: key)
                var value: TemplateValue?
                for path in paths where value == nil { value = lookUp(path).flatMap { $0.printed.isEmpty ? nil : $0 } }
                print(value, filters, true, into: &output) { "${\(key)}" }
            case .section(let path, let isInverted, let inner):
                section(lookUp(path), isInverted, inner, into: &output, depth: depth)
            case .partial(let name, let indent):
                guard depth < depthLimit, let partial = partials[name] else { continue }
                var isLineStart = true
                let inner = indent.isEmpty ? partial.nodes : Self.indented(partial.nodes, by: indent, &isLineStart)
                render(inner, into: &output, depth: depth + 1)
            }
        }
    }

    private mutating func print(
        _ value: TemplateValue?, _ filters: [TemplateFilter], _ isEscaped: Bool, into output: inout String,
        name: () -> String
    ) {
        let text = TemplateFilter.print(value, through: filters, style)
        output += isEscaped && escaping == .html ? Self.escaped(text) : text
        guard text.isEmpty, missing.count < 100, case let name = name(), !missing.contains(name) else { return }
        missing.append(name)
    }

    private func hasRoom(_ output: String) -> Bool {
        output.utf8.count < MustacheTemplate.outputLimit && work < MustacheTemplate.workLimit
    }

    private mutating func section(
        _ value: TemplateValue?, _ isInverted: Bool, _ nodes: [MustacheTemplate.Node], into output: inout String,
        depth: Int
    ) {
        let isTruthy = value?.isTruthy ?? false
        guard isTruthy != isInverted else { return }
        guard let value, !isInverted else { return render(nodes, into: &output, depth: depth) }
        let items: [TemplateValue] = if case .list(let list) = value { list } else { [value] }
        for item in items where hasRoom(output) {
            work += 1
            stack.append(item)
            render(nodes, into: &output, depth: depth)
            stack.removeLast()
        }
    }

    /// The first name is looked for from the innermost context outwards, the rest only inside what was found.
    private func lookUp(_ path: [String]) -> TemplateValue? {
        guard let first = path.first else { return stack.last }
        guard var value = stack.reversed().lazy.compactMap({ $0.member(first) }).first else { return nil }
        for name in path.dropFirst() {
            guard let next = value.member(name) else { return nil }
            value = next
        }
        return value
    }

    /// A partial's own lines move in by its tag's indent; the lines that values bring do not.
    private static func indented(
        _ nodes: [MustacheTemplate.Node], by indent: String, _ isLineStart: inout Bool
    ) -> [MustacheTemplate.Node] {
        var result: [MustacheTemplate.Node] = []
        for node in nodes {
            switch node {
            case .text(let text): result.append(.text(indented(text, by: indent, &isLineStart)))
            case .variable, .key:
                if isLineStart { result.append(.text(indent)) }
                isLineStart = false
                result.append(node)
            case .section(let path, let isInverted, let inner):
                let inner = indented(inner, by: indent, &isLineStart)
                result.append(.section(path: path, isInverted: isInverted, nodes: inner))
            case .partial(let name, let own):
                result.append(.partial(name: name, indent: isLineStart ? indent + own : own))
            }
        }
        return result
    }

    private static func indented(_ text: String, by indent: String, _ isLineStart: inout Bool) -> String {
        var result = ""
        for character in text {
            if isLineStart { result += indent }
            result.append(character)
            isLineStart = character.isNewline
        }
        return result
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
