// The queue: its lanes, and the deliveries that a filter selects; changes nothing itself.

import MaloteCore

struct QueuePage {
    private static let limit = 50
    private static let lanesShown = 500
    /// What is looked for unless somebody asks for something else: all that is not done with.
    private static let open: [Delivery.State] = [.queued, .sending, .failed, .unknown, .held]

    private let visit: Visit
    private let words: QueueWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(QueueWords.self)
    }

    /// - Parameter rest: what is behind `/queue`.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        switch (rest.count, rest.first) {
        case (0, _):
            try visit.requireMethod("GET")
            return try await visit.query("notification") == nil ? page() : notification()
        case (2, let number?) where rest[1] == "raw" && Int64(number) != nil:
            try visit.requireMethod("GET")
            return try await raw(Int64(number) ?? 0)
        case (_, "suppressions"): return try await SuppressionPage(visit).response(Array(rest.dropFirst()))
        case (1, let name?):
            guard let action = QueueAction(rawValue: name) else { throw AdminRouter.notFound(visit.request) }
            return try await QueueActionPage(visit, action).response()
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    private func raw(_ number: Int64) async throws(Problem) -> HTTPResponse {
        let content = try await visit.control.content(notification: number)
        return FileAnswer.response(
            MessageFile(name: "notification-\(number).eml", type: "message/rfc822", content: content))
    }

    // MARK: - Lanes and deliveries

    private func page() async throws(Problem) -> HTTPResponse {
        let status = try await visit.control.status()
        let registry = await visit.control.registry()
        let selection = try QueueSelection(visit)
        var query = selection.query(limit: Self.limit)
        if query.states.isEmpty { query.states = Self.open.map(\.rawValue) }
        query.after = try visit.number("after")
        let deliveries = try await visit.control.queue(query)
        let last = deliveries.count == Self.limit ? deliveries.last?.id.description : nil
        let filters = Filters(visit)
        let outboxes = registry.mailboxes.filter { $0.inbox == nil }.map(\.name.text)
        let body: HTMLText = """
            <h2>\(words.lanes)</h2>\(lanes(status.lanes))
            <h2 id="deliveries">\(words.deliveries)</h2>
            \(filters.form(
                "/queue",
                [
                    filters.contract(words.contract, registry),
                    filters.select("outbox", words.outbox, outboxes.map { ($0, $0) }),
                    filters.select("state", words.state, Delivery.State.allCases.map { ($0.rawValue, words.state($0)) }),
                ]))
            \(DeliveryTable(visit).html(deliveries, showsLane: true))
            \(visit.further(words.next, "after", last))
            \(deliveries.isEmpty && selection.isAll ? "" : actions(selection))
            """
        let addresses = visit.link(words.suppressions, "/queue/suppressions")
        return Page(title: visit.frame.queue, area: .queue, body: body, actions: addresses).response(visit)
    }

    private func lanes(_ lanes: [StatusReport.LaneLine]) -> HTMLText {
        let own = lanes.filter { visit.caller.contract.map(\.text) ?? $0.contract == $0.contract }
        let counted: [(Delivery.State, (StatusReport.LaneLine) -> Int)] = [
            (.queued, \.queued), (.sending, \.sending), (.held, \.held), (.failed, \.failed), (.unknown, \.unknown),
            (.sent, \.sent),
        ]
        let rows = own.prefix(Self.lanesShown).map { lane -> [HTMLText] in
            let address = "/queue?contract=\(lane.contract.inAddress)&outbox=\(lane.outbox.inAddress)"
            let held: HTMLText = lane.heldSince.map { " \(Pill.warn(words.onHold)) \(visit.stamp($0))" } ?? ""
            let counts = counted.map { state, count -> HTMLText in
                let number = count(lane)
                guard number > 0 else { return "0" }
                let text: HTMLText =
                    "<a href=\"\(address)&amp;state=\(state.rawValue)#deliveries\">\(String(number))</a>"
                return [.failed, .unknown].contains(state) ? "<strong class=\"worry\">\(text)</strong>" : text
            }
            return [
                "<a href=\"\(address)#deliveries\">\(words.of.filled(["contract": lane.contract, "outbox": lane.outbox]))</a>\(held)"
            ]
                + counts + [visit.stamp(lane.oldestQueued), visit.stamp(lane.nextAttempt)]
        }
        return Table(
            caption: words.lanes,
            columns: [.init(words.lane)] + counted.map { .init(words.state($0.0), isNumber: true) }
                + [.init(words.oldest), .init(words.nextAttempt)], rows: rows, empty: words.noLanes
        ).html
    }

    /// Links to the questions that come before anything is changed.
    private func actions(_ selection: QueueSelection) -> HTMLText {
        guard visit.caller.mayChange else { return "" }
        let links = QueueAction.allCases.map { action -> HTMLText in
            var label = words.action(action)
            if selection.isContractAlone, action == .hold { label = words.holdContract }
            if selection.isContractAlone, action == .release { label = words.releaseContract }
            return visit.link(label, "/queue/\(action.rawValue)\(selection.address)")
        }
        return """
            <section class="card" aria-labelledby="todo"><h2 id="todo">\(words.whatToDo)</h2>
            <div class="actions">\(links)</div></section>
            """
    }

    // MARK: - One notification

    private func notification() async throws(Problem) -> HTTPResponse {
        let selection = try QueueSelection(visit)
        let deliveries = try await visit.control.queue(selection.query(limit: 1000))
        guard let first = deliveries.first else { throw AdminRouter.notFound(visit.request) }
        var facts = Facts()
        facts.add(words.contract, text: first.contract)
        facts.add(words.outbox, text: first.outbox)
        let trace = first.outboxTrace.map { line -> HTMLText in "<li>\(line)</li>" }
        facts.add(words.trace, trace.isEmpty ? nil : "<ul class=\"steps\" lang=\"en\">\(trace)</ul>")
        facts.add(words.messageID, text: first.messageID)
        facts.add(words.created, visit.moment(first.created))
        let doubt: HTMLText =
            deliveries.contains { $0.state == .unknown } ? "<p class=\"remark\">\(words.unknownHint)</p>" : ""
        let body: HTMLText = """
            <section class="card">\(facts.html)</section>\(doubt)
            <h2>\(words.deliveries)</h2>\(DeliveryTable(visit).html(deliveries, showsLane: false))
            \(actions(selection))
            """
        let title = first.subject.trimmed.isEmpty ? "\(words.notification) \(first.notification)" : first.subject
        let raw = visit.link(words.original, "/queue/\(first.notification)/raw")
        return Page(title: title, area: .queue, body: body, actions: raw).response(visit)
    }
}

