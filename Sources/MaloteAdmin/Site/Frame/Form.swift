// Forms: fields with labels, hints and what is wrong with them; knows no form's meaning.

import MaloteCore

/// Writes the fields of one form, filled with what was typed or what there is, each with its fault beside it.
struct Form {
    /// What is in the fields.
    var values: [String: String]
    /// Several of one name: lists, boxes.
    var lists: [String: [String]]
    private let errors: [DocumentError]
    private let words: FrameWords

    /// - Parameter errors: their `field` is the name of a field here, perhaps with an index or a part behind it.
    init(_ visit: Visit, values: [String: String] = [:], lists: [String: [String]] = [:], errors: [DocumentError] = [])
    {
        self.values = values
        self.lists = lists
        self.errors = errors
        words = visit.frame
    }

    /// What is wrong, above the form, with a link to each field.
    func summary(anchors: Set<String>) -> HTMLText {
        guard !errors.isEmpty else { return "" }
        let lines = errors.map { error -> HTMLText in
            let name = Self.name(error.field)
            let text: HTMLText = "<span lang=\"en\">\(Self.sentence(error))</span>"
            return anchors.contains(name)
                ? "<li><a href=\"#\(name)\">\(name)</a>: \(text)</li>"
                : "<li>\(error.field)\(error.field.isEmpty ? "" : ": ")\(text)</li>"
        }
        return """
            <div class="alert" role="alert"><p><strong>\(words.errorsHeading)</strong></p><ul>\(lines)</ul></div>
            """
    }

    /// `tls.ca` and `senders[0]` belong to the field in front.
    private static func name(_ field: String) -> String { String(field.prefix { $0 != "." && $0 != "[" }) }

    private static func sentence(_ error: DocumentError) -> String {
        error.remedy.isEmpty ? error.message : "\(error.message) \(error.remedy)"
    }

    private func fault(_ name: String) -> (text: HTMLText, marks: HTMLText) {
        let found = errors.filter { Self.name($0.field) == name }
        guard !found.isEmpty else { return ("", "") }
        let text = found.map(Self.sentence).joined(separator: " ")
        return (
            "<p class=\"fault\" id=\"\(name)-fault\" lang=\"en\">\(text)</p>", " aria-invalid=\"true\""
        )
    }

    /// What is wrong with a field whose control is written elsewhere.
    func faults(_ name: String) -> HTMLText { fault(name).text }

    /// Label, control, hint and fault, tied together for those who hear them.
    private func field(_ name: String, _ label: String, hint: String?, control: (HTMLText) -> HTMLText) -> HTMLText {
        let fault = fault(name)
        let described = [hint == nil ? nil : "\(name)-hint", fault.text.markup.isEmpty ? nil : "\(name)-fault"]
            .compactMap { $0 }
        let marks: HTMLText =
            described.isEmpty
            ? fault.marks : "\(fault.marks) aria-describedby=\"\(described.joined(separator: " "))\""
        let under: HTMLText = hint.map { "<p class=\"hint\" id=\"\(name)-hint\">\($0)</p>" } ?? ""
        return """
            <div class="field"><label for="\(name)">\(label)</label>\(control(marks))\(under)\(fault.text)</div>
            """
    }

    // MARK: - Controls

    enum Kind: String { case text, password, email, number, url, date, search }

    func input(
        _ name: String, _ label: String, _ kind: Kind = .text, hint: String? = nil, isRequired: Bool = false,
        placeholder: String = "", proposals: [String] = []
    ) -> HTMLText {
        field(name, label, hint: hint) { marks in
            let required: HTMLText = isRequired ? " required" : ""
            let example: HTMLText = placeholder.isEmpty ? "" : " placeholder=\"\(placeholder)\""
            // A password is never sent back to the browser, and the browser keeps it nowhere.
            let value: HTMLText =
                kind == .password ? " autocomplete=\"new-password\"" : " value=\"\(values[name] ?? "")\""
            let options = proposals.map { text -> HTMLText in "<option value=\"\(text)\">" }
            let (list, listed): (HTMLText, HTMLText) =
                proposals.isEmpty
                ? ("", "") : ("<datalist id=\"\(name)-list\">\(options)</datalist>", " list=\"\(name)-list\"")
            return """
                <input id="\(name)" name="\(name)" type="\(kind.rawValue)"\(value)\(required)\(example)\(listed)\(marks)>\(list)
                """
        }
    }

    func area(
        _ name: String, _ label: String, hint: String? = nil, rows: Int = 4, isCode: Bool = false
    ) -> HTMLText {
        field(name, label, hint: hint) { marks in
            let style: HTMLText = isCode ? " class=\"code\" spellcheck=\"false\"" : ""
            // The line break behind the tag belongs to the tag.
            return """
                <textarea id="\(name)" name="\(name)" rows="\(String(rows))"\(style)\(marks)>
                \(values[name] ?? "")</textarea>
                """
        }
    }

    func select(
        _ name: String, _ label: String, _ options: [(value: String, label: String)], hint: String? = nil
    ) -> HTMLText {
        field(name, label, hint: hint) { marks in
            let items = options.map { option -> HTMLText in
                let chosen: HTMLText = option.value == values[name] ?? "" ? " selected" : ""
                return "<option value=\"\(option.value)\"\(chosen)>\(option.label)</option>"
            }
            return "<select id=\"\(name)\" name=\"\(name)\"\(marks)>\(items)</select>"
        }
    }

    func box(_ name: String, _ label: String, value: String = "on", hint: String? = nil) -> HTMLText {
        let isOn = values[name] != nil || (lists[name] ?? []).contains(value)
        let id = value == "on" ? name : "\(name)-\(value.inAddress)"
        let ticked: HTMLText = isOn ? " checked" : ""
        let under: HTMLText = hint.map { "<span class=\"hint\">\($0)</span>" } ?? ""
        return """
            <div class="choice"><input type="checkbox" id="\(id)" name="\(name)" value="\(value)"\(ticked)>
            <label for="\(id)">\(label)</label> \(under)</div>\(fault(name).text)
            """
    }

    func radios(_ name: String, _ legend: String, _ options: [(value: String, label: String)]) -> HTMLText {
        let items = options.map { option -> HTMLText in
            let chosen: HTMLText = option.value == values[name] ?? "" ? " checked" : ""
            let id = "\(name)-\(option.value)"
            return """
                <div class="choice"><input type="radio" id="\(id)" name="\(name)" value="\(option.value)"\(chosen)>
                <label for="\(id)">\(option.label)</label></div>
                """
        }
        return "<fieldset id=\"\(name)\"><legend>\(legend)</legend>\(items)\(fault(name).text)</fieldset>"
    }
}

extension Visit {
    /// A button that posts to a path, with what belongs to it.
    func button(
        _ label: String, post path: String, fields: [(name: String, value: String)] = [], style: String = "second"
    ) -> HTMLText {
        let hidden = fields.map { field -> HTMLText in
            "<input type=\"hidden\" name=\"\(field.name)\" value=\"\(field.value)\">"
        }
        return """
            <form method="post" action="\(path)">\(formKeyField)\(hidden)<button class="\(style)">\(label)</button></form>
            """
    }

    func link(_ label: String, _ path: String, style: String = "button second") -> HTMLText {
        "<a class=\"\(style)\" href=\"\(path)\">\(label)</a>"
    }
}
