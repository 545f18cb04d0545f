// A question that several people are asked by mail, and what each of them answered; knows no rule of counting.

/// What an email step asks for, beyond sending its mail.
package struct ApprovalTerms: Sendable, Hashable {
    /// How many of those who are asked must approve.
    package enum Quorum: Sendable, Hashable {
        /// From 1.
        case number(Int)
        case all

        /// As a registry writes it.
        package var words: String {
            switch self {
            case .number(let number): "\(number)"
            case .all: "all"
            }
        }
    }

    package static let usual = ApprovalTerms(quorum: .number(1), expiresSeconds: 72 * 3600)
    /// From five minutes to ninety days.
    package static let expiry = 300...90 * 86_400
    package static let largestQuorum = 1000

    package var quorum: Quorum
    /// How long after the request votes are taken.
    package var expiresSeconds: Int

    package init(quorum: Quorum, expiresSeconds: Int) {
        self.quorum = quorum
        self.expiresSeconds = expiresSeconds
    }
}

/// One question about a ticket, with everybody who is asked.
package struct Approval: Sendable, Hashable {
    package enum State: String, Sendable, Codable, CaseIterable {
        case pending, approved, rejected, expired, cancelled
    }

    package enum Choice: String, Sendable, Codable, CaseIterable {
        case approve, reject
    }

    /// How a vote was given.
    package enum Way: String, Sendable, Codable, CaseIterable {
        case link, reply
        /// By an operator, in the voter's name.
        case `operator`
    }

    package struct Vote: Sendable, Hashable {
        /// Characters of a comment that are kept.
        package static let longestComment = 2000

        package var choice: Choice
        package var way: Way
        package var time: Timestamp
        /// Empty if nothing was said.
        package var comment: String

        package init(_ choice: Choice, by way: Way, at time: Timestamp, comment: String = "") {
            self.choice = choice
            self.way = way
            self.time = time
            self.comment = Self.clean(comment)
        }

        /// It is shown in pages, mails and terminals: lines stay, other control characters become spaces.
        private static func clean(_ comment: String) -> String {
            let lines = comment.prefix(longestComment).split(
                omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            return lines.map { String($0).onOneLine }.joined(separator: "\n")
        }
    }

    package struct Voter: Sendable, Hashable {
        package var address: MailAddress
        /// The group that they are asked for; `nil` for themselves.
        package var group: String?
        /// The mail that asked them.
        package var notification: NotificationID?
        package var vote: Vote?

        package init(
            _ address: MailAddress, group: String? = nil, notification: NotificationID? = nil, vote: Vote? = nil
        ) {
            self.address = address
            self.group = group
            self.notification = notification
            self.vote = vote
        }
    }

    package var id: ApprovalID
    package var contract: ContractID
    package var ticket: TicketID
    /// The flow that asked, and which of its steps, from 1.
    package var flow: FlowName
    package var step: Int
    /// Chance that its links repeat: a number that a restored backup gives out again is not this approval.
    package var nonce: [UInt8]
    /// Of the mail.
    package var subject: String
    /// What the trigger told, for the page; lines.
    package var summary: String
    /// How many must approve, from 1 to the number of voters.
    package var quorum: Int
    package var created: Timestamp
    /// From this moment on no vote is taken.
    package var expires: Timestamp
    package var state: State
    /// When it was decided, expired or cancelled.
    package var ended: Timestamp?
    /// Their places are what links name.
    package var voters: [Voter]

    package init(
        id: ApprovalID = .unsaved, contract: ContractID, ticket: TicketID, flow: FlowName, step: Int, nonce: [UInt8],
        subject: String, summary: String = "", quorum: Int, created: Timestamp, expires: Timestamp,
        state: State = .pending, ended: Timestamp? = nil, voters: [Voter]
    ) {
        self.id = id
        self.contract = contract
        self.ticket = ticket
        self.flow = flow
        self.step = step
        self.nonce = nonce
        self.subject = subject
        self.summary = summary
        self.quorum = quorum
        self.created = created
        self.expires = expires
        self.state = state
        self.ended = ended
        self.voters = voters
    }

    /// Everybody's groups, each once, in the order of the voters.
    package var groups: [String] {
        var seen: Set<String> = []
        return voters.compactMap(\.group).filter { seen.insert($0).inserted }
    }

    package func count(_ choice: Choice) -> Int { voters.count { $0.vote?.choice == choice } }
}

/// Which approvals to show; every given field must match.
package struct ApprovalFilter: Sendable, Hashable {
    package var contract: ContractID?
    package var ticket: TicketID?
    package var state: Approval.State?
    /// Only those with lower numbers.
    package var before: ApprovalID?
    /// At most this many, latest first.
    package var limit: Int

    package init(
        contract: ContractID? = nil, ticket: TicketID? = nil, state: Approval.State? = nil, before: ApprovalID? = nil,
        limit: Int = 1000
    ) {
        self.contract = contract
        self.ticket = ticket
        self.state = state
        self.before = before
        self.limit = limit
    }
}
