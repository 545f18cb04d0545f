// Builds the exact JSON that receivers of the event log get; knows neither log nor endpoint.

import MaloteCore

/// Structured CloudEvents 1.0, one line, keys in a fixed order.
package struct TicketEventBuilder: Sendable {
    private let contract: Contract
    private let id: EventID
    private let time: Timestamp

    package init(contract: Contract, id: EventID, time: Timestamp) {
        self.contract = contract
        self.id = id
        self.time = time
    }

    /// What an event about a mail says beyond the mail itself.
    package struct MailFacts: Sendable {
        package var message: MessageID
        package var mail: MessageJSON
        package var ticket: Ticket?
        /// What rules set.
        package var fields: [String: String]
        /// Why it was ignored or quarantined; `nil` for opened and replied.
        package var reason: String?
        /// The closed ticket that a new one goes on from.
        package var follows: Ticket?
        /// Whether a reply has opened a closed ticket again.
        package var reopens = false
        /// What a reply says of an approval; `nil` for every other.
        package var vote: Vote?

        package struct Vote: Sendable, Hashable {
            package var approval: ApprovalID
            package var choice: Approval.Choice
            package init(approval: ApprovalID, choice: Approval.Choice) {
                self.approval = approval
                self.choice = choice
            }
        }

        package init(
            message: MessageID, mail: MessageJSON, ticket: Ticket?,
            fields: [String: String] = [:], reason: String? = nil
        ) {
            self.message = message
            self.mail = mail
            self.ticket = ticket
            self.fields = fields
            self.reason = reason
        }
    }

    package func mail(_ kind: TicketEvent.Kind, inbox: MailboxName, _ facts: MailFacts) -> TicketEvent {
        let subject = facts.ticket?.key ?? inbox.text
        return event(kind, source: "/inboxes/\(inbox)", subject: subject) { data in
            if let ticket = facts.ticket {
                data.object("ticket") { json in
                    Self.write(ticket, to: &json)
                    if facts.reopens { json.field("reopened", true) }
                    if let follows = facts.follows { json.object("follows") { Self.write(follows, to: &$0) } }
                }
            }
            if !facts.fields.isEmpty {
                data.object("fields") { fields in
                    for (key, value) in facts.fields.sorted(by: { $0.key < $1.key }) { fields.field(key, value) }
                }
            }
            if let vote = facts.vote {
                data.object("vote") { json in
                    json.field("approval", vote.approval.description)
                    json.field("choice", vote.choice.rawValue)
                }
            }
            if let reason = facts.reason { data.field("reason", reason) }
            data.object("message") { write(facts, to: &$0) }
        }
    }

    /// A notification that a flow did not write, and why.
    package func suppressed(_ occasion: Occasion, ticket: Ticket?, reason: String) -> TicketEvent {
        event(.notificationSuppressed, source: "", subject: ticket?.key ?? occasion.trigger) { data in
            if let ticket { data.object("ticket") { Self.write(ticket, to: &$0) } }
            data.field("reason", reason)
            data.object("cause") { json in
                json.field("type", occasion.trigger)
                json.field("event", occasion.event?.rawValue)
                json.field("message", occasion.message?.description)
            }
        }
    }

    /// A message that could not be fetched or understood, of which there is no view.
    package func unfetchable(inbox: MailboxName, uid: String, reason: String) -> TicketEvent {
        event(.messageQuarantined, source: "/inboxes/\(inbox)", subject: inbox.text) { data in
            data.field("reason", reason)
            data.field("uid", uid)
        }
    }

    package func mailbox(_ kind: TicketEvent.Kind, _ mailbox: Mailbox, _ health: MailboxHealth) -> TicketEvent {
        event(kind, source: "/mailboxes/\(mailbox.name)", subject: mailbox.name.text) { data in
            data.object("mailbox") { Self.write(mailbox, to: &$0) }
            if let failure = health.failure { data.object("failure") { Self.write(failure, to: &$0) } }
            if let since = health.failingSince { data.field("since", since.description) }
        }
    }

    // MARK: - Parts

    static func write(_ ticket: Ticket, to json: inout JSONText) {
        json.field("key", ticket.key)
        json.field("external", ticket.external)
    }

    static func write(_ mailbox: Mailbox, to json: inout JSONText) {
        json.field("name", mailbox.name.text)
        json.field("type", mailbox.inbox == nil ? "outbox" : "inbox")
        json.field("server", mailbox.server)
    }

    func event(
        _ kind: TicketEvent.Kind, source: String, subject: String, data: (inout JSONText) -> Void
    ) -> TicketEvent {
        var json = JSONText()
        json.object { json in
            json.field("specversion", "1.0")
            json.field("id", id.rawValue)
            json.field("source", "/contracts/\(contract.name)\(source)")
            json.field("type", kind.cloudEventType)
            json.field("subject", subject)
            json.field("time", time.description)
            json.field("datacontenttype", "application/json")
            json.object("data") { json in
                json.field("contract", contract.name.text)
                data(&json)
            }
        }
        return TicketEvent(
            id: id, contract: contract.id, kind: kind, subject: subject, time: time, text: json.line)
    }

    static func write(_ failure: Failure, to json: inout JSONText) {
        json.field("kind", failure.kind.rawValue)
        json.field("cause", failure.cause.rawValue)
        json.field("detail", failure.detail)
        json.field("remedy", failure.remedy)
    }

    private func write(_ facts: MailFacts, to json: inout JSONText) {
        json.field("id", facts.message.description)
        facts.mail.write(to: &json, policy: contract.attachments)
    }
}
