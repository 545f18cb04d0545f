// The part of the operators' port that is about nodes: who works on what; knows no rule of sharing.

package protocol ClusterControl: Sendable {
    /// With a store of its own, a daemon is the one node of a cluster that is none.
    func cluster() async throws(Problem) -> ClusterReport
    /// Which node holds which share, by share.
    func leases(kind: Share.Kind?, node: String?, page: PageWish) async throws(Problem) -> [LeaseLine]
    /// Who held what, latest first.
    func leaseHistory(share: String?, node: String?, page: PageWish) async throws(Problem) -> [LeaseSpan]
    /// A node that drains gives back all its work and takes none, until it is active again.
    func setNode(_ name: String, to state: ClusterNode.State) async throws(Problem) -> ClusterReport
}

package struct ClusterReport: Sendable, Hashable, Codable {
    package struct Node: Sendable, Hashable, Codable {
        package enum Standing: String, Sendable, Codable, CaseIterable {
            case active, draining
            /// Its lease is over, and nobody has expelled it yet.
            case silent
        }

        package var name: String
        package var state: Standing
        package var version: String
        package var schema: Int
        package var address: String
        package var joined: Timestamp
        /// Milliseconds that are left of its lease; negative if it is over.
        package var leaseLeft: Int64
        /// Milliseconds since it was last heard of.
        package var lag: Int64
        /// How many shares of each kind it holds.
        package var shares: [String: Int]

        package init(
            name: String, state: Standing, version: String, schema: Int, address: String, joined: Timestamp,
            leaseLeft: Int64, lag: Int64, shares: [String: Int]
        ) {
            self.name = name
            self.state = state
            self.version = version
            self.schema = schema
            self.address = address
            self.joined = joined
            self.leaseLeft = leaseLeft
            self.lag = lag
            self.shares = shares
        }
    }

    /// False with a store that is one daemon's own.
    package var isCluster: Bool
    /// The node that answers.
    package var node: String
    package var nodes: [Node]
    /// Shares that nobody holds, by kind.
    package var unheld: [String: Int]

    package init(isCluster: Bool, node: String, nodes: [Node], unheld: [String: Int]) {
        self.isCluster = isCluster
        self.node = node
        self.nodes = nodes
        self.unheld = unheld
    }
}

/// A share as people read it.
package struct LeaseLine: Sendable, Hashable, Codable {
    /// As `Share.description` has it.
    package var share: String
    package var kind: Share.Kind
    /// The mailbox, contract or host it is about.
    package var of: String
    /// `nil` if nobody holds it.
    package var node: String?
    package var since: Timestamp

    package init(share: String, kind: Share.Kind, of: String, node: String?, since: Timestamp) {
        self.share = share
        self.kind = kind
        self.of = of
        self.node = node
        self.since = since
    }
}
