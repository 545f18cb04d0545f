// The body of one mail on its way in: in memory while it is short, in the spool from then on; knows no protocol.

import MaloteCore

/// Append, then finish. Dropped unfinished, it leaves nothing behind.
struct IncomingBody: Sendable {
    /// Octets that are kept in memory; a longer body goes to the spool.
    static let memoryLimit = 256 * 1024

    private let spool: any Spool
    private var memory: [UInt8] = []
    private var writer: (any SpoolWriter)?

    init(_ spool: any Spool) { self.spool = spool }

    /// Returns when memory or spool has them: who waits for it reads no faster than the disk writes.
    /// - Throws: what the spool throws.
    mutating func append(_ octets: [UInt8]) async throws(Failure) {
        if let writer { return try await writer.append(octets) }
        memory += octets
        guard memory.count > Self.memoryLimit else { return }
        let writer = try await spool.open()
        try await writer.append(memory)
        memory = []
        self.writer = writer
    }

    /// All that was appended.
    func finish() async throws(Failure) -> RawMessage {
        guard let writer else { return RawMessage(memory) }
        return try await writer.finish()
    }
}
