// The part of the operators' port that is about approvals, and what a voter's link shows.

package protocol ApprovalControl: Sendable {
    /// Latest first; every given name must match.
    func approvals(
        contract: String?, ticket: String?, state: String?, page: PageWish
    ) async throws(Problem) -> [ApprovalView]

    func approval(_ number: Int64) async throws(Problem) -> ApprovalView

    /// Asks no more: its links say so. Refused unless it is pending.
    func cancel(approval number: Int64) async throws(Problem) -> ApprovalView

    /// Votes in the name of one of the voters, who has told it some other way.
    func vote(_ request: OperatorVote) async throws(Problem) -> ApprovalView

    /// What a link shows. Changes nothing, however often it is looked at.
    func look(at link: String) async throws(Problem) -> ApprovalVisit

    /// Takes the vote of whoever has the link, if it may still be given.
    /// - Parameter choice: `nil` if none was made: then it is asked again.
    func answer(_ link: String, _ choice: Approval.Choice?, comment: String) async throws(Problem) -> ApprovalVisit
}

extension ApprovalControl {
    package func approvals(
        contract: String?, ticket: String?, state: String?
    ) async throws(Problem) -> [ApprovalView] {
        try await approvals(contract: contract, ticket: ticket, state: state, page: PageWish())
    }
}

package struct OperatorVote: Sendable, Hashable {
    package var approval: Int64
    /// The voter's address.
    package var voter: String
    package var choice: Approval.Choice
    package var comment: String

    package init(approval: Int64, voter: String, choice: Approval.Choice, comment: String = "") {
        self.approval = approval
        self.voter = voter
        self.choice = choice
        self.comment = comment
    }
}

/// An approval with all that is known of it.
package struct ApprovalView: Sendable, Hashable, Codable {
    package struct Voter: Sendable, Hashable, Codable {
        package var name: String?
        package var address: String
        package var group: String?
        /// The mail that asked them.
        package var notification: NotificationID?
        /// This and what follows are `nil` until they have voted.
        package var choice: Approval.Choice?
        package var time: Timestamp?
        package var way: Approval.Way?
        package var comment: String?

        package init(_ voter: Approval.Voter) {
            name = voter.address.name
            address = voter.address.address
            group = voter.group
            notification = voter.notification
            choice = voter.vote?.choice
            time = voter.vote?.time
            way = voter.vote?.way
            comment = voter.vote?.comment
        }
    }

    package var id: ApprovalID
    package var contract: String
    /// The ticket's key.
    package var ticket: String
    package var flow: String
    package var step: Int
    package var subject: String
    package var summary: String
    package var state: Approval.State
    /// How many must approve.
    package var quorum: Int
    package var created: Timestamp
    package var expires: Timestamp
    package var ended: Timestamp?
    package var voters: [Voter]

    package init(_ approval: Approval, contract: String, ticket: String) {
        id = approval.id
        self.contract = contract
        self.ticket = ticket
        flow = approval.flow.text
        step = approval.step
        subject = approval.subject
        summary = approval.summary
        state = approval.state
        quorum = approval.quorum
        created = approval.created
        expires = approval.expires
        ended = approval.ended
        voters = approval.voters.map(Voter.init)
    }
}

/// What somebody sees who follows a link: enough for a page, in words of the contract's language and zone.
package struct ApprovalVisit: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        /// Nobody here made this link.
        case forged
        /// It was made here, and there is no such approval any more.
        case foreign
        /// The voter is asked, and may choose one of these.
        case asks([Approval.Choice])
        /// The vote has just been taken.
        case taken(Approval.Choice)
        /// This voter has voted before.
        case voted(Approval.Choice, on: String)
        /// It has ended without this voter's vote. `approved` to `cancelled`.
        case ended(Approval.State, on: String)
    }

    /// What is asked. Times are written for people.
    package struct Question: Sendable, Hashable {
        package var contract: String
        package var ticket: String
        package var requester: String?
        package var subject: String
        package var summary: String
        package var voter: String
        package var group: String?
        package var quorum: Int
        package var voters: Int
        package var approvals: Int
        package var rejections: Int
        package var expires: String
        package var state: Approval.State

        package init(
            contract: String, ticket: String, requester: String?, subject: String, summary: String, voter: String,
            group: String?, quorum: Int, voters: Int, approvals: Int, rejections: Int, expires: String,
            state: Approval.State
        ) {
            self.contract = contract
            self.ticket = ticket
            self.requester = requester
            self.subject = subject
            self.summary = summary
            self.voter = voter
            self.group = group
            self.quorum = quorum
            self.voters = voters
            self.approvals = approvals
            self.rejections = rejections
            self.expires = expires
            self.state = state
        }
    }

    package var outcome: Outcome
    /// The contract's (`en`, `pt-BR`); `nil` if there is none.
    package var language: String?
    /// `nil` for what is forged or foreign.
    package var question: Question?

    package init(_ outcome: Outcome, language: String? = nil, question: Question? = nil) {
        self.outcome = outcome
        self.language = language
        self.question = question
    }
}
