// The events that warn a contract of what will be wrong soon; knows no rule of when.

import MaloteCore

extension TicketEventBuilder {
    /// `mailbox.expiring`.
    /// - Parameter what: `certificate` (of its server) or `refresh-token`.
    package func expiring(_ mailbox: Mailbox, what: String, end: Timestamp) -> TicketEvent {
        event(.mailboxExpiring, source: "/mailboxes/\(mailbox.name)", subject: mailbox.name.text) { data in
            data.object("mailbox") { Self.write(mailbox, to: &$0) }
            data.field("what", what)
            data.field("expires", end.description)
        }
    }

    /// `queue.aging`.
    package func aging(outbox: String, queued: Int, oldest: Timestamp) -> TicketEvent {
        event(.queueAging, source: "/outboxes/\(outbox)", subject: outbox) { data in
            data.field("outbox", outbox)
            data.field("queued", queued)
            data.field("oldest", oldest.description)
        }
    }
}
