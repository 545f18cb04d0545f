// What a contract's flows do about one occasion: finished notifications, or the reason why not; pure but for chance.

import MaloteCore

/// One occasion seen by the flows of its contract.
package struct FlowRun: Sendable {
    package var occasion: Occasion
    package var contract: Contract
    package var registry: Registry
    /// As it is now; `nil` if the occasion is about none.
    package var ticket: Ticket?
    /// The occasion's mail; `nil` if there is none.
    package var view: MessageView?
    package var ids: SignedMessageID
    /// `nil` if pages cannot be reached: then nobody is asked to approve.
    package var door: ApprovalDoor?
    package var now: Timestamp
    /// What the mail asks its one recipient; `nil` for a mail that asks nothing.
    var ask: Ask?

    package init(
        _ occasion: Occasion, contract: Contract, registry: Registry, ticket: Ticket?, view: MessageView? = nil,
        ids: SignedMessageID, door: ApprovalDoor? = nil, now: Timestamp
    ) {
        self.occasion = occasion
        self.contract = contract
        self.registry = registry
        self.ticket = ticket
        self.view = view
        self.ids = ids
        self.door = door
        self.now = now
    }

    /// Which step of which flow.
    package struct Place: Sendable, Hashable, CustomStringConvertible {
        package var flow: FlowName
        /// From 1.
        package var step: Int

        package init(flow: FlowName, step: Int) {
            self.flow = flow
            self.step = step
        }

        package var description: String { "Step \(step) of flow \(flow)" }
    }

    /// One step's mail, ready to be built and queued but for the files of the occasion's mail.
    package struct Draft: Sendable {
        package var place: Place
        /// Which attachments of the mail go along, as places in its view.
        package var attachments: [Int]
        /// Who or what does not go along, and why.
        package var leftOut: [String]
        /// Where reports about it arrive.
        package var returnAddress: MailAddress
        package var resolution: OutboxResolution
        package var message: OutgoingMessage
        package var priority: Priority
    }

    package enum Outcome: Sendable {
        case send(Draft)
        /// One approval, and a mail to each of its voters.
        case ask(Question)
        /// Not before this time.
        case plan(Place, due: Timestamp)
        /// Why a step sends nothing, in words.
        case nothing(Place, reason: String)
    }

    private var flows: [Flow] { registry.flows.filter { $0.contract == contract.name } }

    private func starts(_ flow: Flow) -> Bool {
        occasion.flow.map { $0 == flow.name } ?? (flow.trigger == occasion.trigger)
    }

    /// Which flows of the contract wait for something else, in words; `nil` if there are none.
    package var idle: String? {
        let others = flows.filter { !starts($0) }.map { "\($0.name) (\($0.trigger))" }
        return others.isEmpty ? nil : "Not for \(occasion.trigger): \(others.joined(separator: ", "))."
    }

    /// Why no flow runs, if none does.
    package var whyNone: String? {
        guard !flows.contains(where: starts) else { return nil }
        let known = Set(flows.map(\.trigger)).sorted()
        return "No flow of contract \(contract.name) waits for \(occasion.trigger)"
            + (known.isEmpty ? "." : "; its flows wait for \(known.joined(separator: ", ")).")
    }

    // MARK: - Steps

    /// In flow order, then step order.
    package var outcomes: [Outcome] {
        flows.filter(starts).flatMap { flow in
            flow.steps.enumerated().map { index, step in
                outcome(of: step, Place(flow: flow.name, step: index + 1), isDue: false)
            }
        }
    }

    /// Of a step whose time has come, as it is now.
    package func outcome(of place: Place) -> Outcome {
        guard let flow = flows.first(where: { $0.name == place.flow }) else {
            return .nothing(place, reason: "There is no such flow any more.")
        }
        guard flow.steps.indices.contains(place.step - 1) else {
            return .nothing(place, reason: "The flow has no such step any more.")
        }
        return outcome(of: flow.steps[place.step - 1], place, isDue: true)
    }

    private func outcome(of step: Flow.Step, _ place: Place, isDue: Bool) -> Outcome {
        if let refusal = contract.refusal(at: now) { return .nothing(place, reason: refusal) }
        if occasion.isPrivate { return .nothing(place, reason: "It is private: nothing leaves.") }
        switch step {
        case .email(let email):
            guard isDue || email.delaySeconds == 0 else {
                return .plan(place, due: occasion.time + .seconds(email.delaySeconds))
            }
            if email.isConditional, let reason = email.obstacle(in: FlowContext.value(of: self)) {
                return .nothing(place, reason: reason)
            }
            return outcome(of: email, place)
        }
    }

    private func outcome(of step: EmailStep, _ place: Place) -> Outcome {
        do {
            var resolution = try OutboxResolution.resolve(
                step.outbox, asker: place.description, contract: contract, registry: registry)
            if let note = step.senderNote(resolution.outbox) { resolution.trace.append(note) }
            let found = recipients(step, resolution)
            guard !found.to.isEmpty else { return .nothing(place, reason: found.whyNobody) }
            guard let template = template(of: step) else {
                return .nothing(place, reason: "There is no template \(step.template?.text ?? "").")
            }
            guard template.isActive else {
                return .nothing(place, reason: "Template \(template.key) is inactive.")
            }
            if let terms = step.approval { return question(terms, step, place, template, found, resolution) }
            let message = try compose(step, template, found.to, resolution)
            let files = step.attachments ? mailFiles : (places: [], leftOut: [])
            return .send(
                Draft(
                    place: place, attachments: files.places, leftOut: found.leftOut + files.leftOut,
                    returnAddress: registry.returnAddress(of: contract, sender: message.from), resolution: resolution,
                    message: message, priority: step.priority))
        } catch {
            return .nothing(place, reason: Self.reason(of: error))
        }
    }

    /// Why a mail could not be written.
    package static func reason(of error: any Error) -> String {
        (error as? Failure)?.description ?? "The template is not valid: \(error)"
    }
}
