// One row of another system's mailboxes as the registry's fields; knows no other row.

import MaloteCore

/// Yes and no, types and protocols in Portuguese and English. What it leaves to the registry's own decoder (ports,
/// addresses, what is missing) is told by row and column all the same.
final class RowReader {
    private let row: MailboxImport.Row
    private(set) var errors: [DocumentError] = []
    private(set) var warnings: [DocumentError] = []

    init(_ row: MailboxImport.Row) { self.row = row }

    private func fail(_ column: MailboxColumn, _ message: String, _ remedy: String) {
        errors.append(row.error(column, message, remedy))
    }

    /// - Returns: `nil`, with an error, if it cannot be told.
    lazy var isInbox: Bool? = {
        switch MailboxColumn.key(row.text(.type)) {
        case "entrada", "input", "inbox", "incoming", "caixadeentrada": return true
        case "saida", "output", "outbox", "outgoing", "caixadesaida": return false
        case "" where !row.text(.provider).isEmpty: return true
        case "": fail(.type, "is missing.", "Write Inbox or Outbox (Entrada or Saída).")
        default: fail(.type, "\"\(row.text(.type))\" is not known.", "Write Inbox or Outbox (Entrada or Saída).")
        }
        return nil
    }()

    func fields(isInbox: Bool) -> [(String, DocumentNode?)] {
        var fields: [(String, DocumentNode?)] = [("type", RegistryExport.text(isInbox ? "inbox" : "outbox"))]
        fields += [.description, .server].map { ($0.field ?? "", text($0)) }
        fields.append(("port", text(.port).map { node in number(node) }))
        return fields + (isInbox ? inbox() : outbox())
    }

    private func text(_ column: MailboxColumn) -> DocumentNode? {
        let text = row.text(column)
        return text.isEmpty ? nil : RegistryExport.text(text)
    }

    /// Spreadsheets write 587 as "587,00" or "587.0".
    private func number(_ node: DocumentNode) -> DocumentNode {
        guard case .scalar(let text, _) = node.value else { return node }
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "," || $0 == "." }
        guard parts.count == 2, parts[1].allSatisfy({ $0 == "0" }) else { return node }
        return RegistryExport.text(String(parts[0]))
    }

    /// As it stands: blanks may belong to it.
    private var password: DocumentNode? {
        guard let cell = row.cells[.password] else { return nil }
        if let source = cell.source { return source }
        return cell.text.isEmpty ? nil : RegistryExport.text(cell.text)
    }

    private func inbox() -> [(String, DocumentNode?)] {
        var provider = text(.provider)
        let word = MailboxColumn.key(row.text(.provider))
        if !word.isEmpty {
            if ["imaps", "imap", "pops", "pop3s", "pop", "pop3"].contains(word) {
                provider = RegistryExport.text(word)
            } else {
                fail(.provider, "\"\(row.text(.provider))\" is not known.", "Write imaps, imap, pops or pop.")
            }
        }
        return [("provider", provider), ("user", text(.user)), ("password", password), ("folder", text(.folder))]
    }

    private func outbox() -> [(String, DocumentNode?)] {
        let auth = flag(.auth) ?? !row.text(.user).isEmpty
        let senders = row.text(.senders).split(separator: ";").map { String($0).trimmed }.filter { !$0.isEmpty }
        var fields: [(String, DocumentNode?)] = [
            ("tls", RegistryExport.text(security)), ("auth", RegistryExport.flag(auth)),
        ]
        if auth { fields += [("user", text(.user)), ("password", password)] }
        fields.append(("senders", senders.isEmpty ? nil : RegistryExport.list(senders.map(RegistryExport.text))))
        return fields
    }

    /// Port 465 is TLS from the start; everywhere else STARTTLS is required, never tried and given up.
    private var security: String {
        let isImplicit = row.text(.port).prefix { $0.isNumber } == "465"
        switch flag(.tls) {
        case true?: return isImplicit ? "implicit" : "starttls"
        case false?: return "none"
        case nil:
            if row.text(.tls).isEmpty {
                warnings.append(row.error(.tls, "is empty: TLS is required.", "Write No if the server has none."))
            }
            return isImplicit ? "implicit" : "starttls"
        }
    }

    /// - Returns: `nil` for nothing, and with an error for what is neither.
    private func flag(_ column: MailboxColumn) -> Bool? {
        switch MailboxColumn.key(row.text(column)) {
        case "s", "sim", "y", "yes", "true", "verdadeiro", "1": return true
        case "n", "nao", "no", "false", "falso", "0": return false
        case "": break
        default: fail(column, "\"\(row.text(column))\" is neither yes nor no.", "Write Yes or No (Sim or Não).")
        }
        return nil
    }
}
