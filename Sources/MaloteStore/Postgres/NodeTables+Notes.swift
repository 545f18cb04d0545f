// Notes of nodes on their mailboxes, one row a life; knows not what they are good for.

import MaloteCore

extension NodeTables {
    /// It goes with the node's row.
    func note(_ notes: [MailboxNote], _ life: NodeLife) throws {
        let body = try JSONColumn.encode(notes.map(NoteRecord.init))
        try connection.transaction(Self.readCommitted) {
            try checkAlive(life)
            try connection.run(
                "INSERT INTO node_notes (token, body) VALUES (?, ?) ON CONFLICT (token) DO UPDATE SET body = excluded.body",
                .init(life.token), .text(body))
        }
    }

    func notes() throws -> [NodeToken: [MailboxNote]] {
        let rows = try connection.rows("SELECT token, body FROM node_notes") { row in
            (token: row.id(0, NodeToken.self), notes: try JSONColumn.decode(row.text(1), [NoteRecord].self).map(\.note))
        }
        return Dictionary(rows.map { ($0.token, $0.notes) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Short, as there is one for each of thousands of mailboxes.
private struct NoteRecord: Codable {
    /// Mailbox, last good poll and next try in milliseconds, and whether it idles.
    private var m: Int64
    private var g: Int64?
    private var n: Int64?
    private var i: Bool?

    init(_ note: MailboxNote) {
        m = note.mailbox.rawValue
        g = note.lastGood?.milliseconds
        n = note.nextTry?.milliseconds
        i = note.idling ? true : nil
    }

    var note: MailboxNote {
        MailboxNote(
            mailbox: MailboxID(rawValue: m), lastGood: g.map(Timestamp.init(milliseconds:)),
            nextTry: n.map(Timestamp.init(milliseconds:)), idling: i ?? false)
    }
}
