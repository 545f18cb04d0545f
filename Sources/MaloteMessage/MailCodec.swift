// The door of this room: mail as bytes to mail as meaning, and back; knows no contract and no server.

import MaloteCore

package struct MailCodec: MessageCodec {
    private let hashing: any Hashing
    private let limits: MailLimits

    package init(hashing: any Hashing, limits: MailLimits = MailLimits()) {
        self.hashing = hashing
        self.limits = limits
    }

    package func view(_ raw: RawMessage) throws(Failure) -> MessageView {
        try MessageReader.read(raw, hashing: hashing, limits: limits)
    }

    package func files(_ raw: RawMessage, limit: Int, only: Digest?) throws(Failure) -> [OutgoingMessage.Attachment?] {
        var limits = limits
        limits.keptFiles = limit
        limits.onlyKept = only
        return try MessageReader.files(raw, hashing: hashing, limits: limits)
    }

    package func build(_ message: OutgoingMessage) throws(Failure) -> [UInt8] {
        try MessageBuilder(message: message, hashing: hashing).build()
    }
}
