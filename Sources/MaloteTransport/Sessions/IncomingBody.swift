// The body of one mail on its way in: in memory while it is short, in the spool from then on; knows no protocol.

import MaloteCore
import Synchronization

/// Append, then finish. Dropped unfinished, it leaves nothing behind.
struct IncomingBody: Sendable {
    /// Octets that are kept in memory; a longer body goes to the spool.
    static let memoryLimit = 256 * 1024

    private let spool: any Spool
    private let meter: OctetMeter
    private var memory: [UInt8] = []
    private var writer: (any SpoolWriter)?

    init(_ spool: any Spool, _ meter: OctetMeter) {
        self.spool = spool
        self.meter = meter
    }

    /// Returns when memory or spool has them: who waits for it reads no faster than the disk writes.
    /// - Throws: what the spool throws.
    mutating func append(_ octets: [UInt8]) async throws(Failure) {
        meter.add(octets.count)
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

/// Octets of bodies that have come over one connection, for whoever watches it.
final class OctetMeter: Sendable {
    private let count = Atomic<Int>(0)

    var octets: Int { count.load(ordering: .relaxed) }
    func add(_ octets: Int) { count.wrappingAdd(octets, ordering: .relaxed) }
}
