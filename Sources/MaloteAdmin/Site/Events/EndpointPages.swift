// Receivers of events: how they stand, what they refused, and what may be done about it; delivers nothing.

import MaloteCore

struct EndpointPages {
    private static let refusedShown = 200

    private let visit: Visit
    private let words: EndpointWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(EndpointWords.self)
    }

    /// - Parameter rest: what is behind `/endpoints`: nothing, a contract, or a contract and what is to be done.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        guard let contract = rest.first else {
            try visit.requireMethod("GET")
            return try await list()
        }
        guard rest.count <= 2, !contract.isEmpty else { throw AdminRouter.notFound(visit.request) }
        switch (rest.dropFirst().first, visit.isPost) {
        case (nil, _):
            try visit.requireMethod("GET")
            return try await page(contract)
        case ("replay", false): return try await replayQuestion(contract)
        case (let action?, _):
            try visit.requireMethod("POST")
            return visit.redirect(to: path(contract), notice: try await act(action, on: contract))
        }
    }

    private func path(_ contract: String) -> String { "/endpoints/\(contract.inAddress)" }

    /// - Returns: what to tell of it.
    private func act(_ action: String, on contract: String) async throws(Problem) -> String {
        let (control, form) = (visit.control, visit.form)
        switch action {
        case "retry":
            _ = try await control.retryEndpoint(contract)
            return words.retried
        case "enable", "disable":
            _ = try await control.setEndpoint(contract, isEnabled: action == "enable")
            return action == "enable" ? words.enabled : words.disabled
        case "replay":
            let report = try await control.replay(try wish(contract) { form.text($0) }, dryRun: false)
            return words.replayed.filled(["n": "\(report.events)"])
        case "dead":
            guard let change = form.text("action").flatMap(DeadEventAction.init(rawValue:)) else {
                throw AdminRouter.notFound(visit.request)
            }
            let count = try await control.changeDeadEvents(change, contract: contract, event: form.text("event"))
            return words.changed.filled(["n": "\(count)"])
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    // MARK: - All

    private func list() async throws(Problem) -> HTTPResponse {
        let endpoints = try await visit.control.endpoints(contract: visit.caller.contract?.text)
        let rows = endpoints.map { endpoint -> [HTMLText] in
            [
                "<a href=\"\(path(endpoint.contract))\">\(endpoint.contract)</a>", words.pill(endpoint.state),
                "\(String(endpoint.waiting))", "\(String(endpoint.dead))", visit.stamp(endpoint.lastDelivered),
                why(endpoint), "<span class=\"wide\">\(endpoint.url)</span>",
            ]
        }
        let table = Table(
            caption: words.endpoints,
            columns: [
                .init(words.contract), .init(words.state), .init(words.waiting, isNumber: true),
                .init(words.dead, isNumber: true), .init(words.lastDelivered), .init(words.why), .init(words.url),
            ], rows: rows, empty: words.noEndpoints)
        return Page(title: words.endpoints, area: .events, body: table.html).response(visit)
    }

    private func why(_ endpoint: EndpointView) -> HTMLText {
        if let reason = endpoint.reason { return "<span class=\"wide\" lang=\"en\">\(reason)</span>" }
        guard let failure = endpoint.failure else { return "" }
        return "<span class=\"wide\" lang=\"en\">\(failure.detail) <span class=\"soft\">\(failure.remedy)</span></span>"
    }

    // MARK: - One

    private func page(_ contract: String) async throws(Problem) -> HTTPResponse {
        let endpoint = try await visit.control.endpoint(contract)
        let refused = try await visit.control.refusedEvents(
            contract: contract, state: nil, limit: Self.refusedShown)
        let isChangeable = visit.caller.mayChange
        let body: HTMLText = """
            <section class="card">\(facts(endpoint))</section>
            \(isChangeable ? replayForm(contract) : "")
            <h2>\(words.refusedEvents)</h2>\(table(refused, contract))
            \(isChangeable && refused.contains { $0.state == .dead } ? deadLetters(contract) : "")
            """
        let buttons = isChangeable ? buttons(endpoint) : ""
        let events = visit.link(words.events, "/events?contract=\(contract.inAddress)")
        return Page(
            title: words.endpoint.filled(["contract": contract]), area: .events, body: body,
            actions: "\(buttons)\(events)"
        ).response(visit)
    }

    private func facts(_ endpoint: EndpointView) -> HTMLText {
        var facts = Facts()
        let since: HTMLText =
            (endpoint.disabledSince ?? endpoint.failingSince).map { " \(words.since) \(visit.moment($0))" } ?? ""
        facts.add(words.state, "\(words.pill(endpoint.state))\(since)")
        if endpoint.failure != nil || endpoint.reason != nil { facts.add(words.why, why(endpoint)) }
        facts.add(words.nextTry, endpoint.nextTry.map { visit.moment($0) })
        facts.add(words.waiting, text: "\(endpoint.waiting)")
        facts.add(words.refused, text: "\(endpoint.refused)")
        facts.add(words.dead, text: "\(endpoint.dead)")
        facts.add(words.delivered, text: "\(endpoint.delivered)")
        facts.add(words.lastDelivered, endpoint.lastDelivered.map { visit.moment($0) })
        facts.add(words.lastStatus, text: endpoint.lastStatus.map { "HTTP \($0)" })
        facts.add(
            words.position, endpoint.position.map { "<a href=\"/events/\($0.rawValue.inAddress)\">\($0.rawValue)</a>" })
        facts.add(words.url, "<code>\(endpoint.url)</code>")
        if endpoint.isRotating { facts.add(words.rotating, text: visit.frame.yes) }
        return facts.html
    }

    private func buttons(_ endpoint: EndpointView) -> HTMLText {
        let path = path(endpoint.contract)
        guard endpoint.state != .disabled else {
            return visit.button(words.enable, post: "\(path)/enable", style: "")
        }
        return
            "\(visit.button(words.retry, post: "\(path)/retry"))\(visit.button(words.disable, post: "\(path)/disable"))"
    }

    // MARK: - Again

    /// - Parameter value: of a field of the form, or of the address.
    private func wish(_ contract: String, _ value: (String) -> String?) throws(Problem) -> ReplayWish {
        if let event = value("after") { return ReplayWish(contract: contract, point: .after(event: event)) }
        guard let time = value("since").flatMap(Timestamp.init(rfc3339:)) else {
            throw AdminRouter.invalid("since", "is missing or not a date.", "Write YYYY-MM-DD.")
        }
        return ReplayWish(contract: contract, point: .since(time))
    }

    private func replayForm(_ contract: String) -> HTMLText {
        let form = Form(visit)
        return """
            <details class="card"><summary>\(words.replay)</summary>
            <form class="stack" method="get" action="\(path(contract))/replay">
            \(form.input("since", words.replaySince, .date, hint: words.replayHint, isRequired: true))
            <button class="second">\(words.replay)</button></form></details>
            """
    }

    /// What would be delivered, and the button that does it.
    private func replayQuestion(_ contract: String) async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let report = try await visit.control.replay(try wish(contract) { visit.query($0) }, dryRun: true)
        let count = ["n": "\(report.events)"]
        let fields = ["after", "since"].compactMap { name in
            visit.query(name).map { (name: name, value: $0) }
        }
        let button =
            report.events == 0
            ? "<p>\(words.nothingToReplay)</p>"
            : visit.button(words.replayDo, post: "\(path(contract))/replay", fields: fields, style: "")
        let body: HTMLText = """
            <div class="card"><p>\(words.replayHint)</p></div>
            <div class="actions">\(button)\(visit.link(visit.frame.back, path(contract)))</div>
            """
        return Page(title: words.replayAsk.filled(count), area: .events, body: body).response(visit)
    }

    // MARK: - What was refused

    private func table(_ refused: [RefusedEventView], _ contract: String) -> HTMLText {
        let kinds = visit.words(EventWords.self)
        let rows = refused.map { event -> [HTMLText] in
            let kind = TicketEvent.Kind(rawValue: event.kind).map(kinds.kind) ?? event.kind
            let next: HTMLText =
                event.state == .dead ? Pill.bad(words.deadLetter) : visit.stamp(event.nextAttempt)
            return [
                "<a href=\"/events/\(event.event.rawValue.inAddress)\">\(kind): \(event.subject)</a>",
                visit.stamp(event.time), "<span class=\"wide\" lang=\"en\">\(event.failure.detail)</span>",
                "\(String(event.attempts))", next, event.state == .dead ? buttons(event, contract) : "",
            ]
        }
        return Table(
            caption: words.refusedEvents,
            columns: [
                .init(words.event), .init(words.since), .init(words.why), .init(words.attempts, isNumber: true),
                .init(words.nextAttempt), .init(words.again),
            ], rows: rows, empty: words.noRefused
        ).html
    }

    private func button(_ label: String, _ action: DeadEventAction, _ contract: String, _ event: String?) -> HTMLText {
        let fields = [("action", action.rawValue)] + (event.map { [("event", $0)] } ?? [])
        return visit.button(
            label, post: "\(path(contract))/dead", fields: fields.map { (name: $0.0, value: $0.1) },
            style: event == nil ? "second" : "quiet")
    }

    private func buttons(_ event: RefusedEventView, _ contract: String) -> HTMLText {
        guard visit.caller.mayChange else { return "" }
        let id = event.event.rawValue
        return "\(button(words.again, .retry, contract, id))\(button(words.drop, .drop, contract, id))"
    }

    private func deadLetters(_ contract: String) -> HTMLText {
        """
        <div class="actions">\(button(words.againAll, .retry, contract, nil))
        \(button(words.dropAll, .drop, contract, nil))</div>
        """
    }
}
