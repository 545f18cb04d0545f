// Messages, their raw sources, tickets, threads and the event log; knows nothing of mail's meaning.

import MaloteCore

extension StoreTransaction {
    // MARK: - Messages

    static let messageColumns = """
        SELECT id, contract, inbox, message_id, sha256, size, sender, subject, received, fate, ticket, history
        FROM messages\u{20}
        """

    static func message(_ row: SQLRow) throws -> StoredMessage {
        guard let digest = Digest(row.blob(4)) else {
            throw Failure(.operatorNeeded, .storage, "Message \(row.integer(0)) has a damaged digest.")
        }
        return StoredMessage(
            id: row.id(0), contract: row.id(1), inbox: row.id(2), messageID: row.optionalText(3), sha256: digest,
            size: row.count(5), from: row.text(6), subject: row.text(7), received: row.time(8), fate: try row.word(9),
            ticket: row.optionalID(10), history: History(text: row.text(11)))
    }

    func message(contract: ContractID, messageID: String?, sha256: Digest) throws -> StoredMessage? {
        guard let messageID else {
            return try connection.first(
                Self.messageColumns + "WHERE contract = ? AND sha256 = ? AND message_id IS NULL ORDER BY id LIMIT 1",
                .init(contract), .init(sha256), map: Self.message)
        }
        return try connection.first(
            Self.messageColumns + "WHERE contract = ? AND message_id = ? AND sha256 = ? ORDER BY id LIMIT 1",
            .init(contract), .text(messageID), .init(sha256), map: Self.message)
    }

    func message(_ id: MessageID) throws -> StoredMessage? {
        try connection.first(Self.messageColumns + "WHERE id = ?", .init(id), map: Self.message)
    }

    func message(contract: ContractID, messageID: String) throws -> StoredMessage? {
        try connection.first(
            Self.messageColumns + "WHERE contract = ? AND message_id = ? ORDER BY id DESC LIMIT 1", .init(contract),
            .text(messageID), map: Self.message)
    }

    // A mail's first piece lies in `raw_sources`, the further ones of a large mail in rows of their own: whoever writes or
    // reads it needs the memory of one. (One blob, filled piece by piece, would be written twice and read from its start
    // at every look.)

    func rawSource(of message: MessageID) throws -> [UInt8]? {
        guard var bytes = try rawSource(of: message, from: 0) else { return nil }
        while let piece = try rawSource(of: message, from: bytes.count), !piece.isEmpty { bytes += piece }
        return bytes
    }

    func rawSource(of message: MessageID, from offset: Int) throws -> [UInt8]? {
        let map: (SQLRow) -> [UInt8] = { Array($0.blob(1).dropFirst(max(0, offset - $0.count(0)))) }
        let further = try connection.first(
            "SELECT start, bytes FROM raw_pieces WHERE message = ? AND start <= ? ORDER BY start DESC LIMIT 1",
            .init(message), .init(offset), map: map)
        return try further
            ?? connection.first("SELECT 0, bytes FROM raw_sources WHERE message = ?", .init(message), map: map)
    }

    func rawSize(of message: MessageID) throws -> Int? {
        let first = try connection.first("SELECT length(bytes) FROM raw_sources WHERE message = ?", .init(message)) {
            $0.count(0)
        }
        guard let first else { return nil }
        return first
            + (try connection.first(
                "SELECT CAST(SUM(length(bytes)) AS BIGINT) FROM raw_pieces WHERE message = ?", .init(message)
            ) {
                $0.count(0)
            } ?? 0)
    }

    private func insert(_ raw: RawMessage, of message: MessageID) throws {
        let first = try raw.piece(from: 0)
        try connection.run("INSERT INTO raw_sources (message, bytes) VALUES (?, ?)", .init(message), .blob(first))
        var offset = first.count
        while offset < raw.size {
            let piece = try raw.piece(from: offset)
            try connection.run(
                "INSERT INTO raw_pieces (message, start, bytes) VALUES (?, ?, ?)", .init(message), .init(offset),
                .blob(piece))
            offset += piece.count
        }
    }

