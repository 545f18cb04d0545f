// What a mail tells about mails that were sent before it: bounces, delays, complaints; knows neither parser nor queue.

/// A mail that a server or a mail program wrote about another mail.
package struct DeliveryNotice: Sendable, Hashable {
    /// The worst that it tells: one refused recipient among many makes it a bounce.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// At least one recipient will never get the mail.
        case bounce
        /// Delivery is still tried (RFC 3464 §2.3.3 `delayed`).
        case delayed
        /// It has arrived or was handed on (`delivered`, `relayed`, `expanded`).
        case delivered
        /// A reader called it spam (RFC 5965).
        case complaint
        /// A reader, or the reader's program, has seen or deleted it (RFC 8098).
        case receipt
    }

    package var kind: Kind
    /// How it was recognised, in a sentence for the operator.
    package var evidence: String
    /// At most `MailLimits.addresses`; empty when the notice names nobody.
    package var recipients: [NoticedRecipient]
    /// The ENVID under which the mail was handed over (RFC 3464 §2.2.1); `nil` when it is not told.
    package var envelopeID: String?

    package init(kind: Kind, evidence: String, recipients: [NoticedRecipient] = [], envelopeID: String? = nil) {
        self.kind = kind
        self.evidence = evidence
        self.recipients = recipients
        self.envelopeID = envelopeID
    }
}

/// What became of the mail for one recipient.
package struct NoticedRecipient: Sendable, Hashable {
    /// RFC 3464 §2.3.3; `complained` is ours, of RFC 5965.
    package enum Action: String, Sendable, Hashable, CaseIterable {
        case failed, delayed, delivered, relayed, expanded, complained
    }

    /// Why, in classes that a desk acts upon.
    package enum Cause: String, Sendable, Hashable, CaseIterable {
        case unknownUser = "unknown-user"
        case unknownHost = "unknown-host"
        case moved
        case disabled
        case full
        case tooLarge = "too-large"
        case spam
        case virus
        case blocked
        case authentication
        case policy
        case rateLimited = "rate-limited"
        case loop
        case network
        case expired
        case system
        case content
        case refused
        case complaint
        case unknown
    }

    /// As the notice writes it, without display name; empty if it names only that somebody was not reached.
    package var address: String
    /// Enhanced status code (RFC 3463) such as `5.1.1`: the one that was told or, failing that, one that says the same as
    /// the reply or the words; `nil` when nothing is known.
    package var status: String?
    package var action: Action
    package var cause: Cause
    /// Whether trying again is in vain: there is no such user or host, or the user has moved. All else may pass.
    package var isHard: Bool
    /// The server's own words, one line; empty if there are none.
    package var words: String

    package init(
        address: String, status: String?, action: Action, cause: Cause, isHard: Bool, words: String = ""
    ) {
        self.address = address
        self.status = status
        self.action = action
        self.cause = cause
        self.isHard = isHard
        self.words = words
    }
}
