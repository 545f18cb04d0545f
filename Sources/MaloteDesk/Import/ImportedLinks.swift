// Which contracts the rows of another system's mailboxes are for; knows nothing of the mailboxes but their names.

import MaloteCore

/// Inboxes join the contract's own; an outbox becomes the contract's, or the system's where the contract is `Standard`.
struct ImportedLinks {
    private struct Link {
        var row: MailboxImport.Row
        var mailbox: String
        var isInbox: Bool
    }

    /// A contract as it is to be.
    private struct Draft {
        var name: String
        var title: String
        var prefix: String
        var old: Contract?
        var inboxes: [String]
        var outbox: String?
        /// Which row chose it.
        var outboxPlace = ""
    }

    private let current: Registry
    private let createsContracts: Bool
    private var links: [Link] = []
    private var drafts: [Draft] = []
    private(set) var errors: [DocumentError] = []
    /// The outbox that is to be the system's.
    private(set) var system: String?

    init(current: Registry, createsContracts: Bool) {
        self.current = current
        self.createsContracts = createsContracts
    }

    mutating func note(_ row: MailboxImport.Row, mailbox: String, isInbox: Bool) {
        links.append(Link(row: row, mailbox: mailbox, isInbox: isInbox))
    }

    /// Once all mailboxes have their names.
    mutating func resolve() {
        for link in links {
            for text in link.row.text(.contract).split(separator: ";").map({ String($0).trimmed }) where !text.isEmpty {
                join(link, text)
            }
        }
    }

    var contracts: [DocumentNode] { drafts.map(Self.node) }

    private static func node(_ draft: Draft) -> DocumentNode {
        var fields: [(String, DocumentNode?)] = [
            ("name", RegistryExport.text(draft.name)), ("title", RegistryExport.text(draft.title)),
            ("prefix", RegistryExport.text(draft.prefix)),
        ]
        if let old = draft.old, case .mapping(let entries) = RegistryExport.node(old).value {
            fields = entries.filter { !["inboxes", "outbox"].contains($0.key) }.map { ($0.key, $0.value) }
        }
        fields.append(("inboxes", RegistryExport.list(draft.inboxes.map(RegistryExport.text))))
        fields.append(("outbox", RegistryExport.text(draft.outbox ?? draft.old?.outbox.words ?? "standard")))
        return RegistryExport.map(fields)
    }

    // MARK: - Joining

    private static func isStandard(_ text: String) -> Bool {
        ["standard", "padrao", "system", "sistema"].contains(MailboxColumn.key(text))
    }

    private mutating func join(_ link: Link, _ text: String) {
        if Self.isStandard(text) { return makeSystem(link) }
        guard let place = draft(text, link.row) else { return }
        if link.isInbox, !drafts[place].inboxes.contains(link.mailbox) { drafts[place].inboxes.append(link.mailbox) }
        if !link.isInbox { choose(link.mailbox, at: place, link.row.place(of: .contract)) }
        let wish = link.row.text(.outbox)
        guard !wish.isEmpty else { return }
        if let outbox = Self.isStandard(wish) ? "standard" : outbox(wish) {
            choose(outbox, at: place, link.row.place(of: .outbox))
        } else {
            errors.append(
                link.row.error(
                    .outbox, "there is no outbox \"\(wish)\".",
                    "Write Standard (Padrão), or the description of an outbox."))
        }
    }

    private mutating func makeSystem(_ link: Link) {
        if link.isInbox {
            errors.append(
                link.row.error(.contract, "an inbox belongs to a contract.", "Name the contract, or leave it empty."))
        } else if let system, system != link.mailbox {
            errors.append(
                link.row.error(.contract, "\(system) is the system outbox already.", "Leave one of them empty."))
        } else {
            system = link.mailbox
        }
    }

    private mutating func choose(_ outbox: String, at place: Int, _ row: String) {
        let draft = drafts[place]
        if let first = draft.outbox, first != outbox {
            errors.append(
                DocumentError(
                    field: row,
                    message: "contract \(draft.title) has outbox \(first) already, by \(draft.outboxPlace).",
                    remedy: "A contract has one outbox: leave one of them empty."))
        } else {
            drafts[place].outbox = outbox
            drafts[place].outboxPlace = row
        }
    }

    /// An outbox by its name or its description, in the file or in the registry.
    private func outbox(_ text: String) -> String? {
        let key = MailboxColumn.key(text)
        let own = links.first { link in
            !link.isInbox && [link.mailbox, link.row.text(.description)].contains { MailboxColumn.key($0) == key }
        }
        return own?.mailbox
            ?? current.mailboxes.first { mailbox in
                mailbox.outbox != nil
                    && [mailbox.name.text, mailbox.description].contains { MailboxColumn.key($0) == key }
            }?.name.text
    }

    // MARK: - Contracts

    /// - Returns: its place among the drafts; `nil`, with an error, if there is no such contract.
    private mutating func draft(_ text: String, _ row: MailboxImport.Row) -> Int? {
        let (key, slug) = (MailboxColumn.key(text), Self.slug(text))
        if let place = drafts.firstIndex(where: { $0.name == slug || MailboxColumn.key($0.title) == key }) {
            return place
        }
        if let old = current.contracts.first(where: {
            $0.name.text == text || $0.name.text == slug || MailboxColumn.key($0.title) == key
        }) {
            if let place = drafts.firstIndex(where: { $0.name == old.name.text }) { return place }
            drafts.append(
                Draft(
                    name: old.name.text, title: old.title.isEmpty ? text : old.title, prefix: old.prefix, old: old,
                    inboxes: old.inboxes.map(\.text)))
            return drafts.count - 1
        }
        guard createsContracts, !slug.isEmpty else {
            errors.append(
                row.error(
                    .contract, "there is no contract \"\(text)\".",
                    "Register it first, correct the name, or use --create-contracts."))
            return nil
        }
        drafts.append(Draft(name: slug, title: text.onOneLine, prefix: prefix(text), inboxes: []))
        return drafts.count - 1
    }

    /// The first word's letters; a number behind them where another contract has them.
    private func prefix(_ text: String) -> String {
        let words = Self.slug(text).uppercased().split(separator: "-").map { word in
            String(word.drop { !$0.isLetter }.prefix(8))
        }
        let base = words.first { $0.count > 1 } ?? "T"
        let taken = Set(current.contracts.map(\.prefix) + drafts.map(\.prefix))
        for number in 1... {
            let prefix = number == 1 ? base : "\(base)\(number)"
            if !taken.contains(prefix) { return prefix }
        }
        return base
    }

    /// A name of the registry made from words: `Caixa de Entrada – ACME` becomes `caixa-de-entrada-acme`.
    static func slug(_ text: String) -> String {
        let words = MailboxColumn.folded(text).split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        var slug = ""
        for word in words where slug.utf8.count + word.utf8.count < 56 {
            slug += (slug.isEmpty ? "" : "-") + word
        }
        return slug.isEmpty ? String((words.first ?? "").prefix(55)) : slug
    }
}
