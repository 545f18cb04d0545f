// Turns rows of another system's mailboxes into a registry document; knows not how it is applied.

import MaloteCore

extension MailboxImport {
    /// What the file says as `apply` reads it, and how to tell what is wrong with that in the file's own words.
    struct Made {
        var node: DocumentNode
        var warnings: [DocumentError]
        fileprivate var rows: [Row]

        /// An error about `mailboxes[2].port` is about a row and a column.
        func told(_ error: DocumentError) -> DocumentError {
            guard error.field.hasPrefix("mailboxes["), let end = error.field.firstIndex(of: "]"),
                let index = Int(error.field[..<end].dropFirst("mailboxes[".count)), rows.indices.contains(index)
            else { return error }
            var error = error
            let name = error.field[end...].dropFirst(2).prefix { $0 != "[" && $0 != "." }
            let column = name == "name" ? .description : MailboxColumn.allCases.first { $0.field == String(name) }
            error.field = column.map(rows[index].place(of:)) ?? rows[index].place
            error.line = 0
            if column == .port { error.remedy = MailboxImport.ports }
            return error
        }
    }

    fileprivate static let ports =
        "Usual are 993 for imaps, 143 for imap, 995 for pops, 110 for pop; 465 or 587 for outboxes, 25 between servers."

    /// The same as YAML, with the passwords of the file.
    package func yaml(on current: Registry) throws(DocumentErrors) -> String {
        YAMLWriter.document(try document(on: current).node)
    }

    /// - Throws: every value that cannot be meant, by row and column.
    func document(on current: Registry) throws(DocumentErrors) -> Made {
        var desk = ImportDesk(current: current, createsContracts: createsContracts)
        for row in rows { desk.take(row) }
        desk.link()
        guard desk.errors.isEmpty else { throw DocumentErrors(desk.errors) }
        return Made(node: desk.node, warnings: warnings + desk.warnings, rows: desk.taken)
    }
}

/// Where rows become objects, one after the other.
private struct ImportDesk {
    let current: Registry
    var errors: [DocumentError] = []
    var warnings: [DocumentError] = []
    /// Rows that became mailboxes, in the order of the document.
    var taken: [MailboxImport.Row] = []
    private var names: [String] = []
    private var mailboxes: [DocumentNode] = []
    private var links: ImportedLinks

    init(current: Registry, createsContracts: Bool) {
        self.current = current
        links = ImportedLinks(current: current, createsContracts: createsContracts)
    }

    var node: DocumentNode {
        var fields: [(String, DocumentNode?)] = []
        if let name = links.system {
            fields.append(("system", RegistryExport.map([("outbox", RegistryExport.text(name))])))
        }
        fields.append(("mailboxes", RegistryExport.list(mailboxes)))
        let contracts = links.contracts
        fields.append(("contracts", contracts.isEmpty ? nil : RegistryExport.list(contracts)))
        return RegistryExport.map(fields)
    }

    mutating func take(_ row: MailboxImport.Row) {
        if ["inativo", "inactive", "inativa"].contains(MailboxColumn.key(row.text(.status))) {
            warnings.append(
                DocumentError(
                    field: row.place, message: "is inactive and left out.",
                    remedy: "Set it active to register it."))
            return
        }
        let reader = RowReader(row)
        guard let isInbox = reader.isInbox else {
            errors += reader.errors
            return
        }
        let name = name(of: row, isInbox: isInbox)
        var fields = reader.fields(isInbox: isInbox)
        errors += reader.errors
        warnings += reader.warnings
        fields.insert(("name", RegistryExport.text(name)), at: 0)
        mailboxes.append(laid(fields, over: current.mailboxes.first { $0.name.text == name }))
        names.append(name)
        taken.append(row)
        links.note(row, mailbox: name, isInbox: isInbox)
    }

    mutating func link() {
        links.resolve()
        errors += links.errors
    }

    /// What the file does not say stays as it is registered.
    private func laid(_ fields: [(String, DocumentNode?)], over old: Mailbox?) -> DocumentNode {
        guard let old, case .mapping(let entries) = RegistryExport.node(old).value else {
            return RegistryExport.map(fields)
        }
        var replaced = Set(fields.filter { $0.1 != nil }.map(\.0))
        if replaced.contains("provider") { replaced.insert("tls") }
        if replaced.contains("password") { replaced.insert("oauth2") }
        if fields.contains(where: { $0.0 == "auth" && $0.1 == RegistryExport.flag(false) }) {
            replaced.formUnion(["user", "password", "oauth2", "sasl"])
        }
        let kept = entries.filter { !replaced.contains($0.key) }
        return RegistryExport.map(fields + kept.map { ($0.key, $0.value) })
    }

    // MARK: - Names

    /// Made from the description. A registered mailbox keeps its name if it is the same account.
    private func name(of row: MailboxImport.Row, isInbox: Bool) -> String {
        let words = [row.text(.description), row.text(.user), row.text(.server), isInbox ? "inbox" : "outbox"]
        let base = words.lazy.map(ImportedLinks.slug).first { !$0.isEmpty } ?? "mailbox"
        for number in 1... {
            let name = number == 1 ? base : "\(base)-\(number)"
            guard !names.contains(name) else { continue }
            guard let other = current.mailboxes.first(where: { $0.name.text == name }) else { return name }
            let isSame =
                (other.inbox != nil) == isInbox && other.server.lowercased() == row.text(.server).lowercased()
                && (other.login?.user ?? "") == (row.text(.user).isEmpty ? other.login?.user ?? "" : row.text(.user))
            if isSame { return name }
        }
        return base
    }
}
