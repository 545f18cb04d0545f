// Events on their way to receivers that are well, slow, dead or of two minds, under a clock that tests move.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct EventDeliveryTests {
    @Test func eventsGoOutInOrderAndOneAtATime() throws {
        let house = deliveringHouse()
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        house.receiver().change { $0.slowness = .seconds(1) }
        try house.happen("a", "b", "c")
        run.tell()
        house.stage.advance(by: .seconds(5))
        #expect(house.receiver().ids == ["a", "b", "c"])
        #expect(house.receiver().desk.openAtMost == 1)
        #expect(house.endpointState()?.delivered == 3)
        #expect(house.endpointState()?.lastStatus == 204)
    }

    @Test func aNewEndpointGetsWhatHappensFromItsRegistrationOn() throws {
        let house = deliveringHouse { $0.contracts[0].events = nil }
        try house.happen("before")
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        let contract = house.registry.contracts[0]
        var registered = contract
        registered.events = endpoint(1)
        let (store, before, after) = (house.store, house.registry, registered)
        let board = run.board
        try house.stage.run {
            let (registry, order) = try await store.write { store in
                try store.apply([.putContract(after)])
                try store.followEndpoints(from: before)
                return (try store.registry(), try store.registryVersion())
            }
            board.replace(with: registry, order: order)
        }
        try house.happen("after")
        run.tell()
        #expect(house.receiver().ids == ["after"])
    }

    /// P1, W6: whatever moment it dies at, nothing is lost, and at most the one under way comes twice.
    @Test func aKillRepeatsAtMostTheOneUnderWay() throws {
        for steps in 0..<40 {
            let house = deliveringHouse()
            try house.stage.run { [store = house.store] in
                try await store.write { try $0.followEndpoints(from: try $0.registry()) }
            }
            try house.happen("a", "b", "c")
            house.life.cut(after: steps)
            let first = Run(house).startDelivering()
            house.stage.advance(by: .seconds(30))
            first.crash()
            Run(house).startDelivering()
            house.stage.advance(by: .seconds(60))
            let ids = house.receiver().ids
            #expect(ids.reduce(into: []) { if $0.last != $1 { $0.append($1) } } == ["a", "b", "c"], "\(steps): \(ids)")
            #expect(ids.count <= 4, "\(steps): \(ids)")
            #expect(house.endpointState()?.position.rawValue == 3, "\(steps)")
        }
    }

    @Test func aLostAnswerIsTheSameEventAgain() throws {
        let house = deliveringHouse()
        house.receiver().change { $0.lostAnswers = 1 }
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        try house.happen("a", "b")
        run.tell()
        house.stage.advance(by: .seconds(10))
        #expect(house.receiver().ids == ["a", "a", "b"])
        let bodies = house.receiver().desk.requests.map(\.body)
        #expect(bodies[0] == bodies[1])
        #expect(house.endpointState()?.failure == nil)
    }

    /// The schedule of Standard Webhooks, and no event but the first is tried meanwhile.
    @Test func aDeadReceiverIsTriedOnScheduleAndLosesNothing() throws {
        let house = deliveringHouse()
        house.receiver().answers(503)
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        try house.happen("a", "b")
        run.tell()
        house.stage.advance(by: .seconds(4 * 86_400))
        let times = house.receiver().desk.times
        let rests = zip(times.dropFirst(), times).map { ($0 - $1).milliseconds / 1000 }
        for (rest, expected) in zip(rests, [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]) {
            #expect(abs(Double(rest) / Double(expected) - 1) <= 0.21, "\(rest) for \(expected)")
        }
        #expect(times.count == 10 && Set(house.receiver().ids) == ["a"])
        house.receiver().answers(200)
        house.stage.advance(by: .seconds(2 * 86_400))
        #expect(house.receiver().ids.suffix(2) == ["a", "b"])
        #expect(house.endpointState()?.consecutiveFailures == 0)
    }

    /// Half of the receivers are dead, slow or never answer: the others do not notice.
    @Test func aReceiverCostsOnlyItself() throws {
        let house = deliveringHouse(1...8)
        for number in Int64(1)...4 {
            house.receiver(number).change {
                $0.slowness = .seconds(30)
                $0.answer = .failure(Failure(.transient, .silentPeer, "It did not answer."))
            }
        }
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        for number in Int64(1)...8 { try house.happen("x-\(number)", "y-\(number)", contract: number) }
        run.tell()
        for number in Int64(5)...8 {
            #expect(house.receiver(number).ids == ["x-\(number)", "y-\(number)"])
        }
        house.stage.advance(by: .seconds(29))
        #expect((1...4).allSatisfy { house.receiver($0).ids.count == 1 })
    }

    @Test func aReceiverMayAskForPatience() throws {
        let house = deliveringHouse()
        house.receiver().answers(429, retryAfter: "120")
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        try house.happen("a")
        run.tell()
        house.stage.advance(by: .seconds(119))
        #expect(house.receiver().ids.count == 1)
        house.receiver().answers(200)
        house.stage.advance(by: .seconds(14))
        #expect(house.receiver().ids.count == 2)
    }

    @Test func goneDisablesUntilAnOperatorEnables() throws {
        let house = deliveringHouse()
        house.receiver().answers(410)
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        let room = run.room()
        try house.happen("a", "b")
        run.tell()
        house.stage.advance(by: .seconds(10 * 86_400))
        #expect(house.receiver().ids == ["a"])
        let shown = try house.stage.run { try await room.endpoint("c-1") }
        #expect(shown.state == .disabled && shown.waiting == 2 && shown.lastStatus == 410)
        #expect(shown.reason?.contains("410") == true && shown.disabledSince != nil)
        house.receiver().answers(204)
        _ = try house.stage.run { try await room.setEndpoint("c-1", isEnabled: true) }
        house.stage.settle()
        #expect(house.receiver().ids == ["a", "a", "b"])
    }

    /// The others pass it; it is tried ten times, and then it is kept.
    @Test func aRefusedEventHoldsUpNobodyAndBecomesADeadLetter() throws {
        let house = deliveringHouse()
        house.receiver().change { $0.answers["b"] = WebhookReply(status: 422, body: Array("no such queue".utf8)) }
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        let room = run.room()
        try house.happen("a", "b", "c")
        run.tell()
        #expect(house.receiver().ids == ["a", "b", "c"])
        house.stage.advance(by: .seconds(4 * 86_400))
        #expect(house.receiver().ids.count { $0 == "b" } == 10)
        let dead = try house.stage.run { try await room.refusedEvents(contract: "c-1", state: .dead, limit: 10) }
        #expect(dead.map(\.event.rawValue) == ["b"] && dead[0].failure.reply?.text == "no such queue")
        house.receiver().change { $0.answers = [:] }
        #expect(try house.stage.run { try await room.changeDeadEvents(.retry, contract: "c-1", event: "b") } == 1)
        house.stage.settle()
        #expect(house.receiver().ids.count { $0 == "b" } == 11)
        #expect(house.store.state.refusedEvents.isEmpty)
    }

    /// A receiver that breaks on one event: nobody can know that from one answer, but the others do not wait for ever.
    @Test(arguments: [500, 404]) func anEventThatBreaksItsReceiverIsSetAside(_ status: Int) throws {
        let house = deliveringHouse()
        house.receiver().change { $0.answers["b"] = WebhookReply(status: status) }
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        let room = run.room()
        try house.happen("a", "b", "c")
        run.tell()
        #expect(house.receiver().ids == ["a", "b"])
        #expect(house.endpointState()?.failure?.reply?.code == status)
        house.stage.advance(by: .seconds(3600))
        #expect(house.receiver().ids.contains("c"))
        house.stage.advance(by: .seconds(10 * 86_400))
        let dead = try house.stage.run { try await room.refusedEvents(contract: "c-1", state: .dead, limit: 10) }
        #expect(dead.map(\.event.rawValue) == ["b"])
        #expect(house.endpointState()?.failure == nil)
    }

    /// A wrong path or secret: nothing is given up while it is mended.
    @Test(arguments: [401, 403, 404, 405, 500]) func aReceiverThatIsSetUpWronglyLosesNothing(_ status: Int) throws {
        let house = deliveringHouse()
        house.receiver().answers(status)
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        let room = run.room()
        try house.happen("a", "b", "c", "d", "e")
        run.tell()
        house.stage.advance(by: .seconds(3 * 86_400))
        #expect(house.endpointState()?.failure != nil)
        #expect(try house.stage.run { try await room.refusedEvents(contract: "c-1", state: .dead, limit: 10) }.isEmpty)
        house.receiver().answers(200)
        house.stage.advance(by: .seconds(86_400 * 3))
        #expect(Set(house.receiver().ids) == ["a", "b", "c", "d", "e"])
        #expect(house.store.state.refusedEvents.isEmpty && house.endpointState()?.position.rawValue == 5)
    }

    @Test func refusedEventsAndNewOnesTakeTurns() throws {
        let house = deliveringHouse()
        house.receiver().answers(400)
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        try house.happen("a", "b", "c")
        run.tell()
        house.receiver().change { $0.slowness = .seconds(1) }
        try house.happen("d", "e", "f")
        house.stage.advance(by: .seconds(20))
        // Due again after five seconds are a, b and c: none of the new ones waits for all of them.
        let ids = Array(house.receiver().ids.dropFirst(3))
        let firstNew = ids.firstIndex(of: "d") ?? .max
        #expect(firstNew <= 1 && ids.contains("f"), "\(ids)")
    }

    @Test func theReceiversOwnIDIsLinked() throws {
        let house = deliveringHouse()
        let (store, contract) = (house.store, ContractID(rawValue: 1))
        try house.stage.run {
            try await store.write { store in
                _ = try store.insert(
                    Ticket(contract: contract, number: 1, key: "C1-1", requester: nil, subject: "Printer"))
            }
        }
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        house.receiver().answers(200, body: "{\"ticket\":\"EXT-7\",\"more\":[1]}")
        try house.happen("a")
        run.tell()
        #expect(house.store.state.tickets[0].external == "EXT-7")
        for hostile in [
            "{\"ticket\":\"\"}", "{\"ticket\":\"x\\ny\"}", "{\"ticket\":7}", "[\"ticket\"]", "{\"ticket\":",
        ] {
            house.receiver().answers(200, body: hostile)
            try house.happen(hostile)
            run.tell()
        }
        house.receiver().answers(200, body: "{\"ticket\":\"\(String(repeating: "x", count: 256))\"}")
        try house.happen("long")
        run.tell()
        #expect(house.store.state.tickets[0].external == "EXT-7")
        #expect(house.endpointState()?.delivered == 7)
    }

    @Test func whileSecretsRotateBothSign() throws {
        let house = deliveringHouse { registry in
            registry.contracts[0].events?.formerSecret = .literal(Secret("another secret of old, long enough"))
        }
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        try house.happen("a")
        run.tell()
        let signatures = house.receiver().desk.requests.first?.header("webhook-signature") ?? ""
        #expect(signatures.split(separator: " ").count == 2 && Set(signatures.split(separator: " ")).count == 2)
    }

    @Test func aSecretThatCannotBeReadIsSaidAndTriedAgain() throws {
        let house = deliveringHouse { $0.contracts[0].events?.secret = .file(path: "/run/secrets/none") }
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        try house.happen("a")
        run.tell()
        #expect(house.endpointState()?.failure?.cause == .credential)
        #expect(house.receiver().ids.isEmpty)
        let rest = (house.endpointState()?.nextTry ?? house.now) - house.now
        #expect(rest <= .seconds(66))
    }

    /// What was delivered is not delivered again because the disk was full for a moment, and nothing overtakes it.
    @Test func anAnswerThatCannotBeStoredIsKept() throws {
        let house = deliveringHouse()
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        try house.happen("a", "b")
        house.store.object { before, after in
            before.endpoints == after.endpoints ? nil : Failure(.operatorNeeded, .diskFull, "The disk is full.")
        }
        run.tell()
        house.stage.advance(by: .seconds(60))
        #expect(house.receiver().ids == ["a"])
        house.store.object(nil)
        house.stage.advance(by: .seconds(60))
        #expect(house.receiver().ids == ["a", "b"])
    }

    /// A stop does not wait for a receiver that is slow, and does not take its silence for a fault.
    @Test func aStopWaitsForNobody() throws {
        let house = deliveringHouse()
        house.receiver().change { $0.slowness = .seconds(25) }
        let run = Run(house, pulse: .seconds(3600)).startDelivering()
        try house.happen("a")
        run.tell()
        run.askToStop()
        #expect(run.isOver)
        #expect(house.endpointState()?.failure == nil && house.endpointState()?.position == .unsaved)
    }
}
