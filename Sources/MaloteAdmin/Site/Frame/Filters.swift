// What narrows a list, and where the list goes on; knows no list.

import MaloteCore

/// A form above a list: what is chosen becomes the address's query. It changes nothing, so it needs no form key.
struct Filters {
    private let visit: Visit

    init(_ visit: Visit) { self.visit = visit }

    /// - Parameter chosen: what is chosen where the address does not say.
    func select(
        _ name: String, _ label: String, _ options: [(value: String, label: String)], chosen: String? = nil
    ) -> HTMLText {
        let chosen = visit.query(name) ?? chosen ?? ""
        let items = ([(value: "", label: visit.frame.all)] + options).map { option -> HTMLText in
            let mark: HTMLText = option.value == chosen ? " selected" : ""
            return "<option value=\"\(option.value)\"\(mark)>\(option.label)</option>"
        }
        return """
            <div><label for="f-\(name)">\(label)</label>
            <select id="f-\(name)" name="\(name)">\(items)</select></div>
            """
    }

    func input(_ name: String, _ label: String, _ kind: Form.Kind = .search) -> HTMLText {
        """
        <div><label for="f-\(name)">\(label)</label>
        <input id="f-\(name)" name="\(name)" type="\(kind.rawValue)" value="\(visit.query(name) ?? "")" maxlength="200"></div>
        """
    }

    /// Nothing to choose where the caller has one contract.
    func contract(_ label: String, _ registry: Registry) -> HTMLText {
        guard visit.caller.contract == nil else { return "" }
        return select(
            "contract", label, registry.contracts.map { ($0.name.text, $0.title.isEmpty ? $0.name.text : $0.title) })
    }

    /// - Parameter path: of the list.
    func form(_ path: String, _ controls: [HTMLText]) -> HTMLText {
        """
        <form class="filters" method="get" action="\(path)" role="search">\(controls)
        <div><button class="second">\(visit.frame.filter)</button></div></form>
        """
    }
}

extension Visit {
    /// A value of the address's query; `nil` if it is missing or empty, as forms send what is not chosen.
    func query(_ name: String) -> String? {
        guard let text = request.query[name]?.trimmed, !text.isEmpty else { return nil }
        return text
    }

    /// - Throws: a `Problem` if it is there and no number from 1.
    func number(_ name: String) throws(Problem) -> Int64? {
        guard let text = query(name) else { return nil }
        guard let number = Int64(text), number > 0 else {
            throw AdminRouter.invalid(name, "\"\(text)\" is not a number.", "Write a whole number from 1.")
        }
        return number
    }

    /// The contract that is asked for, or the only one that the caller may see.
    var wantedContract: String? { caller.contract?.text ?? query("contract") }

    /// The same page with another value in its query.
    func address(setting name: String, to value: String) -> String {
        let query = request.query.filter { $0.key != name && !$0.value.isEmpty }.merging([name: value]) { $1 }
        let words = query.sorted { $0.key < $1.key }.map { "\($0.key.inAddress)=\($0.value.inAddress)" }
        return request.path + "?" + words.joined(separator: "&")
    }

    /// A link to where a list goes on; nothing if it was all.
    func further(_ label: String, _ name: String, _ cursor: String?) -> HTMLText {
        guard let cursor else { return "" }
        return
            "<p><a class=\"button second\" rel=\"next\" href=\"\(address(setting: name, to: cursor))\">\(label)</a></p>"
    }
}

/// Names and what they are, one under the other.
struct Facts {
    private var lines: [HTMLText] = []

    /// Left out if there is no value.
    mutating func add(_ name: String, _ value: HTMLText?) {
        if let value { lines.append("<dt>\(name)</dt><dd>\(value)</dd>") }
    }

    mutating func add(_ name: String, text: String?) {
        if let text, !text.isEmpty { add(name, "\(text)") }
    }

    var html: HTMLText { "<dl class=\"facts\">\(lines)</dl>" }
}
