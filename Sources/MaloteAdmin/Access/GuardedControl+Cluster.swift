// Guards of the cluster: nodes are nobody's in particular, and only admins tell them what to do.

import MaloteCore

extension GuardedControl {
    package func cluster() async throws(Problem) -> ClusterReport {
        try seeAll()
        return try await inner.cluster()
    }

    package func leases(
        kind: Share.Kind?, node: String?, page: PageWish
    ) async throws(Problem) -> [LeaseLine] {
        try seeAll()
        return try await inner.leases(kind: kind, node: node, page: page)
    }

    package func leaseHistory(
        share: String?, node: String?, page: PageWish
    ) async throws(Problem) -> [LeaseSpan] {
        try seeAll()
        return try await inner.leaseHistory(share: share, node: node, page: page)
    }

    package func setNode(_ name: String, to state: ClusterNode.State) async throws(Problem) -> ClusterReport {
        try await administer(state == .draining ? "node.drain" : "node.resume", name) { () async throws(Problem) in
            try await inner.setNode(name, to: state)
        }
    }
}
