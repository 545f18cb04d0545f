// The events that tell what became of a notification, for one recipient each; knows neither queue nor log.

import MaloteCore

extension TicketEventBuilder {
    /// What is told of one delivery.
    package struct DeliveryFacts: Sendable {
        package var notification: NotificationID
        /// The header Message-ID that it went out under.
        package var messageID: String
        package var subject: String
        package var outbox: MailboxName?
        package var ticket: Ticket?
        package var recipient: String
        package var attempts: Int
        package var news: News

        package enum News: Sendable {
            case sent(ProtocolReply)
            /// - Parameter until: the time of the next attempt; `nil` if there is none.
            case problem(Failure, until: Timestamp?)
            /// A report that came as a mail.
            case reported(NoticedRecipient, evidence: String, message: MessageID)
        }

        package init(
            notification: NotificationID, messageID: String, subject: String, outbox: MailboxName?, ticket: Ticket?,
            recipient: String, attempts: Int, news: News
        ) {
            self.notification = notification
            self.messageID = messageID
            self.subject = subject
            self.outbox = outbox
            self.ticket = ticket
            self.recipient = recipient
            self.attempts = attempts
            self.news = news
        }
    }

    /// `notification.sent`, `.delayed`, `.failed` or `.bounced`.
    package func delivery(_ kind: TicketEvent.Kind, _ facts: DeliveryFacts) -> TicketEvent {
        let source = facts.outbox.map { "/outboxes/\($0)" } ?? ""
        return event(kind, source: source, subject: facts.ticket?.key ?? facts.notification.description) { data in
            if let ticket = facts.ticket { data.object("ticket") { Self.write(ticket, to: &$0) } }
            data.object("notification") { json in
                json.field("id", facts.notification.description)
                json.field("messageId", facts.messageID)
                json.field("subject", facts.subject)
            }
            data.field("recipient", facts.recipient)
            data.field("attempts", facts.attempts)
            Self.write(facts.news, to: &data)
        }
    }

    private static func write(_ news: DeliveryFacts.News, to json: inout JSONText) {
        switch news {
        case .sent(let reply): json.object("reply") { write(reply, to: &$0) }
        case .problem(let failure, let until):
            json.object("failure") { write(failure, to: &$0) }
            if let reply = failure.reply { json.object("reply") { write(reply, to: &$0) } }
            if let until { json.field("nextAttempt", until.description) }
        case .reported(let recipient, let evidence, let message):
            json.object("report") { json in
                json.recipient(recipient)
                json.field("evidence", evidence)
                json.field("message", message.description)
            }
        }
    }

    private static func write(_ reply: ProtocolReply, to json: inout JSONText) {
        json.field("code", reply.code)
        json.field("status", reply.status)
        json.field("text", reply.text)
    }
}

extension JSONText {
    /// What a report says about one recipient.
    mutating func recipient(_ recipient: NoticedRecipient) {
        field("recipient", recipient.address)
        field("status", recipient.status)
        field("action", recipient.action.rawValue)
        field("reason", recipient.cause.rawValue)
        field("hard", recipient.isHard)
        field("words", recipient.words)
    }
}
