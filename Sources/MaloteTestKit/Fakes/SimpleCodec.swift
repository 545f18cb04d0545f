// Mail of one header a line and one plain body, both ways; knows no MIME.

import MaloteCore

package struct SimpleCodec: MessageCodec {
    package init() {}

    package func view(_ raw: RawMessage) throws(Failure) -> MessageView {
        let lines = String(decoding: try raw.bytes(), as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var view = MessageView()
        for line in lines.prefix(while: { !$0.isEmpty }) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            view.headers.append(
                .init(name: String(line[..<colon]), value: String(line[line.index(after: colon)...]).trimmed))
        }
        view.messageID = view.header("Message-ID")
        view.inReplyTo = words(view.header("In-Reply-To"))
        view.references = words(view.header("References"))
        view.from = view.header("From").flatMap(MailAddress.init(operatorText:))
        view.replyTo = view.header("Reply-To").flatMap(MailAddress.init(operatorText:)).map { [$0] } ?? []
        view.to = (view.header("To") ?? "").split(separator: ",").compactMap { MailAddress(operatorText: String($0)) }
        view.subject = view.header("Subject") ?? ""
        view.notice = notice(view)
        view.cc = (view.header("Cc") ?? "").split(separator: ",").compactMap { MailAddress(operatorText: String($0)) }
        for header in view.headers where header.isNamed("X-File") {
            let words = words(header.value)
            view.attachments.append(.init(name: words[0], type: "text/plain", size: words[1].utf8.count, sha256: nil))
        }
        if let id = view.header("X-Returned") { view.enclosedHeaders = [.init(name: "Message-ID", value: id)] }
        view.text = lines.drop { !$0.isEmpty }.dropFirst().joined(separator: "\n")
        return view
    }

    /// `X-Notice: ACTION ADDRESS STATUS`, and the id of `X-Envelope-Id`.
    private func notice(_ view: MessageView) -> DeliveryNotice? {
        let words = words(view.header("X-Notice"))
        guard words.count == 3, let action = NoticedRecipient.Action(rawValue: words[0]) else { return nil }
        let recipient = NoticedRecipient(
            address: words[1], status: words[2], action: action, cause: .unknownUser, isHard: true,
            words: "no such user")
        let kind: DeliveryNotice.Kind = action == .failed ? .bounce : action == .delayed ? .delayed : .delivered
        return DeliveryNotice(
            kind: kind, evidence: "The test says so.", recipients: [recipient],
            envelopeID: view.header("X-Envelope-Id"))
    }

    /// `X-File: NAME CONTENT`.
    package func files(_ raw: RawMessage, limit: Int, only: Digest?) throws(Failure) -> [OutgoingMessage.Attachment?] {
        try view(raw).headers.filter { $0.isNamed("X-File") }.map { header in
            let words = words(header.value)
            return .init(name: words[0], type: "text/plain", content: Array(words[1].utf8))
        }
    }

    private func words(_ text: String?) -> [String] {
        (text ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    }

    package func build(_ message: OutgoingMessage) throws(Failure) -> [UInt8] {
        var headers = [
            ("Message-ID", message.messageID), ("From", message.from.description),
            ("To", message.to.map(\.description).joined(separator: ", ")), ("Subject", message.subject),
        ]
        if let parent = message.inReplyTo { headers.append(("In-Reply-To", parent)) }
        if let automatic = message.autoSubmitted { headers.append(("Auto-Submitted", automatic)) }
        for (name, value) in headers where value.hasControlCharacter {
            throw Failure(.permanent, .rejected, "The header \(name) holds a control character.")
        }
        let head = headers.map { "\($0): \($1)\r\n" }.joined()
        let files = message.attachments.map { "\($0.name): \(String(decoding: $0.content, as: UTF8.self))\r\n" }
            .joined()
        return Array((head + "\r\n" + message.text + "\r\n" + files).utf8)
    }
}
