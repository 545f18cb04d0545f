// The form in which a mail is told to receivers and to who asks what was understood; knows no event and no store.

import MaloteCore

/// The members of an event's `data.message`, but its id: that one is the store's.
///
/// What is long is written at once, and so before any transaction: there it is only copied.
package struct MessageJSON: Sendable {
    /// Longer texts are cut, and the cut is marked: the raw source has the rest.
    static let textLimit = 256 * 1024

    private let head: JSONText
    private let attachments: [MessageView.Attachment]
    private let defects: [String]
    private let size: Int
    private let sha256: Digest

    package init(_ view: MessageView, size: Int, sha256: Digest) {
        head = Self.head(view)
        attachments = view.attachments
        defects = view.defects
        self.size = size
        self.sha256 = sha256
    }

    private static func head(_ view: MessageView) -> JSONText {
        var json = JSONText()
        json.field("messageId", view.messageID)
        if let from = view.from { json.object("from") { write(from, to: &$0) } } else { json.field("from", nil) }
        addresses("to", view.to, &json)
        addresses("cc", view.cc, &json)
        addresses("replyTo", view.replyTo, &json)
        json.field("subject", view.subject)
        json.field("date", view.date?.description)
        let (text, newText, html) = (cut(view.text), cut(view.newText), view.html.map(cut))
        json.field("text", text)
        if newText == text { json.fieldAgain("newText") } else { json.field("newText", newText) }
        json.field("html", html)
        if text != view.text || html != view.html { json.field("truncated", true) }
        return json
    }

    /// - Parameter policy: which attachments are told to be refused.
    func write(to json: inout JSONText, policy: AttachmentPolicy) {
        json.fields(head)
        json.array("attachments") { json in
            for attachment in attachments {
                json.object { Self.write(attachment, refused: policy.refusal(of: attachment), to: &$0) }
            }
        }
        if !defects.isEmpty {
            json.field("defects", defects.joined(separator: " "))
        }
        json.object("raw") {
            $0.field("size", size)
            $0.field("sha256", sha256.description)
        }
    }

    private static func write(_ attachment: MessageView.Attachment, refused: String?, to json: inout JSONText) {
        json.field("name", attachment.name)
        json.field("type", attachment.type)
        json.field("size", attachment.size)
        json.field("sha256", attachment.sha256?.description)
        json.field("refused", refused)
    }

    private static func write(_ address: MailAddress, to json: inout JSONText) {
        json.field("name", address.name)
        json.field("address", address.address)
    }

    private static func addresses(_ key: String, _ list: [MailAddress], _ json: inout JSONText) {
        json.array(key) { json in
            for address in list { json.object { write(address, to: &$0) } }
        }
    }

    /// At a character's start. `index(after:)` rounds down, so this is one step however long the character is.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > textLimit else { return text }
        let limit = text.utf8.index(text.startIndex, offsetBy: textLimit)
        return String(text[..<text.index(before: text.index(after: limit))])
    }
}
