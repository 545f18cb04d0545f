// What every store promises of what keeps deliveries from leaving: holds, rates, priorities, suppressed addresses.

import MaloteCore
import Testing

@Suite struct LimitConformance {
    @Test(arguments: StoreKind.all)
    func aHoldStaysUntilItIsReleased(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        try await store.write { store in
            try store.setHold(Sample.acme, since: Sample.at(1))
            try store.setHold(Sample.globex, since: Sample.at(2))
            try store.setHold(Sample.globex, since: Sample.at(3))
        }
        #expect(try await store.read { try $0.holds() } == [Sample.acme: Sample.at(1), Sample.globex: Sample.at(3)])
        try await store.write { store in
            try store.setHold(Sample.acme, since: nil)
            try store.setHold(Sample.acme, since: nil)
        }
        #expect(try await store.read { try $0.holds() } == [Sample.globex: Sample.at(3)])
    }

    @Test(arguments: StoreKind.all)
    func countsAddUpAndOldOnesAreForgotten(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        func count(_ span: SendingRate.Span, _ slot: Int64, _ count: Int) -> SentCount {
            SentCount(span: span, slot: slot, count: count)
        }
        let (first, again) = (
            [count(.minute, 100, 2), count(.day, 7, 2)], [count(.minute, 100, 3), count(.day, 7, 3)]
        )
        try await store.write { store in
            try store.countSent(outbox: Sample.outbox, first)
            try store.countSent(outbox: Sample.outbox, again)
        }
        func kept() async throws -> Set<SentCount> {
            Set(try await store.read { try $0.sentCounts(outbox: Sample.outbox) })
        }
        #expect(try await kept() == [count(.minute, 100, 5), count(.day, 7, 5)])
        let later = [count(.minute, 112, 1), count(.day, 7, 1)]
        try await store.write { try $0.countSent(outbox: Sample.outbox, later) }
        #expect(try await kept() == [count(.minute, 100, 5), count(.minute, 112, 1), count(.day, 7, 6)])
        let latest = [count(.minute, 113, 1)]
        try await store.write { try $0.countSent(outbox: Sample.outbox, latest) }
        #expect(try await kept() == [count(.minute, 112, 1), count(.minute, 113, 1), count(.day, 7, 6)])
        #expect(try await store.read { try $0.sentCounts(outbox: Sample.inbox) }.isEmpty)
    }

    @Test(arguments: StoreKind.all)
    func whatIsUrgentIsDueFirst(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let wishes: [(Priority, Int64)] = [(.low, 0), (.normal, 1), (.high, 2), (.normal, 0), (.high, 1)]
        let (rows, due, two, next) = try await store.write { store in
            for (priority, second) in wishes {
                var notification = Sample.notification(at: Sample.at(second))
                notification.priority = priority
                _ = try store.enqueue(notification)
            }
            return (
                try store.deliveries(DeliveryFilter()),
                try store.due(lane: Sample.lane, now: Sample.at(9), limit: 9),
                try store.due(lane: Sample.lane, now: Sample.at(1), limit: 2), try store.nextDue(lane: Sample.lane)
            )
        }
        #expect(due == [4, 2, 3, 1, 0].map { rows[$0] })
        #expect(two == [4, 3].map { rows[$0] })
        #expect(next == Sample.at(0))
        let id = rows[4].notification
        #expect(try await store.read { try $0.notification(id)?.priority } == .high)
    }

    // MARK: - Suppressed addresses

    private static func entry(_ address: String, _ contract: ContractID = Sample.acme, at: Int64 = 0) -> Suppression {
        Suppression(contract: contract, address: address, reason: "No such user: ção", since: Sample.at(at))
    }

    @Test(arguments: StoreKind.all)
    func aSuppressedAddressIsFoundInAnyCase(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let (first, second) = (Self.entry("Ana@X.example"), Self.entry("bob@x.example", Sample.globex, at: 5))
        try await store.write { store in
            try store.suppress(first)
            try store.suppress(second)
            // The first reason stays.
            try store.suppress(
                Suppression(contract: Sample.acme, address: "ana@x.example", reason: "Other", since: Sample.at(9)))
        }
        let found = try await store.read { store in
            try store.suppressed(contract: Sample.acme, addresses: ["ANA@x.example", "ana@x.example", "bob@x.example"])
        }
        #expect(found == [first])
        #expect(try await store.read { try $0.suppressions(contract: nil, limit: 9) } == [second, first])
        #expect(try await store.read { try $0.suppressions(contract: nil, limit: 1) } == [second])
        #expect(try await store.read { try $0.suppressions(contract: Sample.acme, limit: 9) } == [first])
        #expect(try await store.write { try $0.unsuppress(contract: Sample.acme, address: "ANA@x.example") })
        #expect(try await !store.write { try $0.unsuppress(contract: Sample.acme, address: "ana@x.example") })
    }

    @Test(arguments: StoreKind.all)
    func aDeliveryToASuppressedAddressHasFailedFromTheStart(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let entry = Self.entry("gone@x.example")
        let (rows, lanes, elsewhere) = try await store.write { store in
            try store.suppress(entry)
            _ = try store.enqueue(Sample.notification(to: ["a@x.example", "GONE@x.example"]))
            let rows = try store.deliveries(DeliveryFilter())
            let lanes = try store.lanes()
            _ = try store.enqueue(Sample.notification(lane: Sample.lanes[2], to: ["gone@x.example"]))
            return (rows, lanes, try store.deliveries(DeliveryFilter(contract: Sample.globex)))
        }
        #expect(rows.map(\.state) == [.queued, .failed])
        #expect(rows[1].failure == entry.refusal)
        #expect(rows[1].settled == Sample.at(0))
        #expect(lanes.map(\.queued) == [1] && lanes.map(\.failed) == [1])
        #expect(elsewhere.map(\.state) == [.queued])
    }

    @Test(arguments: StoreKind.all, Delivery.State.allCases)
    func onlyWhatWaitsIsRefused(_ kind: StoreKind, state: Delivery.State) async throws {
        let store = try await kind.fresh()
        let (count, row) = try await store.write { store in
            let id = try store.newDelivery(state)
            let count = try store.refuse([id], Sample.never, at: Sample.at(7))
            return (count, try store.delivery(id))
        }
        let waits = state == .queued || state == .held
        #expect(count == (waits ? 1 : 0))
        #expect(row.state == (waits ? .failed : state))
        if waits { #expect(row.failure == Sample.never && row.settled == Sample.at(7)) }
    }

    @Test(arguments: StoreKind.all)
    func aRequeuedDeliveryRemembersItsEarlierAttempts(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let row = try await store.write { store in
            let id = try store.newDelivery()
            try store.attempt(id, .deferred(Sample.later, until: Sample.at(1)))
            try store.attempt(id, .failed(Sample.never))
            try store.requeue([id], at: Sample.at(50))
            try store.requeue([id], at: Sample.at(60))
            return try store.delivery(id)
        }
        #expect(row.attempts == 2 && row.earlierAttempts == 2)
        #expect(row.created == Sample.at(50) && row.nextAttempt == Sample.at(60))
    }
}
