// Reads Mustache source into nodes; knows no values.

import MaloteCore

/// One pass over the source's tags. A tag that alone stands on its line (sections, comments, delimiters, partials)
/// takes the whole line with it.
///
/// Works on Unicode scalars: a combining mark behind `}}` must not hide the end of the tag.
struct MustacheParser {
    private typealias Node = MustacheTemplate.Node
    private typealias SyntaxError = MustacheTemplate.SyntaxError

    /// A section that waits for its end, and the nodes before it.
    private struct Section {
        var name: String
        var isInverted: Bool
        var tag: Range<Int>
        var outer: [Node]
    }

    private let source: [Unicode.Scalar]
    private var position = 0
    private var open: [Unicode.Scalar] = ["{", "{"]
    private var close: [Unicode.Scalar] = ["}", "}"]
    private var sections: [Section] = []
    private var nodes: [Node] = []
    private(set) var tags: [MustacheTemplate.Tag] = []
    /// Lines are counted once, from tag to tag.
    private var counted = (place: 0, line: 1)
    private static let depthLimit = 100

    init(_ source: String) { self.source = Array(source.unicodeScalars) }

    mutating func parse() throws(MustacheTemplate.SyntaxError) -> [MustacheTemplate.Node] {
        while let start = find(open, from: position) {
            try readTag(start, after: position..<start)
        }
        add(position..<source.count)
        if let section = sections.last { throw error(section.tag, "is not closed.") }
        return nodes
    }

    // MARK: - Tags

    private mutating func readTag(_ start: Int, after text: Range<Int>) throws(MustacheTemplate.SyntaxError) {
        var inner = start + open.count
        let kind = inner < source.count ? source[inner] : " "
        let isMarked = "#^/!>&{=".unicodeScalars.contains(kind)
        if isMarked { inner += 1 }
        let closing: [Unicode.Scalar] = kind == "{" ? ["}"] + close : kind == "=" ? ["="] + close : close
        guard let end = find(closing, from: inner) else { throw error(start..<source.count, "is not closed.") }
        let content = self.text(inner..<end).trimmed
        let tag = start..<end + closing.count
        let line = "#^/!>=".unicodeScalars.contains(kind) ? line(around: tag) : nil
        add(text.lowerBound..<(line?.lowerBound ?? start))
        position = line?.upperBound ?? tag.upperBound
        let indent = line.map { self.text($0.lowerBound..<start) } ?? ""
        try apply(isMarked ? kind : " ", content, tag, indent: indent)
    }

    private mutating func apply(
        _ kind: Unicode.Scalar, _ content: String, _ tag: Range<Int>, indent: String
    ) throws(MustacheTemplate.SyntaxError) {
        switch kind {
        case "!": break
        case "=": try setDelimiters(content, tag)
        case _ where content.isEmpty: throw error(tag, "names nothing.")
        case "#", "^":
            guard sections.count < Self.depthLimit else { throw error(tag, "is nested too deeply.") }
            sections.append(Section(name: content, isInverted: kind == "^", tag: tag, outer: nodes))
            nodes = []
            note(.open(Self.path(content), isInverted: kind == "^"), tag)
        case "/":
            try closeSection(content, tag)
            note(.close, tag)
        case ">":
            nodes.append(.partial(name: content, indent: indent))
            note(.partial(content), tag)
        case "&", "{": nodes.append(try variable(content, tag, isEscaped: false))
        default: nodes.append(try variable(content, tag, isEscaped: true))
        }
    }

    /// `path | filter | filter: argument`
    private mutating func variable(
        _ content: String, _ tag: Range<Int>, isEscaped: Bool
    ) throws(MustacheTemplate.SyntaxError) -> Node {
        var words = content.split(separator: "|", omittingEmptySubsequences: false).map { String($0).trimmed }
        let path = words.removeFirst()
        guard !path.isEmpty else { throw error(tag, "names nothing.") }
        var filters: [TemplateFilter] = []
        for word in words {
            guard let filter = TemplateFilter(word) else {
                throw error(tag, "has no filter \"\(word)\": there are \(TemplateFilter.names).")
            }
            filters.append(filter)
        }
        note(.variable(Self.path(path)), tag)
        return .variable(path: Self.path(path), filters: filters, isEscaped: isEscaped)
    }

    private mutating func closeSection(_ name: String, _ tag: Range<Int>) throws(MustacheTemplate.SyntaxError) {
        guard let section = sections.popLast() else { throw error(tag, "closes a section that is not open.") }
        guard section.name == name else {
            throw error(tag, "does not close \(text(section.tag)) of line \(lineNumber(section.tag.lowerBound)).")
        }
        let inner = Node.section(path: Self.path(name), isInverted: section.isInverted, nodes: nodes)
        nodes = section.outer + [inner]
    }

    private mutating func setDelimiters(_ content: String, _ tag: Range<Int>) throws(MustacheTemplate.SyntaxError) {
        let words = content.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, !content.contains("=") else { throw error(tag, "needs two delimiters.") }
        open = Array(words[0].unicodeScalars)
        close = Array(words[1].unicodeScalars)
    }

    private static func path(_ name: String) -> [String] {
        name == "." ? [] : name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    private mutating func note(_ kind: MustacheTemplate.Tag.Kind, _ tag: Range<Int>) {
        counted.line += source[counted.place..<tag.lowerBound].count { $0 == "\n" }
        counted.place = tag.lowerBound
        tags.append(.init(kind: kind, line: counted.line))
    }

    // MARK: - Text and lines

    private func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(source[range])) }

    private mutating func add(_ range: Range<Int>) {
        var start = range.lowerBound
        while let (place, mark) = SourceMark.next(in: source[start..<range.upperBound]) {
            if start < place.lowerBound { nodes.append(.text(text(start..<place.lowerBound))) }
            switch mark {
            case .key(let key):
                nodes.append(.key(key))
                note(.key(key), place)
            case .approval(let action):
                nodes.append(.variable(path: ["approval", action], filters: [], isEscaped: true))
                note(.variable(["approval", action]), place)
            }
            start = place.upperBound
        }
        if start < range.upperBound { nodes.append(.text(text(start..<range.upperBound))) }
    }

    /// The line around a tag, if nothing but blanks shares it: from the line's start to behind its end.
    private func line(around tag: Range<Int>) -> Range<Int>? {
        var start = tag.lowerBound
        while start > 0, Self.isBlank(source[start - 1]) { start -= 1 }
        guard start == 0 || source[start - 1] == "\n" else { return nil }
        var end = tag.upperBound
        while end < source.count, Self.isBlank(source[end]) { end += 1 }
        if end == source.count { return start..<end }
        if source[end] == "\r" { end += 1 }
        return end < source.count && source[end] == "\n" ? start..<end + 1 : nil
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    private func find(_ needle: [Unicode.Scalar], from start: Int) -> Int? {
        guard start <= source.count - needle.count else { return nil }
        return (start...(source.count - needle.count)).first { index in
            source[index..<index + needle.count].elementsEqual(needle)
        }
    }

    // MARK: - Errors

    private func lineNumber(_ place: Int) -> Int { source[..<place].count { $0 == "\n" } + 1 }

    /// Shows the tag's first line, and not much of it.
    private func error(_ tag: Range<Int>, _ message: String) -> MustacheTemplate.SyntaxError {
        let shown = source[tag].prefix { $0 != "\n" && $0 != "\r" }.prefix(40)
        return SyntaxError(
            line: lineNumber(tag.lowerBound), tag: text(shown.startIndex..<shown.endIndex), message: message)
    }
}
