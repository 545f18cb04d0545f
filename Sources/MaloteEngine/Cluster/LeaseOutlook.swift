// What a node's plan for its shares depends on: as long as that is the same, nothing new comes of planning; knows no plan.

import MaloteCore

extension LeaseKeeper {
    /// What a plan depends on.
    struct Outlook: Equatable {
        private struct Node: Equatable {
            var token: NodeToken
            var state: ClusterNode.State
            var isSilent: Bool
        }

        private var generation: Int64
        private var nodes: [Node]
        private var silent: [NodeToken]
        private var registry: Int
        private var book: Int
        /// Nobody waits for a place: then time alone changes nothing.
        let isCalm: Bool

        init(_ map: ClusterMap, registry: Int, book: Int) {
            generation = map.generation
            nodes = map.nodes.map { Node(token: $0.token, state: $0.state, isSilent: $0.leaseEnds <= map.time) }
            isCalm = map.nodes.allSatisfy(\.waiting.isEmpty)
            silent = map.silent
            self.registry = registry
            self.book = book
        }
    }
}
