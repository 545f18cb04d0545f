// The part of the operators' port that is about a contract as a whole: all that is kept of it, to take away or to erase.

/// A contract's data as pages, and its end.
package protocol ContractControl: Sendable {
    /// What `apply` needs to make the contract elsewhere: it, its flows, the mailboxes that it uses and the templates, without
    /// secrets.
    func export(contract: String) async throws(Problem) -> String

    /// In order of their numbers, behind `after`.
    func tickets(contract: String, after: Int, limit: Int) async throws(Problem) -> [TicketLine]

    /// In the order in which they were queued, behind `after`.
    func notifications(contract: String, after: Int64, limit: Int) async throws(Problem) -> [NotificationReport]

    /// The octets as they are sent.
    func content(notification: Int64) async throws(Problem) -> [UInt8]

    /// Takes over tickets that another installation exported, with their numbers. Those that are here already stay as they
    /// are. The contract must be paused, so that no number is given twice.
    /// - Returns: how many were new.
    func moveIn(contract: String, tickets: [MovedTicket]) async throws(Problem) -> Int

    /// Takes over a message as it was filed there; nothing comes of it anew.
    /// - Returns: whether it was new.
    func moveIn(contract: String, message: MovedMessage) async throws(Problem) -> Bool

    /// Takes over events, exact texts in log order.
    /// - Returns: how many were new.
    func moveIn(contract: String, events: [MovedEvent]) async throws(Problem) -> Int

    /// Erases a part of all that is kept of an ended contract; the last part takes it out of the registry. To be called
    /// until the report says `isDone`.
    /// - Parameter dryRun: changes nothing, and counts all.
    func erase(contract: String, dryRun: Bool) async throws(Problem) -> EraseReport
}

/// A ticket in a list.
package struct TicketLine: Sendable, Hashable, Codable {
    package var key: String
    package var number: Int
    package var external: String?
    package var requester: MailAddress?
    package var subject: String
    /// `nil` while it is open.
    package var closed: Timestamp?
    package var opening: Ticket.Opening

    package init(_ ticket: Ticket) {
        key = ticket.key
        number = ticket.number
        external = ticket.external
        requester = ticket.requester
        subject = ticket.subject
        closed = ticket.closed
        opening = ticket.opening
    }
}

/// A ticket from another installation.
package struct MovedTicket: Sendable, Hashable, Codable {
    package var ticket: TicketLine
    /// Header Message-IDs of its mails and notifications, by which replies find it.
    package var threads: [String]

    package init(_ ticket: TicketLine, threads: [String]) {
        self.ticket = ticket
        self.threads = threads
    }
}

/// A message from another installation.
package struct MovedMessage: Sendable {
    package var raw: [UInt8]
    package var received: Timestamp
    package var fate: StoredMessage.Fate
    /// The ticket's key.
    package var ticket: String?

    package init(raw: [UInt8], received: Timestamp, fate: StoredMessage.Fate, ticket: String?) {
        self.raw = raw
        self.received = received
        self.fate = fate
        self.ticket = ticket
    }
}

/// An event from another installation.
package struct MovedEvent: Sendable {
    package var id: String
    package var type: String
    package var subject: String
    package var time: Timestamp
    /// Its exact text.
    package var json: String

    package init(id: String, type: String, subject: String, time: Timestamp, json: String) {
        self.id = id
        self.type = type
        self.subject = subject
        self.time = time
        self.json = json
    }
}

/// A notification with its deliveries.
package struct NotificationReport: Sendable, Hashable, Codable {
    package var id: NotificationID
    package var messageID: String
    package var subject: String
    /// The ticket's key.
    package var ticket: String?
    package var created: Timestamp
    package var deliveries: [DeliveryView]

    package init(_ notification: Notification, ticket: String?, deliveries: [DeliveryView]) {
        id = notification.id
        messageID = notification.messageID
        subject = notification.subject
        self.ticket = ticket
        created = notification.created
        self.deliveries = deliveries
    }
}

/// How much of a contract was erased, or would be.
package struct EraseReport: Sendable, Hashable, Codable {
    package var contract: String
    package var dryRun: Bool
    package var rows: ErasedRows
    /// Nothing is left, and the contract is gone.
    package var isDone: Bool
    /// Mailboxes that nothing is linked to any more.
    package var unused: [String]

    package init(contract: String, dryRun: Bool, rows: ErasedRows, isDone: Bool, unused: [String] = []) {
        self.contract = contract
        self.dryRun = dryRun
        self.rows = rows
        self.isDone = isDone
        self.unused = unused
    }
}

/// Counts of what belongs to a contract.
package struct ErasedRows: Sendable, Hashable, Codable {
    package var messages = 0
    package var tickets = 0
    package var events = 0
    package var notifications = 0
    /// What started flows without a mail, with the steps that waited for their time.
    package var occasions = 0
    package var approvals = 0
    /// Addresses that were not written to.
    package var suppressions = 0

    package init() {}

    package var total: Int { messages + tickets + events + notifications + occasions + approvals + suppressions }

    package static func + (a: ErasedRows, b: ErasedRows) -> ErasedRows {
        var sum = a
        sum.messages += b.messages
        sum.tickets += b.tickets
        sum.events += b.events
        sum.notifications += b.notifications
        sum.occasions += b.occasions
        sum.approvals += b.approvals
        sum.suppressions += b.suppressions
        return sum
    }
}
