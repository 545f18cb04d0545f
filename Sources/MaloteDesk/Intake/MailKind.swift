// Tells a person's mail from a machine's, with the reason; pure, reads headers and what the parser noticed only.

import MaloteCore

/// What sent a mail. Only a person's mail opens tickets and is answered (RFC 3834 §2).
package enum MailKind: Sendable, Hashable {
    case person
    /// One of our own messages has come back.
    case ownLoop(reason: String)
    /// A server or a program reports about a mail sent before.
    case report(DeliveryNotice.Kind, reason: String)
    /// One mail to many.
    case list(reason: String)
    /// A vacation notice, a robot.
    case automatic(reason: String)

    /// In words.
    package var reason: String {
        switch self {
        case .person: "Nothing says that a machine wrote it."
        case .ownLoop(let reason), .report(_, let reason), .list(let reason), .automatic(let reason): reason
        }
    }

    /// The name of the kind for machines: new, reply, bounce, delayed, auto-reply, complaint or list.
    func label(isReply: Bool) -> String {
        switch self {
        case .person: isReply ? "reply" : "new"
        case .report(.bounce, _): "bounce"
        case .report(.delayed, _): "delayed"
        case .report(.complaint, _): "complaint"
        case .list: "list"
        case .report(.delivered, _), .report(.receipt, _), .automatic, .ownLoop: "auto-reply"
        }
    }

    package static func classify(_ view: MessageView, isOwnMessageID: Bool) -> MailKind {
        if isOwnMessageID { return .ownLoop(reason: "It carries a Message-ID that we signed: our own mail came back.") }
        if let notice = view.notice { return .report(notice.kind, reason: notice.evidence) }
        if let reason = listMark(view) { return .list(reason: reason) }
        if let reason = AutomaticMarks.reply(view) { return .automatic(reason: reason) }
        if let reason = bulkMark(view) { return .list(reason: reason) }
        if let reason = AutomaticMarks.robot(view) { return .automatic(reason: reason) }
        return .person
    }

    // MARK: - Marks

    private static func listMark(_ view: MessageView) -> String? {
        for name in ["List-Id", "List-Unsubscribe", "List-Post"] where view.header(name) != nil {
            return "It comes from a list (\(name))."
        }
        return nil
    }

    private static func bulkMark(_ view: MessageView) -> String? {
        guard let value = view.header("Precedence")?.firstWord, ["bulk", "list"].contains(value) else { return nil }
        return "Precedence says \(value)."
    }
}
