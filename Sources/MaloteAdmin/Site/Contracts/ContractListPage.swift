// The list of contracts; changes nothing.

import MaloteCore

struct ContractListPage {
    private let visit: Visit
    private let words: ContractWords
    private let shared: RegistryPageWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(ContractWords.self)
        shared = visit.words(RegistryPageWords.self)
    }

    func response() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let paging = Paging(await visit.control.registry().contracts, visit)
        let table = Table(
            caption: visit.frame.contracts,
            columns: [
                .init(shared.name), .init(shared.title), .init(words.prefix), .init(shared.status),
                .init(words.inboxes), .init(words.outbox),
            ] + (visit.caller.isAdmin ? [.init(shared.actions)] : []),
            rows: paging.items.map(row), empty: "\(words.empty) \(words.emptyHint)")
        let actions: HTMLText =
            visit.caller.isAdmin ? visit.link(words.newContract, "/contracts/new", style: "button") : ""
        return Page(
            title: visit.frame.contracts, area: .contracts, body: "\(table.html)\(paging.links(visit))",
            actions: actions
        ).response(visit)
    }

    private func row(_ contract: Contract) -> [HTMLText] {
        let name = contract.name.text
        let path = "/contracts/\(name.inAddress)"
        let actions: HTMLText = """
            <span class="tight"><a href="\(path)/edit" aria-label="\(visit.frame.edit) \(name)">\(visit.frame.edit)</a> · \
            <a href="\(path)/delete" aria-label="\(visit.frame.delete) \(name)">\(visit.frame.delete)</a></span>
            """
        let cells: [HTMLText] = [
            "<a href=\"\(path)\">\(name)</a>", "\(contract.title)", "\(contract.prefix)",
            ContractPage.pill(contract.status, words), visit.mailboxLinks(contract.inboxes),
            outbox(contract.outbox),
        ]
        return visit.caller.isAdmin ? cells + [actions] : cells
    }

    private func outbox(_ choice: Contract.OutboxChoice) -> HTMLText {
        switch choice {
        case .standard: "\(words.standard)"
        case .mailbox(let name): visit.mailboxLinks([name])
        }
    }
}

extension Visit {
    /// With commas between them.
    func mailboxLinks(_ names: [MailboxName]) -> HTMLText {
        let links = names.enumerated().map { index, name -> HTMLText in
            "\(index == 0 ? "" : ", ")<a href=\"/mailboxes/\(name.text.inAddress)\">\(name.text)</a>"
        }
        return "\(links)"
    }
}
