// The part of the operators' port that is about flows: what starts them, what they did, and what they have planned.

package protocol FlowControl: Sendable {
    /// Runs the flows that wait for it, in one commit; delivery follows by itself.
    ///
    /// A second trigger of a contract with the same idempotency key runs nothing and has the first one's receipt.
    func trigger(_ request: TriggerRequest) async throws(Problem) -> TriggerReceipt

    /// What started flows without a mail, latest first.
    func triggers(contract: String?, ticket: String?, page: PageWish) async throws(Problem) -> [TriggerReceipt]

    /// Keeps that the ticket system has closed a ticket, or opened it again, and runs the flows that wait for that.
    ///
    /// The first closing counts: a ticket that is as it is to be stays as it is, and nothing runs.
    func turn(ticket key: String, contract: String?, _ turn: TicketTurn) async throws(Problem) -> TicketReport

    /// Steps that wait for their time, in its order; every given name must match.
    func plannedSteps(
        contract: String?, flow: String?, ticket: String?, page: PageWish
    ) async throws(Problem) -> [PlannedStepView]

    /// Calls a step off. Returns what it was.
    func cancel(plannedStep number: Int64) async throws(Problem) -> PlannedStepView
}

extension FlowControl {
    package func triggers(contract: String?, ticket: String?, limit: Int) async throws(Problem) -> [TriggerReceipt] {
        try await triggers(contract: contract, ticket: ticket, page: PageWish(limit: limit))
    }

    package func plannedSteps(
        contract: String?, flow: String?, ticket: String?
    ) async throws(Problem) -> [PlannedStepView] {
        try await plannedSteps(contract: contract, flow: flow, ticket: ticket, page: PageWish())
    }
}

/// A step of a flow that waits for its time.
package struct PlannedStepView: Sendable, Hashable, Codable {
    package var id: PlannedStepID
    package var contract: String
    package var flow: String
    /// Which of its steps, from 1.
    package var step: Int
    /// The ticket's key.
    package var ticket: String?
    package var trigger: String
    package var due: Timestamp
    /// Why it is not carried out even then; `nil` if nothing keeps it.
    package var waits: String?

    package init(_ step: PlannedStep, contract: String, ticket: String?, trigger: String, waits: String?) {
        id = step.id
        self.contract = contract
        flow = step.flow.text
        self.step = step.step
        self.ticket = ticket
        self.trigger = trigger
        due = step.due
        self.waits = waits
    }
}

/// What a trigger may say, so that nobody fills the store with it.
package enum TriggerLimits {
    /// Octets of the texts and names in `data`.
    package static let data = 65_536
    /// Levels of lists and objects.
    package static let depth = 16
    package static let files = 20
    /// Octets of all files together.
    package static let fileOctets = 5_000_000
}

/// Something that has happened elsewhere.
package struct TriggerRequest: Sendable, Hashable {
    package var contract: String
    /// The one flow to run, whatever it waits for.
    package var flow: String?
    /// What flows wait for. Either this or a flow.
    package var on: String?
    /// A ticket's key.
    package var ticket: String?
    package var data: JSONValue
    package var files: [Occasion.File]
    package var idempotencyKey: String?

    package init(
        contract: String, flow: String? = nil, on: String? = nil, ticket: String? = nil, data: JSONValue = .null,
        files: [Occasion.File] = [], idempotencyKey: String? = nil
    ) {
        self.contract = contract
        self.flow = flow
        self.on = on
        self.ticket = ticket
        self.data = data
        self.files = files
        self.idempotencyKey = idempotencyKey
    }
}

/// What flows did about an occasion without a mail.
package struct TriggerReceipt: Sendable, Hashable, Codable {
    package var id: OccasionID
    package var contract: String
    package var trigger: String
    package var flow: String?
    /// The ticket's key.
    package var ticket: String?
    package var time: Timestamp
    /// It had been triggered before with the same key: nothing was done now.
    package var repeated: Bool
    /// What each step did, with the notification's id, or why it did nothing.
    package var decisions: [Decision]

    package init(_ kept: KeptOccasion, contract: String, ticket: String?, repeated: Bool = false) {
        id = kept.id
        self.contract = contract
        trigger = kept.occasion.trigger
        flow = kept.occasion.flow?.text
        self.ticket = ticket
        time = kept.occasion.time
        self.repeated = repeated
        decisions = kept.history.decisions
    }
}

/// What the ticket system did with a ticket.
package struct TicketTurn: Sendable, Hashable {
    package var isClosed: Bool
    /// No flow runs.
    package var isQuiet: Bool
    package var data: JSONValue

    package init(isClosed: Bool, isQuiet: Bool = false, data: JSONValue = .null) {
        self.isClosed = isClosed
        self.isQuiet = isQuiet
        self.data = data
    }
}

/// One thing that flows did, or did not do, about a ticket.
package struct FlowLine: Sendable, Hashable, Codable {
    package var time: Timestamp
    /// `message 7`, or the trigger.
    package var cause: String
    package var step: Decision.Step
    /// The notification's or the planned step's id.
    package var reference: String?
    package var reason: String

    package init(_ decision: Decision, cause: String) {
        time = decision.time
        self.cause = cause
        step = decision.step
        reference = decision.reference
        reason = decision.reason
    }
}
