// What operators do about endpoints while deliveries go on, and what becomes of endpoints with their contracts.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct EndpointOperatorTests {
    private let house = deliveringHouse(1...2)

    @Test func replayDeliversOnceMore() throws {
        let run = Run(house).startDelivering()
        let room = run.room()
        try house.happen("a", "b")
        house.stage.advance(by: .seconds(3600))
        let noon = house.now
        try house.happen("c")
        run.tell()
        try house.happen("other", contract: 2)
        let dry = try house.stage.run {
            try await room.replay(ReplayWish(contract: "c-1", point: .after(event: "a")), dryRun: true)
        }
        #expect(dry.events == 2 && house.receiver().ids == ["a", "b", "c"])
        let done = try house.stage.run {
            try await room.replay(ReplayWish(contract: "c-1", point: .after(event: "a")), dryRun: false)
        }
        house.stage.settle()
        #expect(done.events == 2 && house.receiver().ids == ["a", "b", "c", "b", "c"])
        let since = try house.stage.run {
            try await room.replay(ReplayWish(contract: "c-1", point: .since(noon)), dryRun: false)
        }
        house.stage.settle()
        #expect(since.events == 1 && house.receiver().ids.last == "c")
        #expect(throws: Problem.self) {
            try house.stage.run {
                try await room.replay(ReplayWish(contract: "c-1", point: .after(event: "other")), dryRun: false)
            }
        }
    }

    /// The answer to an event that was under way must not undo the replay.
    @Test func aReplayDuringADeliveryHolds() throws {
        let run = Run(house).startDelivering()
        let room = run.room()
        try house.happen("a", "b")
        run.tell()
        house.receiver().change { $0.slowness = .seconds(10) }
        try house.happen("c")
        run.tell()
        _ = try house.stage.run {
            try await room.replay(ReplayWish(contract: "c-1", point: .after(event: "a")), dryRun: false)
        }
        house.stage.advance(by: .seconds(60))
        #expect(house.receiver().ids == ["a", "b", "c", "b", "c"])
    }

    @Test func whatWasSaidAtAFormerAddressDoesNotHoldAtTheNewOne() throws {
        let run = Run(house).startDelivering()
        house.receiver().change { $0.slowness = .seconds(10) }
        house.receiver().answers(410)
        try house.happen("a")
        run.tell()
        try edit(run) { $0.events?.url = "https://new.example/hooks" }
        house.stage.advance(by: .seconds(11))
        #expect(house.endpointState()?.isDisabled == false)
        #expect(house.receivers["https://new.example/hooks"].ids == ["a"])
    }

    @Test func aFormerReceiversGoodbyeEndsWithItsAddress() throws {
        let run = Run(house).startDelivering()
        house.receiver().answers(410)
        try house.happen("a")
        run.tell()
        #expect(house.endpointState()?.disabledBy == .receiver)
        try edit(run) { $0.events?.url = "https://new.example/hooks" }
        house.stage.settle()
        #expect(house.receivers["https://new.example/hooks"].ids == ["a"])
    }

    @Test func anEndpointThatIsTakenAwayIsForgotten() throws {
        let run = Run(house).startDelivering()
        house.receiver().change { $0.slowness = .seconds(10) }
        try house.happen("a", "b")
        run.tell()
        try edit(run) { $0.events = nil }
        house.stage.advance(by: .seconds(60))
        #expect(house.receiver().ids == ["a"] && house.endpointState() == nil)
        try edit(run) { $0.events = endpoint(1) }
        try house.happen("c")
        run.tell()
        house.stage.advance(by: .seconds(60))
        #expect(house.receiver().ids == ["a", "c"])
    }

    @Test func eventsOfAPausedContractWait() throws {
        let run = Run(house).startDelivering()
        try edit(run) { $0.status = .paused }
        try house.happen("a")
        run.tell()
        house.stage.advance(by: .seconds(600))
        #expect(house.receiver().ids.isEmpty)
        let room = run.room()
        #expect(try house.stage.run { try await room.endpoint("c-1") }.state == .paused)
        try edit(run) { $0.status = .active }
        house.stage.settle()
        #expect(house.receiver().ids == ["a"])
    }

    @Test func disabledByHandAndTriedByHand() throws {
        let run = Run(house).startDelivering()
        let room = run.room()
        house.receiver().answers(500)
        try house.happen("a")
        run.tell()
        house.stage.advance(by: .seconds(20))
        #expect(house.receiver().ids.count == 2)
        house.receiver().answers(200)
        _ = try house.stage.run { try await room.retryEndpoint("c-1") }
        house.stage.settle()
        #expect(house.receiver().ids.count == 3)
        let off = try house.stage.run { try await room.setEndpoint("c-1", isEnabled: false) }
        try house.happen("b")
        run.tell()
        #expect(off.state == .disabled && house.receiver().ids.count == 3)
        let now = try house.stage.run { try await room.endpoint("c-1") }
        #expect(now.waiting == 1 && now.reason == "An operator disabled it.")
    }

    @Test func pullersAcknowledgeAndGoOn() throws {
        let room = Run(house).room()
        try house.happen("a", "b", "c")
        try house.happen("other", contract: 2)
        func pull() throws -> [String] {
            try house.stage.run {
                try await room.events(EventQuery(contract: "c-1", after: "acknowledged")).map(\.id.rawValue)
            }
        }
        #expect(try pull() == ["a", "b", "c"])
        let told = try house.stage.run { try await room.acknowledge(contract: "c-1", event: "b") }
        #expect(told.moved && told.waiting == 1)
        #expect(try pull() == ["c"])
        let back = try house.stage.run { try await room.acknowledge(contract: "c-1", event: "a") }
        #expect(!back.moved && back.event.rawValue == "b")
        #expect(try pull() == ["c"])
        #expect(throws: Problem.self) {
            try house.stage.run { try await room.acknowledge(contract: "c-1", event: "other") }
        }
        #expect(throws: Problem.self) {
            try house.stage.run { try await room.events(EventQuery(after: "acknowledged")) }
        }
    }

    /// What another installation delivered is not delivered again.
    @Test func eventsThatMovedInAreNoNews() throws {
        let run = Run(house).startDelivering()
        let room = run.room()
        try edit(run) { $0.status = .paused }
        let moved = ["m1", "m2"].map { id in
            MovedEvent(
                id: id, type: "malote.ticket.opened.v1", subject: "C1-1", time: house.now, json: "{\"id\":\"\(id)\"}")
        }
        #expect(try house.stage.run { try await room.moveIn(contract: "c-1", events: moved) } == 2)
        try edit(run) { $0.status = .active }
        try house.happen("new")
        run.tell()
        #expect(house.receiver().ids == ["new"])
    }

    @Test func anErasedContractLeavesNoEndpoint() throws {
        let run = Run(house).startDelivering()
        let room = run.room()
        house.receiver().answers(422)
        try house.happen("a")
        run.tell()
        try edit(run) { $0.status = .ended }
        house.receiver().change { $0.slowness = .seconds(10) }
        try house.happen("b")
        run.tell()
        _ = try house.stage.run { try await room.erase(contract: "c-1", dryRun: false) }
        house.stage.advance(by: .seconds(60))
        let state = house.store.state
        #expect(state.endpoints.count == 1 && state.refusedEvents.isEmpty && state.acknowledged.isEmpty)
    }

    private func edit(_ run: Run, _ body: @Sendable @escaping (inout Contract) -> Void) throws {
        let (store, board, name) = (house.store, run.board, ContractName("c-1"))
        try house.stage.run {
            let (registry, order) = try await store.write { store in
                let before = try store.registry()
                guard let name, var contract = before.contract(name) else { return (before, Int64(0)) }
                body(&contract)
                try store.apply([.putContract(contract)])
                try store.followEndpoints(from: before)
                return (try store.registry(), try store.registryVersion())
            }
            board.replace(with: registry, order: order)
        }
        house.stage.settle()
    }
}
