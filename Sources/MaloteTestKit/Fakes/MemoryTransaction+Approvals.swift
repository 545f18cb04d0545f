// Approvals over a value.

import MaloteCore

extension MemoryTransaction {
    func approval(_ id: ApprovalID) throws -> Approval? { state.approvals.first { $0.id == id } }

    func approvals(_ filter: ApprovalFilter) throws -> [Approval] {
        let found = state.approvals.filter { approval in
            (filter.contract ?? approval.contract) == approval.contract
                && (filter.ticket ?? approval.ticket) == approval.ticket
                && (filter.state ?? approval.state) == approval.state
                && (filter.before.map { approval.id < $0 } ?? true)
        }
        return Array(found.sorted { $0.id > $1.id }.prefix(filter.limit))
    }

    func approval(askedBy notification: NotificationID) throws -> Approval? {
        state.approvals.first { $0.voters.contains { $0.notification == notification } }
    }

    func pendingApprovals(limit: Int) throws -> [Approval] {
        let found = state.approvals.filter { $0.state == .pending }
        return Array(found.sorted { ($0.expires, $0.id) < ($1.expires, $1.id) }.prefix(limit))
    }

    func newApprovalID() throws -> ApprovalID {
        state.lastApproval += 1
        return ApprovalID(rawValue: state.lastApproval)
    }

    func insert(_ approval: Approval) throws { state.approvals.append(approval) }

    func update(_ approval: Approval) throws {
        guard let place = state.approvals.firstIndex(where: { $0.id == approval.id }) else {
            throw missing("approval \(approval.id)")
        }
        (state.approvals[place].state, state.approvals[place].ended) = (approval.state, approval.ended)
        for (voter, changed) in zip(state.approvals[place].voters.indices, approval.voters) {
            state.approvals[place].voters[voter].vote = changed.vote
        }
    }
}
