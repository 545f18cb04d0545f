// What starts flows: that something has happened, and what was told of it; knows no flow's steps and no mail's content.

/// One reason for flows to run: a mail that was filed, a trigger, a ticket that was closed or opened again.
///
/// It names its ticket and its mail by their numbers: a step that is carried out later sees them as they are then.
package struct Occasion: Sendable, Hashable, Codable {
    /// A file that a trigger brings along.
    package struct File: Sendable, Hashable, Codable {
        package var name: String
        package var type: String
        /// Of the content.
        package var base64: String

        package init(name: String, type: String, base64: String) {
            self.name = name
            self.type = type
            self.base64 = base64
        }
    }

    /// What flows wait for (`on`): `ticket.opened`, or a name of one's own.
    package var trigger: String
    package var time: Timestamp
    /// The event that told it; `nil` if none did.
    package var event: EventID?
    package var ticket: TicketID?
    /// The mail that was filed; `nil` if no mail is the reason.
    package var message: MessageID?
    /// The only flow to run, whatever it waits for; `nil` for all that wait for the trigger.
    package var flow: FlowName?
    /// What a trigger says: an object, or `null`.
    package var data: JSONValue
    /// What rules, the contract and triggers set.
    package var fields: [String: String]
    package var files: [File]

    package init(
        trigger: String, time: Timestamp, event: EventID? = nil, ticket: TicketID? = nil, message: MessageID? = nil,
        flow: FlowName? = nil, data: JSONValue = .null, fields: [String: String] = [:], files: [File] = []
    ) {
        self.trigger = trigger
        self.time = time
        self.event = event
        self.ticket = ticket
        self.message = message
        self.flow = flow
        self.data = data
        self.fields = fields
        self.files = files
    }
}

extension Occasion {
    /// The ticket system has closed the ticket.
    package static let completed = "ticket.completed"
    /// The ticket system, or a reply, has opened a closed ticket again.
    package static let reopened = "ticket.reopened"
    /// An approval was not decided in time.
    package static let approvalExpired = "approval.expired"
}

/// An occasion that is kept, since no mail keeps what was decided about it or since a step waits for its time.
package struct KeptOccasion: Sendable, Hashable {
    package var id: OccasionID
    package var contract: ContractID
    /// The trigger's own: a second one with the same key is the first.
    package var idempotencyKey: String?
    package var occasion: Occasion
    /// What flows did, or why they did nothing. That of a mail stands in the mail's own history.
    package var history: History

    package init(
        id: OccasionID = .unsaved, contract: ContractID, idempotencyKey: String? = nil, occasion: Occasion,
        history: History = History()
    ) {
        self.id = id
        self.contract = contract
        self.idempotencyKey = idempotencyKey
        self.occasion = occasion
        self.history = history
    }
}

/// A step of a flow that waits for its time.
package struct PlannedStep: Sendable, Hashable {
    package var id: PlannedStepID
    package var occasion: OccasionID
    package var contract: ContractID
    package var ticket: TicketID?
    package var flow: FlowName
    /// Which of its steps, from 1.
    package var step: Int
    package var due: Timestamp

    package init(
        id: PlannedStepID = .unsaved, occasion: OccasionID, contract: ContractID, ticket: TicketID?, flow: FlowName,
        step: Int, due: Timestamp
    ) {
        self.id = id
        self.occasion = occasion
        self.contract = contract
        self.ticket = ticket
        self.flow = flow
        self.step = step
        self.due = due
    }
}
