// What there is to share out, by the registry; a pure value that knows no node.

import MaloteCore

/// Every share that some node should hold, and how many connections each mailbox may need at its host.
package struct ShareWish: Sendable, Equatable {
    package struct Host: Sendable, Equatable {
        /// Connections that each mailbox may have open; for an outbox, all its lanes together.
        package var needs: [MailboxID: Int] = [:]
        /// Connections to the host that are shared out one by one; 0 where there is room for all mailboxes' needs.
        package var places = 0

        package var isCrowded: Bool { places > 0 }
    }

    package private(set) var inboxes: [Share] = []
    package private(set) var outboxes: [Share] = []
    package private(set) var endpoints: [Share] = []
    /// In lower case.
    package private(set) var hosts: [String: Host] = [:]

    package init() {}

    /// - Parameter perHost: how many connections there may be to one host.
    package init(_ registry: Registry, perHost: Int) {
        inboxes = registry.mailboxes.filter { $0.inbox != nil }.map { .mailbox($0.id) }
        outboxes = registry.mailboxes.filter { $0.outbox != nil }.map { .mailbox($0.id) }
        endpoints = registry.contracts.filter { $0.events != nil }.map { .endpoint($0.id) }
        let lanes = Self.lanes(registry)
        for mailbox in registry.mailboxes {
            let need = mailbox.inbox != nil ? 1 : LanePlanner.widest * max(1, lanes[mailbox.name] ?? 0)
            hosts[mailbox.server.lowercased(), default: Host()].needs[mailbox.id] = min(need, max(1, perHost))
        }
        for (name, host) in hosts { hosts[name] = Self.shared(host, perHost: max(1, perHost), registry) }
    }

    /// Lanes that contracts have at each outbox, as far as the registry tells.
    private static func lanes(_ registry: Registry) -> [MailboxName: Int] {
        var lanes: [MailboxName: Int] = [:]
        for contract in registry.contracts {
            var names: Set<MailboxName> = []
            switch contract.outbox {
            case .standard: if let name = registry.systemOutbox { names.insert(name) }
            case .mailbox(let name): names.insert(name)
            }
            for name in names { lanes[name, default: 0] += 1 }
        }
        for flow in registry.flows {
            for case .email(let email) in flow.steps {
                if case .specific(let name) = email.outbox { lanes[name, default: 0] += 1 }
            }
        }
        // Alerts have a lane of their own.
        if let name = registry.systemOutbox { lanes[name, default: 0] += 1 }
        return lanes
    }

    /// Where all needs have room together, each mailbox has its connections to itself, and outboxes what is left over:
    /// then nobody need ask whose turn it is. Else the connections are shared out one by one.
    private static func shared(_ host: Host, perHost: Int, _ registry: Registry) -> Host {
        var host = host
        let spare = perHost - host.needs.values.reduce(0, +)
        guard spare >= 0 else {
            host.places = perHost
            return host
        }
        let outboxes = host.needs.keys.filter { registry.mailbox($0)?.outbox != nil }.sorted()
        for (place, id) in outboxes.enumerated() {
            host.needs[id, default: 0] += spare / outboxes.count + (place < spare % outboxes.count ? 1 : 0)
        }
        return host
    }

    /// All of them.
    package var shares: Set<Share> {
        var all = Set(inboxes + outboxes + endpoints + [.chores])
        for (name, host) in hosts where host.isCrowded {
            for number in 1...host.places { all.insert(.place(host: name, number: number)) }
        }
        return all
    }
}
