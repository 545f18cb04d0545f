// Approvals and their voters; knows nothing of how votes count.

import MaloteCore

extension StoreTransaction {
    private static let approvalColumns = """
        SELECT id, contract, ticket, flow, step, nonce, subject, summary, quorum, created, expires, state, ended
        FROM approvals AS row
        """ + " "

    /// Without its voters.
    private static func approval(_ row: SQLRow) throws -> Approval {
        guard let flow = FlowName(row.text(3)) else {
            throw Failure(.operatorNeeded, .storage, "Approval \(row.integer(0)) names no flow.")
        }
        return Approval(
            id: row.id(0), contract: row.id(1), ticket: row.id(2), flow: flow, step: row.count(4), nonce: row.blob(5),
            subject: row.text(6), summary: row.text(7), quorum: row.count(8), created: row.time(9),
            expires: row.time(10), state: try row.word(11), ended: row.optionalTime(12), voters: [])
    }

    private func approvals(_ rest: String, _ values: [SQLValue]) throws -> [Approval] {
        var found = try connection.rows(Self.approvalColumns + rest, values, map: Self.approval)
        for place in found.indices { found[place].voters = try voters(of: found[place].id) }
        return found
    }

    private func voters(of approval: ApprovalID) throws -> [Approval.Voter] {
        try connection.rows(
            """
            SELECT address, name, asked_group, notification, choice, way, time, comment FROM approval_voters
            WHERE approval = ? ORDER BY place
            """, [.init(approval)]
        ) { row in
            let vote: Approval.Vote? =
                row.isNull(4)
                ? nil : Approval.Vote(try row.word(4), by: try row.word(5), at: row.time(6), comment: row.text(7))
            return Approval.Voter(
                MailAddress(name: row.optionalText(1), address: row.text(0)), group: row.optionalText(2),
                notification: row.optionalID(3), vote: vote)
        }
    }

    func approval(_ id: ApprovalID) throws -> Approval? { try approvals("WHERE id = ?", [.init(id)]).first }

    func approvals(_ filter: ApprovalFilter) throws -> [Approval] {
        let (clause, values) = Self.clause([
            ("contract = ?", filter.contract.map { .init($0) }), ("ticket = ?", filter.ticket.map { .init($0) }),
            ("state = ?", filter.state.map { .text($0.rawValue) }), ("id < ?", filter.before.map { .init($0) }),
        ])
        return try approvals(clause + "ORDER BY id DESC LIMIT ?", values + [.init(filter.limit)])
    }

    func approval(askedBy notification: NotificationID) throws -> Approval? {
        try approvals(
            "WHERE id = (SELECT approval FROM approval_voters WHERE notification = ?)", [.init(notification)]
        ).first
    }

    func pendingApprovals(limit: Int) throws -> [Approval] {
        try approvals("WHERE state = 'pending' ORDER BY expires, id LIMIT ?", [.init(limit)])
    }

    func newApprovalID() throws -> ApprovalID { ApprovalID(rawValue: try next("approval")) }

    func insert(_ approval: Approval) throws {
        try connection.run(
            """
            INSERT INTO approvals
                (id, contract, ticket, flow, step, nonce, subject, summary, quorum, created, expires, state, ended)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .init(approval.id), .init(approval.contract), .init(approval.ticket), .text(approval.flow.text),
            .init(approval.step), .blob(approval.nonce), .text(approval.subject), .text(approval.summary),
            .init(approval.quorum), .init(approval.created), .init(approval.expires), .text(approval.state.rawValue),
            .init(approval.ended))
        for (place, voter) in approval.voters.enumerated() {
            try connection.run(
                """
                INSERT INTO approval_voters
                    (approval, place, address, name, asked_group, notification, choice, way, time, comment)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, .init(approval.id), .init(place), .text(voter.address.address), .init(voter.address.name),
                .init(voter.group), .init(voter.notification), .init(voter.vote?.choice.rawValue),
                .init(voter.vote?.way.rawValue), .init(voter.vote?.time), .text(voter.vote?.comment ?? ""))
        }
    }

    func update(_ approval: Approval) throws {
        let changed = try connection.changed(
            "UPDATE approvals SET state = ?, ended = ? WHERE id = ?", .text(approval.state.rawValue),
            .init(approval.ended), .init(approval.id))
        guard changed == 1 else { throw missing("approval \(approval.id)") }
        for (place, voter) in approval.voters.enumerated() {
            guard let vote = voter.vote else { continue }
            try connection.run(
                "UPDATE approval_voters SET choice = ?, way = ?, time = ?, comment = ? WHERE approval = ? AND place = ?",
                .text(vote.choice.rawValue), .text(vote.way.rawValue), .init(vote.time), .text(vote.comment),
                .init(approval.id), .init(place))
        }
    }
}
