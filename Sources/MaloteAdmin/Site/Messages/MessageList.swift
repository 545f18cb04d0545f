// Received messages, latest first; changes nothing.

import MaloteCore

struct MessageList {
    private static let limit = 50

    private let visit: Visit
    private let words: MessageWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(MessageWords.self)
    }

    func response() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let query = MessageQuery(
            contract: visit.wantedContract, inbox: visit.query("inbox"), ticket: visit.query("ticket"),
            fate: visit.query("fate"), since: visit.query("since"), search: visit.query("search"),
            before: try visit.number("before"), limit: Self.limit)
        let registry = await visit.control.registry()
        let lines = try await visit.control.messages(query)
        let last = lines.count == Self.limit ? lines.last?.id.description : nil
        let body: HTMLText = """
            \(filters(registry))
            \(MessageTable(visit).html(lines, showsContract: visit.caller.contract == nil, empty: words.noMessages))
            \(visit.further(visit.frame.more, "before", last))
            """
        return Page(title: visit.frame.messages, area: .messages, body: body).response(visit)
    }

    private func filters(_ registry: Registry) -> HTMLText {
        let filters = Filters(visit)
        let inboxes = registry.mailboxes.filter { $0.inbox != nil }.map(\.name.text)
        return filters.form(
            "/messages",
            [
                filters.contract(words.contract, registry),
                filters.select("inbox", words.inbox, inboxes.map { ($0, $0) }),
                filters.select("fate", words.fate, StoredMessage.Fate.allCases.map { ($0.rawValue, words.fate($0)) }),
                filters.input("ticket", words.ticket, .text), filters.input("since", words.since, .date),
                filters.input("search", words.search),
            ])
    }
}

/// Lines of messages, wherever they are shown.
struct MessageTable {
    private let visit: Visit
    private let words: MessageWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(MessageWords.self)
    }

    /// - Parameter showsTicket: left out on a ticket's own page.
    func html(
        _ lines: [MessageLine], showsContract: Bool, showsTicket: Bool = true, empty: String
    ) -> HTMLText {
        var columns: [Table.Column] = [
            .init(words.subject), .init(words.from), .init(words.received), .init(words.fate), .init(words.inbox),
        ]
        if showsTicket { columns.insert(.init(words.ticket), at: 4) }
        if showsContract { columns.insert(.init(words.contract), at: 1) }
        let rows = lines.map { line -> [HTMLText] in
            let subject = line.subject.trimmed.isEmpty ? words.noSubject : line.subject
            var cells: [HTMLText] = [
                "<a class=\"wide\" href=\"/messages/\(line.id.description)\">\(subject)</a>", "\(line.from)",
                visit.stamp(line.received), words.pill(line.fate), "\(line.inbox)",
            ]
            if showsTicket { cells.insert(visit.ticketLink(line.ticket, line.contract), at: 4) }
            if showsContract { cells.insert("\(line.contract)", at: 1) }
            return cells
        }
        return Table(caption: words.messages, columns: columns, rows: rows, empty: empty).html
    }
}

extension Visit {
    /// - Parameter contract: whose ticket it is: two contracts may have the same key.
    func ticketLink(_ key: String?, _ contract: String) -> HTMLText {
        guard let key else { return "<span class=\"soft\">–</span>" }
        return "<a class=\"tight\" href=\"/tickets/\(key.inAddress)?contract=\(contract.inAddress)\">\(key)</a>"
    }
}
