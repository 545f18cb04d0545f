// What every store promises of endpoints: places in the log, positions that two may move, what was refused.

import MaloteCore
import Testing

@Suite struct EndpointConformance {
    /// Odd events are Acme's, even ones are Globex's; both have endpoints, opened when there were four.
    private func filled(_ kind: StoreKind) async throws -> FreshStore {
        let store = try await kind.fresh()
        try await store.write { store in
            for number in 1...9 {
                if number == 5 {
                    for contract in [Sample.acme, Sample.globex] { try store.openEndpoint(of: contract) }
                }
                try store.append(Sample.event(number, contract: number % 2 == 1 ? Sample.acme : Sample.globex))
            }
        }
        return store
    }

    private func place(_ number: Int, _ store: FreshStore) async throws -> EventPlace {
        let contract = number % 2 == 1 ? Sample.acme : Sample.globex
        return try #require(try await store.read { try $0.place(of: Sample.event(number).id, contract: contract) })
    }

    @Test(arguments: StoreKind.withFake)
    func anEndpointBeginsAtTheEndOfTheLog(_ kind: StoreKind) async throws {
        let store = try await filled(kind)
        let ids = try await store.read { store in
            guard let state = try store.endpoint(of: Sample.acme) else { return [String]() }
            return try store.events(of: Sample.acme, behind: state.position, limit: 2).map(\.event.id.rawValue)
        }
        #expect(ids == ["event-5", "event-7"])
        // A second opening changes nothing.
        try await store.write { try $0.openEndpoint(of: Sample.acme) }
        let backlog = try await store.read { store in
            try store.backlog(of: Sample.acme, behind: try store.endpoint(of: Sample.acme)?.position ?? .unsaved)
        }
        #expect(backlog.count == 3 && backlog.since == Sample.event(5).time)
    }

    @Test(arguments: StoreKind.withFake)
    func aStateReadsBack(_ kind: StoreKind) async throws {
        let store = try await filled(kind)
        var state = try #require(try await store.read { try $0.endpoint(of: Sample.acme) })
        state.disabledBy = .receiver
        (state.disabledSince, state.failingSince, state.nextTry) = (Sample.at(1), Sample.at(2), Sample.at(3))
        (state.lastTried, state.lastDelivered) = (Sample.at(4), Sample.at(5))
        (state.failure, state.consecutiveFailures, state.lastStatus, state.delivered) = (Sample.never, 3, 410, 12)
        let changed = state
        #expect(try await store.write { try $0.update(changed) })
        #expect(try await store.read { try $0.endpoint(of: Sample.acme) } == changed)
        #expect(try await store.read { try $0.endpoints().map(\.contract) } == [Sample.acme, Sample.globex])
        let stranger = EndpointState(contract: ContractID(rawValue: 99), position: .unsaved)
        #expect(try await store.write { try $0.update(stranger) } == false)
    }

