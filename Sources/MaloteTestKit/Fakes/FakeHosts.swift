// Finds fake servers by their host names; knows not what they serve.

import Synchronization

/// Hosts come into being when they are first named.
final class FakeHosts<Server: Sendable>: Sendable {
    private let hosts = Mutex<[String: Server]>([:])
    private let make: @Sendable () -> Server

    init(_ make: @escaping @Sendable () -> Server) { self.make = make }

    subscript(host: String) -> Server {
        hosts.withLock { hosts in
            let server = hosts[host] ?? make()
            hosts[host] = server
            return server
        }
    }
}
