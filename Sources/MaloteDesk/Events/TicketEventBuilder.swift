// Builds the exact JSON that receivers of the event log get; knows neither log nor endpoint.

import MaloteCore

/// Structured CloudEvents 1.0, one line, keys in a fixed order.
package struct TicketEventBuilder: Sendable {
    /// Longer texts are cut, and the cut is marked: the raw source has the rest.
    package static let textLimit = 256 * 1024

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
        package var view: MessageView
        package var size: Int
        package var sha256: Digest
        package var ticket: Ticket?
        /// Why it was ignored or quarantined; `nil` for opened and replied.
        package var reason: String?

        package init(
            message: MessageID, view: MessageView, size: Int, sha256: Digest, ticket: Ticket?, reason: String? = nil
        ) {
            self.message = message
            self.view = view
            self.size = size
            self.sha256 = sha256
            self.ticket = ticket
            self.reason = reason
        }
    }

    package func mail(_ kind: TicketEvent.Kind, inbox: MailboxName, _ facts: MailFacts) -> TicketEvent {
        let subject = facts.ticket?.key ?? inbox.text
        return event(kind, source: "/inboxes/\(inbox)", subject: subject) { data in
            if let ticket = facts.ticket {
                data.object("ticket") {
                    $0.field("key", ticket.key)
                    $0.field("external", ticket.external)
                }
            }
            if let reason = facts.reason { data.field("reason", reason) }
            data.object("message") { Self.write(facts, to: &$0) }
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
            data.object("mailbox") {
                $0.field("name", mailbox.name.text)
                $0.field("type", mailbox.inbox == nil ? "outbox" : "inbox")
                $0.field("server", mailbox.server)
            }
            if let failure = health.failure { data.object("failure") { Self.write(failure, to: &$0) } }
            if let since = health.failingSince { data.field("since", since.description) }
        }
    }

    // MARK: - Parts

    private func event(
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
            id: id, contract: contract.id, kind: kind, subject: subject, time: time, json: json.text)
    }

    private static func write(_ failure: Failure, to json: inout JSONText) {
        json.field("kind", failure.kind.rawValue)
        json.field("cause", failure.cause.rawValue)
        json.field("detail", failure.detail)
        json.field("remedy", failure.remedy)
    }

    private static func write(_ facts: MailFacts, to json: inout JSONText) {
        let view = facts.view
        json.field("id", facts.message.description)
        json.field("messageId", view.messageID)
        if let from = view.from { json.object("from") { write(from, to: &$0) } } else { json.field("from", nil) }
        addresses("to", view.to, &json)
        addresses("cc", view.cc, &json)
        addresses("replyTo", view.replyTo, &json)
        json.field("subject", view.subject)
        json.field("date", view.date?.description)
        let (text, html) = (cut(view.text), view.html.map(cut))
        json.field("text", text)
        json.field("newText", cut(view.newText))
        json.field("html", html)
        if text != view.text || html != view.html { json.field("truncated", true) }
        json.array("attachments") { json in
            for attachment in view.attachments { json.object { write(attachment, to: &$0) } }
        }
        if !view.defects.isEmpty {
            json.field("defects", view.defects.joined(separator: " "))
        }
        json.object("raw") {
            $0.field("size", facts.size)
            $0.field("sha256", facts.sha256.description)
        }
    }

    private static func write(_ attachment: MessageView.Attachment, to json: inout JSONText) {
        json.field("name", attachment.name)
        json.field("type", attachment.type)
        json.field("size", attachment.size)
        json.field("sha256", attachment.sha256?.description)
        json.field("refused", nil)
    }

    private static func write(_ address: MailAddress, to json: inout JSONText) {
        json.field("name", address.name)
        json.field("address", address.address)
    }

    private static func addresses(_ key: String, _ list: [MailAddress], _ json: inout JSONText) {
        json.array(key) { json in
            for address in list { json.object { write(address, to: &$0) } }
        }
    }

    /// At a character's start. `index(after:)` rounds down, so this is one step however long the character is.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > textLimit else { return text }
        let limit = text.utf8.index(text.startIndex, offsetBy: textLimit)
        return String(text[..<text.index(before: text.index(after: limit))])
    }
}
