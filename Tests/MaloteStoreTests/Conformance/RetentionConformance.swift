// What every store promises of removing what is old: only that, only of this contract, and nothing that is still needed.

import MaloteCore
import Testing

@Suite struct RetentionConformance {
    private static let decision = Decision(.removed, at: Sample.at(900), "Its source was removed.")

    /// Messages and events of two contracts, one a second from second 1 on.
    private func filled(_ kind: StoreKind) async throws -> any Store {
        let store = try await kind.fresh()
        try await store.write { store in
            try store.want(Sample.keys(1...6), at: Sample.at(0))
            for number in 1...6 as ClosedRange<Int64> {
                let contract = number.isMultiple(of: 2) ? Sample.globex : Sample.acme
                var message = Sample.message("<\(number)@x>", contract: contract)
                message.received = Sample.at(number)
                if number == 3 { message.fate = .quarantined }
                try store.insert(
                    message, raw: RawMessage([UInt8](repeating: 0x61, count: message.size)),
                    ledger: Sample.keys(1...6)[Int(number) - 1])
                var event = Sample.event(Int(number), contract: contract)
                event.time = Sample.at(number)
                try store.append(event)
            }
        }
        return store
    }

    private func hasSource(_ store: any Store) async throws -> [Bool] {
        try await store.read { store in
            try (1...6).map { try store.rawSize(of: MessageID(rawValue: Int64($0))) != nil }
        }
    }

    private func events(_ store: any Store) async throws -> [TicketEvent] {
        try await store.read { try $0.events(contract: nil, after: nil, limit: 100) }
    }

    @Test(arguments: StoreKind.withFake, [1, 2, 100])
    func oldSourcesGoAndTheirMessagesStay(_ kind: StoreKind, limit: Int) async throws {
        let store = try await filled(kind)
        func remove(before time: Timestamp) async throws -> Int {
            var count = 0
            while true {
                let removal = try await store.write {
                    try $0.removeSources(of: Sample.acme, before: time, noting: Self.decision, limit: limit)
                }
                count += removal.count
                if removal.isDone { return count }
            }
        }
        // Of acme are 1, 3 (in quarantine) and 5.
        #expect(try await remove(before: Sample.at(5)) == 1)
        #expect(try await hasSource(store) == [false, true, true, true, true, true])
        #expect(try await remove(before: Sample.at(5)) == 0)
        #expect(try await remove(before: Sample.at(6)) == 1)
        #expect(try await hasSource(store) == [false, true, true, true, false, true])
        let message = try #require(try await store.read { try $0.message(MessageID(rawValue: 1)) })
        #expect(message.history.last(.removed) == Self.decision)
        #expect(try await store.read { try $0.rawSource(of: MessageID(rawValue: 1)) } == nil)
        #expect(try await store.read { try $0.rawSource(of: MessageID(rawValue: 1), from: 0) } == nil)
    }

    @Test(arguments: StoreKind.withFake, [1, 2, 100])
    func oldEventsGo(_ kind: StoreKind, limit: Int) async throws {
        let store = try await filled(kind)
        var counts: [Int] = []
        while true {
            let removal = try await store.write {
                try $0.removeEvents(of: Sample.acme, before: Sample.at(4), limit: limit)
            }
            counts.append(removal.count)
            if removal.isDone { break }
        }
        #expect(counts.reduce(0, +) == 2 && counts.allSatisfy { $0 <= limit })
        #expect(try await events(store).map(\.time) == [2, 4, 5, 6].map { Sample.at($0) })
    }

    @Test(arguments: StoreKind.withFake)
    func whatAnEndpointHasNotGotStays(_ kind: StoreKind) async throws {
        let store = try await filled(kind)
        // It begins at the end of the log; then two more events come, the first of which is delivered.
        try await store.write { try $0.openEndpoint(of: Sample.acme) }
        try await store.write { store in
            for number in 7...8 as ClosedRange<Int64> {
                var event = Sample.event(Int(number), contract: Sample.acme)
                event.time = Sample.at(number)
                try store.append(event)
            }
        }
        let state = try #require(try await store.read { try $0.endpoint(of: Sample.acme) })
        let behind = try await store.read { try $0.events(of: Sample.acme, behind: state.position, limit: 1) }
        let next = try #require(behind.first).place
        try await store.write { _ = try $0.moveEndpoint(of: Sample.acme, from: state.position, to: next) }
        let removal = try await store.write {
            try $0.removeEvents(of: Sample.acme, before: Sample.at(1000), limit: 100)
        }
        #expect(removal.count == 4 && removal.isDone)
        #expect(try await events(store).filter { $0.contract == Sample.acme }.map(\.time) == [Sample.at(8)])
    }
}
