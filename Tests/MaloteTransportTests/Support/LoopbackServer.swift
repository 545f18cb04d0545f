// A server on loopback, plain or with TLS, whose every connection is played by a function; knows no protocol.

import COpenSSL
import Foundation
import MaloteTestKit
import Synchronization

/// Each connection has a thread of its own, so that one may be silent for ever. All end with the server.
final class LoopbackServer: Sendable {
    private struct NoPort: Error {}

    struct Heard: Sendable {
        var line: String
        var isSecure: Bool
    }

    /// OpenSSL's context, freed with the last connection.
    private final class Context: @unchecked Sendable {  // SSL_CTX may be used by many threads at once.
        let pointer: OpaquePointer
        init?(_ identity: Certificates.Identity) {
            guard let pointer = SSL_CTX_new(TLS_server_method()) else { return nil }
            self.pointer = pointer
            guard SSL_CTX_use_certificate_chain_file(pointer, identity.certificate) == 1,
                SSL_CTX_use_PrivateKey_file(pointer, identity.key, SSL_FILETYPE_PEM) == 1
            else { return nil }
        }
        deinit { SSL_CTX_free(pointer) }
    }

    /// What the threads of connections share.
    private final class Floor: Sendable {
        let heard = Mutex<[Heard]>([])
        let open = Mutex<Set<Int32>>([])
    }

    let port: Int
    private let listener: Int32
    private let floor = Floor()

    var heard: [Heard] { floor.heard.withLock { $0 } }

    /// - Parameters:
    ///   - identity: for TLS.
    ///   - isImplicit: TLS from the first byte.
    ///   - serve: plays a connection; when it returns, the connection is closed.
    init(
        _ identity: Certificates.Identity? = nil, isImplicit: Bool = false, serve: @escaping @Sendable (Peer) -> Void
    ) throws {
        signal(SIGPIPE, SIG_IGN)
        Self.raiseDescriptorLimit()
        let context = identity.flatMap { Context($0) }
        let (listener, port) = try Self.listen()
        (self.listener, self.port) = (listener, port)
        let floor = floor
        Thread.detachNewThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else {
                    // Only here: the number must not be another server's while it is listened to.
                    close(listener)
                    return
                }
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                floor.open.withLock { _ = $0.insert(descriptor) }
                Thread.detachNewThread {
                    let peer = Peer(descriptor, context: context?.pointer) { line, isSecure in
                        floor.heard.withLock { $0.append(Heard(line: line, isSecure: isSecure)) }
                    }
                    if !isImplicit || peer.startTLS() { serve(peer) }
                    floor.open.withLock { _ = $0.remove(descriptor) }
                    close(descriptor)
                }
            }
        }
    }

    private static func listen() throws -> (listener: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place -> Int? in
                guard bind(listener, place, length) == 0, Foundation.listen(listener, 512) == 0,
                    getsockname(listener, place, &length) == 0
                else { return nil }
                return Int(UInt16(bigEndian: pointer.pointee.sin_port))
            }
        }
        guard let port else { throw NoPort() }
        return (listener, port)
    }

    /// Hundreds of connections have both their ends in this process.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        limit.rlim_cur = min(limit.rlim_max, 8192)
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        floor.open.withLock { for descriptor in $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }
}

/// Holds threads of servers back until a test lets them go.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func wait() {
        semaphore.wait()
        semaphore.signal()
    }
    func open() { semaphore.signal() }
}
