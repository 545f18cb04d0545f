// From a trigger to the decision: who is asked, whose vote counts, and what is told, by links, by operators and in time.

import MaloteCore
import MaloteDesk
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct ApprovalTests {
    // MARK: - Asking

    @Test func everyVoterIsAskedByAMailOfTheirOwn() throws {
        let house = try ApprovalHouse(quorum: .number(2))
        let receipt = try house.ask()
        let approval = try #require(house.approvals.first)
        #expect(
            approval.voters.map(\.address.address) == ["bia@board.example", "caio@board.example", "dora@board.example"])
        #expect(approval.voters.map(\.group) == ["board", "board", nil])
        let notifications = house.notifications
        #expect(notifications.map(\.recipients) == approval.voters.map { [$0.address.address] })
        #expect(approval.voters.map(\.notification) == notifications.map(\.id))
        #expect(notifications.allSatisfy { $0.priority == .high && $0.ticket == approval.ticket })
        #expect(receipt.decisions.map(\.step) == [.triggered, .notification, .notification, .notification, .approval])
        #expect(receipt.decisions.last?.reference == "1")
        #expect(approval.summary == "price: 100")
    }

    /// One answer to the ticket, however many are asked: else a large board could not be asked at all.
    @Test func askingIsOneAnswerOfTheTicketsBudget() throws {
        let house = try ApprovalHouse { $0.contracts[0].answers.ticket = 2 }
        for _ in 0..<3 { try house.ask() }
        #expect(house.approvals.count == 2 && house.notifications.count == 6)
        #expect(house.house.store.state.events(.notificationSuppressed).count == 1)
    }

    @Test func aTemplateThatFailsAsksNobody() throws {
        let house = try ApprovalHouse { $0.templates[1].text = "{{#broken}}" }
        let receipt = try house.ask()
        #expect(house.approvals.isEmpty && house.notifications.isEmpty)
        #expect(receipt.decisions.last?.reason.contains("sends nothing") == true)
    }

    // MARK: - Links

    @Test func lookingChangesNothing() throws {
        let house = try ApprovalHouse()
        try house.ask()
        let before = house.approvals
        for action in ["approve", "reject", "view"] {
            for _ in 0..<3 {
                guard case .asks(let choices) = try house.look(house.link(0, action)).outcome else {
                    Issue.record("\(action) asks nothing")
                    return
                }
                #expect(choices.count == (action == "view" ? 2 : 1))
            }
        }
        #expect(house.approvals == before && house.house.store.state.events(.ticketApproved).isEmpty)
    }

    @Test func oneVoteDecidesWhereOneIsEnough() throws {
        let house = try ApprovalHouse()
        try house.ask()
        #expect(try house.answer(house.link(0, "approve"), .approve, "fine").outcome == .taken(.approve))
        let approval = try #require(house.approvals.first)
        #expect(approval.state == .approved && approval.voters[0].vote?.way == .link)
        let events = house.house.store.state.events(.ticketApproved)
        #expect(events.count == 1 && events.first?.subject == "C1-1")
        #expect(
            events.first?.json.contains(#""address":"bia@board.example","group":"board","choice":"approve""#) == true)
        #expect(house.subjects.last == "ticket.approved board fine", "\(house.subjects)")
        let occasion = try #require(house.house.store.state.occasions.last?.occasion)
        #expect(occasion.trigger == "ticket.approved" && occasion.event == events.first?.id)
        let room = house.room
        let shown = try house.run { try await room.ticket("C1-1", contract: nil).events.map(\.kind) }
        #expect(shown.filter { $0 == "ticket.approved" }.count == 1)
        // A second time, by the same voter and by the others.
        let after = house.house.store.state.events.count
        guard case .voted(.approve, _) = try house.answer(house.link(0, "reject"), .reject, "").outcome,
            case .ended(.approved, _) = try house.answer(house.link(1, "reject"), .reject, "").outcome,
            case .ended(.approved, _) = try house.look(house.link(2, "view")).outcome
        else {
            Issue.record("a vote was taken after the decision")
            return
        }
        #expect(house.house.store.state.events.count == after && house.approvals.first == approval)
    }

    @Test func aQuorumNeedsItsVotes() throws {
        let house = try ApprovalHouse(quorum: .number(2))
        try house.ask()
        _ = try house.answer(house.link(0, "view"), .reject, "dear")
        _ = try house.answer(house.link(1, "view"), .approve, "")
        #expect(house.approvals.first?.state == .pending && house.house.store.state.events(.ticketApproved).isEmpty)
        _ = try house.answer(house.link(2, "approve"), .approve, "")
        #expect(house.approvals.first?.state == .approved)
        let json = house.house.store.state.events(.ticketApproved).first?.json ?? ""
        #expect(json.contains("dear") && json.contains(#""quorum":2,"voters":3"#))
    }

    @Test func aRejectionIsToldToo() throws {
        let house = try ApprovalHouse(quorum: .all)
        try house.ask()
        _ = try house.answer(house.link(1, "reject"), .reject, "no money")
        #expect(house.approvals.first?.state == .rejected)
        #expect(house.house.store.state.events(.ticketRejected).count == 1)
        #expect(house.subjects.last == "ticket.rejected board no money")
    }

    @Test func aLinkOffersOnlyItsOwnChoice() throws {
        let house = try ApprovalHouse()
        try house.ask()
        for (action, choice) in [("approve", Approval.Choice.reject), ("reject", .approve)] {
            guard case .asks = try house.answer(house.link(0, action), choice, "").outcome else {
                Issue.record("\(choice) was taken")
                return
            }
        }
        guard case .asks = try house.answer(house.link(0, "view"), nil, "").outcome else {
            Issue.record("nothing was chosen")
            return
        }
        #expect(house.approvals.first?.cast.isEmpty == true)
    }

    @Test func forgedAndForeignLinksLeadNowhere() throws {
        let house = try ApprovalHouse()
        try house.ask()
        let link = house.link(0, "approve")
        #expect(try house.look("x").outcome == .forged)
        #expect(try house.answer(String(link.dropLast()), .approve, "").outcome == .forged)
        // A restored backup gives the number out again, with other chance.
        house.house.store.change { $0.approvals[0].nonce = [9, 9, 9, 9, 9, 9, 9, 9] }
        #expect(try house.answer(link, .approve, "").outcome == .foreign)
        house.house.store.change { $0.approvals = [] }
        #expect(try house.answer(link, .approve, "").outcome == .foreign)
        #expect(house.house.store.state.events(.ticketApproved).isEmpty)
    }

    // MARK: - Operators

    @Test func anOperatorVotesForSomebodyWhoWasAsked() throws {
        let house = try ApprovalHouse()
        try house.ask()
        let room = house.room
        let view = try house.run {
            try await room.vote(.init(approval: 1, voter: "CAIO@board.example", choice: .approve, comment: "by phone"))
        }
        #expect(view.state == .approved && view.voters[1].way == .operator && view.voters[1].comment == "by phone")
        #expect(house.house.store.state.events(.ticketApproved).count == 1)
        for (voter, status) in [("caio@board.example", 409), ("bia@board.example", 409), ("eve@x.example", 404)] {
            let problem = #expect(throws: Problem.self) {
                try house.run { try await room.vote(.init(approval: 1, voter: voter, choice: .approve)) }
            }
            #expect(problem?.status == status, "\(voter)")
        }
        #expect(house.house.store.state.events(.ticketApproved).count == 1)
    }

    @Test func whatIsCancelledAsksNoMore() throws {
        let house = try ApprovalHouse()
        try house.ask()
        let room = house.room
        #expect(try house.run { try await room.cancel(approval: 1) }.state == .cancelled)
        guard case .ended(.cancelled, _) = try house.answer(house.link(0, "approve"), .approve, "").outcome else {
            Issue.record("a vote was taken")
            return
        }
        #expect(throws: Problem.self) { try house.run { try await room.cancel(approval: 1) } }
        #expect(throws: Problem.self) { try house.run { try await room.approval(9) } }
        #expect(
            try house.run { try await room.approvals(contract: "c-1", ticket: "C1-1", state: "cancelled") }.count == 1)
        #expect(try house.run { try await room.approvals(contract: nil, ticket: nil, state: "pending") }.isEmpty)
        #expect(throws: Problem.self) {
            try house.run { try await room.approvals(contract: nil, ticket: nil, state: "x") }
        }
    }

    @Test func aClosedTicketAsksNobody() throws {
        let house = try ApprovalHouse()
        try house.ask()
        let room = house.room
        let report = try house.run { try await room.turn(ticket: "C1-1", contract: nil, TicketTurn(isClosed: true)) }
        #expect(report.approvals.map(\.state) == [.cancelled])
    }

    // MARK: - Time

    @Test func whatIsNotDecidedInTimeExpiresOnce() throws {
        let house = try ApprovalHouse()
        try house.ask()
        let room = house.room
        let watch = house.house.stage.start { await room.watchApprovals() }
        defer { watch.cancel() }
        house.house.stage.advance(by: .seconds(3599))
        #expect(house.approvals.first?.state == .pending)
        house.house.stage.advance(by: .seconds(1))
        #expect(house.approvals.first?.state == .expired)
        #expect(house.subjects.last?.hasPrefix("approval.expired board") == true, "\(house.subjects)")
        let count = house.subjects.count
        house.house.stage.advance(by: .seconds(7200))
        #expect(house.subjects.count == count)
        guard case .ended(.expired, _) = try house.answer(house.link(0, "approve"), .approve, "").outcome else {
            Issue.record("a vote was taken")
            return
        }
        #expect(house.house.store.state.events(.ticketApproved, .ticketRejected).isEmpty)
    }
}
