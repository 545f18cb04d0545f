// Starts the real mail servers that Debian ships, by the launchers in Tests/Servers; knows nothing of Malote.

import Foundation

/// The folder of the checked-out project.
package let projectFolder: String = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { url.deleteLastPathComponent() }
    return url.path
}()

func serverLauncher(_ name: String) -> String { projectFolder + "/Tests/Servers/" + name }

/// What a launcher prints: `imap=PORT imaps=PORT`.
func serverPorts(_ output: String) -> [String: Int] {
    var ports: [String: Int] = [:]
    for word in output.split(whereSeparator: \.isWhitespace) {
        let parts = word.split(separator: "=")
        if parts.count == 2 { ports[String(parts[0])] = Int(parts[1]) }
    }
    return ports
}

private func mechanisms(in log: String, lines: String, marker: String) -> [String: Int] {
    let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
    var counts: [String: Int] = [:]
    for line in text.split(separator: "\n") where line.contains(lines) {
        guard let found = line.range(of: marker) else { continue }
        counts[String(line[found.upperBound...].prefix { $0 != "," && $0 != " " }), default: 0] += 1
    }
    return counts
}

/// A Dovecot of its own on loopback. Stops when the last reference goes.
package final class RealDovecot: Sendable {
    package let folder: String
    package let ports: [String: Int]
    package let user: String
    package let password: String

    package var caFile: String { folder + "/tls/ca.pem" }
    package var authSocket: String { folder + "/run/auth-client" }
    package var inboxFolder: String { folder + "/mail/" + user }

    /// - Parameter tokenInfo: whom it asks about access tokens; without it the server knows its own alone (`token`).
    package init(in folder: String, user: String, password: String, tokenInfo: String? = nil) throws {
        self.folder = folder
        self.user = user
        self.password = password
        if let tokenInfo {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try tokenInfo.write(toFile: folder + "/tokeninfo", atomically: true, encoding: .utf8)
        }
        ports = try serverPorts(Program.succeed(serverLauncher("dovecot"), ["start", folder, "\(user):\(password)"]))
    }

    package func stop() { _ = try? Program.run(serverLauncher("dovecot"), ["stop", folder]) }
    package func startAgain() throws { try Program.succeed(serverLauncher("dovecot"), ["start", folder]) }

    /// An OAuth access token of the user, good for an hour.
    package func token() throws -> String {
        try Program.succeed(serverLauncher("dovecot"), ["token", folder, user]).trimmingCharacters(
            in: .whitespacesAndNewlines)
    }

    /// How often each mechanism has logged the user in, by its name; `door` is `imap-login` or `pop3-login`.
    package func logins(_ door: String) -> [String: Int] {
        mechanisms(in: folder + "/dovecot.log", lines: "\(door): Info: Login: user=<\(user)>", marker: "method=")
    }

    /// Puts messages into the INBOX as a delivery agent would; works while the server is stopped, too.
    package func deliver(_ messages: [String]) throws {
        let spool = folder + "/spool-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
        let files = try messages.enumerated().map { index, message in
            let file = spool + "/\(String(1_000_000 + index)).eml"
            try message.write(toFile: file, atomically: false, encoding: .utf8)
            return file
        }
        for start in stride(from: 0, to: files.count, by: 100) {
            let some = Array(files[start..<min(start + 100, files.count)])
            try Program.succeed(serverLauncher("dovecot"), ["deliver", folder, user] + some)
        }
        try FileManager.default.removeItem(atPath: spool)
    }

    deinit { stop() }
}

/// A Postfix of its own on loopback that keeps every message it accepts. Needs root. Stops with its last reference.
package final class RealPostfix: Sendable {
    package let folder: String
    package let ports: [String: Int]

    package static var isPossible: Bool { geteuid() == 0 }
    package var caFile: String { folder + "/tls/ca.pem" }

    /// - Parameter authSocket: whose users may submit.
    package init(in folder: String, authSocket: String) throws {
        self.folder = folder
        ports = try serverPorts(Program.succeed(serverLauncher("postfix"), ["start", folder, authSocket]))
        self.authSocket = authSocket
    }

    private let authSocket: String

    package func stop() { _ = try? Program.run(serverLauncher("postfix"), ["stop", folder]) }
    package func startAgain() throws { try Program.succeed(serverLauncher("postfix"), ["start", folder, authSocket]) }

    /// How often each mechanism has logged somebody in, by its name.
    package func logins() -> [String: Int] {
        mechanisms(in: folder + "/queue/postfix.log", lines: "sasl_username=", marker: "sasl_method=")
    }

    /// What it has written of its work so far.
    package var log: String {
        String(decoding: FileManager.default.contents(atPath: folder + "/queue/postfix.log") ?? Data(), as: UTF8.self)
    }

    /// Every message that was accepted and delivered, whole.
    package func received() -> [String] { messages(inMaildir: folder + "/inbox") }

    deinit { stop() }
}

/// A TLS server on loopback with a certificate that has expired, signed by a trusted authority.
package final class ExpiredServer: Sendable {
    package let port: Int
    package let caFile: String
    private let child: Child

    package init(in folder: String) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        caFile = folder + "/tls/ca.pem"
        let child = try Child(serverLauncher("expired"), [folder], output: folder + "/log", errors: folder + "/log")
        let isUp = try await eventually {
            (FileManager.default.contents(atPath: folder + "/log") ?? Data()).contains(Data("ACCEPT".utf8))
        }
        let text = String(decoding: FileManager.default.contents(atPath: folder + "/port") ?? Data(), as: UTF8.self)
        guard isUp, let port = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            child.signal(SIGKILL)
            throw Program.Failed(description: "no server with an expired certificate")
        }
        self.child = child
        self.port = port
    }

    deinit {
        child.signal(SIGKILL)
        _ = child.wait()
    }
}

extension Data {
    fileprivate func contains(_ other: Data) -> Bool { range(of: other) != nil }
}
