// What a node knows of the cluster: one view after the other, put together; a pure value.

import MaloteCore

/// Nodes and shares as of the last renewal.
package struct ClusterMap: Sendable {
    package private(set) var time = Timestamp(milliseconds: 0)
    package private(set) var nodes: [ClusterNode] = []
    package private(set) var shares: [Share: HeldShare] = [:]
    package private(set) var generation: Int64 = 0
    /// When this machine first saw each node's last renewal, by its own clock.
    private var seen: [NodeToken: (renewed: Timestamp, at: Duration)] = [:]
    private var uptime = Duration.zero

    package init() {}

    /// - Parameter uptime: this machine's own, once the view was there.
    package mutating func add(_ view: ClusterView, at uptime: Duration) {
        (time, nodes, generation) = (view.time, view.nodes.sorted { $0.token < $1.token }, view.generation)
        self.uptime = uptime
        let former = seen
        seen = [:]
        for node in nodes {
            let known = former[node.token]
            seen[node.token] = known?.renewed == node.renewed ? known : (node.renewed, uptime)
        }
        for change in view.changes {
            shares[change.share] = change.isWanted || change.owner != nil ? change : nil
        }
    }

    /// What this node has done since; the next view knows it, too.
    mutating func moved(_ shares: [Share], to owner: NodeToken?) {
        for share in shares {
            guard var held = self.shares[share] else { continue }
            (held.owner, held.since) = (owner, time)
            self.shares[share] = held.isWanted || owner != nil ? held : nil
        }
    }

    package func node(_ token: NodeToken) -> ClusterNode? { nodes.first { $0.token == token } }
    package func owner(of share: Share) -> ClusterNode? { shares[share]?.owner.flatMap(node) }

    /// Nodes that take work: those that are silent or drain take none.
    var active: [NodeToken] { nodes.filter { $0.state == .active && $0.leaseEnds > time }.map(\.token) }
    /// Nodes whose leases are over by the database's clock, and which were not seen to renew for as long as a node reckons
    /// with its lease: that clock may jump, as it does when a standby takes over.
    var silent: [NodeToken] {
        let enough = ClusterTerms.lease - ClusterTerms.margin
        return nodes.filter { $0.leaseEnds <= time && uptime - (seen[$0.token]?.at ?? uptime) >= enough }.map(\.token)
    }
}
