// How long a lane rests when its server cannot be used at all, by class of fault; pure.

import MaloteCore

/// A dead server is the lane's fault, not the delivery's: the deliveries keep their own schedule untouched and all of
/// them are due the moment one probe gets through.
package enum LaneClock {
    package static func rest(after failure: Failure, failures: Int) -> Duration {
        let clock = steps(for: failure.cause)
        let step = clock[min(max(failures, 1), clock.count) - 1]
        return max(step, .seconds(min(failure.retryAfterSeconds ?? 0, 6 * 3600)))
    }

    private static func steps(for cause: Failure.Cause) -> [Duration] {
        switch cause {
        case .authRefused, .authUnsupported:
            [.seconds(60), .seconds(300), .seconds(3600)]
        case .throttled, .authTemporary, .quota, .greylisted:
            [.seconds(60), .seconds(300), .seconds(900), .seconds(1800)]
        case .certificate, .starttls, .protocolBroken, .rejected, .tooLarge, .mailboxMissing:
            [.seconds(15), .seconds(60), .seconds(300)]
        case .credential, .mailboxLocked, .storage, .diskFull, .registry, .shuttingDown, .lease, .defect:
            [.seconds(10), .seconds(30), .seconds(60)]
        case .dns, .connect, .tls, .silentPeer, .disconnected, .unknownOutcome, .bounced:
            [.seconds(5), .seconds(15), .seconds(30), .seconds(60), .seconds(120), .seconds(300)]
        }
    }
}
