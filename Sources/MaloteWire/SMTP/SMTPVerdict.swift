// What an SMTP reply means for the sender: class, kind and remedy; pure.

import MaloteCore

/// Reads codes first, enhanced status second, texts of well-known servers last.
package enum SMTPVerdict {
    /// A reply to MAIL, RCPT, DATA or the final dot, for one recipient.
    package static func failure(_ reply: SMTPReply, command: String) -> Failure {
        let detail = "The server answered \(command) with \(reply.code) \(reply.status) \(reply.text)".squeezed
        let answer = reply.protocolReply(to: command)
        if let remark = ServerRemark.particular(in: reply.text) { return remark.failure(detail, answer) }
        let cause = cause(reply)
        // A day's quota is over tomorrow, whatever the code says.
        let isPassing = reply.isTransient || cause == .throttled
        var failure = Failure(isPassing ? .transient : .permanent, cause, detail, reply: answer)
        if needsLogin(reply) {
            failure.kind = .operatorNeeded
            failure.cause = .authRefused
            failure.remedy = "Set auth, user and password of this outbox: the server wants a login."
        } else if command == "MAIL", cause == .rejected {
            // A refused sender is no fault of the recipient: mending the outbox lets the mail go.
            failure.kind = .operatorNeeded
            failure.remedy = "Check that this login may send as the outbox's sender address."
        }
        return failure
    }

    private static func cause(_ reply: SMTPReply) -> Failure.Cause {
        let text = reply.text.lowercased()
        if reply.code == 421 { return .throttled }
        // Of a 5xx the text alone proves nothing: "too many hops" is a loop.
        if reply.isTransient, text.contains("too many") || text.contains("rate limit") { return .throttled }
        switch reply.status.dropFirst(2) {
        case "2.2": return .quota
        case "3.4", "2.3": return .tooLarge
        case "4.5", "7.28": return .throttled
        case "5.3" where reply.isTransient, "3.2" where reply.isTransient: return .throttled
        default: break
        }
        if reply.code == 552 { return .tooLarge }
        return reply.isTransient ? .greylisted : .rejected
    }

    private static func needsLogin(_ reply: SMTPReply) -> Bool { reply.code == 530 || reply.code == 538 }

    /// A refused login (RFC 4954 §6).
    package static func loginFailure(_ reply: SMTPReply, user: String) -> Failure {
        let detail = "The server refused the login of \(user): \(reply.code) \(reply.status) \(reply.text)".squeezed
        let answer = reply.protocolReply(to: "AUTH")
        if let remark = ServerRemark.particular(in: reply.text) { return remark.failure(detail, answer) }
        switch (reply.code, reply.status) {
        case (432, _), (454, _), (421, _):
            return Failure(.transient, .authTemporary, detail, reply: answer)
        case (504, _), (534, _), (538, _), (_, "5.7.30"):
            return Failure(
                .operatorNeeded, .authUnsupported, detail,
                remedy: "The server does not take this kind of login; ask its administrator which one it takes.",
                reply: answer)
        default:
            return Failure(
                reply.isTransient ? .transient : .operatorNeeded, reply.isTransient ? .authTemporary : .authRefused,
                detail, remedy: reply.isTransient ? "" : "Check the user and password of this mailbox.", reply: answer)
        }
    }
}

extension String {
    /// Runs of spaces become one.
    var squeezed: String { split(separator: " ").joined(separator: " ") }
}
