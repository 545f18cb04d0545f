// What a NO, BAD or BYE means for the operator: class, kind and remedy; pure.

import MaloteCore

/// RFC 5530 response codes first, texts of well-known servers last.
package enum IMAPVerdict {
    /// - Parameter command: the command's name, without arguments.
    package static func failure(_ status: IMAPStatus, command: String) -> Failure {
        let detail = "The server answered \(command) with \(status.kind.rawValue) \(written(status))".squeezed
        let reply = ProtocolReply(status: status.code, text: status.text, command: command)
        if let failure = byCode(status, detail, reply) ?? byText(status, detail, reply) { return failure }
        if status.kind == .bye { return Failure(.transient, .disconnected, detail, reply: reply) }
        return Failure(.transient, status.kind == .bad ? .protocolBroken : .rejected, detail, reply: reply)
    }

    /// A refused LOGIN or AUTHENTICATE.
    package static func loginFailure(_ status: IMAPStatus, user: String) -> Failure {
        var failure = failure(status, command: "LOGIN")
        failure.detail = "The server refused the login of \(user): \(written(status))".squeezed
        // Without a code that says otherwise a NO to a login is a refused password.
        if failure.cause == .rejected || failure.cause == .protocolBroken {
            failure.kind = .operatorNeeded
            failure.cause = .authRefused
        }
        if failure.cause == .authRefused { failure.remedy = "Check the user and password of this mailbox." }
        return failure
    }

    private static func byCode(_ status: IMAPStatus, _ detail: String, _ reply: ProtocolReply) -> Failure? {
        switch status.code {
        case "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED":
            Failure(.operatorNeeded, .authRefused, detail, reply: reply)
        case "UNAVAILABLE", "CONTACTADMIN", "SERVERBUG":
            Failure(.transient, .authTemporary, detail, reply: reply)
        case "PRIVACYREQUIRED":
            Failure(
                .operatorNeeded, .authUnsupported, detail,
                remedy: "Use an encrypted connection (provider imaps, or tls: starttls).", reply: reply)
        case "LIMIT", "OVERQUOTA", "INUSE", "THROTTLED":
            Failure(.transient, .throttled, detail, reply: reply)
        case "NONEXISTENT", "TRYCREATE":
            Failure(
                .operatorNeeded, .mailboxMissing, detail,
                remedy: "Check the folder name of this mailbox, or create the folder on the server.", reply: reply)
        case "NOPERM":
            Failure(
                .operatorNeeded, .rejected, detail,
                remedy: "Give this login the rights to read the folder and to change its flags.", reply: reply)
        default: nil
        }
    }

    private static func byText(_ status: IMAPStatus, _ detail: String, _ reply: ProtocolReply) -> Failure? {
        let text = status.text.lowercased()
        if let wait = suggestedBackoff(text) {
            return Failure(.transient, .throttled, detail, reply: reply, retryAfterSeconds: wait)
        }
        let isThrottled = ["throttl", "too many", "rate limit", "try again later", "bandwidth limit"].contains {
            text.contains($0)
        }
        return isThrottled ? Failure(.transient, .throttled, detail, reply: reply) : nil
    }

    /// Exchange Online: "Request is throttled. Suggested Backoff Time: 299961 milliseconds".
    private static func suggestedBackoff(_ text: String) -> Int? {
        let marker = "backoff time:"
        guard let range = text.firstRange(of: marker) else { return nil }
        let digits = text[range.upperBound...].drop { $0 == " " }.prefix { $0.isASCIIDigit }
        return Int(digits.prefix(12)).map { min($0 / 1000 + 1, 24 * 3600) }
    }

    private static func written(_ status: IMAPStatus) -> String {
        let code = status.code.isEmpty ? "" : "[\(status.code)] "
        return code + status.text
    }
}
