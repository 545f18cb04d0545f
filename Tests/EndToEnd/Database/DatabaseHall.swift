// A PostgreSQL that is reached as over a network, and maloteds that know it by malote.yaml alone; knows no internals.

import Foundation
import MaloteCore
import MaloteTestKit

/// Whoever comes over TCP needs TLS's proof of the server's name, and a password that nothing may ever show.
final class DatabaseHall: Sendable {
    static let canary = "canary-7f3a-Database"

    let folder: TemporaryFolder
    let server: RealPostgres
    var passwordFile: String { folder.path + "/secrets/malote.database" }
    /// As systemd gives them.
    var credentials: String { folder.path + "/secrets" }

    init() throws {
        folder = try TemporaryFolder()
        server = try RealPostgres(in: folder.path + "/pg", settings: ["fsync=off"])
        try server.sql("ALTER ROLE malote PASSWORD '\(Self.canary)'")
        try FileManager.default.createDirectory(atPath: credentials, withIntermediateDirectories: true)
        try (Self.canary + "\n").write(toFile: passwordFile, atomically: true, encoding: .utf8)
    }

    /// `database` of malote.yaml, as docs/operations.md shows it.
    struct Section: Sendable {
        var url: String
        /// Where the password is: `{file: PATH}` or `{credential: NAME}`.
        var password: String?
        var authorities: String?
        /// Each test may have one of its own.
        var schema: String?

        var yaml: String {
            let fields = [
                "  url: \"\(url)\"", password.map { "  password: \($0)" }, authorities.map { "  ca: \($0)" },
                schema.map { "  schema: \($0)" },
            ]
            return (["database:"] + fields.compactMap { $0 }).joined(separator: "\n") + "\n"
        }
    }

    var section: Section {
        Section(url: server.distantURL(), password: "{file: \(passwordFile)}", authorities: server.caFile)
    }

    /// - Parameters:
    ///   - section: `nil` is right in everything.
    ///   - other: whose key the node is given.
    func node(
        _ name: String, _ section: Section? = nil, keyOf other: RealDaemon? = nil, in place: String? = nil
    ) throws -> RealDaemon {
        let daemon = try RealDaemon(
            in: folder.path + "/" + (place ?? name),
            config: (section ?? self.section).yaml + "cluster: {name: \(name)}\n")
        if let other {
            let state = daemon.folder + "/state"
            try FileManager.default.createDirectory(
                atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try FileManager.default.copyItem(
                atPath: other.folder + "/state/malote.key", toPath: state + "/malote.key")
        }
        return daemon
    }

    /// Runs maloted to its end; one that goes on is stopped, and that is its status.
    /// - Parameter environment: `NAME=VALUE`.
    static func maloted(_ words: [String], environment: [String] = []) throws -> ProgramResult {
        try Program.run("/usr/bin/env", environment + [RealDaemon.binary("maloted")] + words, within: .seconds(40))
    }

    /// What `malotectl cluster` says at this node.
    static func report(_ daemon: RealDaemon) throws -> ClusterReport {
        let said = try daemon.ctl("cluster", "--json")
        guard said.status == 0 else { throw Program.Failed(description: said.errors) }
        return try JSONDecoder().decode(ClusterReport.self, from: Data(said.output.utf8))
    }

    /// How many mailboxes each node works on.
    static func mailboxes(_ daemon: RealDaemon) throws -> [String: Int] {
        Dictionary(uniqueKeysWithValues: try report(daemon).nodes.map { ($0.name, $0.shares["mailbox"] ?? 0) })
    }
}
