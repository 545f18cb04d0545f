// What a template's source gets wrong: its syntax, and keys that would always print nothing; knows no value.

import MaloteCore

/// Reads a template's tags as its rendering would, with shapes in the values' place.
///
/// A key of ours that there is not can only be a slip: an error. A `${KEY}` that no page names may be given by a trigger or
/// a rule: a warning.
struct TemplateCheck {
    struct Finding: Hashable {
        var line: Int
        var message: String
        var remedy: String
        var isError: Bool
    }

    private var scopes: [TemplateKeys.Shape] = [TemplateKeys.shape]
    private var findings: [Finding] = []
    private var seen: Set<String> = []

    /// Each slip once, where it comes first.
    static func findings(_ template: MustacheTemplate) -> [Finding] {
        var check = TemplateCheck()
        for tag in template.tags { check.read(tag) }
        return check.findings
    }

    /// A field of a document that is a template: what is wrong with it goes to the reader's list.
    static func read(_ fields: FieldReader, _ key: String) {
        guard let source = fields.text(key) else { return }
        do throws(MustacheTemplate.SyntaxError) {
            for finding in findings(try MustacheTemplate(source)) {
                let tell = finding.isError ? fields.fail : fields.warn
                tell(key, finding.message, finding.remedy)
            }
        } catch {
            fields.fail(key, error.description, "Every {{#name}} needs its {{/name}}, every {{ its }}.")
        }
    }

    private mutating func read(_ tag: MustacheTemplate.Tag) {
        switch tag.kind {
        case .variable(let path):
            switch shape(of: path) {
            case nil: unknown(path, tag)
            case .object(let members): severalValues(path, members, tag)
            case .value, .open: break
            }
        case .open(let path, let isInverted):
            let shape = shape(of: path)
            if shape == nil { unknown(path, tag) }
            // Inside an inverted section nothing has been opened; inside an unknown one nothing more is to be said.
            scopes.append(isInverted ? .value : shape ?? .open)
        case .close: if scopes.count > 1 { scopes.removeLast() }
        case .partial(let name):
            note(tag, "{{> \(name)}}", "includes another template, which there is not.", "Write its text here.")
        case .key(let key):
            guard !KeyAlias.isKnown(key) else { return }
            let near = Spelling.nearest(to: key, among: KeyAlias.known).map { "Did you mean ${\($0)}?" }
            note(
                tag, "${\(key)}", "is no known key: it prints only what a trigger or a rule gives by that name.",
                near ?? "Give it as data.\(key) or fields.\(key), or correct it.", isError: false)
        }
    }

    /// As values are looked up: the first name from the innermost scope outwards, the rest only inside what was found.
    private func shape(of path: [String]) -> TemplateKeys.Shape? {
        guard let first = path.first else { return .open }
        guard var shape = scopes.reversed().lazy.compactMap({ $0.member(first) }).first else { return nil }
        for name in path.dropFirst() {
            guard let next = shape.member(name) else { return nil }
            shape = next
        }
        return shape
    }

    private mutating func unknown(_ path: [String], _ tag: MustacheTemplate.Tag) {
        let key = path.joined(separator: ".")
        let near =
            Spelling.nearest(to: key, among: TemplateKeys.known)
            ?? TemplateKeys.known.first { $0.hasSuffix(".\(Self.nearestEnd(key))") }
        note(tag, Self.written(path, tag), "is not a known key.", near.map { "Did you mean \($0)?" } ?? others(path))
    }

    /// What somebody forgot to say where it is: `subjet` is the end of `ticket.subject`.
    private static func nearestEnd(_ key: String) -> String {
        let ends = TemplateKeys.known.compactMap { $0.split(separator: ".").last.map(String.init) }
        return Spelling.nearest(to: key, among: ends) ?? key
    }

    private func others(_ path: [String]) -> String {
        let family = TemplateKeys.known.filter { $0.hasPrefix("\(path[0]).") }
        return family.isEmpty
            ? "What a trigger gave is data.NAME, what a rule set is fields.NAME."
            : "There are \(family.joined(separator: ", "))."
    }

    private mutating func severalValues(
        _ path: [String], _ members: [String: TemplateKeys.Shape], _ tag: MustacheTemplate.Tag
    ) {
        let names = members.keys.sorted().map { (path + [$0]).joined(separator: ".") }
        note(tag, Self.written(path, tag), "prints nothing.", "Name what is in it: \(names.joined(separator: ", ")).")
    }

    private static func written(_ path: [String], _ tag: MustacheTemplate.Tag) -> String {
        let key = path.joined(separator: ".")
        return if case .open(_, let isInverted) = tag.kind { "{{\(isInverted ? "^" : "#")\(key)}}" } else {
            "{{\(key)}}"
        }
    }

    private mutating func note(
        _ tag: MustacheTemplate.Tag, _ written: String, _ message: String, _ remedy: String, isError: Bool = true
    ) {
        guard seen.insert(written).inserted else { return }
        findings.append(
            Finding(
                line: tag.line, message: "in line \(tag.line), \(written) \(message)", remedy: remedy, isError: isError)
        )
    }
}
