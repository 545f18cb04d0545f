// What a -ERR means for the operator: class, kind and remedy; pure.

import MaloteCore

package enum POP3Verdict {
    /// - Parameter command: the command's name, without arguments.
    package static func failure(_ reply: POP3Conversation.Reply, command: String) -> Failure {
        let detail = "The server answered \(command) with -ERR \(written(reply))".squeezed
        let answer = ProtocolReply(status: reply.code, text: reply.text, command: command)
        return byCode(reply, detail, answer) ?? Failure(.transient, .rejected, detail, reply: answer)
    }

    /// A refused USER, PASS or AUTH. RFC 3206 tells refusals from troubles; older servers do not.
    package static func loginFailure(_ reply: POP3Conversation.Reply, user: String) -> Failure {
        var failure = failure(reply, command: "PASS")
        failure.detail = "The server refused the login of \(user): \(written(reply))".squeezed
        if failure.cause == .rejected, failure.kind == .transient {
            failure.kind = .operatorNeeded
            failure.cause = .authRefused
        }
        if failure.cause == .authRefused, failure.remedy.isEmpty {
            failure.remedy = "Check the user and password of this mailbox."
        }
        return failure
    }

    private static func byCode(
        _ reply: POP3Conversation.Reply, _ detail: String, _ answer: ProtocolReply
    ) -> Failure? {
        let text = reply.text.lowercased()
        if let remark = ServerRemark.particular(in: text) { return remark.failure(detail, answer) }
        switch reply.code {
        case "AUTH": return Failure(.operatorNeeded, .authRefused, detail, reply: answer)
        case "IN-USE": return Failure(.transient, .mailboxLocked, detail, reply: answer)
        case "LOGIN-DELAY": return Failure(.transient, .throttled, detail, reply: answer)
        case "SYS/TEMP": return Failure(.transient, .authTemporary, detail, reply: answer)
        case "SYS/PERM":
            return Failure(
                .operatorNeeded, .rejected, detail, remedy: "Ask the server's administrator about this mailbox.",
                reply: answer)
        default: break
        }
        if text.contains("lock"), !text.contains("block") {
            return Failure(.transient, .mailboxLocked, detail, reply: answer)
        }
        return ServerRemark.general(in: text)?.failure(detail, answer)
    }

    private static func written(_ reply: POP3Conversation.Reply) -> String {
        (reply.code.isEmpty ? "" : "[\(reply.code)] ") + reply.text
    }
}
