// Steps that many tests take, in the store's own verbs.

import MaloteCore
import Testing

extension StoreReading {
    func delivery(_ id: DeliveryID) throws -> Delivery {
        try #require(try deliveries(DeliveryFilter(limit: 10_000)).first { $0.id == id })
    }
}

extension StoreWriting {
    @discardableResult func want(_ keys: [LedgerKey]) throws -> Int { try want(keys, at: Sample.at(0)) }
    func settle(_ keys: [LedgerKey]) throws { try settle(keys, at: Sample.at(0)) }

    /// Enqueues one delivery and leads it to a state by the verbs that lead there; its attempt starts at second 10 and
    /// ends at second 20.
    func newDelivery(_ state: Delivery.State = .queued, lane: Lane = Sample.lane) throws -> DeliveryID {
        let notification = try enqueue(Sample.notification(lane: lane))
        let id = try #require(try deliveries(DeliveryFilter(notification: notification)).first).id
        switch state {
        case .queued: break
        case .held, .cancelled: try park([id], as: state)
        case .sending: _ = try beginAttempt([id], at: Sample.at(10), next: Sample.at(70))
        case .sent: try attempt(id, .sent(Sample.accepted))
        case .failed: try attempt(id, .failed(Sample.never))
        case .unknown: try attempt(id, .unknown(Sample.lost, until: nil))
        }
        return id
    }

    func attempt(_ id: DeliveryID, _ outcome: AttemptResult.Outcome) throws {
        _ = try beginAttempt([id], at: Sample.at(10), next: Sample.at(70))
        try finishAttempt([AttemptResult(delivery: id, outcome: outcome, at: Sample.at(20))])
    }
}

extension LedgerEntry {
    /// Without its history.
    var plain: LedgerEntry {
        LedgerEntry(key: key, state: state, attempts: attempts, settled: settled, isBacklog: isBacklog)
    }
}

extension Store {
    func deliveries() async throws -> [Delivery] { try await read { try $0.deliveries(DeliveryFilter(limit: 10_000)) } }
    func events() async throws -> [String] {
        try await read { try $0.events(contract: nil, after: nil, limit: 10_000).map(\.id.rawValue) }
    }

    /// Runs a body that must be refused as a fault of the caller.
    func expectDefect(_ body: @escaping @Sendable (any StoreWriting) throws -> Void) async {
        let failure = await #expect(throws: Failure.self) { try await self.write(body) }
        #expect(failure?.cause == .defect)
    }
}
