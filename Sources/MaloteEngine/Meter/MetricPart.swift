// Which part of the whole a node tells of at /metrics; a pure value.

import MaloteCore

/// Each node tells of what it works on, so that sums over all nodes are the whole, and nothing is in them twice. What nobody
/// who is alive works on is told by the node that has the chores; so is what belongs to no share.
package struct MetricPart: Sendable {
    /// `nil` where there are no others.
    private let map: ClusterMap?
    private let me: NodeToken

    package static let whole = MetricPart(map: nil, me: .unsaved)

    package init(map: ClusterMap?, me: NodeToken) {
        self.map = map
        self.me = me
    }

    package func has(_ share: Share) -> Bool {
        guard let map else { return true }
        let owner = map.owner(of: share).flatMap { $0.leaseEnds > map.time ? $0.token : nil }
        return (owner ?? map.shares[.chores]?.owner) == me
    }

    /// What a report has of it. Contracts stay: what others cost them each node knows for itself.
    func of(_ report: StatusReport, _ registry: Registry) -> StatusReport {
        var part = report
        part.mailboxes.removeAll { !has(.mailbox($0.id)) }
        part.lanes.removeAll { lane in
            let outbox = MailboxName(lane.outbox).flatMap { registry.mailbox($0)?.id }
            return !has(outbox.map(Share.mailbox) ?? .chores)
        }
        return part
    }

    func of(_ endpoints: [EndpointView], _ registry: Registry) -> [EndpointView] {
        endpoints.filter { view in has(registry.contractID(view.contract).map(Share.endpoint) ?? .chores) }
    }
}
