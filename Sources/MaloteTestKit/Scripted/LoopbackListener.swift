// A port on loopback whose every connection has a thread of its own; knows no protocol.

import Foundation
import Synchronization

/// All connections end with it.
package final class LoopbackListener: Sendable {
    private final class Floor: Sendable {
        let open = Mutex<Set<Int32>>([])
    }

    package let port: Int
    private let listener: Int32
    private let floor = Floor()

    /// - Parameter serve: plays a connection, blocking; the descriptor is closed when it returns.
    package init(serve: @escaping @Sendable (Int32) -> Void) throws {
        signal(SIGPIPE, SIG_IGN)
        let (listener, port) = try Self.listen(backlog: 512)
        (self.listener, self.port) = (listener, port)
        let floor = floor
        Thread.detachNewThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else {
                    // Only here: the number must not be another's while it is listened to.
                    close(listener)
                    return
                }
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                var yes: Int32 = 1
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
                floor.open.withLock { _ = $0.insert(descriptor) }
                Thread.detachNewThread {
                    serve(descriptor)
                    floor.open.withLock { _ = $0.remove(descriptor) }
                    close(descriptor)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        floor.open.withLock { for descriptor in $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    /// A socket that listens on a free port.
    package static func listen(backlog: Int32) throws -> (listener: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withAddress(0) { place -> Int? in
            guard bind(listener, place, length) == 0, Foundation.listen(listener, backlog) == 0,
                getsockname(listener, place, &length) == 0
            else { return nil }
            return place.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Int(UInt16(bigEndian: $0.pointee.sin_port))
            }
        }
        guard let port else { throw Program.Failed(description: "no port on loopback") }
        return (listener, port)
    }

    /// Blocks until it stands; `nil` if nobody listens.
    package static func connect(to port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard withAddress(port, { Foundation.connect(descriptor, $0, length) }) == 0 else {
            close(descriptor)
            return nil
        }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    /// Begins to connect and waits for nothing.
    package static func begin(to port: Int) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        _ = withAddress(port) { Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        return descriptor
    }

    /// The descriptor's close will be a reset.
    package static func prepareReset(_ descriptor: Int32) {
        var option = Foundation.linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<Foundation.linger>.size))
    }

    private static func withAddress<T>(_ port: Int, _ body: (UnsafeMutablePointer<sockaddr>) -> T) -> T {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }
}
