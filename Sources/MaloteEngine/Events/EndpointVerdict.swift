// What a receiver's answer means for the event and for the endpoint; pure.

import MaloteCore
import MaloteDesk

enum EndpointVerdict: Sendable, Hashable {
    /// The event is delivered.
    /// - Parameter ticket: the ticket system's own id for the event's ticket, if it told.
    case taken(ticket: String?)
    /// The receiver is well, and does not want this event: others may pass it.
    case refused(Failure)
    /// The event's fault or the receiver's, nobody can know: a handler that breaks, a path or a secret that is wrong.
    case doubtful(Failure)
    /// Nothing can be delivered now: all events wait.
    case unusable(Failure)
    /// The receiver wants no more events at all.
    case gone(Failure)

    /// - Parameter host: the receiver's, for people.
    init(_ reply: WebhookReply, host: String, now: Timestamp) {
        func failure(_ kind: Failure.Kind, _ cause: Failure.Cause, _ what: String, _ remedy: String = "") -> Failure {
            Failure(
                kind, cause, "\(host) \(what).", remedy: remedy, reply: Self.words(reply),
                retryAfterSeconds: RetryAfter.seconds(reply.retryAfter, now: now))
        }
        switch reply.status {
        case 200...299: self = .taken(ticket: ReceiverAnswer.ticket(reply.body))
        case 300...399:
            let place = reply.location.map { " to \(String($0.onOneLine.prefix(200)))" } ?? ""
            self = .unusable(
                failure(
                    .operatorNeeded, .rejected,
                    "answers \(reply.status) and points elsewhere\(place): redirects are not followed",
                    "Register the address that takes the events as events.url."))
        case 410:
            self = .gone(
                failure(
                    .operatorNeeded, .rejected, "wants no more events (410)",
                    "If that is a mistake: malotectl endpoint enable, once it is mended."))
        case 429: self = .unusable(failure(.transient, .throttled, "asks for patience (429)"))
        case 401, 403:
            self = .doubtful(
                failure(
                    .operatorNeeded, .rejected, "does not let us in (\(reply.status))",
                    "Check events.secret, and whom the receiver lets in."))
        case 404, 405:
            self = .doubtful(
                failure(
                    .operatorNeeded, .rejected, "takes no events there (\(reply.status))",
                    "Check the path of events.url."))
        case 408, 425, 502...504: self = .unusable(failure(.transient, .rejected, "answers \(reply.status)"))
        case 500...599: self = .doubtful(failure(.transient, .rejected, "answers \(reply.status)"))
        case 400...499:
            self = .refused(
                failure(
                    .permanent, .rejected, "refused the event (\(reply.status))",
                    "See what it says, mend it, then: malotectl endpoint dead retry."))
        default:
            self = .unusable(failure(.transient, .protocolBroken, "answers \(reply.status), which means nothing"))
        }
    }

    /// The beginning of what it said, for the operator.
    private static func words(_ reply: WebhookReply) -> ProtocolReply {
        let text = String(decoding: reply.body.prefix(1000), as: UTF8.self)
        return ProtocolReply(code: reply.status, text: text.onOneLine, command: "POST")
    }
}
