// Reads the mails that lie in the spool, on a thread of its own; knows no batch and no inbox.

import MaloteCore

/// Reading a spooled mail may wait for the disk, which Swift's pool must not. One at a time: however many large mails
/// arrive together, only one is taken apart.
actor SpoolReader {
    private let executor = BlockingExecutor(label: "malote.reading")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func read(
        _ entry: LedgerEntry, _ message: FetchedMessage, codec: any MessageCodec, hashing: any Hashing
    ) throws(Failure) -> Arrival {
        try Arrival(entry: entry, message: message, codec: codec, hashing: hashing)
    }

    func files(
        _ raw: RawMessage, limit: Int, only: Digest?, codec: any MessageCodec
    ) throws(Failure) -> [OutgoingMessage.Attachment?] {
        try codec.files(raw, limit: limit, only: only)
    }
}
