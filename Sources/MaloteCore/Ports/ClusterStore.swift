// The port to what nodes have in common: who is there, who holds what; knows no rule of sharing and no database.

/// One node's seat in the cluster. All times are the database's.
///
/// A node has one lease with an end. What it holds stays its own until it is given back, or until the lease is over *and*
/// another node has expelled it, in one transaction that makes its token invalid. The store checks the token of the seat
/// in every write transaction of this node: once that is invalid each fails with cause `.lease`, and so does every method
/// here but `history` and `notes`. Other errors (cause `.storage`) say nothing about the lease.
package protocol ClusterStore: Sendable {
    /// Begins a life of the node. Its former life, if it is still known, ends in the same transaction: its token becomes
    /// invalid, and what it held goes over to the new one. `.chores` exists from the first join on.
    /// - Throws: `Failure(.operatorNeeded, .lease)` if a node of this name with another `home` has a lease that is good.
    func join(_ node: NodeIntroduction) async throws(Failure) -> Membership

    /// Renews the lease: from now on, `ClusterTerms.lease` long.
    /// - Parameters:
    ///   - generation: `ClusterView.generation` of the last view, or 0: only shares that changed since are told.
    ///   - waiting: hosts for which this node needs a place and has none free; others see it until the next renewal.
    func renew(after generation: Int64, waiting: [String]) async throws(Failure) -> ClusterView

    /// Takes those of these shares that are wanted and nobody's; never waits for others that are about to (SKIP LOCKED).
    func claim(_ shares: [Share]) async throws(Failure) -> [ClaimedShare]

    /// Gives back what this node holds of these: its work on them has stopped.
    func release(_ shares: [Share]) async throws(Failure)

    /// Ends the lives of those of these nodes whose lease is over by the database's clock, each with all it held.
    /// - Returns: those that it has ended.
    func expel(_ nodes: [NodeToken]) async throws(Failure) -> [NodeToken]

    /// Adds shares, or wants them again; and wants others no more: these are nobody's for good once they are given back.
    func want(adding: [Share], dropping: [Share]) async throws(Failure)

    /// Any node may ask any other.
    /// - Returns: false if there is no such node.
    func setState(_ state: ClusterNode.State, of name: String) async throws(Failure) -> Bool

    /// Gives everything back and ends this life, at the end of an orderly stop.
    func leave() async throws(Failure)

    /// Asks the node that holds the share, or will hold it, to do something. One wish of a kind is kept for a share.
    func wish(_ wish: Wish) async throws(Failure)

    /// Wishes for shares that this node holds; they are forgotten with that.
    func takeWishes() async throws(Failure) -> [Wish]

    /// Leaves notes on this node's mailboxes for the others, in place of those before. They go with this life.
    func note(_ notes: [MailboxNote]) async throws(Failure)

    /// What every node has noted last. To be asked of any node.
    func notes() async throws(Failure) -> [NodeToken: [MailboxNote]]

    /// Who held what, latest first. To be asked of any node, even of one that has not joined.
    func history(_ filter: LeaseHistoryFilter) async throws(Failure) -> [LeaseSpan]
}

/// What all nodes of a cluster have agreed on.
package enum ClusterTerms {
    /// How long a lease is good after it was renewed.
    package static let lease = Duration.seconds(15)
    package static let renewal = Duration.seconds(3)
    /// How long a node waits between its notes.
    package static let notes = Duration.seconds(30)
    /// A node stops so long before its lease ends: what it has begun by then comes to its end before another begins.
    package static let margin = Duration.seconds(3)
}

/// One life of a node, from its joining to its leaving or being expelled. Numbers are never given twice, and rise.
package typealias NodeToken = RowID<ClusterNode>

/// How a node introduces itself.
package struct NodeIntroduction: Sendable, Hashable {
    package var name: String
    /// Says which state folder it works on, and stays with it: a folder's lock proves that a former life is over.
    package var home: String
    package var version: String
    package var schema: Int
    /// Where people find it: host name, or the address of pages and API.
    package var address: String

    package init(name: String, home: String, version: String, schema: Int, address: String) {
        self.name = name
        self.home = home
        self.version = version
        self.schema = schema
        self.address = address
    }
}

package struct Membership: Sendable, Hashable {
    package var token: NodeToken
    /// The life of this name before, even if it left or was expelled long ago: the flight journal is of it.
    package var former: NodeToken?
    /// What the former life held, and this one holds now.
    package var inherited: [Share]

    package init(token: NodeToken, former: NodeToken?, inherited: [Share]) {
        self.token = token
        self.former = former
        self.inherited = inherited
    }
}

