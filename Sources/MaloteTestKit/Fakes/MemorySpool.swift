// A spool in memory that tells what became of it; knows no file.

import MaloteCore
import Synchronization

/// Counts the writers, and fails when it is told to.
package final class MemorySpool: Spool {
    package struct Story: Sendable, Hashable {
        /// Writers opened so far.
        package var opened = 0
        /// Writers and finished mails that somebody holds.
        package var held = 0
        /// The most octets that came in one piece.
        package var longestPiece = 0
        package var octets = 0

        package init() {}
    }

    private let state = Mutex(Story())
    private let capacity: Int

    /// - Parameter capacity: octets of all writers together, after which the disk is full.
    package init(capacity: Int = .max) { self.capacity = capacity }

    package var story: Story { state.withLock { $0 } }

    package func open() async throws(Failure) -> any SpoolWriter { MemorySpoolWriter(self) }

    fileprivate func note<T: Sendable>(_ change: (inout Story) -> T) -> T { state.withLock { change(&$0) } }

    fileprivate func take(_ count: Int) throws(Failure) {
        let fits = note { story in
            story.octets += count
            story.longestPiece = max(story.longestPiece, count)
            return story.octets <= capacity
        }
        guard fits else { throw Failure(.operatorNeeded, .diskFull, "The spool is full.") }
    }
}

private final class MemorySpoolWriter: SpoolWriter {
    private let spool: MemorySpool
    private let bytes = Mutex<[UInt8]>([])

    init(_ spool: MemorySpool) {
        self.spool = spool
        spool.note {
            $0.opened += 1
            $0.held += 1
        }
    }

    deinit { spool.note { $0.held -= 1 } }

    func append(_ bytes: [UInt8]) async throws(Failure) {
        try spool.take(bytes.count)
        self.bytes.withLock { $0 += bytes }
    }

    func finish() async throws(Failure) -> RawMessage {
        RawMessage(Content(writer: self, bytes: bytes.withLock { $0 }))
    }

    private struct Content: RawSource {
        let writer: MemorySpoolWriter
        let bytes: [UInt8]
        var size: Int { bytes.count }
        var isSpooled: Bool { true }

        func read(
            _ range: Range<Int>, _ use: (UnsafeRawBufferPointer) throws(Failure) -> Void
        ) throws(Failure) { try bytes.read(range, use) }
    }
}
