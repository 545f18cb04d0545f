// One mail in the spool, from its first octet to its last reader; knows no folder.

import Foundation
import MaloteCore

/// Owns an open file and closes it when writer and readers have gone.
actor SpoolFile: SpoolWriter {
    private let executor: BlockingExecutor
    private nonisolated let descriptor: Int32
    private var size = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ descriptor: Int32, _ executor: BlockingExecutor) {
        self.descriptor = descriptor
        self.executor = executor
    }

    // On the spool's thread: to close the last descriptor of a long file is to delete it, which takes the disk its time.
    isolated deinit { close(descriptor) }

    func append(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let (count, code) = rest.withUnsafeBytes {
                (pwrite(descriptor, $0.baseAddress, $0.count, off_t(size)), errno)
            }
            if count < 0, code == EINTR { continue }
            guard count > 0 else { throw Failure(spool: code, "written") }
            size += count
            rest = rest.dropFirst(count)
        }
    }

    func finish() -> RawMessage { RawMessage(Content(file: self, size: size)) }

    /// What was written, for as many readers as like.
    private struct Content: RawSource {
        let file: SpoolFile
        let size: Int
        var isSpooled: Bool { true }

        func read(
            _ range: Range<Int>, _ use: (UnsafeRawBufferPointer) throws(Failure) -> Void
        ) throws(Failure) {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 16)
            defer { buffer.deallocate() }
            var filled = 0
            while filled < range.count {
                let place = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                let count = pread(file.descriptor, place.baseAddress, place.count, off_t(range.lowerBound + filled))
                if count < 0, errno == EINTR { continue }
                // An end before its time is a fault, too.
                guard count > 0 else { throw Failure(spool: count < 0 ? errno : EIO, "read") }
                filled += count
            }
            try use(UnsafeRawBufferPointer(buffer))
        }
    }
}
