// Addresses that a contract does not write to, and changing them; knows nothing of bounces.

import MaloteCore

struct SuppressionPage {
    private static let shown = 1000
    private static let path = "/queue/suppressions"

    private let visit: Visit
    private let words: QueueWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(QueueWords.self)
    }

    /// - Parameter rest: nothing for the list, `add` or `remove` for a form.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard let action = rest.first else {
            try visit.requireMethod("GET")
            return try await page()
        }
        guard rest.count == 1, ["add", "remove"].contains(action) else { throw AdminRouter.notFound(visit.request) }
        try visit.requireMethod("POST")
        let contract = visit.caller.contract?.text ?? visit.form.text("contract") ?? ""
        let address = visit.form.text("address") ?? ""
        let notice: String
        if action == "add" {
            let reason = visit.form.text("reason") ?? "An operator suppressed it."
            _ = try await visit.control.suppress(contract: contract, address: address, reason: reason)
            notice = words.nowSuppressed
        } else {
            try await visit.control.unsuppress(contract: contract, address: address)
            notice = words.nowFree
        }
        return visit.redirect(to: Self.path, notice: notice.filled(["address": address]))
    }

    private func page() async throws(Problem) -> HTTPResponse {
        let registry = await visit.control.registry()
        let entries = try await visit.control.suppressions(contract: visit.wantedContract)
        let filters = Filters(visit)
        let filter: HTMLText =
            visit.caller.contract == nil
            ? filters.form(Self.path, [filters.contract(words.contract, registry)]) : ""
        let body: HTMLText = """
            <p class="soft">\(words.suppressionsHint)</p>
            \(filter)\(table(entries.prefix(Self.shown)))\(visit.caller.mayChange ? form(registry) : "")
            """
        let back = visit.link(visit.frame.queue, "/queue")
        return Page(title: words.suppressions, area: .queue, body: body, actions: back).response(visit)
    }

    private func table(_ entries: ArraySlice<SuppressionView>) -> HTMLText {
        let rows = entries.map { entry -> [HTMLText] in
            let remove =
                visit.caller.mayChange
                ? visit.button(
                    words.remove, post: "\(Self.path)/remove",
                    fields: [("contract", entry.contract), ("address", entry.address)], style: "quiet") : ""
            return [
                "<span class=\"wide\">\(entry.address)</span>", "\(entry.contract)", visit.stamp(entry.since),
                "<span class=\"wide\" lang=\"en\">\(entry.reason)</span>", remove,
            ]
        }
        return Table(
            caption: words.suppressions,
            columns: [
                .init(words.address), .init(words.contract), .init(words.suppressed), .init(words.reason),
                .init(words.remove),
            ], rows: rows, empty: words.noSuppressions
        ).html
    }

    private func form(_ registry: Registry) -> HTMLText {
        let form = Form(visit, values: ["contract": visit.query("contract") ?? ""])
        let contracts = registry.contracts.map {
            (value: $0.name.text, label: $0.title.isEmpty ? $0.name.text : $0.title)
        }
        let contract = visit.caller.contract == nil ? form.select("contract", words.contract, contracts) : ""
        return """
            <form class="stack" method="post" action="\(Self.path)/add"><fieldset><legend>\(words.add)</legend>
            \(visit.formKeyField)\(contract)
            \(form.input("address", words.address, .email, isRequired: true))
            \(form.input("reason", words.optionalReason))
            <button>\(words.add)</button></fieldset></form>
            """
    }
}
