// Asks before it changes what is selected in the queue, and says how many that is.

import MaloteCore

struct QueueActionPage {
    /// Deliveries that one action takes at most.
    private static let limit = 100_000

    private let visit: Visit
    private let action: QueueAction
    private let words: QueueWords

    init(_ visit: Visit, _ action: QueueAction) {
        self.visit = visit
        self.action = action
        words = visit.words(QueueWords.self)
    }

    /// The question by GET, the deed by POST.
    func response() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET", "POST")
        let selection = try QueueSelection(visit)
        guard visit.isPost else { return try await question(selection) }
        let count = try await visit.control.changeQueue(action, selection.query(limit: Self.limit))
        return visit.redirect(to: "/queue\(selection.address)", notice: words.changed.filled(["n": "\(count)"]))
    }

    private func question(_ selection: QueueSelection) async throws(Problem) -> HTTPResponse {
        let count = try await visit.control.queueCount(action, selection.query(limit: Self.limit))
        let isAboutContract = selection.isContractAlone && [.hold, .release].contains(action)
        let question = (words.questions[action] ?? "{n}").filled(["n": "\(count)"])
        var facts = Facts()
        for field in selection.hidden { facts.add(name(field.name), text: value(field)) }
        let button =
            count == 0 && !isAboutContract
            ? "<p>\(words.nothing)</p>"
            : visit.button(
                words.yes.filled(["action": words.action(action)]), post: "/queue/\(action.rawValue)",
                fields: selection.hidden, style: action == .cancel ? "danger" : "")
        let body: HTMLText = """
            <div class="card"><p>\(words.hints[action] ?? "")</p>\(selection.isAll ? "" : facts.html)</div>
            <div class="actions">\(button)\(visit.link(visit.frame.back, "/queue\(selection.address)"))</div>
            """
        return Page(title: question, area: .queue, body: body).response(visit)
    }

    private func name(_ field: String) -> String {
        switch field {
        case "contract": words.contract
        case "outbox": words.outbox
        case "state": words.state
        default: words.notification
        }
    }

    private func value(_ field: (name: String, value: String)) -> String {
        guard field.name == "state", let state = Delivery.State(rawValue: field.value) else { return field.value }
        return words.state(state)
    }
}
