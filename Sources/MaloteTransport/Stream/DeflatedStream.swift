// A pipe whose octets are compressed both ways (RFC 4978); knows no protocol.

import MaloteCore

/// Costs about 300 KiB of memory. However much the other end's octets expand to, a read hands out no more than it was
/// asked for, and nothing is expanded before it is asked for.
actor DeflatedStream: ByteStream {
    /// Compressed octets that are read at one time.
    private static let readSize = 64 * 1024

    private let base: any ByteStream
    private let deflater: Deflater
    private let inflater: Inflater
    /// Compressed octets that have come.
    private var input: [UInt8]

    /// - Parameter early: what has come behind the agreement to compress.
    init(_ base: any ByteStream, early: [UInt8]) throws(Failure) {
        self.base = base
        deflater = try Deflater()
        inflater = try Inflater()
        input = early
    }

    func read(atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8] {
        let deadline = ContinuousClock.now + timeout
        var left = timeout
        // Octets that expand to nothing must not make it last for ever.
        while left > .zero {
            let bytes = try inflater.inflate(&input, atMost: min(limit, Self.readSize))
            guard bytes.isEmpty, !inflater.isOver else { return bytes }
            let more = try await base.read(atMost: Self.readSize, within: left)
            guard !more.isEmpty else { return [] }
            input += more
            left = deadline - .now
        }
        throw Failure(.transient, .silentPeer, "The server sent nothing that means anything.")
    }

    func write(_ bytes: [UInt8], within timeout: Duration) async throws(Failure) {
        try await base.write(deflater.deflate(bytes), within: timeout)
    }

    func close() async { await base.close() }
}
