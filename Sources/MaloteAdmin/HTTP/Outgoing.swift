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
        var hasFailed = false
    }

    private static let blockSize = 64 * 1024
    /// `MHD_CONTENT_READER_END_WITH_ERROR`, a cast that Swift cannot see: closes the connection, so that nobody takes a
    /// part for the whole.
    private static let endWithError = -2

    private let copy: RawCopy
    private let server: HTTPServer
    private let held = Mutex(Held())
    // Valid until the response is released, which cannot be while it sleeps.
    private nonisolated(unsafe) let connection: OpaquePointer

    private init(_ copy: RawCopy, _ connection: OpaquePointer, _ server: HTTPServer) {
        self.copy = copy
        self.connection = connection
        self.server = server
    }

    static func response(_ copy: RawCopy, _ connection: OpaquePointer, _ server: HTTPServer) -> OpaquePointer? {
        // Held by the library until it is done with the response.
        let outgoing = Unmanaged.passRetained(Outgoing(copy, connection, server)).toOpaque()
        return MHD_create_response_from_callback(
            UInt64(copy.size), blockSize,
            { context, position, buffer, room in
                guard let context, let buffer else { return Outgoing.endWithError }
                return Unmanaged<Outgoing>.fromOpaque(context).takeUnretainedValue().read(Int(position), buffer, room)
            }, outgoing, { context in context.map { Unmanaged<Outgoing>.fromOpaque($0).release() } })
    }

    /// - Returns: how many octets were put into the buffer; 0 while they are being got.
    private func read(_ position: Int, _ buffer: UnsafeMutablePointer<CChar>, _ room: Int) -> Int {
        let copied = held.withLock { held -> Int in
            guard !held.hasFailed else { return Self.endWithError }
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
            let piece = (try? await copy.piece(position)) ?? []
            held.withLock { held in
                (held.piece, held.start, held.hasFailed) = (piece, position, piece.isEmpty)
            }
            MHD_resume_connection(connection)
            server.work.withLock { $0.suspended -= 1 }
        }
    }
}
