// What becomes of attempts that a crash left in flight; pure, then one commit.

import MaloteCore

/// The start-up half of docs/queue.md: every delivery that was `sending` when the last run ended gets the outcome that
/// the attempt journal proves, and no worse.
package enum Recovery {
    package static func outcome(
        of delivery: Delivery, journal: JournalLeftover, now: Timestamp, random: inout SeededRandom
    ) -> AttemptResult {
        let stopped = Failure(.transient, .shuttingDown, "The daemon stopped before the message was handed over.")
        guard journal.isSameBoot else { return lost(delivery, now: now, random: &random) }
        if let reply = journal.answers[delivery.attempt] {
            return answered(delivery, reply, now: now, random: &random)
        }
        if journal.finalDots.contains(delivery.attempt) { return lost(delivery, now: now, random: &random) }
        return AttemptResult(delivery: delivery.id, outcome: .deferred(stopped, until: now), at: now)
    }

    private static func answered(
        _ delivery: Delivery, _ reply: ProtocolReply, now: Timestamp, random: inout SeededRandom
    ) -> AttemptResult {
        if (200..<300).contains(reply.code) {
            return AttemptResult(delivery: delivery.id, outcome: .sent(reply), at: now)
        }
        let kind: Failure.Kind = reply.code >= 500 ? .permanent : .transient
        let failure = Failure(kind, .rejected, "The server answered \(reply.code) \(reply.text)", reply: reply)
        return OutcomePlanner.result(of: .refused(failure), for: delivery, now: now, random: &random)
    }

    private static func lost(_ delivery: Delivery, now: Timestamp, random: inout SeededRandom) -> AttemptResult {
        let failure = Failure(
            .transient, .unknownOutcome,
            "The daemon stopped while the server's answer to the whole message was outstanding.",
            remedy: "It is sent once more with the same Message-ID.")
        return OutcomePlanner.result(of: .refused(failure), for: delivery, now: now, random: &random)
    }

    /// Settles what is in flight at outboxes that this node has just got, and no other node works on. Call before it drains
    /// them.
    /// - Parameters:
    ///   - proved: those that its own former life held to its end: of the others its journal,
    ///     `leftover`, knows answers at most.
    ///   - withDrills: forgets what a drill has left, too.
    /// - Returns: how many deliveries were in flight.
    static func run(
        outboxes: Set<MailboxID>, proved: Set<MailboxID>, by leftover: JournalLeftover, withDrills: Bool,
        store: any Store, intake: Intake, now: Timestamp, seed: UInt64
    ) async throws(Failure) -> Int {
        let news = intake.deliveryNews
        do {
            let isInFlight = try await store.read { try $0.isInFlight(outboxes) }
            guard withDrills || isInFlight else { return 0 }
            return try await store.write { store in
                if withDrills { for lane in DrillRun.lanes { try store.erase(lane) } }
                var random = SeededRandom(seed: seed)
                let results = try store.interrupted().filter { outboxes.contains($0.lane.outbox) }.map {
                    // An answer is an answer. That there is none tells only whoever has begun the attempt.
                    let isTold = proved.contains($0.lane.outbox) || leftover.answers[$0.attempt] != nil
                    return outcome(of: $0, journal: isTold ? leftover : .nothing, now: now, random: &random)
                }
                try news.record(results, store)
                return results.count
            }
        } catch { throw Failure(storing: error) }
    }

    /// Settles everything an earlier run left in flight. Call before the queue drains.
    /// - Returns: how many deliveries were in flight.
    package static func run(
        store: any Store, journal: any AttemptJournal, intake: Intake, now: Timestamp, seed: UInt64
    ) async throws(Failure) -> Int {
        let (leftover, news) = (journal.leftover(), intake.deliveryNews)
        do {
            let count = try await store.write { store in
                // A drill that a crash cut short.
                for lane in DrillRun.lanes { try store.erase(lane) }
                var random = SeededRandom(seed: seed)
                let results = try store.interrupted().map {
                    outcome(of: $0, journal: leftover, now: now, random: &random)
                }
                try news.record(results, store)
                return results.count
            }
            journal.clear()
            return count
        } catch { throw Failure(storing: error) }
    }
}

extension StoreReading {
    fileprivate func isInFlight(_ outboxes: Set<MailboxID>) throws -> Bool {
        if outboxes.count == 1, let outbox = outboxes.first { return try !interrupted(outbox: outbox).isEmpty }
        return try interrupted().contains { outboxes.contains($0.lane.outbox) }
    }
}

extension JournalLeftover {
    /// Proves nothing.
    static let nothing = JournalLeftover(isSameBoot: false, finalDots: [], answers: [:])
}
