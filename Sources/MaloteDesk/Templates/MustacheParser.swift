// Reads Mustache source into nodes; knows no values.

/// One pass over the source's lines and tags. A tag that alone stands on its line (sections, comments, delimiters,
/// partials) takes the whole line with it.
struct MustacheParser {
    private typealias Node = MustacheTemplate.Node

    private let source: [Character]
    private var position = 0
    private var open: [Character] = ["{", "{"]
    private var close: [Character] = ["}", "}"]
    /// Sections that wait for their end: the name, and the nodes before and inside.
    private var sections: [(name: String, isInverted: Bool, outer: [Node])] = []
    private var nodes: [Node] = []
    private static let depthLimit = 100

    init(_ source: String) { self.source = Array(source) }

    mutating func parse() throws(MustacheTemplate.SyntaxError) -> [MustacheTemplate.Node] {
        while position < source.count {
            let start = find(open, from: position) ?? source.count
            let text = position..<start
            position = start
            guard start < source.count else {
                add(text)
                break
            }
            try tag(after: text)
        }
        if let section = sections.last { throw Self.error("the section {{#\(section.name)}} is not closed.") }
        return nodes
    }

    // MARK: - Tags

    private mutating func tag(after text: Range<Int>) throws(MustacheTemplate.SyntaxError) {
        let tagStart = position
        var inner = tagStart + open.count
        var closing = close
        let kind = inner < source.count ? source[inner] : " "
        if kind == "{" {
            closing = ["}"] + close
        } else if kind == "=" {
            closing = ["="] + close
        }
        let isMarked = "#^/!>&{=".contains(kind)
        if isMarked { inner += 1 }
        guard let end = find(closing, from: inner) else { throw Self.error("a tag is not closed.") }
        let content = String(source[inner..<end]).trimmed()
        position = end + closing.count
        if "#^/!>=".contains(kind), let line = standalone(tagStart) {
            let indent = String(source[line.start..<tagStart])
            add(text.lowerBound..<max(text.lowerBound, line.start))
            position = line.end
            try apply(kind, content, indent: indent)
        } else {
            add(text)
            try apply(isMarked ? kind : " ", content, indent: "")
        }
    }

    private mutating func apply(
        _ kind: Character, _ content: String, indent: String
    ) throws(MustacheTemplate.SyntaxError) {
        switch kind {
        case "!": break
        case "#", "^":
            guard sections.count < Self.depthLimit else { throw Self.error("sections are nested too deeply.") }
            sections.append((content, kind == "^", nodes))
            nodes = []
        case "/":
            guard let section = sections.popLast(), section.name == content else {
                throw Self.error("{{/\(content)}} closes a section that is not open.")
            }
            nodes =
                section.outer + [.section(path: Self.path(content), isInverted: section.isInverted, nodes: nodes)]
        case ">": nodes.append(.partial(name: content, indent: indent))
        case "=": try setDelimiters(content)
        case "&", "{": nodes.append(.variable(path: try Self.checked(content), isEscaped: false))
        default: nodes.append(.variable(path: try Self.checked(content), isEscaped: true))
        }
    }

    private mutating func setDelimiters(_ content: String) throws(MustacheTemplate.SyntaxError) {
        let words = content.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, !words[0].contains("="), !words[1].contains("=") else {
            throw Self.error("{{=...=}} needs two delimiters.")
        }
        open = Array(words[0])
        close = Array(words[1])
    }

    private static func path(_ name: String) -> [String] {
        name == "." ? [] : name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    private static func checked(_ name: String) throws(MustacheTemplate.SyntaxError) -> [String] {
        guard !name.isEmpty else { throw error("a tag is empty.") }
        return path(name)
    }

    private static func error(_ text: String) -> MustacheTemplate.SyntaxError { .init(description: text) }

    // MARK: - Text and lines

    private mutating func add(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        nodes.append(.text(String(source[range])))
    }

    /// The line around a tag, if nothing but blanks shares it: from the line's start to behind its end.
    private func standalone(_ tagStart: Int) -> (start: Int, end: Int)? {
        var start = tagStart
        while start > 0, source[start - 1] == " " || source[start - 1] == "\t" { start -= 1 }
        guard start == 0 || source[start - 1].isNewline else { return nil }
        var end = position
        while end < source.count, source[end] == " " || source[end] == "\t" { end += 1 }
        if end == source.count { return (start, end) }
        return source[end].isNewline ? (start, end + 1) : nil
    }

    private func find(_ needle: [Character], from start: Int) -> Int? {
        guard needle.count <= source.count, start <= source.count - needle.count else { return nil }
        return (start...(source.count - needle.count)).first { index in
            source[index] == needle[0] && source[index..<index + needle.count].elementsEqual(needle)
        }
    }
}

extension String {
    fileprivate func trimmed() -> String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
