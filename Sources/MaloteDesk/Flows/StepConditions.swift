// Whether the conditions of a step hold for what flows see; pure.

import MaloteCore

extension EmailStep {
    var isConditional: Bool { !when.isEmpty || !unless.isEmpty }

    /// Why it is not carried out, in words; `nil` if nothing stands against it.
    func obstacle(in context: TemplateValue) -> String? {
        for condition in when where !condition.holds(in: context) {
            return "Its condition does not hold: \(condition.key) is \(condition.found(in: context)), "
                + "and \(condition.words) is asked for."
        }
        guard !unless.isEmpty, unless.allSatisfy({ $0.holds(in: context) }) else { return nil }
        return "It is not for this case: "
            + unless.map { "\($0.key) is \($0.found(in: context))" }.joined(separator: ", ")
            + "."
    }
}

extension StepCondition {
    private static let shown = 100

    fileprivate func holds(in context: TemplateValue) -> Bool {
        values(in: context).contains { value in texts.contains { $0.fits(value) } }
    }

    /// What stands there: of a list each item, of what nobody gave the empty text.
    private func values(in context: TemplateValue) -> [String] {
        var value: TemplateValue? = context
        for name in key.split(separator: ".") { value = value?.member(String(name)) }
        switch value {
        case .list(let items)?: return items.map(\.printed)
        case let value?: return [value.printed]
        case nil: return [""]
        }
    }

    fileprivate func found(in context: TemplateValue) -> String {
        let text = values(in: context).joined(separator: ", ").onOneLine
        return text.isEmpty ? "empty" : "\"\(text.count > Self.shown ? text.prefix(Self.shown) + "..." : text[...])\""
    }

    fileprivate var words: String { texts.map { "\($0.kind.rawValue) \($0.text)" }.joined(separator: " or ") }
}
