// The event logs, latest first, and one event as receivers get it; changes nothing.

import Foundation
import MaloteCore

struct EventPages {
    private static let limit = 50

    private let visit: Visit
    private let words: EventWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(EventWords.self)
    }

    /// - Parameter rest: what is behind `/events`: nothing, or an event's id.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        guard let id = rest.first else { return try await list() }
        guard rest.count == 1, !id.isEmpty else { throw AdminRouter.notFound(visit.request) }
        return try await page(id)
    }

    private func list() async throws(Problem) -> HTTPResponse {
        let query = EventLogQuery(
            contract: visit.wantedContract, kind: visit.query("kind"), before: visit.query("before"),
            limit: Self.limit)
        let registry = await visit.control.registry()
        let events = try await visit.control.eventLog(query)
        let last = events.count == Self.limit ? events.last?.id.rawValue : nil
        let filters = Filters(visit)
        let body: HTMLText = """
            \(filters.form(
                "/events",
                [
                    filters.contract(words.contract, registry),
                    filters.select("kind", words.kind, TicketEvent.Kind.allCases.map { ($0.rawValue, words.kind($0)) }),
                ]))
            \(table(events, registry))
            \(visit.further(visit.frame.more, "before", last))
            """
        let endpoints = visit.link(visit.words(EndpointWords.self).endpoints, "/endpoints")
        return Page(title: visit.frame.events, area: .events, body: body, actions: endpoints).response(visit)
    }

    private func table(_ events: [TicketEvent], _ registry: Registry) -> HTMLText {
        let showsContract = visit.caller.contract == nil
        var columns: [Table.Column] = [.init(words.time), .init(words.kind), .init(words.subject), .init(words.event)]
        if showsContract { columns.insert(.init(words.contract), at: 1) }
        let rows = events.map { event -> [HTMLText] in
            let contract = name(of: event, registry)
            var cells: [HTMLText] = [
                visit.stamp(event.time), words.pill(event.kind), subject(event, contract),
                "<a class=\"wide\" href=\"/events/\(event.id.rawValue.inAddress)\"><code>\(event.id.rawValue)</code></a>",
            ]
            if showsContract { cells.insert("\(contract)", at: 1) }
            return cells
        }
        return Table(caption: visit.frame.events, columns: columns, rows: rows, empty: words.noEvents).html
    }

    private func name(of event: TicketEvent, _ registry: Registry) -> String {
        registry.contract(event.contract)?.name.text ?? event.contract.description
    }

    private func subject(_ event: TicketEvent, _ contract: String) -> HTMLText {
        switch event.kind {
        case .ticketOpened, .ticketReplied, .ticketApproved, .ticketRejected:
            visit.ticketLink(event.subject, contract)
        case .mailboxFailing, .mailboxRecovered, .mailboxExpiring:
            "<a class=\"wide\" href=\"/mailboxes/\(event.subject.inAddress)\">\(event.subject)</a>"
        default: "<span class=\"wide\">\(event.subject)</span>"
        }
    }

    // MARK: - One

    private func page(_ id: String) async throws(Problem) -> HTTPResponse {
        let event = try await visit.control.event(id, contract: visit.caller.contract?.text)
        let contract = name(of: event, await visit.control.registry())
        var facts = Facts()
        facts.add(words.kind, "\(words.pill(event.kind)) <code>\(event.kind.cloudEventType)</code>")
        facts.add(words.subject, subject(event, contract))
        facts.add(words.contract, text: contract)
        facts.add(words.time, visit.moment(event.time))
        facts.add(words.event, "<code>\(event.id.rawValue)</code>")
        let body: HTMLText = """
            <section class="card">\(facts.html)</section>
            <h2>\(words.json)</h2><div class="card"><pre>\(Self.pretty(event.json))</pre></div>
            """
        let log = visit.link(words.showLog, "/events?contract=\(contract.inAddress)")
        return Page(title: "\(words.kind(event.kind)): \(event.subject)", area: .events, body: body, actions: log)
            .response(visit)
    }

    /// The same JSON over several lines, as far as a page shows it.
    private static func pretty(_ json: String) -> String {
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let value = try? JSONSerialization.jsonObject(with: Data(json.utf8)),
            let data = try? JSONSerialization.data(withJSONObject: value, options: options)
        else { return String(json.prefix(200_000)) }
        return String(String(decoding: data, as: UTF8.self).prefix(200_000))
    }
}
