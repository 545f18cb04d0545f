// A ticket's thread and the events the ticket system receives; knows neither mail parsing nor storage.

/// The thread key: a per-contract reference such as `ACME-42`.
package struct Ticket: Sendable, Hashable {
    package var id: TicketID
    package var contract: ContractID
    package var number: Int
    package var key: String
    /// The ticket system's own id, once it told us.
    package var external: String?
    package var requester: MailAddress?
    package var subject: String
    /// When the ticket system told that it is done; `nil` while it is open.
    package var closed: Timestamp?
    package var opening: Opening

    /// What the mail that opened it said.
    package struct Opening: Sendable, Hashable, Codable {
        /// Header Message-ID: what notifications without a mail of their own are answers to.
        package var messageID: String?
        /// Everybody in To and Cc but our own addresses and the requester.
        package var cc: [MailAddress]
        /// What rules and the contract set.
        package var fields: [String: String]

        package init(messageID: String? = nil, cc: [MailAddress] = [], fields: [String: String] = [:]) {
            self.messageID = messageID
            self.cc = cc
            self.fields = fields
        }
    }

    package init(
        id: TicketID = .unsaved, contract: ContractID, number: Int, key: String, external: String? = nil,
        requester: MailAddress?, subject: String, closed: Timestamp? = nil, opening: Opening = Opening()
    ) {
        self.id = id
        self.contract = contract
        self.number = number
        self.key = key
        self.external = external
        self.requester = requester
        self.subject = subject
        self.closed = closed
        self.opening = opening
    }
}

/// One entry of a contract's ordered event log, with the exact JSON that every receiver gets.
package struct TicketEvent: Sendable, Hashable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case ticketOpened = "ticket.opened"
        case ticketReplied = "ticket.replied"
        case ticketApproved = "ticket.approved"
        case ticketRejected = "ticket.rejected"
        case notificationSent = "notification.sent"
        case notificationDelayed = "notification.delayed"
        case notificationFailed = "notification.failed"
        case notificationBounced = "notification.bounced"
        /// An answer was not queued: a limit on answers has been reached.
        case notificationSuppressed = "notification.suppressed"
        case messageIgnored = "message.ignored"
        case messageQuarantined = "message.quarantined"
        case mailboxFailing = "mailbox.failing"
        case mailboxRecovered = "mailbox.recovered"
        /// Its server's certificate, or what it gets access tokens with, ends soon.
        case mailboxExpiring = "mailbox.expiring"
        /// Deliveries have waited for long.
        case queueAging = "queue.aging"

        /// One or more a mail: nearly all of a log. The others are few.
        package static let common: Set<Kind> = [.ticketOpened, .ticketReplied, .notificationSent]

        /// The CloudEvents `type`.
        package var cloudEventType: String { "malote.\(rawValue).v1" }
    }

    package var id: EventID
    package var contract: ContractID
    package var kind: Kind
    /// Ticket key, mailbox name or notification id: the CloudEvents `subject`.
    package var subject: String
    package var time: Timestamp
    package var text: EventText
    /// Structured CloudEvents 1.0, one line of JSON.
    package var json: String { text.whole }

    package init(id: EventID, contract: ContractID, kind: Kind, subject: String, time: Timestamp, text: EventText) {
        self.id = id
        self.contract = contract
        self.kind = kind
        self.subject = subject
        self.time = time
        self.text = text
    }

    package init(id: EventID, contract: ContractID, kind: Kind, subject: String, time: Timestamp, json: String) {
        self.init(id: id, contract: contract, kind: kind, subject: subject, time: time, text: EventText(json))
    }
}
