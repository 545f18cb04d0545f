// When a contract holds, what a ticket begins with, and which notifications its flows may send; pure description.

extension Contract {
    package enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case active
        /// Until somebody resumes it: mail is set aside, flows do not run, and its queue is on hold.
        case paused
        /// For good: mail is set aside and flows do not run; what is queued leaves.
        case ended
    }

    /// Whole days in the contract's time zone, both inclusive; `nil` has no end.
    package struct Validity: Sendable, Hashable {
        package var from: CivilDate?
        package var until: CivilDate?

        package init(from: CivilDate? = nil, until: CivilDate? = nil) {
            self.from = from
            self.until = until
        }
    }

    /// How long what a contract received is kept, in days; `nil` for ever.
    package struct Retention: Sendable, Hashable, Codable {
        /// Raw sources of messages, and with them their attachments. The message's row stays: who, what, when, its digest.
        package var sources: Int?
        /// Events that were delivered, where there is an endpoint.
        package var events: Int?

        package init(sources: Int? = nil, events: Int? = nil) {
            self.sources = sources
            self.events = events
        }
    }

    /// What a ticket begins with when nothing else says so.
    package struct Opening: Sendable, Hashable {
        /// Whose a ticket is that a stranger opens; `nil` leaves it to the stranger.
        package var requester: MailAddress?
        /// Passed through to the event; rules set over them.
        package var fields: [String: String]

        package init(requester: MailAddress? = nil, fields: [String: String] = [:]) {
            self.requester = requester
            self.fields = fields
        }
    }
}

/// What a notification tells of a ticket's life. A contract may switch a class off.
package enum NotificationClass: String, Sendable, Hashable, Codable, CaseIterable {
    case opening, progress, closing

    package init(trigger: String) {
        switch trigger {
        case TicketEvent.Kind.ticketOpened.rawValue: self = .opening
        case Occasion.completed: self = .closing
        default: self = .progress
        }
    }
}
