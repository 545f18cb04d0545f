// One contract: its terms, mailboxes, people, groups and flows; changes nothing.

import MaloteCore

struct ContractPage {
    private let visit: Visit
    private let words: ContractWords
    private let shared: RegistryPageWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(ContractWords.self)
        shared = visit.words(RegistryPageWords.self)
    }

    static func pill(_ status: Contract.Status, _ words: ContractWords) -> HTMLText {
        switch status {
        case .active: Pill.good(words.active)
        case .paused: Pill.warn(words.paused)
        case .ended: Pill.calm(words.ended)
        }
    }

    func response(_ contract: Contract) async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let registry = await visit.control.registry()
        let hint: HTMLText = contract.status == .paused ? "<p class=\"remark\">\(words.pauseHint)</p>" : ""
        let body: HTMLText = """
            \(hint)<section class="card"><h2>\(words.contract)</h2>\(facts(contract))</section>
            <h2>\(words.flows)</h2>\(flows(contract, registry))
            <h2>\(words.people)</h2>\(people(contract))
            <h2>\(words.groups)</h2>\(groups(contract))
            """
        let title = contract.title.isEmpty ? contract.name.text : contract.title
        return Page(title: title, area: .contracts, body: body, actions: actions(contract)).response(visit)
    }

    private func actions(_ contract: Contract) -> HTMLText {
        let name = contract.name.text.inAddress
        let views: HTMLText = """
            \(visit.link(visit.frame.tickets, "/tickets?contract=\(name)"))\
            \(visit.link(visit.frame.queue, "/queue?contract=\(name)"))
            """
        guard visit.caller.isAdmin else { return views }
        let path = "/contracts/\(name)"
        let turn =
            contract.status == .paused
            ? visit.button(words.resume, post: path + "/resume")
            : contract.status == .active ? visit.button(words.pause, post: path + "/pause") : ""
        return """
            \(views)\(turn)\(visit.link(visit.frame.edit, path + "/edit"))\
            \(visit.link(visit.frame.delete, path + "/delete"))
            """
    }

    // MARK: - Parts

    private func facts(_ contract: Contract) -> HTMLText {
        let valid = [contract.valid.from, contract.valid.until].map { $0?.description ?? "…" }
        let hasEnds = contract.valid != Contract.Validity()
        let attachments = contract.attachments.forbid.joined(separator: ", ")
        let largest = contract.attachments.largest.map { visit.size($0) } ?? ""
        let rows: [(String, HTMLText)] = [
            (shared.name, "\(contract.name.text)"), (shared.status, Self.pill(contract.status, words)),
            (words.prefix, "\(contract.prefix)"),
            (words.validity, hasEnds ? "\(valid[0]) – \(valid[1])" : ""),
            (shared.language, "\(contract.language)"), (words.timezone, "\(contract.timezone)"),
            (words.inboxes, visit.mailboxLinks(contract.inboxes)), (words.outbox, outbox(contract.outbox)),
            (words.events, contract.events.map { "\($0.url)" } ?? ""),
            (
                words.notify,
                "\(NotificationClass.allCases.filter(contract.notify.contains).map(words.kind).joined(separator: ", "))"
            ),
            (words.forbid, "\(attachments)"), (words.largest, "\(largest)"),
        ]
        let cells = rows.filter { !$0.1.markup.isEmpty }.map { row -> HTMLText in "<dt>\(row.0)</dt><dd>\(row.1)</dd>" }
        return "<dl class=\"facts\">\(cells)</dl>"
    }

    private func outbox(_ choice: Contract.OutboxChoice) -> HTMLText {
        switch choice {
        case .standard: "\(words.standard)"
        case .mailbox(let name): visit.mailboxLinks([name])
        }
    }

    private func flows(_ contract: Contract, _ registry: Registry) -> HTMLText {
        let rows = registry.flows.filter { $0.contract == contract.name }.map { flow -> [HTMLText] in
            ["<a href=\"/flows/\(flow.name.text.inAddress)\">\(flow.name.text)</a>", "<code>\(flow.trigger)</code>"]
        }
        let new: HTMLText =
            visit.caller.isAdmin
            ? "<p>\(visit.link(words.newFlow, "/flows/new?contract=\(contract.name.text.inAddress)"))</p>" : ""
        let table = Table(
            caption: words.flows, columns: [.init(shared.name), .init(visit.words(FlowWords.self).trigger)],
            rows: rows, empty: words.noFlows)
        return "\(table.html)\(new)"
    }

    private func people(_ contract: Contract) -> HTMLText {
        let rows = contract.people.prefix(1000).map { person -> [HTMLText] in
            ["\(person.name)", "\(person.email.address)", "\(person.mail ? visit.frame.yes : visit.frame.no)"]
        }
        return Table(
            caption: words.people,
            columns: [.init(shared.name), .init(words.email), .init(words.getsMail)], rows: Array(rows),
            empty: words.noPeople
        ).html
    }

    private func groups(_ contract: Contract) -> HTMLText {
        let rows = contract.groups.map { group -> [HTMLText] in
            let members = group.members.map { $0.email.address + ($0.mail ? "" : " \(words.noMail)") }
            return [
                "\(group.name)", "\(members.joined(separator: ", "))",
                "\(group.external.map(\.address).joined(separator: ", "))",
                "\(NotificationClass.allCases.filter(group.mandatory.contains).map(words.kind).joined(separator: ", "))",
            ]
        }
        return Table(
            caption: words.groups,
            columns: [.init(words.group), .init(words.members), .init(words.external), .init(words.mandatory)],
            rows: rows, empty: words.noGroups
        ).html
    }
}
