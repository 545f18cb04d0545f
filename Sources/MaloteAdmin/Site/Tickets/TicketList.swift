// Tickets, latest first; changes nothing.

import MaloteCore

struct TicketList {
    private static let limit = 50

    private let visit: Visit
    private let words: TicketWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(TicketWords.self)
    }

    func response() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let state = visit.query("state")
        let query = TicketQuery(
            contract: visit.wantedContract, isClosed: state.map { $0 == "closed" }, search: visit.query("search"),
            before: try visit.number("before"), limit: Self.limit)
        let registry = await visit.control.registry()
        let tickets = try await visit.control.tickets(query)
        let last = tickets.count == Self.limit ? tickets.last?.id.description : nil
        let filters = Filters(visit)
        let body: HTMLText = """
            \(filters.form(
                "/tickets",
                [
                    filters.contract(words.contract, registry),
                    filters.select("state", words.state, [("open", words.open), ("closed", words.closed)]),
                    filters.input("search", words.search),
                ]))
            \(table(tickets))
            \(visit.further(visit.frame.more, "before", last))
            """
        let waiting = visit.link(words.waiting, "/waiting")
        return Page(title: visit.frame.tickets, area: .tickets, body: body, actions: waiting).response(visit)
    }

    private func table(_ tickets: [TicketEntry]) -> HTMLText {
        let showsContract = visit.caller.contract == nil
        var columns: [Table.Column] = [
            .init(words.key), .init(words.subject), .init(words.requester), .init(words.state), .init(words.latest),
            .init(words.external),
        ]
        if showsContract { columns.insert(.init(words.contract), at: 1) }
        let rows = tickets.map { entry -> [HTMLText] in
            let ticket = entry.ticket
            var cells: [HTMLText] = [
                visit.ticketLink(ticket.key, entry.contract),
                "<span class=\"wide\">\(ticket.subject.trimmed.isEmpty ? words.noSubject : ticket.subject)</span>",
                "\(ticket.requester?.description ?? words.unknown)", words.pill(ticket.closed),
                visit.stamp(entry.latest), "\(ticket.external ?? "")",
            ]
            if showsContract { cells.insert("\(entry.contract)", at: 1) }
            return cells
        }
        return Table(caption: words.tickets, columns: columns, rows: rows, empty: words.noTickets).html
    }
}

extension TicketWords {
    func pill(_ closed: Timestamp?) -> HTMLText { closed == nil ? Pill.good(open) : Pill.calm(self.closed) }
}
