// What contracts do not keep for ever is removed in time, by itself, and can be asked for no more.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct RetentionTests {
    @Test func oldSourcesAndEventsGoByThemselves() throws {
        var registry = deskRegistry(1...2)
        registry.contracts[0].retention = .init(sources: 2, events: 5)
        let house = House(registry)
        for number in 1...2 as ClosedRange<Int64> { house.inbox(number).receive(mail("m\(number)")) }
        let run = Run(house)
        _ = try run.poll(1)
        _ = try run.poll(2)
        let room = run.room()
        let tidying = house.stage.start { await room.keepWithinRetention() }
        house.stage.advance(by: .seconds(86_400 * 2))
        func hasSource(_ id: String) throws -> Bool {
            do {
                _ = try house.stage.run { try await room.raw(id, contract: nil) }
                return true
            } catch let problem as Problem {
                #expect(problem.status == 410 && problem.detail.contains("keeps sources for 2 days"))
                return false
            }
        }
        #expect(try hasSource("1") && hasSource("2"))
        house.stage.advance(by: .seconds(3700))
        #expect(try !hasSource("1") && hasSource("2"))
        #expect(house.store.state.events(.ticketOpened).count == 2)
        house.stage.advance(by: .seconds(86_400 * 3))
        #expect(house.store.state.events(.ticketOpened).map(\.contract.rawValue) == [2])
        // The mail itself is known for ever: it does not come again.
        _ = try run.poll(1)
        #expect(house.store.state.messages.count == 2)
        tidying.cancel()
    }
}
