// What keeps deliveries from leaving on purpose: rates, holds, priorities and suppressed addresses.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct LaneLimitTests {
    private static func house(_ rate: SendingRate) -> House {
        House(
            deskRegistry(1...2) { registry in
                let outbox = Outbox(senders: [MailAddress(address: "help@x.example")], rate: rate)
                if let place = registry.mailboxes.firstIndex(where: { $0.id == sampleOutbox(1).id }) {
                    registry.mailboxes[place].role = .outbox(outbox)
                }
            })
    }

    // MARK: - Rates

    @Test func anOutboxTakesNoMoreThanItsRate() throws {
        let house = Self.house(SendingRate(minute: 3, day: 10))
        for number in 1...20 { try house.enqueue("m\(number)", to: ["a@x.example", "b@x.example"]) }
        Run(house).startSending()
        func messages() -> Int { Set(house.outbox(1).desk.accepted.map(\.messageID)).count }
        #expect(messages() == 3)
        house.stage.advance(by: .seconds(59))
        #expect(messages() == 3)
        house.stage.advance(by: .seconds(7))
        #expect(messages() == 6)
        house.stage.advance(by: .seconds(3600))
        #expect(messages() == 10)
        house.stage.advance(by: .seconds(26 * 3600))
        #expect(messages() == 20)
        // Both recipients went with one message each time, and nothing was connected to in vain.
        #expect(house.outbox(1).desk.accepted.count == 40)
        #expect(house.outbox(1).desk.connections <= 10)
    }

    /// The short lane does not wait for the long one's whole queue.
    @Test func aRateIsShared() throws {
        let house = Self.house(SendingRate(minute: 2))
        for number in 1...30 { try house.enqueue("big-\(number)", contract: 1, outbox: 1) }
        try house.enqueue("small", contract: 2, outbox: 1)
        Run(house).startSending()
        house.stage.advance(by: .seconds(70))
        #expect(house.outbox(1).desk.accepted.contains { $0.messageID == "<small@x.example>" })
        house.stage.advance(by: .seconds(2000))
        #expect(house.states == [.sent: 31])
    }

    @Test func aRateOutlivesARestart() throws {
        let house = Self.house(SendingRate(minute: 3))
        for number in 1...9 { try house.enqueue("m\(number)") }
        for _ in 0..<5 {
            let run = Run(house)
            try run.recover()
            run.startSending()
            run.crash()
        }
        #expect(house.outbox(1).desk.accepted.count == 3)
        Run(house).startSending()
        house.stage.advance(by: .seconds(140))
        #expect(house.states == [.sent: 9])
    }

    @Test func aNewRateHoldsAtOnce() throws {
        let house = Self.house(SendingRate(minute: 1))
        for number in 1...9 { try house.enqueue("m\(number)") }
        let run = Run(house).startSending()
        #expect(house.outbox(1).desk.accepted.count == 1)
        var registry = house.registry
        registry.mailboxes = registry.mailboxes.map { $0.id == sampleOutbox(1).id ? sampleOutbox(1) : $0 }
        run.board.replace(with: registry, order: run.board.order + 1)
        house.stage.advance(by: .seconds(1))
        #expect(house.states == [.sent: 9])
    }

    // MARK: - Holds

    private func change(_ house: House, _ run: Run, _ action: QueueAction, _ query: QueueQuery) throws -> Int {
        let room = run.room()
        let count = try house.stage.run { try await room.changeQueue(action, query) }
        house.stage.settle()
        return count
    }

    @Test func nothingOfAContractOnHoldLeaves() throws {
        let house = House(deskRegistry(1...2))
        try house.enqueue("one")
        let run = Run(house)
        #expect(try change(house, run, .hold, QueueQuery(contract: "c-1")) == 1)
        run.startSending()
        try house.enqueue("two")
        try house.enqueue("other", contract: 2, outbox: 2)
        run.queueBell.ring()
        house.stage.advance(by: .seconds(6 * 86_400))
        #expect(house.outbox(1).desk.connections == 0)
        #expect(house.states == [.held: 1, .queued: 1, .sent: 1])
        let room = run.room()
        let lanes = try house.stage.run { try await room.status().lanes }
        #expect(lanes.map { $0.heldSince != nil } == [true, false])
        // Its days begin with the release: a server that says "later" now is no reason to give up.
        house.outbox(1).change { $0.faults.refusal = sampleFailure(.greylisted) }
        #expect(try change(house, run, .release, QueueQuery(contract: "c-1")) == 1)
        #expect(house.states == [.queued: 2, .sent: 1])
        house.outbox(1).change { $0.faults.refusal = nil }
        house.stage.advance(by: .seconds(70))
        #expect(house.states == [.sent: 3])
    }

    @Test func aHoldOutlivesARestartAndStopsAtTheMessageInHand() throws {
        let house = House()
        for number in 1...3 { try house.enqueue("m\(number)") }
        let store = house.store
        try house.stage.run {
            try await store.write { try $0.setHold(ContractID(rawValue: 1), since: .init(seconds: 1)) }
        }
        Run(house).startSending()
        house.stage.advance(by: .seconds(3600))
        #expect(house.states == [.queued: 3])
    }

    @Test func aHoldOfSomeDeliveriesHoldsNoOthers() throws {
        let house = House()
        try house.enqueue("one")
        let run = Run(house)
        #expect(try change(house, run, .hold, QueueQuery(contract: "c-1", outbox: "out-1")) == 1)
        try house.enqueue("two")
        run.startSending()
        #expect(house.states == [.held: 1, .sent: 1])
    }

    // MARK: - Priorities

    @Test func approvalsGoBeforeDigests() throws {
        let house = House()
        for priority in [Priority.low, .normal, .high, .low, .high] {
            try house.enqueue("\(priority)-\(house.store.state.notifications.count)", priority: priority)
        }
        Run(house).startSending()
        let order = house.outbox(1).desk.accepted.map { $0.messageID.prefix { $0 != "-" } }
        #expect(order == ["<high", "<high", "<normal", "<low", "<low"])
    }

    // MARK: - Suppressed addresses

    private func suppress(_ house: House, _ address: String) throws {
        let (store, now) = (house.store, house.now)
        let entry = Suppression(
            contract: ContractID(rawValue: 1), address: address, reason: "It bounced.", since: now)
        try house.stage.run { try await store.write { try $0.suppress(entry) } }
    }

    @Test func aSuppressedAddressIsRefusedWithTheReason() throws {
        let house = House(deskRegistry(1...2))
        try suppress(house, "gone@customer.example")
        let run = Run(house).startSending()
        let room = run.room()
        let request = SendRequest(
            contract: "c-1", to: ["Gone@Customer.example", "ana@customer.example"], subject: "Hello", text: "Hi")
        let receipt = try house.stage.run { try await room.send(request) }
        #expect(receipt.suppressed == ["gone@customer.example"])
        house.stage.settle()
        #expect(house.outbox(1).desk.accepted.map(\.recipient) == ["ana@customer.example"])
        let refused = try #require(house.store.state.deliveries.first { $0.state == .failed })
        #expect(refused.failure?.detail.contains("It bounced.") == true)
        #expect(refused.failure?.remedy.contains("suppression remove") == true)
        // Other contracts are not concerned.
        try house.enqueue("other", contract: 2, outbox: 2, to: ["gone@customer.example"])
        run.queueBell.ring()
        house.stage.settle()
        #expect(house.outbox(2).desk.accepted.count == 1)
    }

    @Test func whatWaitsForASuppressedAddressIsRefused() throws {
        let house = House()
        try house.enqueue("one", to: ["gone@customer.example", "ana@customer.example"])
        try suppress(house, "gone@customer.example")
        let run = Run(house).startSending()
        #expect(house.states == [.failed: 1, .sent: 1])
        let room = run.room()
        try house.stage.run { try await room.unsuppress(contract: "c-1", address: "GONE@customer.example") }
        #expect(try change(house, run, .retry, QueueQuery(contract: "c-1")) == 1)
        #expect(house.states == [.sent: 2])
    }

    // MARK: - Fresh lives

    @Test func aRequeuedDeadLetterBeginsItsScheduleAnew() throws {
        let house = House()
        try house.enqueue("one")
        house.outbox(1).change { $0.faults.refusal = sampleFailure(.greylisted) }
        let run = Run(house).startSending()
        house.stage.advance(by: .seconds(6 * 86_400))
        #expect(house.states == [.failed: 1])
        #expect(try change(house, run, .retry, QueueQuery(contract: "c-1")) == 1)
        #expect(house.states == [.queued: 1])
        house.outbox(1).change { $0.faults.refusal = nil }
        house.stage.advance(by: .seconds(70))
        #expect(house.states == [.sent: 1])
    }

    // MARK: - Places

    /// A poll holds the only place: whoever finds none goes on as soon as there is one.
    @Test func aLaneThatFoundNoPlaceIsNotForgotten() throws {
        let house = House(deskRegistry(1...2))
        house.inbox(1).change { $0.faults.silence = .seconds(45) }
        house.inbox(2).change { $0.faults.silence = .seconds(45) }
        let run = Run(house, total: 1, pulse: .seconds(9 * 3600)).startPolling()
        try house.enqueue("one")
        run.startSending()
        #expect(house.states == [.queued: 1])
        house.stage.advance(by: .seconds(92))
        #expect(house.states == [.sent: 1])
        let room = run.room()
        let delays = try house.stage.run { try await room.status().contracts.map(\.worstDelay) }
        // What it cost the contract is told.
        #expect(delays[0] >= 44_000 && delays[0] <= 92_000)
    }
}
