// The part of the operators' port that is about single messages: what became of them, and why; knows no store.

/// What an operator can see of received messages, and do about those that wait for a person.
///
/// A *reference* is a message's number or its header Message-ID in angle brackets. Where several messages have that
/// Message-ID, the problem names them.
package protocol MessageControl: Sendable {
    /// Latest first.
    func messages(_ query: MessageQuery) async throws(Problem) -> [MessageLine]

    func message(_ reference: String, contract: String?) async throws(Problem) -> MessageReport

    /// Every decision about the message and what became of its notifications, in order of time.
    func explain(_ reference: String, contract: String?) async throws(Problem) -> Explanation

    /// The octets as they came.
    func raw(_ reference: String, contract: String?) async throws(Problem) -> RawCopy

    /// What waits for a person, latest first.
    func quarantine(_ query: QuarantineQuery) async throws(Problem) -> [QuarantineLine]

    /// Puts messages through the present rules again, each in a transaction of its own. Doing it twice does it once.
    /// - Parameters:
    ///   - passingRules: the rules' `ignore` and `quarantine` do not count: a person has looked at them.
    ///   - dryRun: changes nothing, and tells the events and notifications that would be.
    func replay(_ query: QuarantineQuery, passingRules: Bool, dryRun: Bool) async throws(Problem) -> [ReplayResult]

    func ticket(_ key: String, contract: String?) async throws(Problem) -> TicketReport

    /// Keeps the ticket system's own id with the ticket.
    func link(ticket key: String, contract: String?, external: String) async throws(Problem) -> TicketReport
}

package struct MessageQuery: Sendable, Hashable {
    package var contract: String?
    package var inbox: String?
    /// A ticket's key.
    package var ticket: String?
    package var fate: String?
    /// `YYYY-MM-DD`, or with a time in UTC.
    package var since: String?
    package var search: String?
    /// Only messages with lower numbers.
    package var before: Int64?
    package var limit: Int

    package init(
        contract: String? = nil, inbox: String? = nil, ticket: String? = nil, fate: String? = nil,
        since: String? = nil, search: String? = nil, before: Int64? = nil, limit: Int = 100
    ) {
        self.contract = contract
        self.inbox = inbox
        self.ticket = ticket
        self.fate = fate
        self.since = since
        self.search = search
        self.before = before
        self.limit = limit
    }
}

/// A message in a list.
package struct MessageLine: Sendable, Hashable, Codable {
    package var id: MessageID
    package var contract: String
    package var inbox: String
    package var received: Timestamp
    package var from: String
    package var subject: String
    /// `opened`, `replied`, `ignored`, `quarantined` or `duplicate`.
    package var fate: StoredMessage.Fate
    /// The ticket's key.
    package var ticket: String?
    package var messageID: String?
    package var size: Int
    package var sha256: String

    package init(_ message: StoredMessage, contract: String, inbox: String, ticket: String?) {
        id = message.id
        self.contract = contract
        self.inbox = inbox
        received = message.received
        from = message.from
        subject = message.subject
        fate = message.fate
        self.ticket = ticket
        messageID = message.messageID
        size = message.size
        sha256 = message.sha256.description
    }
}

/// One message as a careful reader sees it now.
package struct MessageReport: Sendable, Hashable, Codable {
    package struct Attachment: Sendable, Hashable, Codable {
        package var name: String
        package var type: String
        package var size: Int
        package var sha256: String?
        /// Why the contract does not take it.
        package var refused: String?

        package init(_ attachment: MessageView.Attachment, refused: String?) {
            name = attachment.name
            type = attachment.type
            size = attachment.size
            sha256 = attachment.sha256?.description
            self.refused = refused
        }
    }

    package var line: MessageLine
    package var from: MailAddress?
    package var to: [MailAddress]
    package var cc: [MailAddress]
    package var replyTo: [MailAddress]
    package var date: Timestamp?
    package var inReplyTo: [String]
    package var text: String
    package var attachments: [Attachment]
    package var defects: [String]
    /// The latest reason in its history for what it is now.
    package var reason: String?

    package init(line: MessageLine, view: MessageView, attachments: [Attachment], reason: String?) {
        self.line = line
        from = view.from
        to = view.to
        cc = view.cc
        replyTo = view.replyTo
        date = view.date
        inReplyTo = view.inReplyTo
        text = view.text
        self.attachments = attachments
        defects = view.defects
        self.reason = reason
    }
}

/// The timeline of one message.
package struct Explanation: Sendable, Hashable, Codable {
    package var line: MessageLine
    package var decisions: [Decision]

    package init(line: MessageLine, decisions: [Decision]) {
        self.line = line
        self.decisions = decisions
    }
}

