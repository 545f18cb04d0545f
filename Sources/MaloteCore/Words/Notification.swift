// One outgoing message, its recipients and the tries to reach them; knows neither SMTP nor tables.

/// One outgoing message as it was committed: its bytes never change, so every resend has the same Message-ID.
package struct Notification: Sendable, Hashable {
    package var id: NotificationID
    package var lane: Lane
    /// RFC 5322 Message-ID with angle brackets.
    package var messageID: String
    /// SMTP reverse-path.
    package var envelopeFrom: String
    package var recipients: [String]
    package var subject: String
    /// The whole message, CRLF line ends, 7-bit clean.
    package var content: [UInt8]
    package var ticket: TicketID?
    /// The submitter's key: a second submit with the same key returns the first notification.
    package var idempotencyKey: String?
    /// Why this outbox: one line a decision, in order.
    package var outboxTrace: [String]
    package var created: Timestamp
    package var priority: Priority
    /// Of what its submitter asked for: another request with the same key is told from the same one again.
    package var fingerprint: Digest?

    package init(
        id: NotificationID = .unsaved, lane: Lane, messageID: String, envelopeFrom: String, recipients: [String],
        subject: String, content: [UInt8], ticket: TicketID? = nil, idempotencyKey: String? = nil,
        outboxTrace: [String], created: Timestamp, priority: Priority = .normal, fingerprint: Digest? = nil
    ) {
        self.id = id
        self.lane = lane
        self.messageID = messageID
        self.envelopeFrom = envelopeFrom
        self.recipients = recipients
        self.subject = subject
        self.content = content
        self.ticket = ticket
        self.idempotencyKey = idempotencyKey
        self.outboxTrace = outboxTrace
        self.created = created
        self.priority = priority
        self.fingerprint = fingerprint
    }
}

/// What is told of a notification without its content.
package struct NotificationHead: Sendable, Hashable {
    package var lane: Lane
    package var messageID: String
    package var subject: String
    package var ticket: TicketID?

    package init(lane: Lane, messageID: String, subject: String, ticket: TicketID?) {
        self.lane = lane
        self.messageID = messageID
        self.subject = subject
        self.ticket = ticket
    }
}

/// One recipient of one notification.
package struct Delivery: Sendable, Hashable {
    /// docs/queue.md is the table of these states and of what a crash leaves in each.
    package enum State: String, Sendable, Codable, CaseIterable {
        /// Waits for `nextAttempt`.
        case queued
        /// An attempt is committed as started; `nextAttempt` is already the time of the one after it.
        case sending
        /// The server's 2xx to the final dot is stored.
        case sent
        /// Refused for good, or too old: the dead letter, kept and requeueable.
        case failed
        /// The answer to the final dot was lost.
        case unknown
        case held
        case cancelled
    }

    package var id: DeliveryID
    package var notification: NotificationID
    package var lane: Lane
    package var recipient: String
    package var state: State
    /// Attempts started so far.
    package var attempts: Int
    /// Those before it was last requeued: the schedule begins anew behind them.
    package var earlierAttempts: Int
    package var nextAttempt: Timestamp
    package var created: Timestamp
    /// The last attempt's fault; `nil` before the first and after success.
    package var failure: Failure?
    /// The server's answer that settled it.
    package var reply: ProtocolReply?
    package var settled: Timestamp?

    package init(
        id: DeliveryID = .unsaved, notification: NotificationID, lane: Lane, recipient: String, state: State = .queued,
        attempts: Int = 0, earlierAttempts: Int = 0, nextAttempt: Timestamp, created: Timestamp,
        failure: Failure? = nil,
        reply: ProtocolReply? = nil, settled: Timestamp? = nil
    ) {
        self.id = id
        self.notification = notification
        self.lane = lane
        self.recipient = recipient
        self.state = state
        self.attempts = attempts
        self.earlierAttempts = earlierAttempts
        self.nextAttempt = nextAttempt
        self.created = created
        self.failure = failure
        self.reply = reply
        self.settled = settled
    }
}

/// How one attempt at one delivery ended.
package struct AttemptResult: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case sent(ProtocolReply)
        /// Not now: try again at this time.
        case deferred(Failure, until: Timestamp)
        case failed(Failure)
        /// The answer to the final dot was lost; `until` is the time of the resend, `nil` holds it for a person.
        case unknown(Failure, until: Timestamp?)
    }

    package var delivery: DeliveryID
    package var outcome: Outcome
    package var at: Timestamp

    package init(delivery: DeliveryID, outcome: Outcome, at: Timestamp) {
        self.delivery = delivery
        self.outcome = outcome
        self.at = at
    }
}

/// What waits in one lane.
package struct LaneSummary: Sendable, Hashable {
    package var lane: Lane
    package var queued: Int
    package var sending: Int
    package var failed: Int
    package var unknown: Int
    package var held: Int
    package var sent: Int
    package var oldestQueued: Timestamp?
    package var nextAttempt: Timestamp?

    package init(
        lane: Lane, queued: Int = 0, sending: Int = 0, failed: Int = 0, unknown: Int = 0, held: Int = 0, sent: Int = 0,
        oldestQueued: Timestamp? = nil, nextAttempt: Timestamp? = nil
    ) {
        self.lane = lane
        self.queued = queued
        self.sending = sending
        self.failed = failed
        self.unknown = unknown
        self.held = held
        self.sent = sent
        self.oldestQueued = oldestQueued
        self.nextAttempt = nextAttempt
    }
}

/// How a mailbox has been doing. Kept in the store, so that a crash loop does not hammer a refusing server.
package struct MailboxHealth: Sendable, Hashable {
    package var mailbox: MailboxID
    /// `nil` while well.
    package var failure: Failure?
    package var failingSince: Timestamp?
    package var consecutiveFailures: Int
    package var lastGood: Timestamp?
    package var lastTried: Timestamp?
    package var nextTry: Timestamp?

    package init(
        mailbox: MailboxID, failure: Failure? = nil, failingSince: Timestamp? = nil, consecutiveFailures: Int = 0,
        lastGood: Timestamp? = nil, lastTried: Timestamp? = nil, nextTry: Timestamp? = nil
    ) {
        self.mailbox = mailbox
        self.failure = failure
        self.failingSince = failingSince
        self.consecutiveFailures = consecutiveFailures
        self.lastGood = lastGood
        self.lastTried = lastTried
        self.nextTry = nextTry
    }
}
