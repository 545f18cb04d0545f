// What every store promises of the queue: what is enqueued, found, due and counted.

import MaloteCore
import Testing

@Suite struct QueueConformance {
    @Test(arguments: StoreKind.all)
    func aNotificationReadsBackWithOneQueuedDeliveryARecipient(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        var notification = Sample.notification(to: ["a@x.example", "b@x.example", "a@x.example"], key: "k")
        notification.content = Array(UInt8.min...UInt8.max)
        notification.ticket = TicketID(rawValue: 8)
        let enqueued = notification
        let id = try await store.write { try $0.enqueue(enqueued) }
        notification.id = id
        #expect(try await store.read { try $0.notification(id) } == notification)
        let deliveries = try await store.deliveries()
        #expect(deliveries.map(\.recipient) == notification.recipients)
        #expect(deliveries.map(\.id) == Set(deliveries.map(\.id)).sorted())
        for delivery in deliveries {
            let expected = Delivery(
                id: delivery.id, notification: id, lane: Sample.lane, recipient: delivery.recipient,
                nextAttempt: Sample.at(0), created: Sample.at(0))
            #expect(delivery == expected)
        }
        #expect(try await store.read { try $0.notification(NotificationID(rawValue: 99)) } == nil)
    }

    @Test(arguments: StoreKind.all)
    func anIdempotencyKeyCountsOnceInItsContract(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let (elsewhere, otherLane) = (Sample.lanes[2], Sample.lanes[1])
        let ids = try await store.write { store in
            try [
                Sample.notification(key: "k"), Sample.notification(to: ["other@x.example"], key: "k"),
                Sample.notification(lane: otherLane, key: "k"), Sample.notification(lane: elsewhere, key: "k"),
                Sample.notification(key: "K"), Sample.notification(), Sample.notification(),
            ].map { try store.enqueue($0) }
        }
        #expect(ids[1] == ids[0])
        #expect(ids[2] == ids[0])
        #expect(Set(ids).count == 5)
        let deliveries = try await store.deliveries()
        #expect(deliveries.count == 5)
        #expect(deliveries[0].recipient == "ana@acme.example")
        let found = try await store.read { store in
            [
                try store.notification(contract: Sample.acme, idempotencyKey: "k"),
                try store.notification(contract: Sample.globex, idempotencyKey: "k"),
                try store.notification(contract: Sample.globex, idempotencyKey: "K"),
            ]
        }
        #expect(found == [ids[0], ids[3], nil])
    }

    @Test(arguments: StoreKind.withFake)
    func aNotificationIsFoundByItsMessageIDInItsContract(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let id = try await store.write { try $0.enqueue(Sample.notification()) }
        let messageID = Sample.notification().messageID
        let found = try await store.read { store in
            [
                try store.notification(contract: Sample.acme, messageID: messageID),
                try store.notification(contract: Sample.globex, messageID: messageID),
                try store.notification(contract: Sample.acme, messageID: "<x@y>"),
            ]
        }
        #expect(found == [id, nil, nil])
    }

    @Test(arguments: StoreKind.withFake)
    func aReportFailsOnlyWhatHadLeft(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let failure = Failure(.permanent, .bounced, "No such user.")
        let ids = try await store.write { store in
            _ = try store.enqueue(Sample.notification(to: ["a@x.example", "b@x.example"]))
            return try store.deliveries(DeliveryFilter()).map(\.id)
        }
        #expect(try await store.write { try $0.bounce(ids[0], failure, at: Sample.at(3)) } == false)
        try await store.write { store in
            _ = try store.beginAttempt([ids[0]], at: Sample.at(1), next: Sample.at(9))
            let reply = ProtocolReply(code: 250, text: "ok")
            try store.finishAttempt([AttemptResult(delivery: ids[0], outcome: .sent(reply), at: Sample.at(2))])
        }
        #expect(try await store.write { try $0.bounce(ids[0], failure, at: Sample.at(3)) })
        #expect(try await store.write { try $0.bounce(ids[0], failure, at: Sample.at(4)) } == false, "once")
        let deliveries = try await store.deliveries()
        #expect(deliveries.map(\.state) == [.failed, .queued])
        #expect(deliveries[0].failure == failure && deliveries[0].settled == Sample.at(3))
        #expect(deliveries[0].reply?.code == 250, "what the server had said")
        let lane = try #require(try await store.read { try $0.lanes().first })
        #expect((lane.sent, lane.failed, lane.queued) == (0, 1, 1))
    }

    /// Numbers are places in the list of what was enqueued, each with the second at which it is due.
    @Test(
        arguments: StoreKind.all,
        [
            (-1, 10, []), (0, 10, [2]), (4, 10, [2]), (5, 10, [2, 1, 3]), (9, 10, [2, 1, 3, 0]), (9, 2, [2, 1]),
        ] as [(Int64, Int, [Int])])
    func dueComesByTimeThenByAge(_ kind: StoreKind, expected: (now: Int64, limit: Int, order: [Int])) async throws {
        let store = try await kind.fresh()
        let (all, due) = try await store.write { store in
            for second in [9, 5, 0, 5] as [Int64] { _ = try store.enqueue(Sample.notification(at: Sample.at(second))) }
            _ = try store.enqueue(Sample.notification(lane: Sample.lanes[1]))
            _ = try store.enqueue(Sample.notification(lane: Sample.lanes[2]))
            let all = try store.deliveries(DeliveryFilter())
            return (all, try store.due(lane: Sample.lane, now: Sample.at(expected.now), limit: expected.limit))
        }
        #expect(due == expected.order.map { all[$0] })
    }

