// What every store promises of the lists that people look through: latest first, filtered, page by page.

import MaloteCore
import Testing

@Suite struct ListConformance {
    struct Tickets: Sendable {
        var filter: TicketFilter
        var holds: [String]
    }

    /// Acme has 3, 1 and 2 (moved in out of order), Globex 1; ACME-1 and G-1 are closed.
    private func filled(_ kind: StoreKind) async throws -> FreshStore {
        let store = try await kind.fresh()
        try await store.write { store in
            var tickets = [3, 1].map { Sample.ticket($0) }
            tickets.append(Sample.ticket(1, contract: Sample.globex, prefix: "G"))
            tickets.append(Sample.ticket(2))
            tickets[0].external = "EXT_7"
            tickets[1].subject = "Printer 100%"
            tickets[3].requester = MailAddress(name: "Bia", address: "BIA@x.example")
            let ids = try tickets.map { try store.insert($0) }
            try store.setClosed(Sample.at(9), ticket: ids[1])
            try store.setClosed(Sample.at(9), ticket: ids[2])
        }
        return store
    }

    static let tickets = [
        Tickets(filter: .init(), holds: ["ACME-2", "G-1", "ACME-1", "ACME-3"]),
        Tickets(filter: .init(limit: 2), holds: ["ACME-2", "G-1"]),
        Tickets(filter: .init(before: TicketID(rawValue: 3)), holds: ["ACME-1", "ACME-3"]),
        Tickets(filter: .init(contract: Sample.acme), holds: ["ACME-3", "ACME-2", "ACME-1"]),
        Tickets(filter: .init(contract: Sample.acme, before: TicketID(rawValue: 1)), holds: ["ACME-2", "ACME-1"]),
        Tickets(filter: .init(contract: Sample.acme, before: TicketID(rawValue: 4)), holds: ["ACME-1"]),
        Tickets(filter: .init(isClosed: true), holds: ["G-1", "ACME-1"]),
        Tickets(filter: .init(contract: Sample.acme, isClosed: false), holds: ["ACME-3", "ACME-2"]),
        Tickets(filter: .init(search: "ext_7"), holds: ["ACME-3"]),
        Tickets(filter: .init(search: "ext-7"), holds: []),
        Tickets(filter: .init(search: "100%"), holds: ["ACME-1"]),
        Tickets(filter: .init(search: "bia@X"), holds: ["ACME-2"]),
        Tickets(filter: .init(search: "g-"), holds: ["G-1"]),
    ]

    @Test(arguments: StoreKind.withFake, tickets)
    func aListOfTickets(_ kind: StoreKind, list: Tickets) async throws {
        let store = try await filled(kind)
        let found = try await store.read { try $0.tickets(list.filter) }
        #expect(found.map(\.key) == list.holds)
    }

    struct Events: Sendable {
        var filter: EventFilter
        var holds: [Int]
    }

    static let events = [
        Events(filter: .init(), holds: [6, 5, 4, 3, 2, 1]),
        Events(filter: .init(limit: 2), holds: [6, 5]),
        Events(filter: .init(before: Sample.event(3).id), holds: [2, 1]),
        Events(filter: .init(before: Sample.event(99).id), holds: []),
        Events(filter: .init(contract: Sample.acme), holds: [5, 3, 1]),
        Events(filter: .init(kind: .ticketOpened), holds: [6, 5, 2, 1]),
        Events(filter: .init(kind: .mailboxFailing), holds: [4, 3]),
        Events(filter: .init(contract: Sample.globex, kind: .mailboxFailing), holds: [4]),
        Events(filter: .init(contract: Sample.acme, kind: .mailboxFailing, before: Sample.event(3).id), holds: []),
    ]

    @Test(arguments: StoreKind.withFake, events)
    func aLogLatestFirst(_ kind: StoreKind, list: Events) async throws {
        let store = try await kind.fresh()
        try await store.write { store in
            for number in 1...6 {
                var event = Sample.event(number, contract: number % 2 == 1 ? Sample.acme : Sample.globex)
                event.kind = [3, 4].contains(number) ? .mailboxFailing : .ticketOpened
                try store.append(event)
            }
        }
        let found = try await store.read { try $0.events(list.filter) }
        #expect(found.map(\.id.rawValue) == list.holds.map { "event-\($0)" })
    }

    @Test(arguments: StoreKind.withFake)
    func theQueueGoesOnWhereAPageEnded(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let ids = try await store.write { store in try (0..<5).map { _ in try store.newDelivery() } }
        let page = try await store.read { try $0.deliveries(DeliveryFilter(after: ids[1], limit: 2)) }
        #expect(page.map(\.id) == [ids[2], ids[3]])
        let one = try await store.read { try $0.delivery(ids[4]) }.notification
        let filter = DeliveryFilter(notification: one, after: ids[4])
        #expect(try await store.read { try $0.deliveries(filter) }.isEmpty)
    }
}