/// A node whose life has not ended.
package struct ClusterNode: Sendable, Hashable {
    package enum State: String, Sendable, Codable, CaseIterable {
        case active
        /// It gives everything back and takes nothing.
        case draining
    }

    package var name: String
    package var token: NodeToken
    package var version: String
    package var schema: Int
    package var address: String
    package var state: State
    package var joined: Timestamp
    package var renewed: Timestamp
    package var leaseEnds: Timestamp
    /// Hosts for which it needs a place.
    package var waiting: [String]

    package init(
        name: String, token: NodeToken, version: String, schema: Int, address: String, state: State = .active,
        joined: Timestamp, renewed: Timestamp, leaseEnds: Timestamp, waiting: [String] = []
    ) {
        self.name = name
        self.token = token
        self.version = version
        self.schema = schema
        self.address = address
        self.state = state
        self.joined = joined
        self.renewed = renewed
        self.leaseEnds = leaseEnds
        self.waiting = waiting
    }
}

/// A share as it is in the store.
package struct HeldShare: Sendable, Hashable {
    package var share: Share
    /// `nil` if it is nobody's.
    package var owner: NodeToken?
    /// Since when it is its owner's, or nobody's.
    package var since: Timestamp
    /// False once it is to be held no more.
    package var isWanted: Bool

    package init(share: Share, owner: NodeToken?, since: Timestamp, isWanted: Bool) {
        self.share = share
        self.owner = owner
        self.since = since
        self.isWanted = isWanted
    }
}

/// What a renewal shows.
package struct ClusterView: Sendable, Hashable {
    /// The database's.
    package var time: Timestamp
    /// Every node whose life has not ended, this one among them, even if its lease is over.
    package var nodes: [ClusterNode]
    /// Shares as they are now that have changed since the generation that was asked for; one that was dropped is among
    /// them with `isWanted` false.
    package var changes: [HeldShare]
    /// Whoever has seen this has seen every change up to it: it counts changes in the order of their commits.
    package var generation: Int64

    package init(time: Timestamp, nodes: [ClusterNode], changes: [HeldShare], generation: Int64) {
        self.time = time
        self.nodes = nodes
        self.changes = changes
        self.generation = generation
    }
}

package struct ClaimedShare: Sendable, Hashable {
    package var share: Share
    /// Whose it was last; `nil` if nobody ever held it, or its last holder gave it back with its work done.
    package var lostBy: NodeToken?

    package init(share: Share, lostBy: NodeToken?) {
        self.share = share
        self.lostBy = lostBy
    }
}

/// Something to be done by the node that holds a share.
package struct Wish: Sendable, Hashable {
    package enum Act: String, Sendable, Codable, CaseIterable {
        /// Poll the inbox now.
        case poll
        /// Try the outbox now, although it rests.
        case probe
        /// Look at the endpoint: an operator changed something about it.
        case look
    }

    package var share: Share
    package var act: Act

    package init(_ act: Act, _ share: Share) {
        self.share = share
        self.act = act
    }
}

/// A time in which one node held one share.
package struct LeaseSpan: Sendable, Hashable, Codable {
    package var id: LeaseSpanID
    /// As `Share.description` has it.
    package var share: String
    package var node: String
    package var token: NodeToken
    package var from: Timestamp
    /// `nil` while it is held.
    package var until: Timestamp?
    package var end: End?

    package enum End: String, Sendable, Codable { case released, expelled, inherited }

    package init(
        id: LeaseSpanID, share: String, node: String, token: NodeToken, from: Timestamp, until: Timestamp? = nil,
        end: End? = nil
    ) {
        self.id = id
        self.share = share
        self.node = node
        self.token = token
        self.from = from
        self.until = until
        self.end = end
    }
}

package typealias LeaseSpanID = RowID<LeaseSpan>

/// Which spans to show; every given field must match.
package struct LeaseHistoryFilter: Sendable, Hashable {
    package var share: Share?
    package var node: String?
    /// Only those with lower numbers: where a page before ended.
    package var before: LeaseSpanID?
    package var limit: Int

    package init(share: Share? = nil, node: String? = nil, before: LeaseSpanID? = nil, limit: Int = 100) {
        self.share = share
        self.node = node
        self.before = before
        self.limit = limit
    }
}
