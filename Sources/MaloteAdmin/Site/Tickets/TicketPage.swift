// One ticket with everything that belongs to it, and what may be done with it; decides nothing.

import MaloteCore

struct TicketPage {
    private let visit: Visit
    private let words: TicketWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(TicketWords.self)
    }

    /// - Parameter rest: what is behind `/tickets/`: its key, and perhaps what is to be done with it.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard let key = rest.first, !key.isEmpty, rest.count <= 2 else { throw AdminRouter.notFound(visit.request) }
        guard rest.count == 2 else {
            try visit.requireMethod("GET")
            return page(try await visit.control.ticket(key, contract: visit.wantedContract))
        }
        try visit.requireMethod("POST")
        let contract = visit.caller.contract?.text ?? visit.form.text("contract")
        let notice = try await act(rest[1], on: key, contract)
        let query = contract.map { "?contract=\($0.inAddress)" } ?? ""
        return visit.redirect(to: "/tickets/\(key.inAddress)\(query)", notice: notice)
    }

    /// - Returns: what to tell of it.
    private func act(_ action: String, on key: String, _ contract: String?) async throws(Problem) -> String {
        let (control, form) = (visit.control, visit.form)
        let number = form.text("number").flatMap { Int64($0) }
        switch (action, number) {
        case ("close", _), ("reopen", _):
            let turn = TicketTurn(isClosed: action == "close", isQuiet: form.isOn("quiet"))
            _ = try await control.turn(ticket: key, contract: contract, turn)
            return turn.isClosed ? words.nowClosed : words.nowOpen
        case ("link", _):
            _ = try await control.link(ticket: key, contract: contract, external: form.text("external") ?? "")
            return words.linked
        case ("call-off", let number?):
            _ = try await control.cancel(plannedStep: number)
            return words.calledOff.filled(["n": "\(number)"])
        case ("withdraw", let number?):
            _ = try await control.cancel(approval: number)
            return words.withdrawn.filled(["n": "\(number)"])
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    private func page(_ report: TicketReport) -> HTTPResponse {
        let title = "\(report.key) \(report.subject.trimmed.isEmpty ? words.noSubject : report.subject)"
        let mails = MessageTable(visit).html(
            report.messages, showsContract: false, showsTicket: false, empty: words.noMessages)
        let deliveries: HTMLText =
            report.deliveries.isEmpty
            ? "" : "<h2>\(words.deliveries)</h2>\(DeliveryTable(visit).html(report.deliveries, showsLane: false))"
        let body: HTMLText = """
            <section class="card">\(facts(report))</section>
            \(visit.caller.mayChange ? actions(report) : "")
            <h2>\(words.messages)</h2>\(mails)
            \(deliveries)
            \(waiting(report))
            <h2>\(words.flows)</h2>\(flows(report.flows))
            <h2>\(words.events)</h2>\(events(report.events))
            """
        return Page(title: title, area: .tickets, body: body).response(visit)
    }

    private func facts(_ report: TicketReport) -> HTMLText {
        var facts = Facts()
        let closed: HTMLText = report.closed.map { " \(visit.moment($0))" } ?? ""
        facts.add(words.state, "\(words.pill(report.closed))\(closed)")
        facts.add(words.requester, text: report.requester?.description ?? words.unknown)
        facts.add(words.contract, "\(report.contract)")
        facts.add(words.external, text: report.external)
        return facts.html
    }

    // MARK: - What may be done

    private func path(_ report: TicketReport, _ action: String) -> String {
        "/tickets/\(report.key.inAddress)/\(action)"
    }

    private func contractField(_ report: TicketReport) -> HTMLText {
        "<input type=\"hidden\" name=\"contract\" value=\"\(report.contract)\">"
    }

    private func actions(_ report: TicketReport) -> HTMLText {
        let isOpen = report.closed == nil
        let form = Form(visit, values: ["external": report.external ?? ""])
        let hint: HTMLText = isOpen ? "<p class=\"hint\">\(words.closeHint)</p>" : ""
        return """
            <details class="card"><summary>\(words.actions)</summary><div class="row">
            <form class="field" method="post" action="\(path(report, isOpen ? "close" : "reopen"))">
            \(visit.formKeyField)\(contractField(report))\(form.box("quiet", words.quiet, hint: words.quietHint))
            <button class="\(isOpen ? "" : "second")">\(isOpen ? words.close : words.reopen)</button>\(hint)</form>
            <form class="field" method="post" action="\(path(report, "link"))">
            \(visit.formKeyField)\(contractField(report))
            \(form.input("external", words.external, hint: words.externalHint, isRequired: true))
            <button class="second">\(words.link)</button></form></div></details>
            """
    }

    // MARK: - What belongs to it

    private func waiting(_ report: TicketReport) -> HTMLText {
        let tables = WaitingTables(
            visit, path: "/tickets/\(report.key.inAddress)", fields: [("contract", report.contract)],
            showsTicket: false)
        let approvals: HTMLText =
            report.approvals.isEmpty ? "" : "<h2>\(words.approvals)</h2>\(tables.approvals(report.approvals))"
        let planned: HTMLText =
            report.planned.isEmpty ? "" : "<h2>\(words.planned)</h2>\(tables.planned(report.planned))"
        return "\(approvals)\(planned)"
    }

    private func flows(_ lines: [FlowLine]) -> HTMLText {
        let steps = visit.words(MessageWords.self)
        let rows = lines.suffix(500).map { line -> [HTMLText] in
            let decision = Decision(line.step, at: line.time, reference: line.reference, line.reason)
            return [
                visit.instant(line.time), "\(line.cause)", "\(steps.step(line.step))",
                "<span class=\"wide\" lang=\"en\">\(line.reason)</span>", visit.reference(of: decision),
            ]
        }
        return Table(
            caption: words.flows,
            columns: [
                .init(words.time), .init(words.cause), .init(words.step), .init(words.reason), .init(words.reference),
            ], rows: rows, empty: words.noFlows
        ).html
    }

    private func events(_ events: [TicketReport.Event]) -> HTMLText {
        let rows = events.suffix(500).map { event -> [HTMLText] in
            [
                visit.instant(event.time), "<code>\(event.kind)</code>",
                "<a class=\"wide\" href=\"/events/\(event.id.inAddress)\">\(event.id)</a>",
            ]
        }
        return Table(
            caption: words.events, columns: [.init(words.time), .init(words.kind), .init(words.event)], rows: rows,
            empty: words.noEvents
        ).html
    }
}
