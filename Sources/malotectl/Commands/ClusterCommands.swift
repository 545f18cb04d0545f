// cluster: the nodes that share the work, who holds what, and taking a node out of work.

import Foundation
import MaloteCore

enum ClusterCommands {
    static let all = [
        Command(
            words: ["cluster"], summary: "List the nodes that share the work, and how each is doing", run: list),
        Command(
            words: ["cluster", "leases"],
            options: [
                .init(name: "--kind", value: kinds, help: "only shares of this kind"),
                .init(name: "--node", value: "NODE", help: "only what this node holds, or held"),
                .init(name: "--history", help: "who held what, latest first"),
                .init(
                    name: "--share", value: "SHARE", help: "with --history: only of this share, such as: \"mailbox 3\""),
                .init(name: "--limit", value: "COUNT", help: "at most this many: 100, unless said otherwise"),
            ], summary: "List which node does which part of the work", run: leases),
        Command(
            words: ["cluster", "drain"], positional: ["NODE"],
            summary: "Have a node finish what it does and take no more work",
            details: "It stays in the cluster and answers as before. A node that is started again takes work again.",
            run: { try change($0, "drain") }),
        Command(
            words: ["cluster", "resume"], positional: ["NODE"], summary: "Give a drained node work again",
            run: { try change($0, "resume") }),
    ]

    private static let kinds = Share.Kind.allCases.map(\.rawValue).joined(separator: "|")

    private static func list(_ session: Session) throws {
        try print(try session.ask("GET", ["cluster"]), session)
    }

    private static func change(_ session: Session, _ action: String) throws {
        let name = session.arguments.positional[0]
        try print(try session.ask("POST", ["cluster", "nodes", name, action]), session)
    }

    private static func print(_ data: Data, _ session: Session) throws {
        guard !session.isJSON else { return session.printJSON(data) }
        let report = try JSONDecoder().decode(ClusterReport.self, from: data)
        guard report.isCluster else {
            return Swift.print("Not a cluster: the store is SQLite, which is this one daemon's own.")
        }
        var table = Table("NODE", "STATE", "VERSION", "SCHEMA", "LEASE", "LAG", "SHARES", "ADDRESS")
        for node in report.nodes {
            let lease = node.leaseLeft > 0 ? "\(node.leaseLeft / 1000) s" : "over"
            table.add(
                node.name + (node.name == report.node ? " (this)" : ""), node.state.rawValue, node.version,
                "\(node.schema)", lease, "\(node.lag / 1000) s", words(node.shares), node.address)
        }
        table.print(empty: "No node is there.")
        if !report.unheld.isEmpty { Swift.print("\nNobody's: \(words(report.unheld))") }
    }

    private static func words(_ counts: [String: Int]) -> String {
        counts.isEmpty ? "-" : counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    private static func leases(_ session: Session) throws {
        let arguments = session.arguments
        guard arguments.has("--history") else {
            guard !arguments.has("--share") else { throw Stop.usage("--share goes with --history.") }
            return try current(session)
        }
        guard !arguments.has("--kind") else { throw Stop.usage("--kind does not go with --history.") }
        let data = try session.ask(
            "GET", ["cluster", "leases", "history"],
            query: [
                ("share", arguments.value("--share")), ("node", arguments.value("--node")),
                ("limit", arguments.value("--limit")),
            ])
        guard !session.isJSON else { return session.printJSON(data) }
        var table = Table("SHARE", "NODE", "LIFE", "FROM", "UNTIL", "END")
        for span in try JSONDecoder().decode([LeaseSpan].self, from: data) {
            table.add(
                span.share, span.node, "\(span.token)", "\(span.from)", span.until.map { "\($0)" } ?? "-",
                span.end?.rawValue ?? "-")
        }
        table.print(empty: "Nothing was held yet.")
    }

    private static func current(_ session: Session) throws {
        let arguments = session.arguments
        let data = try session.ask(
            "GET", ["cluster", "leases"],
            query: [
                ("kind", arguments.value("--kind")), ("node", arguments.value("--node")),
                ("limit", arguments.value("--limit")),
            ])
        guard !session.isJSON else { return session.printJSON(data) }
        var table = Table("SHARE", "OF", "NODE", "SINCE")
        for line in try JSONDecoder().decode([LeaseLine].self, from: data) {
            table.add(line.share, line.of, line.node ?? "nobody", "\(line.since)")
        }
        table.print(empty: "There is nothing of that kind.")
    }
}
