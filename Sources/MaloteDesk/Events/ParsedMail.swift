// What was understood of one mail, told without a contract; knows no store and no event.

import MaloteCore

/// `maloted parse`: the form of an event's `data.message`, with what kind of mail it is and what it reports.
package struct ParsedMail: Sendable {
    private let view: MessageView
    private let size: Int
    private let sha256: Digest

    package init(_ view: MessageView, size: Int, sha256: Digest) {
        self.view = view
        self.size = size
        self.sha256 = sha256
    }

    /// One line of JSON, keys in a fixed order.
    /// - Parameter file: told first; `nil` leaves it out.
    package func json(file: String? = nil) -> String {
        let kind = MailKind.classify(view, isOwnMessageID: false)
        var json = JSONText()
        json.object { json in
            if let file { json.field("file", file) }
            json.field("kind", kind.label(isReply: Self.isReply(view)))
            json.field("kindReason", kind.reason)
            json.array("bounces") { json in
                for recipient in view.notice?.recipients ?? [] { json.object { $0.recipient(recipient) } }
            }
            MessageJSON(view, size: size, sha256: sha256).write(to: &json, policy: AttachmentPolicy())
        }
        return json.text
    }

    /// Without a contract nobody can tell whether the thread is ours: a mail that refers to another counts.
    private static func isReply(_ view: MessageView) -> Bool {
        !view.inReplyTo.isEmpty || !view.references.isEmpty
    }
}
