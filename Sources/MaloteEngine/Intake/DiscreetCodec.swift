// A codec that reads no voter's link out of a mail; knows no mail format.

import MaloteCore
import MaloteDesk

/// Every reader of mails in the engine reads through it, so that no view holds what votes.
struct DiscreetCodec: MessageCodec {
    let inner: any MessageCodec
    let veil: LinkVeil

    func view(_ raw: RawMessage) throws(Failure) -> MessageView {
        var view = try inner.view(raw)
        veil.cover(&view)
        return view
    }

    func files(_ raw: RawMessage, limit: Int, only: Digest?) throws(Failure) -> [OutgoingMessage.Attachment?] {
        try inner.files(raw, limit: limit, only: only)
    }

    func build(_ message: OutgoingMessage) throws(Failure) -> [UInt8] { try inner.build(message) }
}
