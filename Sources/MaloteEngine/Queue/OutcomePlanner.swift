// Turns the server's answer, or its silence, into what becomes of a delivery; pure: time and chance are parameters.

import MaloteCore

package enum OutcomePlanner {
    /// - Parameter delivery: as claimed: `attempts` counts the attempt that has just ended.
    package static func result(
        of outcome: Submission.Outcome, for delivery: Delivery, now: Timestamp, random: inout SeededRandom
    ) -> AttemptResult {
        switch outcome {
        case .sent(let reply):
            AttemptResult(delivery: delivery.id, outcome: .sent(reply), at: now)
        case .refused(let failure):
            AttemptResult(
                delivery: delivery.id, outcome: refused(failure, delivery, now: now, random: &random), at: now)
        }
    }

    /// The connection failed before the server answered for this delivery: not the delivery's fault, so it stays due
    /// and waits only for its lane.
    package static func returned(_ delivery: Delivery, _ failure: Failure, now: Timestamp) -> AttemptResult {
        let outcome: AttemptResult.Outcome =
            isTooOld(delivery, now: now) ? .failed(expired(delivery, failure)) : .deferred(failure, until: now)
        return AttemptResult(delivery: delivery.id, outcome: outcome, at: now)
    }

    /// The connection broke under this message, before it was complete.
    ///
    /// - Parameter isFirst: whether it was the first on its connection. A connection that had carried others was stale,
    ///   which says nothing of the message. If it breaks under the first, that one may be the reason: it steps back by
    ///   the schedule of a deferred delivery, so that the others are tried before it.
    package static func broken(
        _ delivery: Delivery, _ failure: Failure, isFirst: Bool, now: Timestamp, random: inout SeededRandom
    ) -> AttemptResult {
        guard isFirst, [.disconnected, .silentPeer, .protocolBroken].contains(failure.cause) else {
            return returned(delivery, failure, now: now)
        }
        return AttemptResult(
            delivery: delivery.id, outcome: refused(failure, delivery, now: now, random: &random), at: now)
    }

    private static func refused(
        _ failure: Failure, _ delivery: Delivery, now: Timestamp, random: inout SeededRandom
    ) -> AttemptResult.Outcome {
        if failure.cause == .unknownOutcome { return unknown(failure, delivery, now: now) }
        if failure.kind == .permanent { return .failed(failure) }
        if isTooOld(delivery, now: now) { return .failed(expired(delivery, failure)) }
        return .deferred(
            failure,
            until: RetrySchedule.next(
                after: failure, attempts: delivery.attempts - delivery.earlierAttempts, now: now, random: &random))
    }

    /// Resend once, with the same Message-ID; if that answer is lost as well a person decides.
    ///
    /// At once: waiting would tell nothing more about the first try, and if the server is down its lane rests anyway.
    private static func unknown(_ failure: Failure, _ delivery: Delivery, now: Timestamp) -> AttemptResult.Outcome {
        .unknown(failure, until: delivery.failure?.cause == .unknownOutcome ? nil : now)
    }

    private static func isTooOld(_ delivery: Delivery, now: Timestamp) -> Bool {
        now - delivery.created > RetrySchedule.life
    }

    private static func expired(_ delivery: Delivery, _ last: Failure) -> Failure {
        Failure(
            .permanent, last.cause, "Given up after 5 days and \(delivery.attempts) attempts. Last: \(last.detail)",
            remedy: "Mend the outbox, then requeue with: malotectl queue retry.", reply: last.reply)
    }
}
