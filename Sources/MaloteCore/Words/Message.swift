// A received mail: its raw source, its parsed view and what is kept of it; knows neither parser nor store.

/// What a careful reader sees in a mail. Always produced: damage shows in `defects`, never as a missing view.
package struct MessageView: Sendable, Hashable {
    package struct Header: Sendable, Hashable {
        /// As written, without the colon.
        package var name: String
        /// Unfolded and trimmed; encoded-words are decoded.
        package var value: String
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        /// Compared without case (RFC 5322 §1.2.2): names are ASCII.
        package func isNamed(_ other: String) -> Bool {
            name.utf8.count == other.utf8.count
                && zip(name.utf8, other.utf8).allSatisfy { a, b in
                    a == b || (a ^ b == 0x20 && (0x61...0x7A).contains(a | 0x20))
                }
        }
    }

    package struct Attachment: Sendable, Hashable {
        package var name: String
        /// Media type, lower case, such as `application/pdf`.
        package var type: String
        /// Decoded size in octets.
        package var size: Int
        package var sha256: Digest?
        /// Without angle brackets; `nil` if none.
        package var contentID: String?
        package var isInline: Bool
        package init(
            name: String, type: String, size: Int, sha256: Digest?, contentID: String? = nil, isInline: Bool = false
        ) {
            self.name = name
            self.type = type
            self.size = size
            self.sha256 = sha256
            self.contentID = contentID
            self.isInline = isInline
        }
    }

    /// What a server or mail program reports in fields for machines (RFC 3464 and its kin), as it stands.
    package struct Report: Sendable, Hashable {
        /// Media type of the part that holds them, lower case, such as `message/delivery-status`.
        package var type: String
        /// Of a delivery report, the first is about the mail, each further one about a recipient.
        package var groups: [[Header]]
        package init(type: String, groups: [[Header]]) {
            self.type = type
            self.groups = groups
        }
    }

    package var headers: [Header] = []
    /// With angle brackets, as written; `nil` when missing or unusable.
    package var messageID: String?
    package var inReplyTo: [String] = []
    package var references: [String] = []
    package var from: MailAddress?
    package var sender: MailAddress?
    package var replyTo: [MailAddress] = []
    package var to: [MailAddress] = []
    package var cc: [MailAddress] = []
    package var subject: String = ""
    package var date: Timestamp?
    /// Media type of the whole message, lower case.
    package var contentType: String = "text/plain"
    /// Parameters of the whole message's Content-Type, names in lower case (`report-type`).
    package var contentTypeParameters: [String: String] = [:]
    /// Readable text: text/plain unless empty, else made from the HTML body.
    package var text: String = ""
    /// `text` without what it quotes and without signatures; all of it when in doubt.
    package var newText: String {
        get { foundNewText ?? text }
        set { foundNewText = newValue }
    }
    private var foundNewText: String?
    /// HTML body made safe by allow-list; `nil` when the mail has none.
    package var html: String?
    package var attachments: [Attachment] = []
    /// `nil` if the mail has none. Its part is among the attachments, too.
    package var report: Report?
    /// Header of the first mail that lies inside: of a bounce, the mail that came back. Empty if there is none.
    package var enclosedHeaders: [Header] = []
    /// What it tells about a mail sent before; `nil` for all mail that people and lists write.
    package var notice: DeliveryNotice?
    /// What was damaged or cut, in words an operator understands.
    package var defects: [String] = []

    package init() {}

    /// The first header of this name, compared without case.
    package func header(_ name: String) -> String? {
        headers.first { $0.isNamed(name) }?.value
    }
}

/// A mail as the store keeps it.
package struct StoredMessage: Sendable, Hashable {
    package var id: MessageID
    package var contract: ContractID
    package var inbox: MailboxID
    package var messageID: String?
    package var sha256: Digest
    package var size: Int
    package var from: String
    package var subject: String
    package var received: Timestamp
    package var fate: Fate
    package var ticket: TicketID?
    package var history: History

    /// What became of a mail. `seen = opened + replied + reported + ignored + duplicate + quarantined + refused` must add up.
    package enum Fate: String, Sendable, Codable, CaseIterable {
        case opened, replied
        /// It told what became of a notification of ours.
        case reported
        case ignored, duplicate, quarantined
    }

    package init(
        id: MessageID = .unsaved, contract: ContractID, inbox: MailboxID, messageID: String?, sha256: Digest, size: Int,
        from: String, subject: String, received: Timestamp, fate: Fate, ticket: TicketID? = nil,
        history: History = History()
    ) {
        self.id = id
        self.contract = contract
        self.inbox = inbox
        self.messageID = messageID
        self.sha256 = sha256
        self.size = size
        self.from = from
        self.subject = subject
        self.received = received
        self.fate = fate
        self.ticket = ticket
        self.history = history
    }
}

/// What a notification says, before it becomes bytes.
package struct OutgoingMessage: Sendable, Hashable {
    package struct Attachment: Sendable, Hashable {
        package var name: String
        package var type: String
        package var content: [UInt8]
        /// Of an image that the HTML shows as `cid:`, without angle brackets; `nil` for a file beside the text.
        package var contentID: String?
        package init(name: String, type: String, content: [UInt8], contentID: String? = nil) {
            self.name = name
            self.type = type
            self.content = content
            self.contentID = contentID
        }
    }

    package var from: MailAddress
    package var to: [MailAddress]
    package var replyTo: [MailAddress] = []
    package var subject: String
    package var text: String
    package var html: String?
    package var attachments: [Attachment] = []
    /// With angle brackets.
    package var messageID: String
    package var inReplyTo: String?
    package var references: [String] = []
    package var date: Timestamp
    /// RFC 3834 `Auto-Submitted` value; `nil` leaves the header out (mail written by a person).
    package var autoSubmitted: String?
    /// Further headers, in order; names and values are refused if they hold control characters.
    package var extraHeaders: [MessageView.Header] = []

    package init(
        from: MailAddress, to: [MailAddress], subject: String, text: String, messageID: String, date: Timestamp
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.messageID = messageID
        self.date = date
    }
}
