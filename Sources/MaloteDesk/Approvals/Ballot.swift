// Whether a vote counts and what it decides; pure.

import MaloteCore

/// The rules of counting: everybody's first vote counts and stays. It is approved when as many have approved as must, and
/// rejected when so many have rejected that this cannot happen any more.
package struct Ballot: Sendable {
    package enum Refusal: Sendable, Hashable {
        case noSuchVoter
        case voted(Approval.Vote)
        /// `approved` to `cancelled`. `expired` as soon as the time is over, whether that was noted or not.
        case ended(Approval.State, at: Timestamp)
    }

    package enum Outcome: Sendable, Hashable {
        /// The approval with the vote, and with its new state if that decided it.
        case counted(Approval)
        case refused(Refusal)
    }

    package let approval: Approval

    package init(_ approval: Approval) { self.approval = approval }

    /// Why this voter cannot vote now; `nil` if they can.
    package func refusal(of voter: Int, at now: Timestamp) -> Refusal? {
        guard approval.voters.indices.contains(voter) else { return .noSuchVoter }
        if let vote = approval.voters[voter].vote { return .voted(vote) }
        if approval.state != .pending { return .ended(approval.state, at: approval.ended ?? approval.expires) }
        return now >= approval.expires ? .ended(.expired, at: approval.expires) : nil
    }

    package func cast(_ vote: Approval.Vote, by voter: Int) -> Outcome {
        if let refusal = refusal(of: voter, at: vote.time) { return .refused(refusal) }
        var counted = approval
        counted.voters[voter].vote = vote
        if let state = Self.verdict(counted) { (counted.state, counted.ended) = (state, vote.time) }
        return .counted(counted)
    }

    private static func verdict(_ approval: Approval) -> Approval.State? {
        if approval.count(.approve) >= approval.quorum { return .approved }
        return approval.voters.count - approval.count(.reject) < approval.quorum ? .rejected : nil
    }

    /// It ends without a decision: `expired` or `cancelled`.
    package func ended(as state: Approval.State, at now: Timestamp) -> Approval {
        var approval = approval
        (approval.state, approval.ended) = (state, now)
        return approval
    }
}

extension Approval {
    /// The voters who have voted, first vote first.
    package var cast: [Voter] {
        voters.enumerated().filter { $0.element.vote != nil }.sorted {
            ($0.element.vote?.time ?? created, $0.offset) < ($1.element.vote?.time ?? created, $1.offset)
        }.map(\.element)
    }

    /// What those who decided had to say, in the order of their votes.
    package var reason: String {
        let choice: Choice = state == .approved ? .approve : .reject
        return cast.compactMap(\.vote).filter { $0.choice == choice && !$0.comment.isEmpty }.map(\.comment)
            .joined(separator: "\n")
    }

    /// What flows are told of it, as `data`.
    package var data: JSONValue {
        func text(_ text: String?) -> JSONValue { text.map { .text($0) } ?? .null }
        let votes = cast.map { voter in
            JSONValue.object([
                "name": text(voter.address.name), "address": .text(voter.address.address), "group": text(voter.group),
                "choice": text(voter.vote?.choice.rawValue), "time": text(voter.vote?.time.description),
                "way": text(voter.vote?.way.rawValue), "comment": text(voter.vote?.comment),
            ])
        }
        return .object([
            "approval": .object([
                "id": .text(id.description), "state": .text(state.rawValue), "subject": .text(subject),
                "group": .text(groups.joined(separator: ", ")), "quorum": .integer(Int64(quorum)),
                "voters": .integer(Int64(voters.count)), "expires": .text(expires.description),
            ]),
            "reason": .text(state == .approved || state == .rejected ? reason : ""), "votes": .list(votes),
        ])
    }
}
