// What every store promises of the event log: the order of the commits, whole pages, a contract's own events.

import MaloteCore
import Testing

@Suite struct EventConformance {
    /// Odd events are Acme's, even ones are Globex's.
    private func filled(_ kind: StoreKind) async throws -> FreshStore {
        let store = try await kind.fresh()
        try await store.write { store in
            for number in 1...9 {
                try store.append(Sample.event(number, contract: number % 2 == 1 ? Sample.acme : Sample.globex))
            }
        }
        return store
    }

    struct Page: Sendable {
        var contract: ContractID?
        var after: Int?
        var limit = 100
        var holds: [Int]
    }

    static let pages = [
        Page(holds: Array(1...9)), Page(limit: 3, holds: [1, 2, 3]), Page(limit: 0, holds: []),
        Page(after: 3, limit: 3, holds: [4, 5, 6]), Page(after: 9, holds: []),
        Page(contract: Sample.acme, holds: [1, 3, 5, 7, 9]),
        Page(contract: Sample.acme, after: 3, limit: 2, holds: [5, 7]),
        // Another contract's event still tells where in the log to go on.
        Page(contract: Sample.acme, after: 4, holds: [5, 7, 9]),
        Page(contract: Sample.globex, after: 8, holds: []),
        Page(contract: ContractID(rawValue: 3), holds: []),
        // An event that is not known: from the start.
        Page(contract: Sample.globex, after: 77, limit: 2, holds: [2, 4]),
    ]

    @Test(arguments: StoreKind.all, pages)
    func aPageOfTheLog(_ kind: StoreKind, page: Page) async throws {
        let store = try await filled(kind)
        let after = page.after.map { Sample.event($0).id }
        let events = try await store.read { try $0.events(contract: page.contract, after: after, limit: page.limit) }
        #expect(events.map(\.id.rawValue) == page.holds.map { "event-\($0)" })
    }

    @Test(arguments: StoreKind.all, TicketEvent.Kind.allCases)
    func anEventReadsBack(_ kind: StoreKind, eventKind: TicketEvent.Kind) async throws {
        let store = try await kind.fresh()
        var event = Sample.event(1)
        event.kind = eventKind
        event.text = EventText(#"{"text":"Olá \u0000 "quoted""# + "\u{1F5A8}}")
        let appended = event
        try await store.write { try $0.append(appended) }
        #expect(try await store.read { try $0.events(contract: nil, after: nil, limit: 9) } == [event])
    }

    @Test(arguments: StoreKind.withFake)
    func whatIsToldTwiceIsKeptOnceAndReadWhole(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        var event = Sample.event(1)
        event.text = EventText(
            kept: #"{"text":"Olá","newText":}"#, again: EventText.Repetition(from: 8, count: 6, at: 25))
        let appended = event
        try await store.write { try $0.append(appended) }
        let read = try await store.read { try $0.event(appended.id) }
        #expect(read?.json == #"{"text":"Olá","newText":"Olá"}"#)
        #expect(read == event)
    }

    @Test(arguments: StoreKind.all)
    func anIdentityIsGivenOnce(_ kind: StoreKind) async throws {
        let store = try await filled(kind)
        await store.expectDefect { try $0.append(Sample.event(4, contract: Sample.acme)) }
        #expect(try await store.events().count == 9)
    }
}
