// Which votes count, what decides, and what stays as it is.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct BallotTests {
    static let end = Timestamp(seconds: 1_800_003_600)

    static func approval(_ voters: Int, quorum: Int) -> Approval {
        Approval(
            id: ApprovalID(rawValue: 7), contract: ContractID(rawValue: 1), ticket: TicketID(rawValue: 9),
            flow: name("ask"), step: 1, nonce: [1], subject: "Printer", quorum: quorum,
            created: Timestamp(seconds: 1_800_000_000), expires: end,
            voters: (0..<voters).map { .init(Sample.address("v\($0)@acme.example"), group: "board") })
    }

    static func vote(_ choice: Approval.Choice, _ second: Int64 = 1, _ comment: String = "") -> Approval.Vote {
        Approval.Vote(choice, by: .link, at: Timestamp(seconds: 1_800_000_000 + second), comment: comment)
    }

    /// Votes in order, a letter a vote and a digit for its voter: `y` approves, `n` rejects.
    struct Case: Sendable, CustomTestStringConvertible {
        var voters: Int
        var quorum: Int
        var votes: String
        var state: Approval.State
        var testDescription: String { "\(quorum) of \(voters): \(votes)" }
    }

    static let cases: [Case] = [
        .init(voters: 1, quorum: 1, votes: "", state: .pending),
        .init(voters: 1, quorum: 1, votes: "y0", state: .approved),
        .init(voters: 1, quorum: 1, votes: "n0", state: .rejected),
        .init(voters: 2, quorum: 1, votes: "y1", state: .approved),
        .init(voters: 2, quorum: 1, votes: "n0", state: .pending),
        .init(voters: 2, quorum: 1, votes: "n0 n1", state: .rejected),
        .init(voters: 2, quorum: 1, votes: "n0 y1", state: .approved),
        .init(voters: 3, quorum: 2, votes: "y0", state: .pending),
        .init(voters: 3, quorum: 2, votes: "y0 n1", state: .pending),
        .init(voters: 3, quorum: 2, votes: "y0 n1 y2", state: .approved),
        .init(voters: 3, quorum: 2, votes: "n0 n1", state: .rejected),
        .init(voters: 3, quorum: 2, votes: "y0 y0", state: .pending),
        .init(voters: 3, quorum: 3, votes: "y0 y1", state: .pending),
        .init(voters: 3, quorum: 3, votes: "y0 y1 y2", state: .approved),
        .init(voters: 3, quorum: 3, votes: "n2", state: .rejected),
        .init(voters: 3, quorum: 2, votes: "n0 y0 y0", state: .pending),
    ]

    @Test(arguments: cases)
    func votesAreCounted(_ sample: Case) {
        var approval = Self.approval(sample.voters, quorum: sample.quorum)
        for (second, word) in sample.votes.split(separator: " ").enumerated() {
            let choice: Approval.Choice = word.first == "y" ? .approve : .reject
            let voter = Int(word.dropFirst()) ?? -1
            if case .counted(let counted) = Ballot(approval).cast(Self.vote(choice, Int64(second)), by: voter) {
                approval = counted
            }
        }
        #expect(approval.state == sample.state)
        #expect((approval.ended == nil) == (sample.state == .pending))
    }

    @Test func aVoteStays() {
        guard case .counted(let first) = Ballot(Self.approval(3, quorum: 2)).cast(Self.vote(.approve), by: 1) else {
            Issue.record("the first vote counts")
            return
        }
        let again = Ballot(first).cast(Self.vote(.reject, 2), by: 1)
        #expect(again == .refused(.voted(Self.vote(.approve))))
    }

    @Test func timeIsOverAtTheVeryMillisecond() {
        let approval = Self.approval(1, quorum: 1)
        func cast(_ time: Timestamp) -> Ballot.Outcome {
            Ballot(approval).cast(Approval.Vote(.approve, by: .reply, at: time), by: 0)
        }
        let last = Timestamp(milliseconds: Self.end.milliseconds - 1)
        guard case .counted(let counted) = cast(last) else {
            Issue.record("the last millisecond counts")
            return
        }
        #expect(counted.state == .approved && counted.ended == last)
        #expect(cast(Self.end) == .refused(.ended(.expired, at: Self.end)))
    }

    @Test(arguments: [Approval.State.approved, .rejected, .expired, .cancelled])
    func whatHasEndedTakesNoVote(_ state: Approval.State) {
        let ended = Ballot(Self.approval(3, quorum: 1)).ended(as: state, at: Timestamp(seconds: 1_800_000_005))
        let outcome = Ballot(ended).cast(Self.vote(.approve, 9), by: 0)
        #expect(outcome == .refused(.ended(state, at: Timestamp(seconds: 1_800_000_005))))
    }

    @Test(arguments: [-1, 3, Int.max])
    func whoIsNotAskedHasNoVote(_ voter: Int) {
        #expect(Ballot(Self.approval(3, quorum: 1)).cast(Self.vote(.approve), by: voter) == .refused(.noSuchVoter))
    }

    @Test func theDecisionIsToldWithItsVotesInTheirOrder() {
        var approval = Self.approval(3, quorum: 2)
        for (voter, vote) in [(2, Self.vote(.reject, 1, "too \"dear\"")), (0, Self.vote(.reject, 2, "no"))] {
            if case .counted(let counted) = Ballot(approval).cast(vote, by: voter) { approval = counted }
        }
        let event = TicketEventBuilder(
            contract: Sample.acme, id: EventID(rawValue: "e"), time: Sample.now
        ).decided(approval, ticket: Sample.ticket)
        #expect(event.kind == .ticketRejected && event.subject == "ACME-42")
        let json = event.json
        #expect(json.contains(#""type":"malote.ticket.rejected.v1""#))
        #expect(
            json.contains(
                #""approval":{"id":"7","subject":"Printer","groups":["board"],"quorum":2,"voters":3,"#
                    + #""asked":"2027-01-15T08:00:00.000Z","expires":"2027-01-15T09:00:00.000Z"}"#), "\(json)")
        #expect(
            json.contains(
                #""votes":[{"name":null,"address":"v2@acme.example","group":"board","choice":"reject","#
                    + #""time":"2027-01-15T08:00:01.000Z","way":"link","comment":"too \"dear\""},{"#), "\(json)")
        #expect(approval.reason == "too \"dear\"\nno")
        #expect(approval.data["approval"]?["group"] == .text("board"))
    }

    @Test func aCommentIsCut() {
        let vote = Self.vote(.approve, 1, String(repeating: "é", count: 3000))
        #expect(vote.comment.count == 2000)
        #expect(Self.vote(.approve, 1, "a\u{0}b\r\nc\u{1B}[2Jd\te").comment == "a b\nc [2Jd e")
    }
}
