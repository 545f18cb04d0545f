// A person's consent by a code on another device (RFC 8628): when to ask, and what an answer means; asks nobody.

import MaloteCore

struct DeviceConsent: Sendable {
    enum Step: Sendable {
        case ask
        case wait(until: Timestamp)
        case granted
        case failed(Failure)
    }

    let plan: GrantPlan
    let deviceCode: Secret
    private let userCode: String
    private let verificationURL: String
    private let expires: Timestamp
    private var interval: Int
    private var next: Timestamp
    private var isGranted = false
    private var failure: Failure?

    init(_ plan: GrantPlan, _ offered: OfferedConsent, now: Timestamp) {
        self.plan = plan
        deviceCode = offered.deviceCode
        userCode = offered.userCode
        verificationURL = offered.verificationURL
        expires = now + .seconds(offered.life)
        interval = offered.interval
        next = now + .seconds(offered.interval)
    }

    var shown: Consent {
        Consent(
            state: isGranted ? .granted : .waiting, verificationURL: verificationURL, userCode: userCode,
            expires: expires)
    }

    func step(now: Timestamp) -> Step {
        if isGranted { return .granted }
        if let failure { return .failed(failure) }
        if now >= expires { return .failed(late) }
        return now < next ? .wait(until: min(next, expires)) : .ask
    }

    /// Whoever asks says so first, so that two who wait do not ask twice.
    mutating func asked(now: Timestamp) { next = now + .seconds(interval) }

    mutating func granted() { isGranted = true }
    mutating func failed(_ failure: Failure) { self.failure = failure }

    /// What the server said instead of a token.
    mutating func refused(_ refusal: TokenRefusal, now: Timestamp) {
        switch refusal.word {
        case "authorization_pending": break
        case "slow_down": interval = min(interval + 5, 300)
        case "expired_token", "bad_verification_code": failure = late
        case "access_denied", "authorization_declined":
            failure = Failure(
                .operatorNeeded, .authRefused, "The person at the browser declined.",
                remedy: "Begin again, and have the owner of the account accept.")
        default:
            var found = refusal.failure(plan, now: now)
            guard found.kind == .transient else {
                failure = found
                return
            }
            found.retryAfterSeconds = max(found.retryAfterSeconds ?? 0, interval)
            lost(found, now: now)
            return
        }
        asked(now: now)
    }

    /// The server could not be asked (RFC 8628 §3.5): slower, until the code expires.
    mutating func lost(_ failure: Failure, now: Timestamp) {
        interval = min(interval * 2, 300)
        next = now + .seconds(max(interval, failure.retryAfterSeconds ?? 0))
    }

    private var late: Failure {
        Failure(
            .operatorNeeded, .authRefused, "The code has expired before anybody used it.",
            remedy: "Begin again, with: malotectl mailbox authorize \(plan.name)")
    }
}
