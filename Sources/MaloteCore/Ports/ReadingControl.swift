// The part of the operators' port that is about looking through what there is: tickets and events latest first, a mail as a
// person reads it, its files; knows no page.

/// What people look through. Changes nothing; a `contract` that is named must be the thing's own.
package protocol ReadingControl: Sendable {
    /// Latest first.
    func tickets(_ query: TicketQuery) async throws(Problem) -> [TicketEntry]

    /// One message with all its header fields and its HTML, read again from what is stored.
    func reading(_ reference: String, contract: String?) async throws(Problem) -> MessageReading

    /// The images inside a message that its HTML shows; those that are not harmless or too large are left out.
    func images(of reference: String, contract: String?) async throws(Problem) -> [MessageFile]

    /// One of a message's attachments.
    /// - Parameter place: which, from 1, in the order of the message's report.
    func file(of reference: String, contract: String?, place: Int) async throws(Problem) -> MessageFile

    /// Latest first.
    func eventLog(_ query: EventLogQuery) async throws(Problem) -> [TicketEvent]

    func event(_ id: String, contract: String?) async throws(Problem) -> TicketEvent

    /// How many deliveries an action would apply to now.
    func queueCount(_ action: QueueAction, _ query: QueueQuery) async throws(Problem) -> Int
}

package struct TicketQuery: Sendable, Hashable {
    package var contract: String?
    /// Only those that are closed, or only those that are not.
    package var isClosed: Bool?
    /// Somewhere in key, external id, subject or requester, ASCII letters without case.
    package var search: String?
    /// The last one of the page before.
    package var before: Int64?
    package var limit: Int

    package init(
        contract: String? = nil, isClosed: Bool? = nil, search: String? = nil, before: Int64? = nil, limit: Int = 100
    ) {
        self.contract = contract
        self.isClosed = isClosed
        self.search = search
        self.before = before
        self.limit = limit
    }
}

/// A ticket in a list over contracts.
package struct TicketEntry: Sendable, Hashable, Codable {
    /// Where a list goes on: `before`.
    package var id: TicketID
    package var contract: String
    package var ticket: TicketLine
    /// When its latest message came.
    package var latest: Timestamp?

    package init(_ ticket: Ticket, contract: String, latest: Timestamp?) {
        id = ticket.id
        self.contract = contract
        self.ticket = TicketLine(ticket)
        self.latest = latest
    }
}

/// A message as a person reads it.
package struct MessageReading: Sendable, Hashable {
    package var report: MessageReport
    /// All fields, in order, decoded.
    package var headers: [MessageView.Header]
    /// Made safe by allow-list; `nil` if the mail has none.
    package var html: String?

    package init(report: MessageReport, headers: [MessageView.Header], html: String?) {
        self.report = report
        self.headers = headers
        self.html = html
    }
}

/// A file that came with a message.
package struct MessageFile: Sendable, Hashable {
    /// Octets of one file that is taken out of a mail; for more there is the mail itself.
    package static let limit = 32_000_000
    /// Octets of all images of a mail that its HTML shows.
    package static let imageLimit = 4_000_000

    package var name: String
    /// As the sender declares it: nothing to rely on.
    package var type: String
    /// Without angle brackets.
    package var contentID: String?
    package var content: [UInt8]

    package init(name: String, type: String, contentID: String? = nil, content: [UInt8]) {
        self.name = name
        self.type = type
        self.contentID = contentID
        self.content = content
    }
}

package struct EventLogQuery: Sendable, Hashable {
    package var contract: String?
    /// `ticket.opened`, ...; `nil` for all.
    package var kind: String?
    /// An event's id: only those before it.
    package var before: String?
    package var limit: Int

    package init(contract: String? = nil, kind: String? = nil, before: String? = nil, limit: Int = 100) {
        self.contract = contract
        self.kind = kind
        self.before = before
        self.limit = limit
    }
}
