// Approvals and planned steps in tables, wherever they are shown; changes nothing.

import MaloteCore

struct WaitingTables {
    private let visit: Visit
    private let words: TicketWords
    /// Whether each line tells its ticket, too.
    private let showsTicket: Bool
    /// Where the forms lead that withdraw and call off, and what goes along.
    private let path: String
    private let fields: [(name: String, value: String)]

    /// - Parameter path: of a page that takes `/withdraw` and `/call-off` behind it.
    init(_ visit: Visit, path: String, fields: [(name: String, value: String)] = [], showsTicket: Bool) {
        self.visit = visit
        words = visit.words(TicketWords.self)
        self.showsTicket = showsTicket
        self.path = path
        self.fields = fields
    }

    /// A button for one row, if there is anything to press.
    private func button(_ label: String, _ action: String, _ number: String) -> HTMLText {
        guard visit.caller.mayChange else { return "" }
        return visit.button(
            label, post: "\(path)/\(action)", fields: fields + [("number", number)], style: "quiet")
    }

    // MARK: - Approvals

    func approvals(_ approvals: [ApprovalView]) -> HTMLText {
        var columns: [Table.Column] = [
            .init(words.approval), .init(words.flow), .init(words.state), .init(words.quorum, isNumber: true),
            .init(words.voters), .init(words.expires), .init(words.actions),
        ]
        if showsTicket { columns.insert(.init(words.key), at: 1) }
        let rows = approvals.map { approval -> [HTMLText] in
            let state = words.approvalStates[approval.state] ?? approval.state.rawValue
            let withdraw =
                approval.state == .pending ? button(words.withdraw, "withdraw", approval.id.description) : ""
            var cells: [HTMLText] = [
                "\(approval.id.description)", "\(approval.flow)", pill(approval.state, state),
                "\(String(approval.quorum))", "<ul class=\"steps\">\(approval.voters.prefix(50).map(voter))</ul>",
                visit.stamp(approval.ended ?? approval.expires), withdraw,
            ]
            if showsTicket { cells.insert(visit.ticketLink(approval.ticket, approval.contract), at: 1) }
            return cells
        }
        return Table(caption: words.approvals, columns: columns, rows: rows, empty: words.noApprovals).html
    }

    private func pill(_ state: Approval.State, _ text: String) -> HTMLText {
        switch state {
        case .approved: Pill.good(text)
        case .rejected, .expired: Pill.bad(text)
        case .pending: Pill.warn(text)
        case .cancelled: Pill.calm(text)
        }
    }

    private func voter(_ voter: ApprovalView.Voter) -> HTMLText {
        let choice: HTMLText = voter.choice.map { ": <strong>\(words.choices[$0] ?? $0.rawValue)</strong>" } ?? ""
        let comment: HTMLText = voter.comment.map { $0.isEmpty ? "" : " <q>\($0)</q>" } ?? ""
        let time: HTMLText = voter.time.map { " \(visit.stamp($0))" } ?? ""
        return "<li>\(voter.name ?? voter.address)\(choice)\(time)\(comment)</li>"
    }

    // MARK: - Planned steps

    func planned(_ steps: [PlannedStepView]) -> HTMLText {
        var columns: [Table.Column] = [
            .init(words.due), .init(words.flow), .init(words.trigger), .init(words.waits), .init(words.actions),
        ]
        if showsTicket { columns.insert(contentsOf: [.init(words.contract), .init(words.key)], at: 1) }
        let rows = steps.map { step -> [HTMLText] in
            let waits: HTMLText = step.waits.map { "<span lang=\"en\">\($0)</span>" } ?? ""
            var cells: [HTMLText] = [
                visit.stamp(step.due), "\(step.flow), \(String(step.step))", "\(step.trigger)", waits,
                button(words.callOff, "call-off", step.id.description),
            ]
            if showsTicket {
                cells.insert(contentsOf: ["\(step.contract)", visit.ticketLink(step.ticket, step.contract)], at: 1)
            }
            return cells
        }
        return Table(caption: words.planned, columns: columns, rows: rows, empty: words.noPlanned).html
    }
}