    func newMessageID() throws -> MessageID { MessageID(rawValue: try next("message")) }

    @discardableResult
    func insert(_ message: StoredMessage, raw: RawMessage, ledger: LedgerKey?) throws -> MessageID {
        let id = message.id == .unsaved ? try newMessageID() : message.id
        let row = try ledger.map { try mark($0, message: id) }
        try connection.run(
            """
            INSERT INTO messages
                (id, contract, inbox, message_id, sha256, size, sender, subject, received, fate, ticket, history, ledger)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .init(id), .init(message.contract), .init(message.inbox), .init(message.messageID),
            .init(message.sha256), .init(message.size), .text(message.from), .text(message.subject),
            .init(message.received), .text(message.fate.rawValue), .init(message.ticket), .text(message.history.text),
            .init(row))
        try insert(raw, of: id)
        if node != nil {
            let key = Tally.ArrivalKey(contract: message.contract, fate: message.fate)
            let before = tally.arrivals[key] ?? (0, 0)
            tally.arrivals[key] = (before.count + 1, before.octets + message.size)
        }
        return id
    }

    // MARK: - Tickets

    static let ticketColumns =
        """
        SELECT id, contract, number, key, external, requester_name, requester, subject, closed, opened_by, cc, fields
        FROM tickets\u{20}
        """

    static func ticket(_ row: SQLRow) throws -> Ticket {
        Ticket(
            id: row.id(0), contract: row.id(1), number: row.count(2), key: row.text(3), external: row.optionalText(4),
            requester: row.optionalText(6).map { MailAddress(name: row.optionalText(5), address: $0) },
            subject: row.text(7), closed: row.optionalTime(8),
            opening: .init(
                messageID: row.optionalText(9), cc: try row.optionalText(10).map { try JSONColumn.decode($0) } ?? [],
                fields: try row.optionalText(11).map { try JSONColumn.decode($0) } ?? [:]))
    }

    func ticket(_ id: TicketID) throws -> Ticket? {
        try connection.first(Self.ticketColumns + "WHERE id = ?", .init(id), map: Self.ticket)
    }

    func ticket(contract: ContractID, key: String) throws -> Ticket? {
        try connection.first(
            Self.ticketColumns + "WHERE contract = ? AND key = ?", .init(contract), .text(key), map: Self.ticket)
    }

    func ticket(contract: ContractID, threadedBy messageIDs: [String]) throws -> Ticket? {
        for messageID in messageIDs {
            let found = try connection.first(
                "SELECT ticket FROM threads WHERE contract = ? AND message_id = ?", .init(contract), .text(messageID)
            ) { $0.id(0, TicketID.self) }
            if let found { return try ticket(found) }
        }
        return nil
    }

    func hasMail(from address: String, ticket: TicketID) throws -> Bool {
        try connection.first(
            """
            SELECT id FROM messages WHERE ticket = ? AND fate IN ('opened', 'replied') AND LOWER(sender) = LOWER(?) LIMIT 1
            """, .init(ticket), .text(address)
        ) { $0.count(0) } != nil
    }

    func nextTicketNumber(contract: ContractID) throws -> Int { Int(clamping: try next("ticket of \(contract)")) }

    func insert(_ ticket: Ticket) throws -> TicketID {
        let id = TicketID(rawValue: try next("ticket"))
        // Mostly empty, and written for every ticket.
        let cc = ticket.opening.cc.isEmpty ? nil : ticket.opening.cc
        let fields = ticket.opening.fields.isEmpty ? nil : ticket.opening.fields
        try connection.run(
            """
            INSERT INTO tickets
                (id, contract, number, key, external, requester_name, requester, subject, closed, opened_by, cc, fields)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .init(id), .init(ticket.contract), .init(ticket.number), .text(ticket.key), .init(ticket.external),
            .init(ticket.requester?.name), .init(ticket.requester?.address), .text(ticket.subject),
            .init(ticket.closed), .init(ticket.opening.messageID), .init(try cc.map { try JSONColumn.encode($0) }),
            .init(try fields.map { try JSONColumn.encode($0) }))
        return id
    }

