// Votes by reply: only a voter's own yes or no to the very mail that asked counts; all else is a reply like others.

import MaloteCore
import MaloteDesk
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct ApprovalReplyTests {
    private func house(_ quorum: ApprovalTerms.Quorum = .number(1)) throws -> ApprovalHouse {
        let house = try ApprovalHouse(quorum: quorum)
        try house.ask()
        return house
    }

    private func history(_ house: ApprovalHouse) -> String { house.house.store.state.messages.last?.history.text ?? "" }

    @Test func aYesVotesAndItsRestIsTheComment() throws {
        let house = try house()
        try house.reply("Aprovado!\r\nPode comprar.")
        let approval = try #require(house.approvals.first)
        #expect(approval.state == .approved)
        #expect(approval.voters[0].vote?.way == .reply && approval.voters[0].vote?.comment == "Pode comprar.")
        #expect(house.house.store.state.events(.ticketApproved).count == 1)
        let told = house.house.store.state.events(.ticketReplied)
        #expect(told.count == 1 && told.first?.json.contains(#""vote":{"approval":"1","choice":"approve"}"#) == true)
        let message = try #require(house.house.store.state.messages.last)
        #expect(message.fate == .replied && message.ticket == approval.ticket)
        #expect(history(house).contains("bia@board.example votes to approve. With it the approval is approved."))
        #expect(house.subjects.last == "ticket.approved board Pode comprar.")
    }

    @Test func aVoteThatDecidesNothingIsOnlyKept() throws {
        let house = try house(.number(2))
        try house.reply("no")
        #expect(house.approvals.first?.state == .pending)
        #expect(house.approvals.first?.voters[0].vote?.choice == .reject)
        #expect(house.house.store.state.events(.ticketApproved, .ticketRejected).isEmpty)
    }

    struct Other: Sendable, CustomTestStringConvertible {
        var text: String
        var place = 0
        var from = "bia@board.example"
        var headers: [String: String] = [:]
        var says: String
        var testDescription: String { says + " " + text }
    }

    static let others: [Other] = [
        Other(text: "Is it cheap?", says: "No vote: its first line is none of the words"),
        Other(text: "> approve", says: "No vote: its first line"),
        Other(text: "approve", from: "eve@board.example", says: "No vote: it answers what somebody else was asked."),
        Other(text: "approve", from: "caio@board.example", says: "No vote: it answers what somebody else was asked."),
        Other(text: "approve", headers: ["In-Reply-To": "<forged.0.0@x.example>"], says: "understood"),
        Other(text: "approve", headers: ["In-Reply-To": "<one@customer.example>"], says: "understood"),
        Other(text: "approve", headers: ["Auto-Submitted": "auto-replied"], says: "Ignored"),
    ]

    @Test(arguments: others)
    func everythingElseIsNoVote(_ other: Other) throws {
        let house = try house()
        try house.reply(other.text, to: other.place, from: other.from, headers: other.headers)
        #expect(house.approvals.first?.cast.isEmpty == true && house.approvals.first?.state == .pending)
        #expect(house.house.store.state.events(.ticketApproved).isEmpty)
        #expect(history(house).contains(other.says), "\(history(house))")
    }

    /// The thread goes on: a later "yes" answers what was asked later.
    @Test func aYesToALaterMailOfTheThreadIsNoVote() throws {
        let house = try house()
        let asked = house.notifications[0].messageID
        try house.reply(
            "yes", headers: ["In-Reply-To": "<agent@desk.example>", "References": "\(asked) <agent@desk.example>"])
        #expect(house.approvals.first?.cast.isEmpty == true)
        try house.reply(
            "yes", id: "<r2@board.example>", headers: ["In-Reply-To": "", "References": "<x@y.example> \(asked)"])
        #expect(house.approvals.first?.state == .approved)
    }

    @Test func aSecondVoteAndOneAfterTheEndAreOrdinaryReplies() throws {
        let house = try house(.number(2))
        try house.reply("approve")
        try house.reply("reject", id: "<r2@board.example>")
        #expect(house.approvals.first?.voters[0].vote?.choice == .approve)
        #expect(history(house).contains("No vote: A vote (approve) was given on"))
        house.house.stage.advance(by: .seconds(3600))
        try house.reply("approve", to: 1, from: "caio@board.example", id: "<r3@board.example>")
        #expect(history(house).contains("No vote: The approval is expired since"))
        #expect(house.approvals.first?.voters[1].vote == nil)
        #expect(house.house.store.state.messages.suffix(2).allSatisfy { $0.fate == .replied })
    }

    @Test func theSameMailTwiceVotesOnce() throws {
        let house = try house(.number(2))
        try house.reply("approve")
        try house.reply("approve")
        #expect(
            house.approvals.first?.count(.approve) == 1 && house.house.store.state.events(.ticketReplied).count == 1)
    }

    /// Whoever reads the ticket must not find what votes.
    @Test func aQuotedRequestShowsNoLink() throws {
        let house = try house()
        let links = ["approve", "reject", "view"].map { house.link(0, $0) }
        let quoted = String(decoding: house.notifications[0].content, as: UTF8.self)
        #expect(links.allSatisfy { quoted.contains($0) })
        try house.reply("Is it cheap?\r\n" + quoted)
        let event = try #require(house.house.store.state.events(.ticketReplied).first?.json)
        #expect(event.contains("approve=https://desk.example/a/...") && !links.contains { event.contains($0) })
    }
}
