// Reads the rules of an inbox or a contract; knows nothing of the contracts they name.

import MaloteCore

struct RuleDecoder {
    /// More would be looked at for every mail.
    private static let most = 200
    private static let longestText = 500

    private let fields: FieldReader
    private var errors: ErrorList { fields.errors }

    /// - Parameter owner: what has the field `rules`.
    static func rules(_ owner: FieldReader) -> [MailRule] {
        let items = owner.items("rules")
        if items.count > most { owner.fail("rules", "has more than \(most) rules.", "Join some of them.") }
        return items.prefix(most).compactMap { item in
            FieldReader(item.node, path: item.path, errors: owner.errors).flatMap { RuleDecoder(fields: $0).decode() }
        }
    }

    /// What a value of `key` must look like, in the words of rules; `nil` if the field is missing.
    static func texts(_ reader: FieldReader, _ key: String) -> [TextMatch]? {
        RuleDecoder(fields: reader).texts(reader, key)
    }

    private func decode() -> MailRule? {
        let before = errors.errors.count
        fields.finish(known: ["name", "when", "do"])
        let name = fields.line("name") ?? ""
        let (when, action) = (conditions(), action())
        guard errors.errors.count == before, let action else { return nil }
        return MailRule(name: name, when: when, action: action)
    }

    // MARK: - When

    private func conditions() -> [MailRule.Condition] {
        let remedy = "Write {from: \"*\"} for every mail."
        guard fields.node("when") != nil else {
            errors.add(fields.node, fields.path("when"), "is missing.", remedy)
            return []
        }
        guard let when = fields.section("when") else { return [] }
        let before = errors.errors.count
        when.finish(known: ["from", "to", "subject", "header", "size"])
        var found: [MailRule.Condition] = []
        if let texts = texts(when, "from") { found.append(.from(texts)) }
        if let texts = texts(when, "to") { found.append(.to(texts)) }
        if let texts = texts(when, "subject") { found.append(.subject(texts)) }
        found += each(when, "header").compactMap(header)
        found += each(when, "size").compactMap { size($0, when) }
        if found.isEmpty, errors.errors.count == before { fields.fail("when", "names no condition.", remedy) }
        return found
    }

    /// A field that holds one thing or a list of things.
    private func each(_ reader: FieldReader, _ key: String) -> [(node: DocumentNode, path: String)] {
        guard let node = reader.node(key) else { return [] }
        if case .sequence = node.value { return reader.items(key) }
        return [(node, reader.path(key))]
    }

    /// A text, `{is: TEXT}`, `{contains: TEXT}`, `{matches: TEXT}`, or a list of these.
    private func texts(_ reader: FieldReader, _ key: String) -> [TextMatch]? {
        guard reader.node(key) != nil else { return nil }
        let before = errors.errors.count
        let found = each(reader, key).flatMap { item -> [TextMatch] in
            if case .scalar(let text, _) = item.node.value {
                return [checked(TextMatch(.matches, text), item.node, item.path)]
            }
            guard let inner = FieldReader(item.node, path: item.path, errors: errors) else { return [] }
            inner.finish(known: TextMatch.Kind.allCases.map(\.rawValue))
            return matches(inner)
        }
        if found.isEmpty, errors.errors.count == before { reader.fail(key, "says no text.", "Write a text.") }
        return found
    }

    private func matches(_ reader: FieldReader) -> [TextMatch] {
        let before = errors.errors.count
        let found = TextMatch.Kind.allCases.flatMap { kind in
            each(reader, kind.rawValue).compactMap { item -> TextMatch? in
                guard case .scalar(let text, _) = item.node.value else {
                    errors.add(item.node, item.path, "must be a text.", "Write one value or a list of them.")
                    return nil
                }
                return checked(TextMatch(kind, text), item.node, item.path)
            }
        }
        if found.isEmpty, errors.errors.count == before {
            errors.add(reader.node, reader.path, "says no text.", "Write {is: ...}, {contains: ...} or {matches: ...}.")
        }
        return found
    }

    private func checked(_ match: TextMatch, _ node: DocumentNode, _ path: String) -> TextMatch {
        if match.text.isEmpty, match.kind == .contains {
            errors.add(node, path, "must not be empty: every text holds that.", "Write what to look for.")
        }
        if match.text.utf8.count > Self.longestText {
            errors.add(node, path, "is longer than \(Self.longestText) octets.", "Write a part of it.")
        }
        return match
    }

    private func header(_ item: (node: DocumentNode, path: String)) -> MailRule.Condition? {
        guard let reader = FieldReader(item.node, path: item.path, errors: errors) else { return nil }
        reader.finish(known: ["name", "anywhere"] + TextMatch.Kind.allCases.map(\.rawValue))
        let (texts, anywhere) = (matches(reader), reader.flag("anywhere") ?? false)
        guard let name = reader.required("name", "Name the header field, such as X-Spam-Flag.") else { return nil }
        guard name.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }) else {
            reader.fail("name", "\"\(name)\" is not the name of a header field.", "Write it without the colon.")
            return nil
        }
        return .header(name: name, texts, anywhere: anywhere)
    }

    private func size(_ item: (node: DocumentNode, path: String), _ reader: FieldReader) -> MailRule.Condition? {
        if case .scalar(let text, _) = item.node.value, let octets = Octets.read(String(text.dropFirst())) {
            if text.hasPrefix(">") { return .larger(octets) }
            if text.hasPrefix("<") { return .smaller(octets) }
        }
        errors.add(item.node, item.path, "is not a size to compare with.", "Write it like \">10MB\" or \"<1kB\".")
        return nil
    }

    // MARK: - Do

    private func action() -> MailRule.Action? {
        let remedy = "Write ignore, quarantine, {set: {FIELD: TEXT}} or {contract: NAME}."
        guard let node = fields.node("do") else {
            errors.add(fields.node, fields.path("do"), "is missing.", remedy)
            return nil
        }
        if case .scalar = node.value {
            return fields.choice("do", [("ignore", .ignore), ("quarantine", .quarantine)])
        }
        guard let reader = fields.section("do") else { return nil }
        reader.finish(known: ["set", "contract"])
        switch (reader.node("set"), reader.node("contract")) {
        case (let set?, nil): return Self.values(set, reader.path("set"), errors).map { .set($0) }
        case (nil, _?): return reader.name("contract", ContractName.self).map { .contract($0) }
        default:
            fields.fail("do", "must say one thing.", remedy)
            return nil
        }
    }

    /// Fields by their names.
    static func values(_ node: DocumentNode, _ path: String, _ errors: ErrorList) -> [String: String]? {
        guard case .mapping(let entries) = node.value, !entries.isEmpty else {
            errors.add(node, path, "must be a mapping of fields.", "Write it as {priority: high}.")
            return nil
        }
        var values: [String: String] = [:]
        for entry in entries {
            let place = "\(path).\(entry.key)"
            guard case .scalar(let text, _) = entry.value.value, !text.hasControlCharacter,
                text.utf8.count <= longestText
            else {
                errors.add(entry.value, place, "must be one line of text.", "Write it like priority: high.")
                continue
            }
            if !isFieldName(entry.key) {
                errors.add(entry.value, place, "is not a field's name.", "Use 1 to 63 letters, digits, '_' and '-'.")
            }
            values[entry.key] = text
        }
        return values
    }

    private static func isFieldName(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: "-")
            }
    }
}
