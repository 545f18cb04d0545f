// Starts the real PostgreSQL that Debian ships, by the launcher in Tests/Servers; knows no table.

import Foundation

/// A server of its own on loopback, with a role and a database named malote. Stops with its last reference.
package final class RealPostgres: Sendable {
    package let folder: String
    package let port: Int
    package let password = "secret"
    private let owned: TemporaryFolder?

    package var caFile: String { folder + "/tls/ca.pem" }
    /// Over the socket in its folder: nobody is asked for a password.
    package var localURL: String {
        let place = folder.replacing("/", with: "%2F")
        return "postgres://malote@/malote?host=\(place)&port=\(port)"
    }
    /// Over TCP, with TLS and a password.
    package var networkURL: String { "postgres://malote@localhost:\(port)/malote" }

    /// As from another machine: by a name that is not this machine's own, so the server must prove that it is its own.
    /// - Parameter host: its certificate's, unless the proof is to fail.
    package func distantURL(host: String = "db.example", database: String = "malote") -> String {
        "postgres://malote@\(host):\(port)/\(database)?hostaddr=127.0.0.1"
    }

    /// - Parameters:
    ///   - folder: kept; `nil` for one that goes with the server.
    ///   - settings: PostgreSQL's own, such as `fsync=off`.
    package init(in folder: String? = nil, settings: [String] = []) throws {
        owned = folder == nil ? try TemporaryFolder() : nil
        self.folder = folder ?? (owned?.path ?? "") + "/pg"
        let ports = try serverPorts(
            Program.succeed(serverLauncher("postgres"), ["start", self.folder] + settings))
        port = ports["pgsql"] ?? 0
    }

    /// - Parameter mode: `fast` ends sessions in order, `immediate` is a crash.
    package func stop(_ mode: String = "immediate") {
        _ = try? Program.run(serverLauncher("postgres"), ["stop", folder, mode])
    }

    package func startAgain(settings: [String] = []) throws {
        try Program.succeed(serverLauncher("postgres"), ["start", folder] + settings)
    }

    /// Runs SQL as the role.
    /// - Returns: rows as psql shows them unaligned, columns parted by `|`.
    @discardableResult package func sql(_ text: String) throws -> String {
        try Program.succeed(
            "/usr/bin/psql",
            [
                "-qtAX", "-v", "ON_ERROR_STOP=1", "-h", folder, "-p", "\(port)", "-U", "malote", "-d", "malote", "-c",
                text,
            ]
        ).trimmingCharacters(in: .newlines)
    }

    deinit { stop() }

    /// One for all tests of this process that need no crash: each takes a schema of its own in it.
    package static let shared: Result<RealPostgres, any Error> = Result { try RealPostgres(settings: ["fsync=off"]) }
}
