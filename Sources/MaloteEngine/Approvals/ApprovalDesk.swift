// The one way by which approvals change, inside a transaction: votes, their end, and what is told of it.

import MaloteCore
import MaloteDesk

/// Whoever gives the vote, it counts by the same rules, and a decision is told once: as an event, and to flows.
struct ApprovalDesk: Sendable {
    let intake: Intake
    let registry: Registry
    let now: Timestamp

    func cast(
        _ vote: Approval.Vote, by voter: Int, in approval: Approval, _ store: any StoreWriting
    ) throws -> Ballot.Outcome {
        let outcome = Ballot(approval).cast(vote, by: voter)
        guard case .counted(let counted) = outcome else { return outcome }
        try store.update(counted)
        if counted.state != .pending { try tellDecision(counted, store) }
        return outcome
    }

    /// Nobody is asked any more.
    /// - Parameter state: `expired`, which flows are told, or `cancelled`.
    func end(_ approval: Approval, as state: Approval.State, _ store: any StoreWriting) throws {
        let ended = Ballot(approval).ended(as: state, at: now)
        try store.update(ended)
        guard state == .expired, let contract = registry.contract(approval.contract) else { return }
        try start(Occasion.approvalExpired, ended, contract, event: nil, store)
    }

    /// Those of a ticket that nobody needs to answer any more.
    func cancelAll(of ticket: TicketID, _ store: any StoreWriting) throws {
        for approval in try store.approvals(ApprovalFilter(ticket: ticket, state: .pending)) {
            try end(approval, as: .cancelled, store)
        }
    }

    private func tellDecision(_ approval: Approval, _ store: any StoreWriting) throws {
        guard let contract = registry.contract(approval.contract), let ticket = try store.ticket(approval.ticket) else {
            return
        }
        let event = TicketEventBuilder(contract: contract, id: intake.newEventID(), time: now)
            .decided(approval, ticket: ticket)
        try store.append(event)
        try start(event.kind.rawValue, approval, contract, event: event.id, store)
    }

    private func start(
        _ trigger: String, _ approval: Approval, _ contract: Contract, event: EventID?, _ store: any StoreWriting
    ) throws {
        let ticket = try store.ticket(approval.ticket)
        let occasion = Occasion(
            trigger: trigger, time: now, event: event, ticket: approval.ticket, data: approval.data,
            fields: Trigger.fields(of: ticket, data: .null))
        let run = FlowRun(
            occasion, contract: contract, registry: registry, ticket: ticket, ids: intake.ids(for: contract.id),
            door: intake.door, now: now)
        let (yes, no) = (approval.count(.approve), approval.count(.reject))
        let why = "Approval \(approval.id) is \(approval.state.rawValue): \(yes) for, \(no) against."
        _ = try FlowDesk.start(run, why: why, intake, store)
    }
}