/// What a query or a form selects in the queue.
struct QueueSelection {
    private var fields: [(name: String, value: String)]
    private let notification: Int64?

    /// From the address, or from the form that was sent.
    init(_ visit: Visit) throws(Problem) {
        func value(_ name: String) -> String? { visit.isPost ? visit.form.text(name) : visit.query(name) }
        let contract = visit.caller.contract?.text ?? value("contract")
        let given = [("contract", contract), ("outbox", value("outbox")), ("state", value("state"))]
        fields = given.compactMap { name, value in value.map { (name, $0) } }
        let number = value("notification")
        notification = number.flatMap { Int64($0) }
        guard number == nil || notification != nil else {
            throw AdminRouter.invalid("notification", "\"\(number ?? "")\" is not a number.", "Write a whole number.")
        }
        if let notification { fields.append(("notification", "\(notification)")) }
    }

    private subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    var isAll: Bool { fields.isEmpty }
    /// Then holding and releasing are about the contract itself.
    var isContractAlone: Bool { fields.map(\.name) == ["contract"] }
    /// As hidden fields of a form.
    var hidden: [(name: String, value: String)] { fields }
    /// As the query of an address.
    var address: String {
        fields.isEmpty ? "" : "?" + fields.map { "\($0.name)=\($0.value.inAddress)" }.joined(separator: "&")
    }

    func query(limit: Int) -> QueueQuery {
        QueueQuery(
            contract: self["contract"], outbox: self["outbox"], notification: notification,
            states: self["state"].map { [$0] } ?? [], limit: limit)
    }
}
