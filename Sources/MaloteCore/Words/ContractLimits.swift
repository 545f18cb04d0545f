// What a contract does not take and how much it answers; pure description.

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