    @Test(arguments: StoreKind.all, Delivery.State.allCases)
    func onlyQueuedDeliveriesAreDue(_ kind: StoreKind, state: Delivery.State) async throws {
        let store = try await kind.fresh()
        let (id, due, next, interrupted) = try await store.write { store in
            let id = try store.newDelivery(state)
            return (
                id, try store.due(lane: Sample.lane, now: Sample.at(1000), limit: 9).map(\.id),
                try store.nextDue(lane: Sample.lane), try store.interrupted().map(\.id)
            )
        }
        #expect(due == (state == .queued ? [id] : []))
        #expect(next == (state == .queued ? Sample.at(0) : nil))
        #expect(interrupted == (state == .sending ? [id] : []))
    }

    @Test(arguments: StoreKind.all)
    func nextDueIsTheEarliest(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let next = try await store.write { store in
            for second in [7, 3, 5] as [Int64] { _ = try store.enqueue(Sample.notification(at: Sample.at(second))) }
            _ = try store.enqueue(Sample.notification(lane: Sample.lanes[1], at: Sample.at(1)))
            return [try store.nextDue(lane: Sample.lane), try store.nextDue(lane: Sample.lanes[2])]
        }
        #expect(next == [Sample.at(3), nil])
    }

    @Test(arguments: StoreKind.all)
    func everyFieldOfAFilterMustMatch(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        try await store.write { store in
            for lane in Sample.lanes {
                for state in Delivery.State.allCases { _ = try store.newDelivery(state, lane: lane) }
            }
        }
        let all = try await store.deliveries()
        let count = Delivery.State.allCases.count
        #expect(all.count == 3 * count)
        let some = all[count + 2]
        let filters: [(DeliveryFilter, (Delivery) -> Bool)] = [
            (DeliveryFilter(contract: Sample.acme), { $0.lane.contract == Sample.acme }),
            (DeliveryFilter(outbox: Sample.outbox), { $0.lane.outbox == Sample.outbox }),
            (DeliveryFilter(notification: some.notification), { $0.id == some.id }),
            (DeliveryFilter(states: [.held, .sent]), { $0.state == .held || $0.state == .sent }),
            (DeliveryFilter(states: []), { _ in false }),
            (
                DeliveryFilter(contract: Sample.acme, outbox: Sample.outbox, states: [.failed]),
                { $0.lane == Sample.lane && $0.state == .failed }
            ),
            (DeliveryFilter(contract: Sample.globex, notification: some.notification), { _ in false }),
        ]
        for (filter, matches) in filters {
            #expect(try await store.read { try $0.deliveries(filter) } == all.filter(matches))
        }
        for limit in [0, 1, 4, 100] {
            let oldest = try await store.read { try $0.deliveries(DeliveryFilter(limit: limit)) }
            #expect(oldest == Array(all.prefix(limit)))
        }
    }

    // MARK: - Counts

    /// Whatever happens to deliveries, in whatever order, the running counts are what counting the rows gives.
    @Test(arguments: StoreKind.all, 1...5 as ClosedRange<UInt64>)
    func laneSummariesAreTheRowsCounted(_ kind: StoreKind, seed: UInt64) async throws {
        let store = try await kind.fresh()
        try await store.write { store in
            var dice = Dice(seed: seed)
            for second in 0..<300 as Range<Int64> { try Self.step(second, &dice, store) }
        }
        let (lanes, rows) = try await store.read { store in
            (try store.lanes(), try store.deliveries(DeliveryFilter(limit: 10_000)))
        }
        let counted = Dictionary(grouping: rows, by: \.lane).map { Self.summary($0, $1) }
        #expect(lanes == counted.sorted { ($0.lane.contract, $0.lane.outbox) < ($1.lane.contract, $1.lane.outbox) })
        #expect(Set(rows.map(\.state)) == Set(Delivery.State.allCases), "The walk misses a state: choose other seeds.")
    }

    private static func step(_ second: Int64, _ dice: inout Dice, _ store: any StoreWriting) throws {
        let now = Sample.at(second)
        var some: [DeliveryID] = []
        for delivery in try store.deliveries(DeliveryFilter(limit: 10_000)) where dice.roll(5) == 0 {
            some.append(delivery.id)
        }
        let outcomes: [AttemptResult.Outcome] = [
            .sent(Sample.accepted), .failed(Sample.never), .deferred(Sample.later, until: now + .seconds(60)),
            .unknown(Sample.lost, until: nil), .unknown(Sample.lost, until: now + .seconds(90)),
        ]
        switch dice.roll(6) {
        case 0:
            let recipients = (0...dice.roll(3)).map { "r\($0)@x.example" }
            _ = try store.enqueue(Sample.notification(lane: dice.pick(Sample.lanes), to: recipients, at: now))
        case 1, 2: _ = try store.beginAttempt(some, at: now, next: now + .seconds(60))
        case 3:
            var results: [AttemptResult] = []
            for id in some { results.append(AttemptResult(delivery: id, outcome: dice.pick(outcomes), at: now)) }
            try store.finishAttempt(results)
        case 4: try store.requeue(some.filter { _ in dice.roll(2) == 0 }, at: now)
        default: try store.park(some, as: dice.pick([.held, .cancelled]))
        }
    }

    private static func summary(_ lane: Lane, _ rows: [Delivery]) -> LaneSummary {
        func count(_ state: Delivery.State) -> Int { rows.count { $0.state == state } }
        let queued = rows.filter { $0.state == .queued }
        return LaneSummary(
            lane: lane, queued: queued.count, sending: count(.sending), failed: count(.failed),
            unknown: count(.unknown), held: count(.held), sent: count(.sent),
            oldestQueued: queued.map(\.created).min(), nextAttempt: queued.map(\.nextAttempt).min())
    }
}
