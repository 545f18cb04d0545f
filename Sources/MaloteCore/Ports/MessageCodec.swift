// The port between mail as bytes and mail as meaning; knows no MIME.

package protocol MessageCodec: Sendable {
    /// Reads a mail. No mail makes it fail: whatever is damaged is named in `defects`. Bounded time and memory.
    /// - Throws: `Failure(.transient, .storage)` if the spool cannot be read.
    func view(_ raw: RawMessage) throws(Failure) -> MessageView

    /// The contents of a mail's attachments, in the order of the view's: `nil` for one that lies inside another file, and
    /// for those that make more than `limit` octets with the ones before them.
    /// - Parameter only: the digest of the one content that is wanted; the others are `nil`, and do not count.
    /// - Throws: `Failure(.transient, .storage)` if the spool cannot be read.
    func files(_ raw: RawMessage, limit: Int, only: Digest?) throws(Failure) -> [OutgoingMessage.Attachment?]

    /// Builds a mail: 7-bit clean, CRLF line ends, lines of at most 998 octets.
    /// - Throws: `Failure(.permanent, .rejected)` naming the field if any header value holds a control character.
    func build(_ message: OutgoingMessage) throws(Failure) -> [UInt8]
}

extension MessageCodec {
    package func files(_ raw: RawMessage, limit: Int) throws(Failure) -> [OutgoingMessage.Attachment?] {
        try files(raw, limit: limit, only: nil)
    }
}
