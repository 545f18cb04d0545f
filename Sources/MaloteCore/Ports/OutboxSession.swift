// The port to a contract's outbox: submit one message at a time; knows no SMTP or TLS.

package protocol OutboxConnector: Sendable {
    /// Connects, secures and logs in. Bounded by the transport's own deadlines; cancellable.
    func open(_ mailbox: Mailbox, outbox: Outbox) async throws(Failure) -> any OutboxSession
}

/// One logged-in connection, reused for many messages. Used by one task at a time.
package protocol OutboxSession: Sendable {
    /// Hands one message over. Every recipient gets its own result.
    ///
    /// - Parameter beforeFinalDot: called, without any wait, right before the octets that complete the message are
    ///   given to the kernel, and never if no recipient was accepted: from then on a lost answer means `unknown`. If it
    ///   says no they are not sent, which is thrown as a `Failure` with cause `.shuttingDown`: nothing was handed over.
    /// - Throws: a `Failure` when the connection itself is lost or refused before the message was complete. Then no
    ///   recipient has been accepted and only `close` may follow. Cause `.unknownOutcome` is never thrown: it is the
    ///   result of each recipient that had been accepted when the answer to the final dot was lost.
    func submit(_ envelope: Envelope, content: [UInt8], beforeFinalDot: @Sendable () -> Bool) async throws(Failure)
        -> Submission

    /// QUIT, within a short deadline. Never throws: the messages are already answered for.
    func close() async
}

package struct Envelope: Sendable, Hashable {
    /// Reverse-path; empty for `<>`.
    package var from: String
    package var recipients: [String]
    /// By what a report of non-delivery names the message (RFC 3461 §4.4): at most 100 octets; `nil` gives it no name.
    package var envid: String?

    package init(from: String, recipients: [String], envid: String? = nil) {
        self.from = from
        self.recipients = recipients
        self.envid = envid
    }
}

package struct Submission: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case sent(ProtocolReply)
        /// 4xx, 5xx or `.unknownOutcome`; `failure.kind` says whether to try again.
        case refused(Failure)
    }

    /// One an envelope recipient, in envelope order.
    package var outcomes: [Outcome]
    /// False when the session must be closed and a new one opened (421, lost connection, refused sender login).
    package var isReusable: Bool

    package init(outcomes: [Outcome], isReusable: Bool) {
        self.outcomes = outcomes
        self.isReusable = isReusable
    }
}
