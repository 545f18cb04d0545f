// The cluster of the mail room that only answers with samples.

import MaloteCore

@testable import MaloteAdmin

extension FakeControl {
    func cluster() async throws(Problem) -> ClusterReport {
        try note("cluster")
        return ClusterReport(
            isCluster: true, node: "one",
            nodes: [
                .init(
                    name: "one", state: .active, version: "1.0.0", schema: 20, address: "one.example",
                    joined: Timestamp(seconds: 1_800_000_000), leaseLeft: 12_000, lag: 3000,
                    shares: ["mailbox": 3, "chores": 1])
            ], unheld: ["endpoint": 1])
    }

    func leases(
        kind: Share.Kind?, node: String?, page: PageWish
    ) async throws(Problem) -> [LeaseLine] {
        try note("leases \(kind?.rawValue ?? "-") \(node ?? "-") \(page.after ?? "-") \(page.limit)")
        return [
            LeaseLine(
                share: "mailbox 1", kind: .mailbox, of: "acme-in", node: "one", since: Timestamp(seconds: 1_800_000_000)
            )
        ]
    }

    func leaseHistory(
        share: String?, node: String?, page: PageWish
    ) async throws(Problem) -> [LeaseSpan] {
        try note("lease history \(share ?? "-") \(node ?? "-") \(page.after ?? "-") \(page.limit)")
        return [
            LeaseSpan(
                id: LeaseSpanID(rawValue: 7), share: "mailbox 1", node: "one", token: NodeToken(rawValue: 3),
                from: Timestamp(seconds: 1_800_000_000), until: Timestamp(seconds: 1_800_000_060), end: .released)
        ]
    }

    func setNode(_ name: String, to state: ClusterNode.State) async throws(Problem) -> ClusterReport {
        try note("\(state) \(name)")
        return try await cluster()
    }
}
