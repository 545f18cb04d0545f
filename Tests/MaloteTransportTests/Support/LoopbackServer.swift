// A server on loopback, plain or with TLS, whose every connection is played by a function; knows no protocol.

import COpenSSL
import Foundation
import MaloteTestKit
import Synchronization

/// One may be silent for ever without holding up the others.
final class LoopbackServer: Sendable {
    struct Heard: Sendable {
        var line: String
        var isSecure: Bool
    }

    /// OpenSSL's context, freed with the last connection.
    private final class Context: @unchecked Sendable {  // SSL_CTX may be used by many threads at once.
        let pointer: OpaquePointer
        init?(_ identity: Certificates.Identity, isOld: Bool) {
            guard let pointer = SSL_CTX_new(TLS_server_method()) else { return nil }
            self.pointer = pointer
            if isOld {
                SSL_CTX_set_cipher_list(pointer, "ALL:@SECLEVEL=0")
                SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(TLS1_1_VERSION), nil)
            }
            guard SSL_CTX_use_certificate_chain_file(pointer, identity.certificate) == 1,
                SSL_CTX_use_PrivateKey_file(pointer, identity.key, SSL_FILETYPE_PEM) == 1
            else { return nil }
        }
        deinit { SSL_CTX_free(pointer) }
    }

    let port: Int
    private let listener: LoopbackListener
    private let record: Record

    /// What the threads of connections share.
    private final class Record: Sendable {
        let heard = Mutex<[Heard]>([])
    }

    var heard: [Heard] { record.heard.withLock { $0 } }

    /// - Parameters:
    ///   - identity: for TLS.
    ///   - isImplicit: TLS from the first byte.
    ///   - isOld: speaks no TLS later than 1.1.
    ///   - serve: plays a connection; when it returns, the connection is closed.
    init(
        _ identity: Certificates.Identity? = nil, isImplicit: Bool = false, isOld: Bool = false,
        serve: @escaping @Sendable (Peer) -> Void
    ) throws {
        Self.raiseDescriptorLimit()
        let context = identity.flatMap { Context($0, isOld: isOld) }
        let record = Record()
        self.record = record
        listener = try LoopbackListener { descriptor in
            let peer = Peer(descriptor, context: context?.pointer) { line, isSecure in
                record.heard.withLock { $0.append(Heard(line: line, isSecure: isSecure)) }
            }
            if !isImplicit || peer.startTLS() { serve(peer) }
        }
        port = listener.port
    }

    /// Hundreds of connections have both their ends in this process.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        limit.rlim_cur = min(limit.rlim_max, 8192)
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
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
