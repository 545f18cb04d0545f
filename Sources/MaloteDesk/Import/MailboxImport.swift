// A file of another system's mailboxes, read into rows; knows no registry.

import MaloteCore

/// Either a table of mailboxes, one a row, or the numbered parameters of that system's own outbox.
package struct MailboxImport: Sendable {
    struct Cell: Sendable {
        /// The column's head as the file writes it.
        var head: String
        var text: String
        /// A password that says where it is.
        var source: DocumentNode?
    }

    struct Row: Sendable {
        /// `row 3`, as people find it.
        var place: String
        var cells: [MailboxColumn: Cell]

        /// Trimmed; empty if there is no such column.
        func text(_ column: MailboxColumn) -> String { cells[column]?.text.trimmed ?? "" }

        func error(_ column: MailboxColumn, _ message: String, _ remedy: String) -> DocumentError {
            DocumentError(field: place(of: column), message: message, remedy: remedy)
        }

        func place(of column: MailboxColumn) -> String {
            "\(place), column \(cells[column]?.head ?? column.rawValue)"
        }
    }

    private(set) var rows: [Row] = []
    private(set) var warnings: [DocumentError] = []
    let createsContracts: Bool
    private let contractColumn: String?

    /// - Throws: what keeps it from being read, naming the row.
    package init(csv bytes: [UInt8], _ options: ImportOptions) throws(DocumentErrors) {
        self.init(options)
        let table = try TableText.read(bytes)
        guard let heads = table.first else { throw Self.nothing }
        if let parameters = SystemParameters(table) {
            take(parameters)
            if rows.isEmpty { throw Self.nothing }
            return
        }
        let columns = try columns(heads.cells.map(\.trimmed))
        for row in table.dropFirst() {
            let extra = row.cells.dropFirst(columns.count).contains { !$0.trimmed.isEmpty }
            if extra {
                throw DocumentErrors([
                    DocumentError(
                        field: "row \(row.number)", message: "has more cells than the first row has columns.",
                        remedy: "Quote a cell that holds the separator.")
                ])
            }
            var cells: [MailboxColumn: Cell] = [:]
            for (column, text) in zip(columns, row.cells) {
                if let known = column.column { cells[known] = Cell(head: column.head, text: text) }
            }
            rows.append(Row(place: "row \(row.number)", cells: cells))
        }
        if rows.isEmpty { throw Self.nothing }
    }

    /// A list of mailboxes, or a mapping with `mailboxes` and `parameters`.
    package init(_ node: DocumentNode, _ options: ImportOptions) throws(DocumentErrors) {
        self.init(options)
        let errors = ErrorList()
        if case .sequence(let items) = node.value {
            for item in items { try take(item) }
        } else if let fields = FieldReader(node, path: "", errors: errors) {
            fields.finish(known: ["mailboxes", "parameters"])
            for item in fields.items("mailboxes") { try take(item.node) }
            if let inner = fields.section("parameters") { take(SystemParameters(inner)) }
        }
        guard errors.errors.isEmpty else { throw DocumentErrors(errors.errors) }
        if rows.isEmpty { throw Self.nothing }
    }

    private init(_ options: ImportOptions) {
        createsContracts = options.createsContracts
        contractColumn = options.contractColumn
    }

    private static let nothing = DocumentErrors([
        DocumentError(
            field: "", message: "the file names no mailbox.",
            remedy: "Its first row names the columns: \(MailboxColumn.heads.joined(separator: "; ")).")
    ])

    // MARK: - Columns

    private mutating func columns(
        _ heads: [String]
    ) throws(DocumentErrors) -> [(head: String, column: MailboxColumn?)] {
        var seen: [MailboxColumn: String] = [:]
        var errors: [DocumentError] = []
        let columns = heads.map { head in (head: head, column: column(head)) }
        for (head, column) in columns {
            guard let column else { continue }
            if let first = seen[column] {
                errors.append(
                    DocumentError(
                        field: "column \(head)", message: "says the same as column \(first).",
                        remedy: "Remove one of them."))
            }
            seen[column] = head
        }
        if seen[.server] == nil {
            errors.append(
                DocumentError(
                    field: "row 1", message: "no column is the server.",
                    remedy: "The first row names the columns: \(MailboxColumn.heads.joined(separator: "; "))."))
        }
        if let wanted = contractColumn, seen[.contract] == nil {
            errors.append(
                DocumentError(
                    field: "row 1", message: "there is no column \"\(wanted)\".",
                    remedy: "Its columns are \(heads.joined(separator: "; "))."))
        }
        guard errors.isEmpty else { throw DocumentErrors(errors) }
        return columns
    }

    /// - Returns: `nil` for a column that is left out, with a warning unless it is only a number.
    private mutating func column(_ head: String) -> MailboxColumn? {
        if let wanted = contractColumn, MailboxColumn.key(wanted) == MailboxColumn.key(head) { return .contract }
        if let known = MailboxColumn(head: head), contractColumn == nil || known != .contract { return known }
        guard !head.isEmpty, MailboxColumn.key(head) != "id" else { return nil }
        warnings.append(
            DocumentError(
                field: "column \(head)", message: "is not known and left out.",
                remedy: Spelling.nearest(to: head, among: MailboxColumn.heads).map { "Did you mean \"\($0)\"?" } ?? ""))
        return nil
    }

    // MARK: - Rows

    private mutating func take(_ item: DocumentNode) throws(DocumentErrors) {
        guard case .mapping(let entries) = item.value else {
            throw DocumentErrors([
                DocumentError(
                    line: item.line, field: "", message: "must be a mapping of a mailbox's fields.",
                    remedy: "Write it as {Description: ..., Type: ..., Server: ...}.")
            ])
        }
        let columns = try columns(entries.map(\.key))
        var cells: [MailboxColumn: Cell] = [:]
        for (entry, column) in zip(entries, columns) {
            guard let known = column.column, !entry.value.isNull else { continue }
            cells[known] = Cell(head: entry.key, text: Self.text(entry.value), source: entry.value.mapping)
        }
        rows.append(Row(place: "line \(item.line)", cells: cells))
    }

    /// A list is the same as its items with semicolons between them.
    private static func text(_ node: DocumentNode) -> String {
        switch node.value {
        case .scalar(let text, _): text
        case .sequence(let items): items.map(text).joined(separator: ";")
        case .mapping: ""
        }
    }

    private mutating func take(_ parameters: SystemParameters) {
        if let row = parameters.row { rows.append(row) }
        guard !parameters.others.isEmpty else { return }
        warnings.append(
            DocumentError(
                field: "parameters",
                message: "\(parameters.others.joined(separator: ", ")) are not about the system outbox and left out."))
    }
}

extension DocumentNode {
    fileprivate var mapping: DocumentNode? { if case .mapping = value { self } else { nil } }
}
