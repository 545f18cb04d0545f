// How long a failing inbox rests before the next poll: a clock of its own for each class of fault.

import MaloteCore

/// Slows down, never switches off: a fault that may pass is tried again at a pace that costs nobody anything.
package enum PollClock {
    /// - Parameters:
    ///   - failures: consecutive failed polls so far, this one included.
    ///   - interval: the inbox's own poll interval.
    /// - Returns: time until the next poll, before jitter.
    package static func rest(after failure: Failure, failures: Int, interval: Duration) -> Duration {
        let clock = steps(for: failure.cause)
        let step = clock[min(max(failures, 1), clock.count) - 1]
        let wished = Duration.seconds(failure.retryAfterSeconds ?? 0)
        return max(interval, step, min(wished, .seconds(6 * 3600)))
    }

    /// How long until an inbox is polled over a new connection when the one on which it waited for news was lost.
    /// - Parameter losses: in a row, this one included. A server that ends every wait is soon only polled.
    package static func rest(afterLosses losses: Int, interval: Duration) -> Duration {
        let clock: [Duration] = [.seconds(5), .seconds(30), .seconds(300), .seconds(3600)]
        return min(interval, clock[min(max(losses, 1), clock.count) - 1])
    }

    /// Minutes and seconds by cause. Refused logins slow down most: servers ban addresses for them.
    private static func steps(for cause: Failure.Cause) -> [Duration] {
        switch cause {
        case .authRefused, .authUnsupported:
            [.seconds(60), .seconds(300), .seconds(3600)]
        case .throttled, .authTemporary, .quota:
            [.seconds(60), .seconds(300), .seconds(900), .seconds(3600)]
        case .certificate, .starttls, .mailboxMissing, .protocolBroken, .rejected, .tooLarge:
            [.seconds(15), .seconds(60), .seconds(300)]
        case .mailboxLocked, .credential, .storage, .diskFull, .registry, .shuttingDown, .lease, .defect:
            [.seconds(10), .seconds(30), .seconds(60)]
        case .dns, .connect, .tls, .silentPeer, .disconnected, .greylisted, .unknownOutcome, .bounced:
            [.seconds(5), .seconds(10), .seconds(20), .seconds(30), .seconds(60)]
        }
    }
}
