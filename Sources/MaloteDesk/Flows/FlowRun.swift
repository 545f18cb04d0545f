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
    package var now: Timestamp

    package init(
        _ occasion: Occasion, contract: Contract, registry: Registry, ticket: Ticket?, view: MessageView? = nil,
        ids: SignedMessageID, now: Timestamp
    ) {
        self.occasion = occasion
        self.contract = contract
        self.registry = registry
        self.ticket = ticket
        self.view = view
        self.ids = ids
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

    /// One step's mail, ready to be built and queued.
    package struct Draft: Sendable {
        package var place: Place
        /// Where reports about it arrive.
        package var returnAddress: MailAddress
        package var resolution: OutboxResolution
        package var message: OutgoingMessage
        package var priority: Priority
    }

    package enum Outcome: Sendable {
        case send(Draft)
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

    /// In flow order, then step order.
    package var outcomes: [Outcome] {
        flows.filter(starts).flatMap { flow in
            flow.steps.enumerated().map { index, step in
                let place = Place(flow: flow.name, step: index + 1)
                switch step {
                case .email(let email): return outcome(of: email, place)
                }
            }
        }
    }

    private func outcome(of step: EmailStep, _ place: Place) -> Outcome {
        do {
            let resolution = try OutboxResolution.resolve(
                step.outbox, asker: place.description, contract: contract, registry: registry)
            let recipients = recipients(step, resolution)
            guard !recipients.isEmpty else { return .nothing(place, reason: "No recipient is left.") }
            guard let template = template(named: step.template) else {
                return .nothing(place, reason: "There is no template \(step.template).")
            }
            let message = try compose(step, template, recipients, resolution)
            let back = registry.returnAddress(of: contract, sender: message.from)
            return .send(
                Draft(
                    place: place, returnAddress: back, resolution: resolution, message: message,
                    priority: step.priority))
        } catch let failure as Failure {
            return .nothing(place, reason: failure.description)
        } catch {
            return .nothing(place, reason: "The template is not valid: \(error)")
        }
    }
}
