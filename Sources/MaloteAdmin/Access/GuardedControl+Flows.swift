// Guards of flows, approvals and templates: a contract's own are its own.

import MaloteCore

extension GuardedControl {
    package func trigger(_ request: TriggerRequest) async throws(Problem) -> TriggerReceipt {
        try mind(request.contract)
        let subject = request.flow.map { "flow \($0)" } ?? request.on ?? ""
        return try await change("flow.trigger", subject, contract: request.contract) { () throws(Problem) in
            try await inner.trigger(request)
        }
    }

    package func triggers(
        contract: String?, ticket: String?, page: PageWish
    ) async throws(Problem) -> [TriggerReceipt] {
        try await inner.triggers(contract: try narrowed(contract), ticket: ticket, page: page)
    }

    package func plannedSteps(
        contract: String?, flow: String?, ticket: String?, page: PageWish
    ) async throws(Problem) -> [PlannedStepView] {
        try await inner.plannedSteps(contract: try narrowed(contract), flow: flow, ticket: ticket, page: page)
    }

    package func cancel(plannedStep number: Int64) async throws(Problem) -> PlannedStepView {
        if let own = caller.contract?.text {
            // By its cursor it can be found alone only if its time were known: so all of the contract's are looked at.
            var page = PageWish()
            var isOwn = false
            while !isOwn {
                let steps = try await inner.plannedSteps(contract: own, flow: nil, ticket: nil, page: page)
                isOwn = steps.contains { $0.id.rawValue == number }
                guard !isOwn, steps.count == page.limit, let last = steps.last else { break }
                page.after = last.cursor
            }
            guard isOwn else {
                throw Problem(status: 404, title: "Not found", detail: "No step is planned under \(number).")
            }
        }
        return try await change("planned-step.cancel", "planned step \(number)") { () throws(Problem) in
            try await inner.cancel(plannedStep: number)
        }
    }

    // MARK: - Approvals

    package func approvals(
        contract: String?, ticket: String?, state: String?, page: PageWish
    ) async throws(Problem) -> [ApprovalView] {
        try await inner.approvals(contract: try narrowed(contract), ticket: ticket, state: state, page: page)
    }

    package func approval(_ number: Int64) async throws(Problem) -> ApprovalView {
        let found = try await inner.approval(number)
        guard caller.contract == nil || found.contract == caller.contract?.text else {
            throw Problem(status: 404, title: "Not found", detail: "There is no approval \(number).")
        }
        return found
    }

    package func cancel(approval number: Int64) async throws(Problem) -> ApprovalView {
        if caller.contract != nil { _ = try await approval(number) }
        return try await change("approval.cancel", "approval \(number)") { () throws(Problem) in
            try await inner.cancel(approval: number)
        }
    }

    package func vote(_ request: OperatorVote) async throws(Problem) -> ApprovalView {
        if caller.contract != nil { _ = try await approval(request.approval) }
        let subject = "approval \(request.approval) for \(request.voter): \(request.choice.rawValue)"
        return try await change("approval.vote", subject) { () throws(Problem) in try await inner.vote(request) }
    }

    /// Whoever has a link may see what it shows, and vote: the link is what opens it.
    package func look(at link: String) async throws(Problem) -> ApprovalVisit { try await inner.look(at: link) }

    package func answer(
        _ link: String, _ choice: Approval.Choice?, comment: String
    ) async throws(Problem) -> ApprovalVisit {
        let visit = try await inner.answer(link, choice, comment: comment)
        // Only a vote that was taken is told: whoever has no link must not be able to fill the log.
        if case .taken(let choice) = visit.outcome, let question = visit.question {
            let subject = "ticket \(question.ticket) by \(question.voter): \(choice.rawValue)"
            await inner.record(Deed(caller, "approval.vote", subject: subject), refusal: nil)
        }
        return visit
    }

    // MARK: - Templates

    package func preview(_ wish: PreviewWish) async throws(Problem) -> TemplatePreview {
        try await inner.preview(try await narrowed(wish))
    }

    package func sendPreview(
        _ wish: PreviewWish, to: [String], outbox: String?
    ) async throws(Problem) -> SendReceipt {
        let wish = try await narrowed(wish)
        try await mind(outbox: outbox)
        return try await change("template.test", "template \(wish.template)", contract: wish.contract) {
            () throws(Problem) in try await inner.sendPreview(wish, to: to, outbox: outbox)
        }
    }

    private func narrowed(_ wish: PreviewWish) async throws(Problem) -> PreviewWish {
        var wish = wish
        wish.contract = try narrowed(wish.contract)
        try await mind(template: wish.template)
        return wish
    }

    /// A template's name may stand with a language.
    private func mind(template: String) async throws(Problem) {
        guard caller.contract != nil else { return }
        let name = String(template.prefix { $0 != " " })
        guard await visible().templates.contains(where: { $0.name.text == name }) else {
            throw Problem(status: 404, title: "Not found", detail: "There is no template \"\(name.onOneLine)\".")
        }
    }

    package func templateVersions(_ name: String, language: String?) async throws(Problem) -> [TemplateVersionView] {
        try await mind(template: name)
        return try await inner.templateVersions(name, language: language)
    }

    package func templateVersion(
        _ name: String, language: String?, number: Int
    ) async throws(Problem) -> TemplateVersionView {
        try await mind(template: name)
        return try await inner.templateVersion(name, language: language, number: number)
    }
}
