// Raw DEFLATE (RFC 1951) in both directions over zlib's own memory; knows no stream and no protocol.

import CZlib
import MaloteCore

/// A stream of zlib's: its address must stay the same, so it lives on the heap.
private final class ZlibState {
    let pointer: UnsafeMutablePointer<z_stream>
    private let end: (UnsafeMutablePointer<z_stream>) -> Int32

    /// - Throws: `Failure(.transient, .defect)` if zlib has no memory.
    init(
        _ start: (UnsafeMutablePointer<z_stream>) -> Int32,
        end: @escaping (UnsafeMutablePointer<z_stream>) -> Int32
    ) throws(Failure) {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: z_stream())
        self.end = end
        guard start(pointer) == Z_OK else { throw Failure(.transient, .defect, "zlib could not be started.") }
    }

    deinit {
        _ = end(pointer)
        pointer.deallocate()
    }
}

/// Compresses, so that whatever was given can be read at once at the other end.
final class Deflater {
    private static let piece = 16 * 1024
    private let state: ZlibState

    init() throws(Failure) { state = try ZlibState(malote_deflate_start, end: deflateEnd) }

    func deflate(_ bytes: [UInt8]) -> [UInt8] {
        var input = bytes
        var output: [UInt8] = []
        var room = [UInt8](repeating: 0, count: Self.piece)
        input.withUnsafeMutableBufferPointer { input in
            state.pointer.pointee.next_in = input.baseAddress
            state.pointer.pointee.avail_in = UInt32(clamping: input.count)
            var isFull = true
            while isFull {
                room.withUnsafeMutableBufferPointer { room in
                    state.pointer.pointee.next_out = room.baseAddress
                    state.pointer.pointee.avail_out = UInt32(room.count)
                    _ = CZlib.deflate(state.pointer, Z_SYNC_FLUSH)
                }
                let left = Int(state.pointer.pointee.avail_out)
                output += room[..<(room.count - left)]
                isFull = left == 0
            }
        }
        return output
    }
}

/// Expands no more than is asked for: a few octets can stand for a thousand times as many.
final class Inflater {
    private let state: ZlibState
    /// The other end has said that nothing will follow.
    private(set) var isOver = false

    init() throws(Failure) { state = try ZlibState(malote_inflate_start, end: inflateEnd) }

    /// - Parameter input: what was read is taken from its front.
    /// - Returns: 1 to `limit` octets; empty when more input is needed.
    /// - Throws: `.protocolBroken` for what is not DEFLATE.
    func inflate(_ input: inout [UInt8], atMost limit: Int) throws(Failure) -> [UInt8] {
        guard !isOver, limit > 0 else { return [] }
        var output = [UInt8](repeating: 0, count: limit)
        let given = input.count
        let code = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                state.pointer.pointee.next_in = input.baseAddress
                state.pointer.pointee.avail_in = UInt32(clamping: input.count)
                state.pointer.pointee.next_out = output.baseAddress
                state.pointer.pointee.avail_out = UInt32(clamping: output.count)
                return CZlib.inflate(state.pointer, Z_NO_FLUSH)
            }
        }
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isOver = true
        default: throw Failure(.transient, .protocolBroken, "The server's compressed data is damaged.")
        }
        input.removeFirst(given - Int(state.pointer.pointee.avail_in))
        output.removeLast(Int(state.pointer.pointee.avail_out))
        return output
    }
}
