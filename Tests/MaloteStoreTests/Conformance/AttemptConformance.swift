// What every store promises of attempts and of an operator's changes: which states lead where, and what they leave.

import MaloteCore
import Testing

@Suite struct AttemptConformance {
    @Test(arguments: StoreKind.all, Delivery.State.allCases)
    func onlyQueuedDeliveriesAreClaimed(_ kind: StoreKind, state: Delivery.State) async throws {
        let store = try await kind.fresh()
        let (before, claimed, after) = try await store.write { store in
            let id = try store.newDelivery(state)
            let before = try store.delivery(id)
            let claimed = try store.beginAttempt([id], at: Sample.at(30), next: Sample.at(90))
            return (before, claimed, try store.delivery(id))
        }
        guard state == .queued else {
            #expect(claimed.isEmpty)
            #expect(after == before)
            return
        }
        var expected = before
        (expected.state, expected.attempts, expected.nextAttempt) = (.sending, 1, Sample.at(90))
        #expect(claimed == [expected])
        #expect(after == expected)
    }

    @Test(arguments: StoreKind.all)
    func aDeliveryIsClaimedOnce(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let ids = try await store.write { store in try (1...4).map { _ in try store.newDelivery() } }
        let claim: @Sendable (any StoreWriting) throws -> [DeliveryID] = {
            try $0.beginAttempt(ids, at: Sample.at(1), next: Sample.at(61)).map(\.id)
        }
        #expect(try await store.write(claim) == ids)
        #expect(try await store.write(claim).isEmpty)
        #expect(try await store.read { try $0.interrupted().map(\.id) } == ids)
        #expect(try await store.read { try $0.interrupted(outbox: Sample.lane.outbox).map(\.id) } == ids)
        let other = MailboxID(rawValue: Sample.lane.outbox.rawValue + 1)
        #expect(try await store.read { try $0.interrupted(outbox: other) }.isEmpty)
        await store.expectDefect { store in
            _ = try store.beginAttempt([DeliveryID(rawValue: 99)], at: Sample.at(1), next: Sample.at(2))
        }
    }

    struct Ending: Sendable {
        var outcome: AttemptResult.Outcome
        var state: Delivery.State
        var nextAttempt = Sample.at(70)
        var failure: Failure?
        var reply: ProtocolReply?
        var settled: Timestamp? = Sample.at(20)
    }

    static let endings = [
        Ending(outcome: .sent(Sample.accepted), state: .sent, reply: Sample.accepted),
        Ending(outcome: .failed(Sample.never), state: .failed, failure: Sample.never, reply: Sample.never.reply),
        Ending(outcome: .unknown(Sample.lost, until: nil), state: .unknown, failure: Sample.lost),
        Ending(
            outcome: .deferred(Sample.later, until: Sample.at(500)), state: .queued, nextAttempt: Sample.at(500),
            failure: Sample.later, reply: Sample.later.reply, settled: nil),
        Ending(
            outcome: .unknown(Sample.lost, until: Sample.at(300)), state: .queued, nextAttempt: Sample.at(300),
            failure: Sample.lost, settled: nil),
    ]

    @Test(arguments: StoreKind.all, endings)
    func anAttemptEnds(_ kind: StoreKind, ending: Ending) async throws {
        let store = try await kind.fresh()
        let id = try await store.write { store in
            let id = try store.newDelivery(.sending)
            let result = AttemptResult(delivery: id, outcome: ending.outcome, at: Sample.at(20))
            #expect(try store.finishAttempt([result]) == [try store.delivery(id)], "as it is now")
            #expect(try store.finishAttempt([result]).isEmpty, "it has ended")
            return id
        }
        let found = try await store.read { try $0.delivery(id) }
        let expected = Delivery(
            id: id, notification: found.notification, lane: Sample.lane, recipient: "ana@acme.example",
            state: ending.state, attempts: 1, nextAttempt: ending.nextAttempt, created: Sample.at(0),
            failure: ending.failure, reply: ending.reply, settled: ending.settled)
        #expect(found == expected)
    }

    @Test(arguments: StoreKind.all)
    func successClearsTheFaultOfAnEarlierAttempt(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let delivery = try await store.write { store in
            let id = try store.newDelivery()
            try store.attempt(id, .deferred(Sample.later, until: Sample.at(30)))
            try store.attempt(id, .sent(Sample.accepted))
            return try store.delivery(id)
        }
        #expect(delivery.failure == nil)
        #expect(delivery.reply == Sample.accepted)
        #expect(delivery.attempts == 2)
    }

    @Test(arguments: StoreKind.all, Delivery.State.allCases)
    func anEndWithoutABeginningChangesNothing(_ kind: StoreKind, state: Delivery.State) async throws {
        guard state != .sending else { return }
        let store = try await kind.fresh()
        let (before, after) = try await store.write { store in
            let id = try store.newDelivery(state)
            let before = try store.delivery(id)
            try store.finishAttempt([AttemptResult(delivery: id, outcome: .failed(Sample.never), at: Sample.at(99))])
            try store.finishAttempt([AttemptResult(delivery: id, outcome: .sent(Sample.accepted), at: Sample.at(99))])
            return (before, try store.delivery(id))
        }
        #expect(after == before)
    }

