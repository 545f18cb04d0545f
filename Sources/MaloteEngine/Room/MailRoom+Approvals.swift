// Approvals as operators see and change them, and as they run out of time.

import MaloteCore
import MaloteDesk

extension MailRoom {
    var approvalDesk: ApprovalDesk {
        ApprovalDesk(intake: parts.intake, registry: parts.board.current, now: parts.time.now())
    }

    // MARK: - Looking

    package func approvals(
        contract: String?, ticket: String?, state: String?, page: PageWish
    ) async throws(Problem) -> [ApprovalView] {
        var filter = ApprovalFilter(limit: page.limit(atMost: 1000))
        filter.before = try page.number().map(ApprovalID.init(rawValue:))
        if let contract { filter.contract = try self.contract(named: contract).id }
        if let ticket { filter.ticket = try await find(ticket: ticket, contract: contract).id }
        if let state {
            guard let known = Approval.State(rawValue: state) else {
                let words = Approval.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.invalid(
                    field: "state", "\"\(state.onOneLine)\" is no state of an approval.", remedy: "Use: \(words).")
            }
            filter.state = known
        }
        let (registry, wanted) = (parts.board.current, filter)
        return try await read { store in try store.approvals(wanted).map { try store.view(of: $0, registry) } }
    }

    package func approval(_ number: Int64) async throws(Problem) -> ApprovalView {
        let registry = parts.board.current
        let found = try await read { store in
            try store.approval(ApprovalID(rawValue: number)).map { try store.view(of: $0, registry) }
        }
        guard let found else { throw Self.noApproval(number) }
        return found
    }

    private static func noApproval(_ number: Int64) -> Problem {
        Problem(status: 404, title: "Not found", detail: "There is no approval \(number).")
    }

    // MARK: - Changing

    package func cancel(approval number: Int64) async throws(Problem) -> ApprovalView {
        try await change(number) { desk, approval, store in
            if approval.state != .pending {
                throw Self.conflict(.ended(approval.state, at: approval.ended ?? approval.expires))
            }
            try desk.end(approval, as: .cancelled, store)
        }
    }

    package func vote(_ request: OperatorVote) async throws(Problem) -> ApprovalView {
        try await change(request.approval) { desk, approval, store in
            let key = MailAddress(address: request.voter).key
            guard let place = approval.voters.firstIndex(where: { $0.address.key == key }) else {
                throw Problem.missing("voter", request.voter, known: approval.voters.map(\.address.address))
            }
            let vote = Approval.Vote(request.choice, by: .operator, at: desk.now, comment: request.comment.trimmed)
            if case .refused(let refusal) = try desk.cast(vote, by: place, in: approval, store) {
                throw Self.conflict(refusal)
            }
        }
    }

    private static func conflict(_ refusal: Ballot.Refusal) -> Problem {
        Problem(status: 409, title: "Not changed", detail: refusal.words)
    }

    private func change(
        _ number: Int64,
        _ body: @escaping @Sendable (ApprovalDesk, Approval, any StoreWriting) throws -> Void
    ) async throws(Problem) -> ApprovalView {
        let (desk, id, deed) = (approvalDesk, ApprovalID(rawValue: number), Deed.current)
        let changed = try await write { store in
            guard let approval = try store.approval(id) else { throw Self.noApproval(number) }
            deed?.isAbout(desk.registry.name(of: approval.contract))
            try body(desk, approval, store)
            return try store.view(of: try store.approval(id) ?? approval, desk.registry)
        }
        parts.intake.ring()
        return changed
    }

    // MARK: - Time

    /// It is looked again at least so often.
    private static let longestWait = Duration.seconds(60)
    private static let expiryBatch = 100

    /// Ends what was not decided in time, until asked to stop or cancelled.
    package func watchApprovals() async {
        while await parts.book.begin(.chores, unless: parts.stop, time: parts.time) {
            let heard = [(parts.queueBell, parts.queueBell.generation), (parts.stop.bell, 0)]
            let rest = await expireApprovals()
            parts.book.end(.chores)
            await Bell.waitForAny(heard, for: rest, time: parts.time)
        }
    }

    /// - Returns: how long there is nothing to do.
    private func expireApprovals() async -> Duration {
        let desk = approvalDesk
        do {
            let next = try await parts.store.read { try $0.pendingApprovals(limit: 1) }.first
            guard let next else { return Self.longestWait }
            guard next.expires <= desk.now else { return min(next.expires - desk.now, Self.longestWait) }
            try await parts.store.write { store in
                for approval in try store.pendingApprovals(limit: Self.expiryBatch) where approval.expires <= desk.now {
                    try desk.end(approval, as: .expired, store)
                }
            }
            parts.intake.ring()
            return .zero
        } catch {
            parts.log(.error, "approvals that are over wait: \(Failure(storing: error))")
            return Self.longestWait
        }
    }
}

extension StoreReading {
    func view(of approval: Approval, _ registry: Registry) throws -> ApprovalView {
        ApprovalView(
            approval, contract: registry.name(of: approval.contract), ticket: try ticket(approval.ticket)?.key ?? "")
    }
}
