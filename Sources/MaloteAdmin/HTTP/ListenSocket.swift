// Opens the sockets that the HTTP shell listens on; knows no HTTP.

import Glibc
import MaloteCore

package enum ListenSocket {
    /// The control socket: mode 0660, so that maloted's group may use malotectl.
    ///
    /// A file left by a killed daemon is replaced; call only while holding the state directory's lock.
    /// - Throws: `Failure(.operatorNeeded, .registry)` naming the path.
    package static func unix(_ path: String) throws(Failure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw failure(path, "its path is longer than \(capacity - 1) octets")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK else { throw failure(path, "a file of another kind is there") }
            unlink(path)
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | closeOnExec, 0)
        guard descriptor >= 0 else { throw failure(path, reason) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        // Nobody can connect before listen, and by then the mode is right.
        guard bound == 0, chmod(path, 0o660) == 0, listen(descriptor, 128) == 0 else {
            defer { close(descriptor) }
            throw failure(path, reason)
        }
        return descriptor
    }

    /// - Parameter host: a numeric address; the daemon does not look up names for its own sockets.
    package static func tcp(host: String, port: Int) throws(Failure) -> Int32 {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let place = "\(host):\(port)"
        guard getaddrinfo(host == "localhost" ? "127.0.0.1" : host, String(port), &hints, &list) == 0, let entry = list
        else { throw failure(place, "it is not a numeric address") }
        defer { freeaddrinfo(list) }
        let descriptor = socket(
            entry.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | closeOnExec, entry.pointee.ai_protocol)
        guard descriptor >= 0 else { throw failure(place, reason) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, entry.pointee.ai_addr, entry.pointee.ai_addrlen) == 0, listen(descriptor, 128) == 0
        else {
            defer { close(descriptor) }
            throw failure(place, reason)
        }
        return descriptor
    }

    /// Where a TCP socket listens, as `address:port`; port 0 has become one. `nil` for another kind.
    package static func place(of descriptor: Int32) -> String? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var (host, port) = ([CChar](repeating: 0, count: 64), [CChar](repeating: 0, count: 16))
        let isKnown = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                getsockname(descriptor, address, &length) == 0
                    && getnameinfo(
                        address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                        NI_NUMERICHOST | NI_NUMERICSERV) == 0
            }
        }
        guard isKnown, [AF_INET, AF_INET6].contains(Int32(storage.ss_family)) else { return nil }
        func text(_ letters: [CChar]) -> String {
            String(decoding: letters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        return text(host).contains(":") ? "[\(text(host))]:\(text(port))" : "\(text(host)):\(text(port))"
    }

    private static let closeOnExec: Int32 = 0o2000000

    private static var reason: String { String(cString: strerror(errno)) }

    private static func failure(_ place: String, _ reason: String) -> Failure {
        Failure(
            .operatorNeeded, .registry, "Cannot listen on \(place): \(reason).",
            remedy: "Choose another control or http.listen in malote.yaml, or stop what uses it.")
    }
}
