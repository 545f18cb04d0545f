// What a NO, BAD or BYE means for the operator: class, kind and remedy; pure.

import MaloteCore

/// Words that one kind of server uses first, then RFC 5530's codes, then words that many use.
package enum IMAPVerdict {
    /// - Parameter command: the command's name, without arguments.
    package static func failure(_ status: IMAPStatus, command: String) -> Failure {
        explained(status, command) ?? plain(status, command)
    }

    /// A refused LOGIN or AUTHENTICATE.
    package static func loginFailure(_ status: IMAPStatus, user: String) -> Failure {
        var failure = explained(status, "LOGIN") ?? plain(status, "LOGIN")
        failure.detail = "The server refused the login of \(user): \(written(status))".squeezed
        // Without a word that says otherwise a NO to a login is a refused password.
        if status.kind != .bye, explained(status, "LOGIN") == nil {
            failure.kind = .operatorNeeded
            failure.cause = .authRefused
        }
        if failure.cause == .authRefused, failure.remedy.isEmpty {
            failure.remedy = "Check the user and password of this mailbox."
        }
        return failure
    }

    private static func explained(_ status: IMAPStatus, _ command: String) -> Failure? {
        let (detail, reply) = (detail(status, command), reply(status, command))
        if let remark = ServerRemark.particular(in: status.text) { return remark.failure(detail, reply) }
        if let meaning = ResponseCode.meanings[status.code] {
            return Failure(meaning.kind, meaning.cause, detail, remedy: meaning.remedy, reply: reply)
        }
        return ServerRemark.general(in: status.text)?.failure(detail, reply)
    }

    private static func plain(_ status: IMAPStatus, _ command: String) -> Failure {
        let cause: Failure.Cause =
            switch status.kind {
            case .bye: .disconnected
            case .bad: .protocolBroken
            default: .rejected
            }
        return Failure(.transient, cause, detail(status, command), reply: reply(status, command))
    }

    private static func detail(_ status: IMAPStatus, _ command: String) -> String {
        "The server answered \(command) with \(status.kind.rawValue) \(written(status))".squeezed
    }

    private static func reply(_ status: IMAPStatus, _ command: String) -> ProtocolReply {
        ProtocolReply(status: status.code, text: status.text, command: command)
    }

    private static func written(_ status: IMAPStatus) -> String {
        let code = status.code.isEmpty ? "" : "[\(status.code)] "
        return code + status.text
    }
}

/// What response codes say about a failed command, as one table.
private enum ResponseCode {
    struct Meaning: Sendable {
        var kind: Failure.Kind
        var cause: Failure.Cause
        var remedy: String

        init(_ kind: Failure.Kind, _ cause: Failure.Cause, _ remedy: String = "") {
            self.kind = kind
            self.cause = cause
            self.remedy = remedy
        }
    }

    static let meanings: [String: Meaning] = [
        // RFC 5530 §3, in its order.
        "UNAVAILABLE": Meaning(.transient, .authTemporary),
        "AUTHENTICATIONFAILED": Meaning(.operatorNeeded, .authRefused),
        "AUTHORIZATIONFAILED": Meaning(
            .operatorNeeded, .authRefused, "Check the user of this mailbox: the password is right, the rights are not."),
        "EXPIRED": Meaning(
            .operatorNeeded, .authRefused, "The password has expired: have it changed, and register the new one."),
        "PRIVACYREQUIRED": Meaning(
            .operatorNeeded, .authUnsupported, "Use an encrypted connection (provider imaps, or tls: starttls)."),
        "CONTACTADMIN": Meaning(
            .operatorNeeded, .authTemporary, "Ask the server's administrator about this account."),
        "NOPERM": Meaning(
            .operatorNeeded, .rejected, "Give this login the rights to read the folder and to change its flags."),
        "INUSE": Meaning(.transient, .mailboxLocked),
        "EXPUNGEISSUED": Meaning(.transient, .rejected),
        "CORRUPTION": Meaning(
            .operatorNeeded, .rejected, "Ask the server's administrator to repair this account's mail."),
        "SERVERBUG": Meaning(.transient, .rejected),
        "CLIENTBUG": Meaning(.transient, .protocolBroken),
        "CANNOT": Meaning(
            .operatorNeeded, .rejected, "The server will never do this: change folder or after of this mailbox."),
        "LIMIT": Meaning(.transient, .throttled),
        "OVERQUOTA": Meaning(.transient, .quota, "Make room in the account, or have its quota raised."),
        "ALREADYEXISTS": Meaning(.transient, .rejected),
        "NONEXISTENT": missing,
        // RFC 9051 §7.1.
        "TRYCREATE": missing,
        // RFC 2221: another server is not what was registered, and might be anybody's.
        "REFERRAL": Meaning(
            .operatorNeeded, .rejected, "This account lives on another server: register that one in server and port."),
        // RFC 9738.
        "MESSAGELIMIT": Meaning(.transient, .throttled),
        // Seen from large providers.
        "THROTTLED": Meaning(.transient, .throttled),
    ]

    private static let missing = Meaning(
        .operatorNeeded, .mailboxMissing,
        "Check the folder name of this mailbox, or create the folder on the server.")
}
