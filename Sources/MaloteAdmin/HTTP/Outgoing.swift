// A body on its way out piece by piece, over libmicrohttpd; knows not what it is.

import CMicroHTTPD
import Glibc
import MaloteCore
import Synchronization

/// The library asks for octets on its own thread, where nothing may wait: while a task gets the next piece, the
/// connection sleeps.
final class Outgoing: Sendable {
    private struct Held {
        var piece: [UInt8] = []
        /// Where the piece begins.
        var start = 0
        /// What to tell the library in place of octets.
        var end: Int?
    }

    /// From where on; empty if it cannot be got, or at the end of what has no known size.
    private typealias Fetch = @Sendable (Int) async -> [UInt8]

    private static let blockSize = 64 * 1024
    /// `MHD_CONTENT_READER_END_WITH_ERROR`, a cast that Swift cannot see: closes the connection, so that nobody takes a
    /// part for the whole.
    private static let endWithError = -2
    /// `MHD_CONTENT_READER_END_OF_STREAM` and `MHD_SIZE_UNKNOWN`, casts as well.
    private static let endOfStream = -1
    private static let unknownSize = UInt64.max

    private let piece: Fetch
    /// What it means that nothing comes.
    private let emptyEnd: Int
    private let server: HTTPServer
    private let held = Mutex(Held())
    // Valid until the response is released, which cannot be while it sleeps.
    private nonisolated(unsafe) let connection: OpaquePointer

    private init(_ piece: @escaping Fetch, emptyEnd: Int, _ connection: OpaquePointer, _ server: HTTPServer) {
        self.piece = piece
        self.emptyEnd = emptyEnd
        self.connection = connection
        self.server = server
    }

    static func response(_ copy: RawCopy, _ connection: OpaquePointer, _ server: HTTPServer) -> OpaquePointer? {
        let outgoing = Outgoing(
            { (try? await copy.piece($0)) ?? [] }, emptyEnd: endWithError, connection, server)
        return response(outgoing, size: UInt64(copy.size))
    }

    /// Sent in chunks (RFC 9112 §7.1).
    static func response(_ body: LiveBody, _ connection: OpaquePointer, _ server: HTTPServer) -> OpaquePointer? {
        let outgoing = Outgoing({ _ in await body.next() }, emptyEnd: endOfStream, connection, server)
        return response(outgoing, size: unknownSize)
    }

    private static func response(_ outgoing: Outgoing, size: UInt64) -> OpaquePointer? {
        // Held by the library until it is done with the response.
        let held = Unmanaged.passRetained(outgoing).toOpaque()
        return MHD_create_response_from_callback(
            size, blockSize,
            { context, position, buffer, room in
                guard let context, let buffer else { return Outgoing.endWithError }
                return Unmanaged<Outgoing>.fromOpaque(context).takeUnretainedValue().read(Int(position), buffer, room)
            }, held, { context in context.map { Unmanaged<Outgoing>.fromOpaque($0).release() } })
    }

    /// - Returns: how many octets were put into the buffer; 0 while they are being got.
    private func read(_ position: Int, _ buffer: UnsafeMutablePointer<CChar>, _ room: Int) -> Int {
        let copied = held.withLock { held -> Int in
            if let end = held.end { return end }
            let end = held.start + held.piece.count
            guard (held.start..<end).contains(position) else { return 0 }
            let count = min(room, end - position)
            held.piece.withUnsafeBytes { bytes in
                let part = UnsafeRawBufferPointer(rebasing: bytes[(position - held.start)...].prefix(count))
                UnsafeMutableRawBufferPointer(start: buffer, count: count).copyMemory(from: part)
            }
            return count
        }
        if copied == 0 { fetch(position) }
        return copied
    }

    private func fetch(_ position: Int) {
        server.work.withLock { $0.suspended += 1 }
        MHD_suspend_connection(connection)
        Task {
            let piece = await self.piece(position)
            held.withLock { held in
                (held.piece, held.start, held.end) = (piece, position, piece.isEmpty ? emptyEnd : nil)
            }
            MHD_resume_connection(connection)
            server.work.withLock { $0.suspended -= 1 }
        }
    }
}
