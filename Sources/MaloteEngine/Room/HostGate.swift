// Limits open connections per server host across all contracts; knows nothing of what the connections are for.

import Synchronization

/// One stale password or one eager contract must not get the shared address banned by a server that others use too.
/// Never waits: who is refused asks again later, so a full host delays only its own visitors.
///
/// Connections that only wait for news keep their places, but never more than half of a host's, half of an account's
/// and half of all. Together with those of mailboxes that failed last, which may hold theirs until a silent server is
/// given up, they have at most three quarters of a host's and of all: whoever has something to do, and a server that
/// can be used, finds the others.
package final class HostGate: Sendable {
    /// What is known of a mailbox that asks for a place.
    package enum Standing: Sendable, Hashable {
        case trusted
        /// It failed at its last try.
        case doubtful

        /// How long to wait before asking again for a place.
        var patience: Duration { self == .trusted ? .milliseconds(500) : .seconds(5) }
    }

    /// Whose connection is at rest.
    package struct Account: Sendable, Hashable {
        var host: String
        var user: String

        package init(host: String, user: String) {
            self.host = host.lowercased()
            self.user = user
        }
    }

    /// What one of several nodes may use of a host's connections.
    package struct Part: Sendable, Hashable {
        package var places: Int
        /// Each mailbox has its places to itself: none need be left to others.
        package var isOwn: Bool

        package init(places: Int, isOwn: Bool) {
            self.places = places
            self.isOwn = isOwn
        }
    }

    private struct Places {
        var open = 0
        var resting = 0
        var doubtful = 0
        var isEmpty: Bool { open == 0 && resting == 0 }

        /// Whether one more may be held by somebody who may have no need of it. The only place is for everybody.
        func lends(of limit: Int) -> Bool { resting + doubtful < max(1, limit - max(1, limit / 4)) }
    }

    private struct State {
        var perHost: Int
        var total: Int
        var hosts: [String: Places] = [:]
        var all = Places()
        var restingAccounts: [Account: Int] = [:]
        var parts: [String: Part] = [:]
        /// Hosts at which somebody found no place.
        var short: Set<String> = []

        func limit(_ host: String) -> Int { parts[host].map { min(perHost, $0.places) } ?? perHost }

        mutating func change(_ host: String, _ body: (inout Places) -> Void) {
            body(&hosts[host, default: Places()])
            if hosts[host]?.isEmpty == true { hosts[host] = nil }
            body(&all)
        }

        func lends(_ host: String) -> Bool {
            all.lends(of: total)
                && (parts[host]?.isOwn ?? false || (hosts[host] ?? Places()).lends(of: limit(host)))
        }
    }

    private let state: Mutex<State>

    /// - Parameters: connections allowed to one host name, and in all.
    package init(perHost: Int, total: Int) { state = Mutex(State(perHost: perHost, total: total)) }

    /// New limits hold for connections to come; those that are open stay.
    /// How many connections there may be, to one host and in all.
    var limits: (perHost: Int, total: Int) { state.withLock { ($0.perHost, $0.total) } }

    package func setLimits(perHost: Int, total: Int) {
        state.withLock { state in
            state.perHost = perHost
            state.total = total
        }
    }

    // MARK: - One of several nodes

    /// What this node may use of each host's connections, in lower case; hosts that are not named have the common limit.
    /// - Returns: whether that is another part than before.
    @discardableResult
    package func setParts(_ parts: [String: Part]) -> Bool {
        state.withLock { state in
            defer { state.parts = parts }
            return state.parts != parts
        }
    }

    /// Connections that are open to a host.
    package func open(_ host: String) -> Int { state.withLock { $0.hosts[host.lowercased()]?.open ?? 0 } }

    /// Whether more are open than this node may use by now: some that only wait for news must be closed.
    package func isOver(_ host: String) -> Bool {
        state.withLock { state in
            let host = host.lowercased()
            return state.parts[host] != nil && state.hosts[host]?.open ?? 0 > state.limit(host)
        }
    }

    /// Hosts at which somebody found no place since this was asked last.
    package func takeShortages() -> Set<String> {
        state.withLock { state in
            defer { state.short = [] }
            return state.short
        }
    }

    // MARK: - Places

    package func enter(_ host: String, _ standing: Standing = .trusted) -> Bool {
        state.withLock { state in
            let host = host.lowercased()
            guard state.hosts[host]?.open ?? 0 < state.limit(host) else {
                state.short.insert(host)
                return false
            }
            guard state.all.open < state.total, standing == .trusted || state.lends(host) else { return false }
            state.change(host) { places in
                places.open += 1
                if standing == .doubtful { places.doubtful += 1 }
            }
            return true
        }
    }

    /// A doubtful mailbox could be used after all: from now on it holds its place as a trusted one.
    package func trust(_ host: String) { state.withLock { $0.change(host.lowercased()) { $0.doubtful -= 1 } } }

    /// - Parameter standing: as the place is held.
    package func leave(_ host: String, _ standing: Standing = .trusted) {
        state.withLock { state in
            let host = host.lowercased()
            guard state.hosts[host]?.open ?? 0 > 0 else { return }
            state.change(host) { places in
                places.open -= 1
                if standing == .doubtful { places.doubtful -= 1 }
            }
        }
    }

    /// Asks to stay with nothing to do.
    /// - Parameter limit: connections that the server bears of this account; `nil` if nobody knows.
    /// - Returns: false if the place is needed: the connection must be closed and `leave`.
    package func rest(_ account: Account, limit: Int?) -> Bool {
        state.withLock { state in
            let restingHere = state.restingAccounts[account, default: 0]
            guard
                state.parts[account.host]?.isOwn ?? false
                    || state.hosts[account.host]?.resting ?? 0 < state.limit(account.host) / 2,
                state.all.resting < state.total / 2,
                limit.map({ restingHere < $0 / 2 }) ?? true, state.lends(account.host)
            else { return false }
            state.change(account.host) { $0.resting += 1 }
            state.restingAccounts[account] = restingHere + 1
            return true
        }
    }

    /// Ends a rest that was granted: the place stays taken.
    package func stir(_ account: Account) {
        state.withLock { state in
            guard let count = state.restingAccounts[account] else { return }
            state.restingAccounts[account] = count > 1 ? count - 1 : nil
            state.change(account.host) { $0.resting -= 1 }
        }
    }
}
