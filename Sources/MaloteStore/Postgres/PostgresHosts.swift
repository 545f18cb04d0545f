// Which of the servers that database.url names is asked first; opens nothing and knows no schema.

import Synchronization

/// A primary and its standbys, the one that answered last in front. libpq begins with the first one named for every
/// connection, and waits there for five seconds if its machine is gone: a node opens several, and its lease is over in
/// twelve.
final class PostgresHosts: Sendable {
    /// As the address has them, empty where it says nothing.
    struct Host: Equatable, Sendable {
        var name: String
        var address: String
        var port: String
    }

    private let order: Mutex<[Host]>

    /// - Parameter given: libpq's options as the address has them.
    init(_ given: [String: String]) {
        let lists = ["host", "hostaddr", "port"].map { key in
            (given[key] ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let count = lists.map(\.count).max() ?? 1
        order = Mutex(
            (0..<count).map { place in
                // One port may be meant for all.
                let parts = lists.map { $0.count == 1 ? $0[0] : place < $0.count ? $0[place] : "" }
                return Host(name: parts[0], address: parts[1], port: parts[2])
            })
    }

    /// For libpq, after the address; nothing where there is no choice.
    var options: [(String, String)] {
        let hosts = order.withLock { $0 }
        guard hosts.count > 1 else { return [] }
        let lists = [("host", hosts.map(\.name)), ("hostaddr", hosts.map(\.address)), ("port", hosts.map(\.port))]
        return lists.filter { $0.1.contains { !$0.isEmpty } }.map { ($0.0, $0.1.joined(separator: ",")) }
    }

    /// The server that a connection has reached, as libpq calls it, is in front from now on.
    func reached(_ host: Host) {
        order.withLock { hosts in
            let place = hosts.firstIndex { known in
                (known.name.isEmpty || known.name == host.name)
                    && (known.address.isEmpty || known.address == host.address)
                    && (known.port.isEmpty ? "5432" : known.port) == host.port
            }
            if let place { hosts.insert(hosts.remove(at: place), at: 0) }
        }
    }
}
