// What a -ERR means for the operator: class, kind and remedy; pure.

import MaloteCore

package enum POP3Verdict {
    /// - Parameter command: the command's name, without arguments.
    package static func failure(_ reply: POP3Conversation.Reply, command: String) -> Failure {
        let detail = "The server answered \(command) with -ERR \(written(reply))".squeezed
        let answer = ProtocolReply(status: reply.code, text: reply.text, command: command)
        return byCode(reply, detail, answer) ?? byText(reply, detail, answer)
            ?? Failure(.transient, .rejected, detail, reply: answer)
    }

    /// A refused USER, PASS or AUTH. RFC 3206 tells refusals from troubles; older servers do not.
    /// - Parameter tellsRefusals: the server offers AUTH-RESP-CODE: what it does not mark with `[AUTH]` is no refusal
    ///   (RFC 3206 §6).
    package static func loginFailure(
        _ reply: POP3Conversation.Reply, user: String, tellsRefusals: Bool = false
    ) -> Failure {
        var failure = failure(reply, command: "PASS")
        failure.detail = "The server refused the login of \(user): \(written(reply))".squeezed
        if failure.cause == .rejected, failure.kind == .transient {
            failure.kind = tellsRefusals ? .transient : .operatorNeeded
            failure.cause = tellsRefusals ? .authTemporary : .authRefused
        }
        if failure.cause == .authRefused, failure.remedy.isEmpty {
            failure.remedy = "Check the user and password of this mailbox."
        }
        return failure
    }

    /// RFC 2449 §8 and RFC 3206 §4; what a provider is known to say counts for more.
    private static func byCode(
        _ reply: POP3Conversation.Reply, _ detail: String, _ answer: ProtocolReply
    ) -> Failure? {
        if let remark = ServerRemark.particular(in: reply.text.lowercased()) { return remark.failure(detail, answer) }
        switch reply.code {
        case "AUTH": return Failure(.operatorNeeded, .authRefused, detail, reply: answer)
        case "IN-USE": return Failure(.transient, .mailboxLocked, detail, reply: answer)
        case "LOGIN-DELAY": return Failure(.transient, .throttled, detail, reply: answer)
        case "SYS/TEMP": return Failure(.transient, .authTemporary, detail, reply: answer)
        case "SYS/PERM":
            return Failure(
                .operatorNeeded, .rejected, detail, remedy: "Ask the server's administrator about this mailbox.",
                reply: answer)
        default: return nil
        }
    }

    /// Servers without codes say it in words of their own.
    private static func byText(
        _ reply: POP3Conversation.Reply, _ detail: String, _ answer: ProtocolReply
    ) -> Failure? {
        let text = reply.text.lowercased()
        let isLocked = text.contains("lock") && !text.contains("block") && !text.contains("account")
        if isLocked || ["in use", "mailbox busy", "maildrop busy", "already open"].contains(where: text.contains) {
            return Failure(.transient, .mailboxLocked, detail, reply: answer)
        }
        return ServerRemark.general(in: text)?.failure(detail, answer)
    }

    private static func written(_ reply: POP3Conversation.Reply) -> String {
        (reply.code.isEmpty ? "" : "[\(reply.code)] ") + reply.text
    }
}