    @Test(arguments: StoreKind.all)
    func theEndOfAMissingDeliveryUndoesTheWholeReport(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let id = try await store.write { try $0.newDelivery(.sending) }
        await store.expectDefect { store in
            try store.finishAttempt(
                [id, DeliveryID(rawValue: 99)].map {
                    AttemptResult(delivery: $0, outcome: .sent(Sample.accepted), at: Sample.at(20))
                })
        }
        #expect(try await store.read { try $0.delivery(id).state } == .sending)
    }

    // MARK: - Changes by a person

    /// Only what a server has, or may be getting, is out of reach.
    @Test(arguments: StoreKind.all, Delivery.State.allCases)
    func requeueing(_ kind: StoreKind, state: Delivery.State) async throws {
        let store = try await kind.fresh()
        let (before, changed, after) = try await store.write { store in
            let id = try store.newDelivery(state)
            let before = try store.delivery(id)
            return (before, try store.requeue([id], at: Sample.at(900)), try store.delivery(id))
        }
        guard state != .sending, state != .sent else {
            #expect(changed == 0)
            #expect(after == before)
            return
        }
        #expect(changed == 1)
        #expect(after.state == .queued)
        #expect(after.nextAttempt == Sample.at(900))
        #expect(after.settled == nil)
        #expect(after.attempts == before.attempts)
        // A new life for what had ended, and not for what was only waiting.
        #expect(after.created == (state == .queued ? Sample.at(0) : Sample.at(900)))
    }

    @Test(arguments: StoreKind.all, Delivery.State.allCases)
    func parking(_ kind: StoreKind, state: Delivery.State) async throws {
        let store = try await kind.fresh()
        for target in [Delivery.State.held, .cancelled] {
            let (before, changed, after) = try await store.write { store in
                let id = try store.newDelivery(state)
                let before = try store.delivery(id)
                return (before, try store.park([id], as: target), try store.delivery(id))
            }
            let mayPark = (state == .queued || state == .held) && state != target
            #expect(changed == (mayPark ? 1 : 0))
            var expected = before
            if mayPark { expected.state = target }
            #expect(after == expected)
        }
    }

    @Test(arguments: StoreKind.all, [.queued, .sending, .sent, .failed, .unknown] as [Delivery.State])
    func nothingIsParkedAsAnythingElse(_ kind: StoreKind, state: Delivery.State) async throws {
        let store = try await kind.fresh()
        let id = try await store.write { try $0.newDelivery() }
        await store.expectDefect { try $0.park([id], as: state) }
    }

    @Test(arguments: StoreKind.all)
    func aMissingDeliveryCannotBeChanged(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let id = try await store.write { try $0.newDelivery() }
        await store.expectDefect { try $0.park([id, DeliveryID(rawValue: 99)], as: .held) }
        await store.expectDefect { try $0.requeue([id, DeliveryID(rawValue: 99)], at: Sample.at(900)) }
        let delivery = try await store.read { try $0.delivery(id) }
        #expect(delivery.state == .queued)
        #expect(delivery.nextAttempt == Sample.at(0))
    }

    @Test(arguments: StoreKind.withFake)
    func whatIsLateIsFoundUntilItIsMarked(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let ids = try await store.write { store in
            for second in [5, 1, 3, 9] as [Int64] {
                var notification = Sample.notification()
                notification.created = Sample.at(second)
                _ = try store.enqueue(notification)
            }
            let ids = try store.deliveries(DeliveryFilter()).map(\.id)
            try store.park([ids[2]], as: .held)
            return ids
        }
        func late(_ limit: Int = 10) async throws -> [DeliveryID] {
            try await store.read { try $0.delayed(since: Sample.at(9), limit: limit).map(\.id) }
        }
        #expect(try await late() == [ids[1], ids[0]], "oldest first; neither young ones nor held ones")
        #expect(try await late(1) == [ids[1]])
        try await store.write { try $0.markDelayTold([ids[1], ids[3]]) }
        #expect(try await late() == [ids[0]])
        try await store.write { store in
            try store.park([ids[1]], as: .cancelled)
            try store.requeue([ids[1]], at: Sample.at(2))
        }
        #expect(try await late() == [ids[1], ids[0]], "a new life")
    }

    @Test(arguments: StoreKind.withFake)
    func aHeadIsTheNotificationWithoutItsContent(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        var notification = Sample.notification()
        notification.ticket = TicketID(rawValue: 5)
        let enqueued = notification
        let id = try await store.write { try $0.enqueue(enqueued) }
        let expected = NotificationHead(
            lane: notification.lane, messageID: notification.messageID, subject: notification.subject,
            ticket: notification.ticket)
        #expect(try await store.read { try $0.head(of: id) } == expected)
        #expect(try await store.read { try $0.head(of: NotificationID(rawValue: 99)) } == nil)
    }
}