    func thread(_ messageID: String, into ticket: TicketID, contract: ContractID) throws {
        let added = try connection.changed(
            """
            INSERT INTO threads (contract, message_id, ticket)
            SELECT contract, ?, id FROM tickets WHERE id = ? AND contract = ? ON CONFLICT DO NOTHING
            """, .text(messageID), .init(ticket), .init(contract))
        guard try added == 1 || self.ticket(ticket)?.contract == contract else {
            throw missing("ticket \(ticket) of contract \(contract)")
        }
    }

    func setExternal(_ external: String, ticket: TicketID) throws {
        guard
            try connection.changed("UPDATE tickets SET external = ? WHERE id = ?", .text(external), .init(ticket)) == 1
        else { throw missing("ticket \(ticket)") }
    }

    func setClosed(_ closed: Timestamp?, ticket: TicketID) throws {
        guard try connection.changed("UPDATE tickets SET closed = ? WHERE id = ?", .init(closed), .init(ticket)) == 1
        else { throw missing("ticket \(ticket)") }
    }

    // MARK: - Events

    static func event(_ row: SQLRow) throws -> TicketEvent {
        TicketEvent(
            id: EventID(rawValue: row.text(0)), contract: row.id(1), kind: try row.word(2), subject: row.text(3),
            time: row.time(4), text: EventText(kept: row.text(5), again: again(row, from: 6)))
    }

    /// - Parameter first: the column of where it stands; how long it is and where it stands again follow.
    private static func again(_ row: SQLRow, from first: Int32) -> EventText.Repetition? {
        guard let from = row.optionalInteger(first) else { return nil }
        return EventText.Repetition(from: Int(from), count: row.count(first + 1), at: row.count(first + 2))
    }

    static let eventColumns =
        "SELECT event, contract, kind, subject, time, json, again_from, again_count, again_at, id FROM events "
    static let placeColumn: Int32 = 9

    func event(_ id: EventID) throws -> TicketEvent? {
        try settled.first(
            Self.eventColumns + "WHERE event = ?", .text(id.rawValue), map: Self.event)
    }

    func events(contract: ContractID?, after: EventID?, limit: Int) throws -> [TicketEvent] {
        let connection = try settled
        let start = try after.flatMap { event in
            try connection.first("SELECT id FROM events WHERE event = ?", .text(event.rawValue)) { $0.integer(0) }
        }
        let columns = Self.eventColumns + "WHERE id > ? "
        guard let contract else {
            return try connection.rows(
                columns + "ORDER BY id LIMIT ?", .integer(start ?? 0), .init(limit), map: Self.event)
        }
        return try connection.rows(
            columns + "AND contract = ? ORDER BY id LIMIT ?", .integer(start ?? 0), .init(contract), .init(limit),
            map: Self.event)
    }

    func append(_ event: TicketEvent) throws {
        guard node == nil else {
            tally.news.insert(.events)
            return tally.events.append(event)
        }
        try insert(event, at: try next("event"))
    }

    func insert(_ event: TicketEvent, at place: Int64) throws {
        let again = event.text.again
        try connection.run(
            """
            INSERT INTO events
                (id, event, contract, kind, subject, time, json, again_from, again_count, again_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .integer(place), .text(event.id.rawValue), .init(event.contract),
            .text(event.kind.rawValue), .text(event.subject), .init(event.time), .text(event.text.kept),
            .init(again.map { Int64($0.from) }), .init(again.map { Int64($0.count) }),
            .init(again.map { Int64($0.at) }))
    }
}