    /// An update never moves; a move needs to know from where.
    @Test(arguments: StoreKind.withFake)
    func positionsMoveOnlyFromWhereTheyAre(_ kind: StoreKind) async throws {
        let store = try await filled(kind)
        let (five, seven) = (try await place(5, store), try await place(7, store))
        let start = try #require(try await store.read { try $0.endpoint(of: Sample.acme) })
        var state = start
        state.position = seven
        let changed = state
        _ = try await store.write { try $0.update(changed) }
        #expect(try await store.read { try $0.endpoint(of: Sample.acme)?.position } == start.position)
        #expect(try await store.write { try $0.moveEndpoint(of: Sample.acme, from: start.position, to: five) })
        #expect(
            try await store.write { try $0.moveEndpoint(of: Sample.acme, from: start.position, to: seven) } == false)
        #expect(try await store.read { try $0.endpoint(of: Sample.acme)?.position } == five)
        #expect(try await store.read { try $0.lastEvent(of: Sample.acme, upTo: five)?.rawValue } == "event-5")
    }

    @Test(arguments: StoreKind.withFake)
    func theLogByItsPlaces(_ kind: StoreKind) async throws {
        let store = try await filled(kind)
        let (five, eight, nine) = (try await place(5, store), try await place(8, store), try await place(9, store))
        try await store.read { (store: any StoreReading) throws -> Void in
            #expect(try store.place(of: Sample.event(5).id, contract: Sample.globex) == nil)
            #expect(try store.event(at: five)?.id == Sample.event(5).id)
            #expect(try store.event(at: EventPlace(rawValue: 4711)) == nil)
            #expect(try store.endOfLog() == nine)
            let news = try store.newcomers(behind: eight)
            #expect(news.contracts == [Sample.acme] && news.end == nine)
            let none = try store.newcomers(behind: nine)
            #expect(none.contracts.isEmpty && none.end == nine)
            #expect(try store.newcomers(behind: five).contracts == [Sample.acme, Sample.globex])
            let since = try store.place(before: Sample.event(7).time, contract: Sample.acme)
            #expect(
                try store.events(of: Sample.acme, behind: since, limit: 9).map(\.event.id.rawValue)
                    == ["event-7", "event-9"])
            let late = try store.place(before: Sample.event(9).time + .seconds(1), contract: Sample.acme)
            #expect(try store.events(of: Sample.acme, behind: late, limit: 9).isEmpty)
        }
    }

    private static func refused(
        _ place: EventPlace, _ state: RefusedEvent.State = .waiting, next: Int64 = 5, attempts: Int = 1
    ) -> RefusedEvent {
        RefusedEvent(
            contract: Sample.acme, place: place, state: state, attempts: attempts, nextAttempt: Sample.at(next),
            firstRefused: Sample.at(0), lastRefused: Sample.at(1), failure: Sample.never)
    }

    @Test(arguments: StoreKind.withFake)
    func refusedEventsAreKeptOnceAndFound(_ kind: StoreKind) async throws {
        let store = try await filled(kind)
        let (five, seven, nine) = (try await place(5, store), try await place(7, store), try await place(9, store))
        try await store.write { store in
            for refused in [
                Self.refused(five, next: 9), Self.refused(seven, next: 3), Self.refused(nine, .dead, next: 1),
                Self.refused(five, next: 7, attempts: 2),
            ] { try store.keep(refused) }
            var stranger = Self.refused(five)
            stranger.contract = ContractID(rawValue: 99)
            try store.keep(stranger)
        }
        func places(_ filter: RefusedEventFilter) async throws -> [EventPlace] {
            try await store.read { try $0.refusedEvents(filter).map(\.place) }
        }
        #expect(try await places(.init()) == [nine, seven, five])
        #expect(try await places(.init(state: .waiting, dueBy: Sample.at(6))) == [seven])
        #expect(try await places(.init(contract: Sample.globex)).isEmpty)
        #expect(try await places(.init(contract: Sample.acme, limit: 1)) == [nine])
        let one = try await store.read { try $0.refusedEvents(.init(contract: Sample.acme, place: five)) }
        #expect(one == [Self.refused(five, next: 7, attempts: 2)])
        #expect(try await store.read { try $0.refusedCounts(of: Sample.acme) } == [.waiting: 2, .dead: 1])
        #expect(try await store.write { try $0.forgetRefused(contract: Sample.acme, place: five) })
        #expect(try await store.write { try $0.forgetRefused(contract: Sample.acme, place: five) } == false)
        try await store.write { try $0.closeEndpoint(of: Sample.acme) }
        #expect(try await places(.init()).isEmpty)
        #expect(try await store.read { try $0.endpoint(of: Sample.acme) } == nil)
    }

    @Test(arguments: StoreKind.withFake)
    func acknowledgementsGoForward(_ kind: StoreKind) async throws {
        let store = try await filled(kind)
        let (five, seven) = (try await place(5, store), try await place(7, store))
        #expect(try await store.read { try $0.acknowledged(contract: Sample.acme) } == nil)
        #expect(try await store.write { try $0.acknowledge(contract: Sample.acme, seven) })
        #expect(try await store.write { try $0.acknowledge(contract: Sample.acme, five) } == false)
        #expect(try await store.read { try $0.acknowledged(contract: Sample.acme) } == seven)
        #expect(try await store.read { try $0.acknowledged(contract: Sample.globex) } == nil)
    }

    @Test(arguments: StoreKind.withFake)
    func anErasedContractLeavesNothing(_ kind: StoreKind) async throws {
        let store = try await filled(kind)
        let five = try await place(5, store)
        try await store.write { store in
            try store.keep(Self.refused(five))
            _ = try store.acknowledge(contract: Sample.acme, five)
            while try store.eraseRows(of: Sample.acme, limit: 100).total > 0 {}
        }
        try await store.read { (store: any StoreReading) throws -> Void in
            #expect(try store.endpoints().map(\.contract) == [Sample.globex])
            #expect(try store.refusedEvents(.init()).isEmpty)
            #expect(try store.acknowledged(contract: Sample.acme) == nil)
            // The others keep their places.
            #expect(try store.backlog(of: Sample.globex, behind: five).count == 2)
        }
    }
}
