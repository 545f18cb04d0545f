// What operators see of the cluster, and ask of its nodes; the work itself is the lease keeper's.

import MaloteCore

extension MailRoom {
    package func cluster() async throws(Problem) -> ClusterReport {
        guard let keeper = parts.keeper else {
            return ClusterReport(isCluster: false, node: parts.hostName, nodes: [alone], unheld: [:])
        }
        let map = await keeper.map
        var counts: [NodeToken: [String: Int]] = [:]
        var unheld: [String: Int] = [:]
        for held in map.shares.values {
            let kind = held.share.kind.rawValue
            if let owner = held.owner {
                counts[owner, default: [:]][kind, default: 0] += 1
            } else {
                unheld[kind, default: 0] += 1
            }
        }
        let nodes = map.nodes.map { line($0, map, counts[$0.token] ?? [:]) }.sorted { $0.name < $1.name }
        return ClusterReport(isCluster: true, node: keeper.parts.node.name, nodes: nodes, unheld: unheld)
    }

    private var alone: ClusterReport.Node {
        ClusterReport.Node(
            name: parts.hostName, state: .active, version: parts.version, schema: 0, address: "", joined: started,
            leaseLeft: 0, lag: 0, shares: [:])
    }

    private func line(_ node: ClusterNode, _ map: ClusterMap, _ shares: [String: Int]) -> ClusterReport.Node {
        let state: ClusterReport.Node.Standing =
            node.leaseEnds <= map.time ? .silent : node.state == .draining ? .draining : .active
        return ClusterReport.Node(
            name: node.name, state: state, version: node.version, schema: node.schema, address: node.address,
            joined: node.joined, leaseLeft: (node.leaseEnds - map.time).milliseconds,
            lag: (map.time - node.renewed).milliseconds, shares: shares)
    }

    package func leases(
        kind: Share.Kind?, node: String?, page: PageWish
    ) async throws(Problem) -> [LeaseLine] {
        let (keeper, registry) = (try keeper(), parts.board.current)
        let map = await keeper.map
        let behind = try page.after.map { text throws(Problem) in try Self.share(text, field: "after") }
        if let node, !map.nodes.contains(where: { $0.name == node }) {
            throw Problem.missing("node", node, known: map.nodes.map(\.name))
        }
        let shares = map.shares.values.filter { held in
            (kind.map { $0 == held.share.kind } ?? true) && (behind.map { held.share > $0 } ?? true)
                && (node.map { $0 == held.owner.flatMap(map.node)?.name } ?? true)
        }
        return shares.sorted { $0.share < $1.share }.prefix(page.limit(atMost: 1000)).map { held in
            LeaseLine(
                share: held.share.description, kind: held.share.kind, of: Self.name(of: held.share, registry),
                node: held.owner.flatMap(map.node)?.name, since: held.since)
        }
    }

    private static func name(of share: Share, _ registry: Registry) -> String {
        switch share {
        case .mailbox(let id): registry.name(of: id)
        case .endpoint(let id): registry.name(of: id)
        case .chores: ""
        case .place(let host, _): host
        }
    }

    private static func share(_ text: String, field: String) throws(Problem) -> Share {
        guard let share = Share(text) else {
            throw Problem.invalid(
                field: field, "\"\(text.onOneLine)\" is no share.",
                remedy: "Write it as malotectl cluster leases shows it, such as: mailbox 12.")
        }
        return share
    }

    package func leaseHistory(
        share: String?, node: String?, page: PageWish
    ) async throws(Problem) -> [LeaseSpan] {
        let wanted = try share.map { text throws(Problem) in try Self.share(text, field: "share") }
        let filter = LeaseHistoryFilter(
            share: wanted, node: node, before: try page.number().map(LeaseSpanID.init(rawValue:)),
            limit: page.limit(atMost: 1000))
        do { return try await keeper().parts.cluster.history(filter) } catch { throw Problem(error) }
    }

    package func setNode(_ name: String, to state: ClusterNode.State) async throws(Problem) -> ClusterReport {
        let keeper = try keeper()
        let isKnown: Bool
        do { isKnown = try await keeper.parts.cluster.setState(state, of: name) } catch { throw Problem(error) }
        guard isKnown else { throw Problem.missing("node", name, known: await keeper.map.nodes.map(\.name)) }
        parts.log(
            .notice, state == .draining ? "node \(name) is to give back its work." : "node \(name) takes work again.")
        keeper.nudge.ring()
        return try await cluster()
    }

    private func keeper() throws(Problem) -> LeaseKeeper {
        guard let keeper = parts.keeper else {
            throw Problem(
                status: 409, title: "Not a cluster",
                detail: "The store is SQLite, which is one daemon's own: there are no other nodes.")
        }
        return keeper
    }
}
