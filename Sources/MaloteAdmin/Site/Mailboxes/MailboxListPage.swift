// The list of mailboxes, and one of them with how it is doing; changes nothing.

import MaloteCore

struct MailboxListPage {
    private let visit: Visit
    private let words: MailboxWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(MailboxWords.self)
    }

    func response() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let wanted = visit.query("server") ?? ""
        let all = await visit.control.registry().mailboxes.sorted { $0.id.rawValue < $1.id.rawValue }
        let found = wanted.isEmpty ? all : all.filter { $0.server.lowercased().contains(wanted.lowercased()) }
        let status = try await visit.control.status()
        let lines = Dictionary(status.mailboxes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let paging = Paging(found, visit)
        let table = Table(
            caption: visit.frame.mailboxes,
            columns: [
                .init(words.id, isNumber: true), .init(visit.words(RegistryPageWords.self).name), .init(words.server),
                .init(words.description), .init(words.type), .init(words.state), .init(words.lastError),
            ] + (visit.caller.isAdmin ? [.init(visit.words(RegistryPageWords.self).actions)] : []),
            rows: paging.items.map { row($0, lines[$0.name.text]) },
            empty: all.isEmpty ? words.empty : words.emptyFiltered)
        let body: HTMLText = "\(filter)\(table.html)\(paging.links(visit))"
        return Page(title: visit.frame.mailboxes, area: .mailboxes, body: body, actions: actions).response(visit)
    }

    private var actions: HTMLText {
        visit.caller.isAdmin ? visit.link(words.newMailbox, "/mailboxes/new", style: "button") : ""
    }

    private var filter: HTMLText {
        let filters = Filters(visit)
        return filters.form("/mailboxes", [filters.input("server", words.filterHint)])
    }

    private func row(_ mailbox: Mailbox, _ line: StatusReport.MailboxLine?) -> [HTMLText] {
        let path = "/mailboxes/\(mailbox.name.text.inAddress)"
        let name: HTMLText = "<a class=\"tight\" href=\"\(path)\">\(mailbox.name.text)</a>"
        let failure: HTMLText = line?.failure.map { "<span class=\"small\" lang=\"en\">\($0.detail)</span>" } ?? ""
        let actions: HTMLText = """
            <span class="tight"><a href="\(path)/edit" aria-label="\(visit.frame.edit) \(mailbox.name.text)">\
            \(visit.frame.edit)</a> · <a href="\(path)/delete" aria-label="\(visit.frame.delete) \(mailbox.name.text)">\
            \(visit.frame.delete)</a></span>
            """
        let cells: [HTMLText] = [
            "\(String(mailbox.id.rawValue))", name, "\(mailbox.server)", "\(mailbox.description)",
            "\(mailbox.inbox == nil ? words.outbox : words.inbox)",
            line.map { StatePill.pill($0.state, visit.words(OverviewWords.self)) } ?? "", failure,
        ]
        return visit.caller.isAdmin ? cells + [actions] : cells
    }
}
