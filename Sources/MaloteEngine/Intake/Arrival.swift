// One fetched message, read and hashed before any transaction; knows no contract.

import MaloteCore
import MaloteDesk

/// What a fetched message is, ready to be filed. Parsing, hashing and writing are done here, so that the store's only writer
/// never waits for them.
struct Arrival: Sendable {
    let entry: LedgerEntry
    let view: MessageView
    /// The whole message, or only its header block when it was too large to take.
    let raw: RawMessage
    let sha256: Digest
    /// Octets of the whole message.
    let size: Int
    let isWhole: Bool
    /// What events tell of it.
    let json: MessageJSON

    /// - Throws: `Failure(.transient, .storage)` if the spool cannot be read.
    init(
        entry: LedgerEntry, message: FetchedMessage, codec: any MessageCodec, hashing: any Hashing
    ) throws(Failure) {
        self.entry = entry
        switch message.content {
        case .raw(let raw):
            self.raw = raw
            size = raw.size
            isWhole = true
            view = try codec.view(raw)
        case .tooLarge(let size, let header):
            raw = RawMessage(header)
            self.size = size
            isWhole = false
            var view = try codec.view(raw)
            view.defects.append("The message of \(size) octets is over the limit: its body stayed on the server.")
            self.view = view
        }
        let digest = hashing.sha256()
        try raw.forEachPiece { digest.update($0) }
        sha256 = digest.finish()
        json = MessageJSON(view, size: size, sha256: sha256)
    }
}
