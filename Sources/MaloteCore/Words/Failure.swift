// The one error that crosses a port: what went wrong, who must act and how; knows no protocol's internals.

/// What every room reports at a port. The engine decides on `kind` and `cause` alone; people read the rest.
///
/// `detail` and `remedy` are safe to log: they never hold a secret.
package struct Failure: Error, Hashable, Sendable, Codable {
    package enum Kind: String, Sendable, Codable {
        /// May pass by itself: try again later.
        case transient
        /// Will not pass for this message or recipient: do not try again.
        case permanent
        /// Passes only when a person changes something: slow down and say so.
        case operatorNeeded = "operator-needed"
    }

    /// The class of the fault. Each has its own clock and its own words for the operator.
    package enum Cause: String, Sendable, Codable, CaseIterable {
        case dns, connect, tls, certificate, starttls, silentPeer = "silent-peer", disconnected
        case authRefused = "auth-refused", authTemporary = "auth-temporary", authUnsupported = "auth-unsupported"
        case credential
        case throttled, greylisted, mailboxMissing = "mailbox-missing", mailboxLocked = "mailbox-locked"
        case quota, rejected, tooLarge = "too-large", protocolBroken = "protocol-broken"
        case unknownOutcome = "unknown-outcome"
        /// It was accepted, and a report said later that it was not delivered.
        case bounced
        /// The node's lease is over: others may do its work by now.
        case lease
        case storage, diskFull = "disk-full", registry, shuttingDown = "shutting-down", defect
    }

    package var kind: Kind
    package var cause: Cause
    /// One sentence: what happened, with the server's words where there are any.
    package var detail: String
    /// One sentence: what to change. Empty when there is nothing for a person to do.
    package var remedy: String
    /// What the server answered, when it answered.
    package var reply: ProtocolReply?
    /// The server's own wish, in seconds, for the time before the next try.
    package var retryAfterSeconds: Int?

    package init(
        _ kind: Kind, _ cause: Cause, _ detail: String, remedy: String = "", reply: ProtocolReply? = nil,
        retryAfterSeconds: Int? = nil
    ) {
        self.kind = kind
        self.cause = cause
        self.detail = detail
        self.remedy = remedy
        self.reply = reply
        self.retryAfterSeconds = retryAfterSeconds
    }
}

extension Failure: CustomStringConvertible {
    package var description: String { remedy.isEmpty ? detail : detail + " " + remedy }
}

/// A server's answer in the terms of its protocol, kept for the operator and for the timeline.
package struct ProtocolReply: Hashable, Sendable, Codable {
    /// SMTP reply code or HTTP status; 0 for IMAP and POP3.
    package var code: Int
    /// RFC 3463 enhanced status (`5.1.1`), or the IMAP/POP3 response code (`AUTHENTICATIONFAILED`); empty if none.
    package var status: String
    /// The server's text, cut to 1,000 characters, without line ends.
    package var text: String
    /// The command it answers (`RCPT`, `LOGIN`), never its arguments.
    package var command: String

    package init(code: Int = 0, status: String = "", text: String, command: String = "") {
        self.code = code
        self.status = status
        self.text = String(text.prefix(1000).map { $0.isNewline ? " " : $0 })
        self.command = command
    }
}
