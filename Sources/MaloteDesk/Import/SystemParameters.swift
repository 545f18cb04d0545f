// The numbered parameters of another system's own outbox, as one more row of its mailboxes; knows no registry.

import MaloteCore

/// 10 sender, 11 login needed, 12 user, 13 password, 14 server, 199 TLS, 269 port. All others are left out.
struct SystemParameters {
    /// `nil` if there is no server: then nothing can be sent.
    private(set) var row: MailboxImport.Row?
    /// Numbers that are not about it.
    private(set) var others: [String] = []

    private static let columns: [Int: MailboxColumn] = [
        10: .senders, 11: .auth, 12: .user, 13: .password, 14: .server, 199: .tls, 269: .port,
    ]
    private static let numberHeads: Set = ["parameter", "parametro", "number", "numero", "id", "codigo", "code"]
    private static let valueHeads: Set = ["value", "valor"]

    /// - Returns: `nil` if the first row names no parameters.
    init?(_ table: [TableText.Row]) {
        let heads = (table.first?.cells ?? []).map(MailboxColumn.key)
        guard let number = heads.firstIndex(where: Self.numberHeads.contains),
            let value = heads.firstIndex(where: Self.valueHeads.contains)
        else { return nil }
        self.init(
            table.dropFirst().compactMap { row in
                guard row.cells.indices.contains(number) else { return nil }
                let text = row.cells.indices.contains(value) ? row.cells[value] : ""
                return (row.cells[number], text, nil, "row \(row.number)")
            })
    }

    /// `{10: desk@example.org, 14: smtp.example.org}`
    init(_ fields: FieldReader) {
        var entries: [DocumentNode.Entry] = []
        if case .mapping(let all) = fields.node.value { entries = all }
        self.init(
            entries.map { entry in
                guard case .scalar(let text, _) = entry.value.value else {
                    return (entry.key, "", entry.value, "line \(entry.keyLine)")
                }
                return (entry.key, entry.value.isNull ? "" : text, nil, "line \(entry.keyLine)")
            })
    }

    private init(_ given: [(number: String, value: String, source: DocumentNode?, place: String)]) {
        var cells: [MailboxColumn: MailboxImport.Cell] = [:]
        for entry in given {
            // "10", or "10 - Sender address".
            guard let number = Int(entry.number.trimmed.prefix { $0.isNumber }) else { continue }
            guard let column = Self.columns[number] else {
                others.append(String(number))
                continue
            }
            cells[column] = .init(head: "\(number) (\(entry.place))", text: entry.value, source: entry.source)
        }
        guard cells[.server]?.text.trimmed.isEmpty == false else { return }
        cells[.type] = .init(head: "Type", text: "outbox")
        cells[.description] = .init(head: "Description", text: "System outbox")
        cells[.contract] = .init(head: "Contract", text: "standard")
        // Without a word about them both were off.
        for column in [MailboxColumn.tls, .auth] where cells[column] == nil {
            cells[column] = .init(head: column.rawValue, text: "N")
        }
        row = MailboxImport.Row(place: "parameters", cells: cells)
    }
}
