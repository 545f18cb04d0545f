// How a mailbox's health moves with each success and failure, and when that is news; pure.

import MaloteCore

extension MailboxHealth {
    /// The clock was set back by so much: what was ahead stays as far ahead, and nothing was tried in times to come.
    mutating func bringForward(by back: Duration, now: Timestamp) {
        nextTry = nextTry.map { $0 + (.zero - back) }
        lastTried = lastTried.map { min($0, now) }
    }

    package mutating func failed(_ failure: Failure, now: Timestamp) {
        // A new class of fault starts its own count: three refused logins are not two timeouts and one refusal.
        consecutiveFailures = self.failure?.cause == failure.cause ? consecutiveFailures + 1 : 1
        failingSince = failingSince ?? now
        self.failure = failure
    }

    package mutating func succeeded(now: Timestamp) {
        failure = nil
        failingSince = nil
        consecutiveFailures = 0
        lastGood = now
    }

    /// Whether people are told: at once when only a person can mend it, else after the third failure in a row.
    package var isNews: Bool {
        guard let failure else { return false }
        return failure.kind == .operatorNeeded || consecutiveFailures >= 3
    }
}
