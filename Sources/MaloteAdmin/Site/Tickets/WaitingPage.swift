// What waits for somebody's approval or for its time, of all tickets; decides nothing.

import MaloteCore

struct WaitingPage {
    private static let path = "/waiting"
    private static let shown = 500

    private let visit: Visit
    private let words: TicketWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(TicketWords.self)
    }

    /// - Parameter rest: nothing for the lists, `withdraw` or `call-off` for a form.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard let action = rest.first else {
            try visit.requireMethod("GET")
            return try await page()
        }
        guard rest.count == 1 else { throw AdminRouter.notFound(visit.request) }
        try visit.requireMethod("POST")
        let number = visit.form.text("number").flatMap { Int64($0) } ?? 0
        let notice: String
        switch action {
        case "withdraw":
            _ = try await visit.control.cancel(approval: number)
            notice = words.withdrawn
        case "call-off":
            _ = try await visit.control.cancel(plannedStep: number)
            notice = words.calledOff
        default: throw AdminRouter.notFound(visit.request)
        }
        return visit.redirect(to: Self.path, notice: notice.filled(["n": "\(number)"]))
    }

    private func page() async throws(Problem) -> HTTPResponse {
        let (control, contract) = (visit.control, visit.wantedContract)
        let registry = await control.registry()
        let state = visit.query("state") ?? (visit.request.query["state"] == nil ? "pending" : nil)
        let approvals = try await control.approvals(contract: contract, ticket: nil, state: state)
        let steps = try await control.plannedSteps(contract: contract, flow: visit.query("flow"), ticket: nil)
        let filters = Filters(visit)
        let states = [Approval.State.pending, .approved, .rejected, .expired, .cancelled]
        let tables = WaitingTables(visit, path: Self.path, showsTicket: true)
        let body: HTMLText = """
            \(filters.form(
                Self.path,
                [
                    filters.contract(words.contract, registry),
                    filters.select(
                        "state", words.approvals, states.map { ($0.rawValue, words.approvalStates[$0] ?? $0.rawValue) },
                        chosen: state),
                    filters.input("flow", words.flow, .text),
                ]))
            <h2>\(words.approvals)</h2>\(tables.approvals(Array(approvals.prefix(Self.shown))))
            <h2>\(words.planned)</h2>\(tables.planned(Array(steps.prefix(Self.shown))))
            """
        return Page(title: words.waiting, area: .tickets, body: body).response(visit)
    }
}
