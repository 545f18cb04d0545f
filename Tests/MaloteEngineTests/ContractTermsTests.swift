// A contract that does not hold takes no mail and is not polled; what came meanwhile can be taken up later.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct ContractTermsTests {
    private static let twoOnOne: @Sendable (inout Registry) -> Void = {
        $0.contracts[1].inboxes = [sampleInbox(1).name]
    }

    private static func status(_ text: String) -> DocumentNode {
        DocumentNode(.mapping([.init(key: "status", value: DocumentNode(.scalar(text, isPlain: true)))]))
    }

    @discardableResult
    private func turn(_ run: Run, _ contract: String, _ status: String) throws -> ApplyReport {
        let room = run.room(["it": Self.status(status)])
        return try run.house.stage.run {
            try await room.apply(.edit(.contracts, name: contract, fields: Array("it".utf8)), dryRun: false)
        }
    }

    @Test func itsMailIsSetAsideAndCanBeReplayed() throws {
        let house = House(deskRegistry(1...2, answers: true, change: Self.twoOnOne))
        try turn(Run(house), "c-1", "paused")
        house.inbox(1).receive(mail("one"))
        try house.poll()
        #expect(house.store.state.messages.map(\.fate) == [.quarantined, .opened])
        #expect(house.store.state.messages[0].history.last(.quarantined)?.reason == "Contract c-1 is paused.")
        #expect(house.store.state.notifications.count == 1)
        let kept = try house.stage.run { [room = Run(house).room()] in
            try await room.replay(QuarantineQuery(contract: "c-1"), passingRules: false, dryRun: false)
        }
        #expect(kept.map(\.outcome) == [.kept] && kept[0].reason == "Contract c-1 is paused.")
        try turn(Run(house), "c-1", "active")
        let filed = try house.stage.run { [room = Run(house).room()] in
            try await room.replay(QuarantineQuery(contract: "c-1"), passingRules: false, dryRun: false)
        }
        #expect(filed.map(\.outcome) == [.filed])
        #expect(house.store.state.messages.map(\.fate) == [.opened, .opened])
        #expect(house.store.state.notifications.count == 2)
    }

    @Test func anInboxThatFeedsNobodyIsNotPolledAndSaysWhy() throws {
        let house = House(deskRegistry(1...2))
        house.inbox(1).receive(mail("one"))
        house.inbox(2).receive(mail("two"))
        let run = Run(house)
        try turn(run, "c-1", "paused")
        run.startPolling()
        house.stage.advance(by: .seconds(200))
        #expect(house.store.state.messages.map(\.contract.rawValue) == [2])
        let room = run.room()
        let lines = try house.stage.run { try await room.status() }.mailboxes.filter { $0.type == "inbox" }
        #expect(lines.map(\.state) == [.resting, .ok])
        #expect(lines.map(\.reason) == ["Contract c-1 is paused.", nil])
        #expect(throws: Problem.self) { try house.stage.run { try await room.poll("in-1") } }
        try turn(run, "c-1", "active")
        house.stage.advance(by: .seconds(1))
        #expect(house.store.state.messages.count == 2)
        run.askToStop()
    }

    @Test func aConnectionThatWaitsForNewsIsClosedByAPause() throws {
        let house = House(deskRegistry(inbox: Inbox(access: .imap, pollSeconds: 3600, start: .all)))
        house.inbox(1).change { $0.faults.tellsNews = true }
        let run = Run(house).startPolling()
        house.stage.advance(by: .seconds(60))
        #expect(house.inbox(1).folder.openNow == 1)
        try turn(run, "c-1", "paused")
        house.inbox(1).receive(mail("one"))
        house.stage.advance(by: .seconds(60))
        #expect(house.inbox(1).folder.openNow == 0)
        #expect(house.store.state.messages.isEmpty)
        try turn(run, "c-1", "active")
        house.stage.advance(by: .seconds(1))
        #expect(house.store.state.messages.map(\.fate) == [.opened])
        run.askToStop()
    }

    @Test func aContractEndsByTheClock() throws {
        let house = House(deskRegistry())
        let today = CivilDate(daysSinceEpoch: house.now.milliseconds / 86_400_000)
        _ = try house.stage.run { [store = house.store] in
            try await store.write { store in
                var contract = try store.registry().contracts[0]
                contract.valid.until = today
                try store.apply([.putContract(contract)])
            }
        }
        let run = Run(house).startPolling()
        house.inbox(1).receive(mail("one"))
        house.stage.advance(by: .seconds(120))
        #expect(house.store.state.messages.count == 1)
        house.stage.advance(by: .seconds(86_400))
        house.inbox(1).receive(mail("two"))
        house.stage.advance(by: .seconds(600))
        #expect(house.store.state.messages.count == 1)
        run.askToStop()
    }

    @Test func aPauseHoldsTheQueueAndResumingReleasesIt() throws {
        let house = House(deskRegistry(1...2))
        try house.enqueue("one")
        try house.enqueue("two", contract: 2, outbox: 2)
        let run = Run(house)
        try turn(run, "c-1", "paused")
        run.startSending()
        house.stage.advance(by: .seconds(60))
        #expect(house.states == [.queued: 1, .sent: 1])
        try turn(run, "c-1", "active")
        house.stage.advance(by: .seconds(60))
        #expect(house.states == [.sent: 2])
        #expect(house.store.state.holds.isEmpty)
        run.askToStop()
    }

    @Test func aTriggerIsRefusedWhileItDoesNotHold() throws {
        let house = House(FlowTests.registry { $0.contracts[0].status = .ended })
        let room = Run(house).room()
        let problem = #expect(throws: Problem.self) {
            try house.stage.run { try await room.trigger(TriggerRequest(contract: "c-1", on: "comment.added")) }
        }
        #expect(problem?.status == 409 && problem?.detail == "Contract c-1 has ended. Nothing was done.")
    }

    @Test func aTicketBeginsWithWhatTheContractGives() throws {
        let house = House(
            deskRegistry { registry in
                registry.contracts[0].opening = .init(
                    requester: MailAddress(address: "desk@x.example"), fields: ["urgency": "low", "area": "it"])
                registry.contracts[0].rules = [
                    MailRule(when: [.from([.init(.matches, "*")])], action: .set(["urgency": "high"]))
                ]
            })
        house.inbox(1).receive(
            mail("one", headers: ["To": "x@else.example", "Cc": "bob@else.example, x@else.example"]))
        house.inbox(1).receive(mail("two", headers: ["In-Reply-To": "<one@customer.example>"]))
        try house.poll()
        let ticket = try #require(house.store.state.tickets.first)
        #expect(ticket.requester?.address == "desk@x.example")
        #expect(ticket.opening.fields == ["urgency": "high", "area": "it"])
        #expect(ticket.opening.messageID == "<one@customer.example>")
        #expect(ticket.opening.cc.map(\.address) == ["x@else.example", "bob@else.example"])
        let opened = house.store.state.events(.ticketOpened)
        #expect(opened.first?.json.contains(#""fields":{"area":"it","urgency":"high"}"#) == true)
        let replied = house.store.state.events(.ticketReplied)
        #expect(replied.first?.json.contains("area") == false)
    }
}
