// One life of a node, as the database knows it: the token that each of its commits is checked against; knows no share.

import MaloteCore
import Synchronization

/// A token is drawn at each start, and only the last one drawn for a name counts: whatever an earlier life still wants to
/// commit is refused. So is what a node wants that another has expelled.
struct NodeLife: Sendable {
    struct Fenced: Error {
        var failure: Failure
    }

    let node: String
    let token: NodeToken

    /// What joining begins.
    final class Seat: Sendable {
        private let life = Mutex<NodeLife?>(nil)

        var taken: NodeLife? { life.withLock { $0 } }
        func take(_ new: NodeLife) { life.withLock { $0 = new } }

        /// - Throws: `Failure(.transient, .defect)` before the node has joined.
        func current() throws -> NodeLife {
            guard let life = taken else {
                throw Failure(.transient, .defect, "The node has not joined its cluster yet.")
            }
            return life
        }
    }

    /// First of all in each transaction: its commit is counted, if this life is not over.
    /// - Returns: the commit's number.
    func fence(_ connection: any SQLConnection) throws -> Int64 {
        let number = try connection.first(
            "UPDATE fences SET commits = commits + 1 WHERE node = ? AND token = ? RETURNING commits", .text(node),
            .init(token)
        ) { $0.integer(0) }
        guard let number else { throw Fenced(failure: over) }
        return number
    }

    /// Waits for a commit that is under way.
    func lastCommit(_ connection: PostgresConnection) throws -> Int64 {
        try connection.transaction("BEGIN ISOLATION LEVEL READ COMMITTED") {
            try connection.first(
                "SELECT commits FROM fences WHERE node = ? AND token = ? FOR UPDATE", .text(node), .init(token)
            ) { $0.integer(0) } ?? -1
        }
    }

    var over: Failure {
        Failure(
            .operatorNeeded, .lease,
            "Node \(node) has lost its lease, or another process has started under its name: nothing more is written.",
            remedy:
                "maloted starts anew by itself. If two machines have the same name, give each its own: cluster.name.")
    }
}
