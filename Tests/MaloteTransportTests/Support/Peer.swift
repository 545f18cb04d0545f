// The server's side of one connection, as a test plays it; knows no protocol.

import COpenSSL
import Foundation
import MaloteTestKit

private typealias ResetOption = linger

/// Blocking; lives on one thread of a `LoopbackServer`.
final class Peer {
    private let descriptor: Int32
    private let context: OpaquePointer?
    private let note: (String, Bool) -> Void
    private var tls: OpaquePointer?
    private var pending: [UInt8] = []

    /// - Parameters:
    ///   - context: OpenSSL's, when the server can do TLS.
    ///   - note: told of every line, and whether it came encrypted.
    init(_ descriptor: Int32, context: OpaquePointer?, note: @escaping (String, Bool) -> Void) {
        self.descriptor = descriptor
        self.context = context
        self.note = note
    }

    deinit { if let tls { SSL_free(tls) } }

    var isSecure: Bool { tls != nil }
    /// Nothing came behind the last line.
    var hasReadAll: Bool { pending.isEmpty }

    /// - Returns: whether the client went along.
    @discardableResult func startTLS() -> Bool {
        guard let context, let tls = SSL_new(context) else { return false }
        SSL_set_fd(tls, descriptor)
        guard SSL_accept(tls) == 1 else {
            SSL_free(tls)
            return false
        }
        self.tls = tls
        return true
    }

    func say(_ text: String) { say(Array(text.utf8)) }

    func say(_ bytes: [UInt8]) {
        guard let tls else { return sayBelowTLS(bytes) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { SSL_write(tls, $0.baseAddress, Int32($0.count)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(Int(count))
        }
    }

    /// Goes past the encryption.
    func sayBelowTLS(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// - Returns: empty when the client has gone.
    func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count =
            tls.map { Int(SSL_read($0, &buffer, Int32(buffer.count))) } ?? recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : []
    }

    /// - Returns: without its line end; `nil` when the client has gone.
    func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                let line = String(decoding: pending[..<end].filter { $0 != 0x0D }, as: UTF8.self)
                pending.removeSubrange(...end)
                note(line, isSecure)
                return line
            }
            let bytes = read()
            guard !bytes.isEmpty else { return nil }
            pending += bytes
        }
    }

    /// Says goodbye as TLS wants it. Without it the connection just ends.
    func closeTLS() { if let tls { SSL_shutdown(tls) } }

    /// The next close is a reset.
    func prepareReset() {
        var option = ResetOption(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<ResetOption>.size))
    }

    /// Waits until the client has gone.
    func linger() { while !read().isEmpty {} }
}