/// A stored source, to be read piece by piece.
package struct RawCopy: Sendable {
    package var id: MessageID
    package var size: Int
    /// The octets that begin at an offset; empty at the end.
    package var piece: @Sendable (Int) async throws(Problem) -> [UInt8]

    package init(id: MessageID, size: Int, piece: @escaping @Sendable (Int) async throws(Problem) -> [UInt8]) {
        self.id = id
        self.size = size
        self.piece = piece
    }
}

// MARK: - Quarantine

package struct QuarantineQuery: Sendable, Hashable {
    /// A message's number, or `u` and a ledger row's for what could not be fetched; `nil` for all.
    package var id: String?
    package var contract: String?
    package var inbox: String?
    package var since: String?
    /// Somewhere in sender, subject or reason, without case.
    package var search: String?
    /// Only those behind this one: its cursor.
    package var after: String?
    package var limit: Int

    package init(
        id: String? = nil, contract: String? = nil, inbox: String? = nil, since: String? = nil, search: String? = nil,
        after: String? = nil, limit: Int = 1000
    ) {
        self.id = id
        self.contract = contract
        self.inbox = inbox
        self.since = since
        self.search = search
        self.after = after
        self.limit = limit
    }
}

/// What waits for a person.
package struct QuarantineLine: Sendable, Hashable, Codable {
    /// What `replay` takes: a message's number, or `u` and a ledger row's.
    package var id: String
    package var inbox: String
    /// Whose message it is; for what could not be fetched, everybody who takes mail from the inbox.
    package var contracts: [String]
    package var time: Timestamp?
    package var reason: String
    /// Fetches that failed.
    package var attempts: Int
    /// On the server: UID or UIDL.
    package var uid: String?
    /// What is known of the mail; nothing if it could not be fetched.
    package var message: MessageLine?

    package init(
        id: String, inbox: String, contracts: [String], time: Timestamp?, reason: String, attempts: Int, uid: String?,
        message: MessageLine?
    ) {
        self.id = id
        self.inbox = inbox
        self.contracts = contracts
        self.time = time
        self.reason = reason
        self.attempts = attempts
        self.uid = uid
        self.message = message
    }
}

/// What a replay did or would do with one message.
package struct ReplayResult: Sendable, Hashable, Codable {
    package enum Outcome: String, Sendable, Codable, CaseIterable {
        /// Filed: it has the fate that it should have had.
        case filed
        /// The present rules, or the same fault, keep it where it was.
        case kept
        /// It could not be fetched and is asked for again.
        case wanted
        /// Not in quarantine any more: nothing was done.
        case closed
    }

    package struct Mail: Sendable, Hashable, Codable {
        package var outbox: String
        package var to: [String]
        package var subject: String

        package init(outbox: String, to: [String], subject: String) {
            self.outbox = outbox
            self.to = to
            self.subject = subject
        }
    }

    package var id: String
    package var outcome: Outcome
    package var contract: String?
    package var fate: StoredMessage.Fate?
    package var ticket: String?
    package var reason: String
    /// The exact texts of the events.
    package var events: [String]
    package var notifications: [Mail]

    package init(
        id: String, outcome: Outcome, contract: String? = nil, fate: StoredMessage.Fate? = nil, ticket: String? = nil,
        reason: String, events: [String] = [], notifications: [Mail] = []
    ) {
        self.id = id
        self.outcome = outcome
        self.contract = contract
        self.fate = fate
        self.ticket = ticket
        self.reason = reason
        self.events = events
        self.notifications = notifications
    }
}

// MARK: - Tickets

/// A ticket with everything that belongs to it, oldest first.
package struct TicketReport: Sendable, Hashable, Codable {
    package struct Event: Sendable, Hashable, Codable {
        package var id: String
        package var kind: String
        package var time: Timestamp

        package init(_ event: TicketEvent) {
            id = event.id.rawValue
            kind = event.kind.rawValue
            time = event.time
        }
    }

    package var contract: String
    package var key: String
    package var external: String?
    package var requester: MailAddress?
    package var subject: String
    /// `nil` while it is open.
    package var closed: Timestamp?
    package var messages: [MessageLine]
    package var events: [Event]
    package var deliveries: [DeliveryView]
    /// What flows did about it, or why they did nothing.
    package var flows: [FlowLine]
    /// Steps that wait for their time.
    package var planned: [PlannedStepView]
    /// Latest first.
    package var approvals: [ApprovalView]

    package init(
        _ ticket: Ticket, contract: String, messages: [MessageLine], events: [Event], deliveries: [DeliveryView],
        flows: [FlowLine] = [], planned: [PlannedStepView] = [], approvals: [ApprovalView] = []
    ) {
        self.contract = contract
        key = ticket.key
        external = ticket.external
        requester = ticket.requester
        subject = ticket.subject
        closed = ticket.closed
        self.messages = messages
        self.events = events
        self.deliveries = deliveries
        self.flows = flows
        self.planned = planned
        self.approvals = approvals
    }
}
