// What every store promises of a contract as a whole: its pages, and that nothing of it is left and all of others is.

import MaloteCore
import Testing

@Suite struct ContractConformance {
    /// Two contracts with the same things each.
    private func fill(_ store: any Store) async throws {
        try await store.write { store in
            try store.want(Sample.keys(1...6), at: Sample.at(0))
            for (place, contract) in [Sample.acme, Sample.globex].enumerated() {
                for number in 1...3 {
                    var ticket = Sample.ticket(try store.nextTicketNumber(contract: contract), contract: contract)
                    ticket.key = "\(contract)-\(number)"
                    let id = try store.insert(ticket)
                    let message = Sample.message("<\(number)@x>", contract: contract, ticket: id)
                    try store.insert(
                        message, raw: RawMessage([UInt8](repeating: 0x61, count: 300_000)),
                        ledger: Sample.keys(1...6)[place * 3 + number - 1])
                    try store.thread("<\(number)@x>", into: id, contract: contract)
                    try store.append(Sample.event(place * 10 + number, contract: contract))
                    _ = try store.enqueue(
                        Sample.notification(lane: Lane(contract: contract, outbox: Sample.outbox), key: "k\(number)"))
                }
                try store.suppress(
                    Suppression(contract: contract, address: "a@b.example", reason: "r", since: Sample.at(0)))
                try store.setHold(contract, since: Sample.at(0))
                try store.countAnswer(contract: contract, scopes: ["s"], hour: 1)
            }
        }
    }

    private func rows(_ count: Int) -> ErasedRows {
        var rows = ErasedRows()
        (rows.messages, rows.tickets, rows.events, rows.notifications) = (count, count, count, count)
        rows.suppressions = 1
        return rows
    }

    @Test(arguments: StoreKind.withFake)
    func pagesAreOfOneContractAndInOrder(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        try await fill(store)
        let tickets = try await store.read { store in
            try [0, 1, 3].map { try store.tickets(contract: Sample.globex, after: $0, limit: 2).map(\.number) }
        }
        #expect(tickets == [[1, 2], [2, 3], []])
        let all = try await store.read {
            try $0.notifications(contract: Sample.acme, after: NotificationID(rawValue: 0), limit: 9)
        }
        #expect(all.count == 3 && all == all.sorted())
        let rest = try await store.read { try $0.notifications(contract: Sample.acme, after: all[0], limit: 1) }
        #expect(rest == [all[1]])
    }

    @Test(arguments: StoreKind.withFake, [1, 2, 100])
    func anErasedContractLeavesNothingAndOthersKeepAll(_ kind: StoreKind, limit: Int) async throws {
        let store = try await kind.fresh()
        try await fill(store)
        #expect(try await store.read { try $0.rows(of: Sample.acme) } == rows(3))
        let lanes = try await store.read { try $0.lanes().filter { $0.lane.contract == Sample.globex } }
        var erased = ErasedRows()
        while case let some = try await store.write({ try $0.eraseRows(of: Sample.acme, limit: limit) }), some.total > 0
        {
            erased = erased + some
        }
        #expect(erased == rows(3))
        #expect(try await store.read { try $0.rows(of: Sample.acme) } == ErasedRows())
        #expect(try await store.read { try $0.rows(of: Sample.globex) } == rows(3))
        #expect(try await store.read { try $0.lanes() } == lanes)
        #expect(try await store.read { Array(try $0.holds().keys) } == [Sample.globex])
        let mine = try await store.read { try $0.messages(MessageFilter(contract: Sample.globex)) }
        for message in mine {
            #expect(try await store.read { try $0.rawSource(of: message.id)?.count } == 300_000)
            #expect(try await store.read { try $0.ledger(of: message.id) } != nil)
        }
        // The servers' messages stay known: nothing is fetched again.
        let again = try await store.write { try $0.want(Sample.keys(1...6), at: Sample.at(9)) }
        #expect(again == 0)
    }
}
