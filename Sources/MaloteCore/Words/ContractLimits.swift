// What a contract does not take, how much it answers, and what a closed ticket takes; pure description.

/// Which attachments are refused. A refused one is listed on the event with the reason; the raw source keeps it.
package struct AttachmentPolicy: Sendable, Hashable, Codable {
    /// Endings of names, lower case, without the dot.
    package var forbid: [String]
    /// Octets of one attachment; `nil` for no limit.
    package var largest: Int?

    package init(forbid: [String] = [], largest: Int? = nil) {
        self.forbid = forbid
        self.largest = largest
    }
}

/// Answers that were counted in one hour of the clock and in the one before.
package struct AnswerCount: Sendable, Hashable {
    package var thisHour: Int
    package var lastHour: Int

    package init(thisHour: Int = 0, lastHour: Int = 0) {
        self.thisHour = thisHour
        self.lastHour = lastHour
    }
}

/// How many notifications flows may queue within an hour, so that two robots cannot write to each other for ever.
package struct AnswerLimits: Sendable, Hashable, Codable {
    /// To one address because of its own mail.
    package var address: Int
    /// For one ticket.
    package var ticket: Int
    /// For the contract.
    package var contract: Int

    package init(address: Int = 5, ticket: Int = 20, contract: Int = 10_000) {
        self.address = address
        self.ticket = ticket
        self.contract = contract
    }
}

/// What a reply to a ticket does that the ticket system has closed.
package struct ClosedTicketRule: Sendable, Hashable, Codable {
    package enum Reply: String, Sendable, Hashable, Codable, CaseIterable {
        /// The ticket is open again.
        case reopen
        /// It is told beside the ticket, which stays closed.
        case attach
        /// Another ticket is opened, which names the closed one.
        case new
    }

    package var reply: Reply
    /// Days after the closing; a later reply opens another ticket. `nil` for ever.
    package var days: Int?

    package init(reply: Reply = .reopen, days: Int? = nil) {
        self.reply = reply
        self.days = days
    }
}
