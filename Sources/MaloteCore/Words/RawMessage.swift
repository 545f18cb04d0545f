// The raw source of one mail, in memory or in a spool; knows no file and no MIME.

/// A reference, so that mails are passed without copies. Who reads it in pieces needs the memory of one piece, however
/// large the mail is.
package final class RawMessage: Sendable {
    /// Octets of one piece, unless the mail has fewer.
    package static let pieceSize = 128 * 1024

    private let source: any RawSource

    package init(_ bytes: [UInt8]) { source = bytes }

    package init(_ source: any RawSource) { self.source = source }

    /// Size in octets.
    package var size: Int { source.size }

    /// Whether it lies in a spool: then it holds a file open instead of memory, and reading it may block.
    package var isSpooled: Bool { source.isSpooled }

    /// Every octet in order, in pieces of at most `pieceSize`. Each is valid only inside the closure.
    /// - Throws: what `use` throws; `Failure(.transient, .storage)` if the spool cannot be read.
    package func forEachPiece(_ use: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        var offset = 0
        while offset < source.size {
            let count = min(Self.pieceSize, source.size - offset)
            try source.read(offset..<(offset + count), use)
            offset += count
        }
    }

    /// The piece that begins at `offset`, which must lie before the end: as much as `pieceSize`, or what is left.
    /// - Throws: `Failure(.transient, .storage)` if the spool cannot be read.
    package func piece(from offset: Int) throws(Failure) -> [UInt8] {
        var piece: [UInt8] = []
        try source.read(offset..<min(offset + Self.pieceSize, size)) { octets throws(Failure) in piece += octets }
        return piece
    }

    /// The whole mail as one array: for tests and for mails known to be small.
    /// - Throws: `Failure(.transient, .storage)` if the spool cannot be read.
    package func bytes() throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        try forEachPiece { piece throws(Failure) in bytes += piece }
        return bytes
    }
}

/// Where the octets of a mail lie. Read from any thread.
package protocol RawSource: Sendable {
    var size: Int { get }
    var isSpooled: Bool { get }
    /// Calls `use` once with the octets of a range that lies within `0..<size`.
    /// - Throws: what `use` throws; `Failure(.transient, .storage)` if the octets cannot be read.
    func read(_ range: Range<Int>, _ use: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure)
}

extension RawSource {
    package var isSpooled: Bool { false }
}

extension [UInt8]: RawSource {
    package var size: Int { count }

    package func read(
        _ range: Range<Int>, _ use: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let result = withUnsafeBytes { octets in
            Result { () throws(Failure) in try use(UnsafeRawBufferPointer(rebasing: octets[range])) }
        }
        try result.get()
    }
}
