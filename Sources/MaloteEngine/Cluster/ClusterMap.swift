// What a node knows of the cluster: one view after the other, put together; a pure value.

import MaloteCore

/// Nodes and shares as of the last renewal.
package struct ClusterMap: Sendable {
    package private(set) var time = Timestamp(milliseconds: 0)
    package private(set) var nodes: [ClusterNode] = []
    package private(set) var shares: [Share: HeldShare] = [:]
    package private(set) var generation: Int64 = 0

    package init() {}

    package mutating func add(_ view: ClusterView) {
        (time, nodes, generation) = (view.time, view.nodes.sorted { $0.token < $1.token }, view.generation)
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
    /// Nodes whose leases are over.
    var silent: [NodeToken] { nodes.filter { $0.leaseEnds <= time }.map(\.token) }
}
